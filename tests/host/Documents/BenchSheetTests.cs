using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Documents
{
    /// <summary>The bench sheet: whatever a document says was not measured has its row there.</summary>
    [TestClass]
    public sealed class BenchSheetTests
    {
        private const string Phrase = "not yet measured";

        private static readonly string Root = Vectors.Root();

        private static readonly string Sheet = File.ReadAllText(Path.Combine(Root, "bench-sheet.md"));

        private static string[][] Rows => MarkdownTable.Rows(Sheet, "Sheet");

        [TestMethod]
        public void Every_figure_that_was_not_measured_names_a_row()
        {
            string[] tests = [.. Rows.Select(r => r[1])];
            int marks = 0;
            foreach ((string document, string text) in Documents())
            {
                foreach (Match mark in Regex.Matches(text, Phrase, RegexOptions.IgnoreCase))
                {
                    string behind = text[mark.Index..Math.Min(text.Length, mark.Index + 60)];
                    Match named = Regex.Match(behind, @"\bB\d+\b");
                    Assert.IsTrue(named.Success, $"{document}: {behind}");
                    CollectionAssert.Contains(tests, named.Value, $"{document}: {behind}");
                    marks++;
                }

                Assert.IsFalse(Regex.IsMatch(text, @"\b(was|were|is|are) (not|never) measured on a board", RegexOptions.IgnoreCase), $"{document} says it in other words");
            }

            Assert.IsTrue(marks >= 13, "marks: " + marks);
        }

        [TestMethod]
        public void Rows_are_in_order_whole_and_fit_into_an_hour()
        {
            string[][] rows = Rows;
            CollectionAssert.AreEqual(Enumerable.Range(1, rows.Length).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray(), rows.Select(r => r[0]).ToArray());
            CollectionAssert.AreEquivalent(Enumerable.Range(1, rows.Length).Select(i => "B" + i).ToArray(), rows.Select(r => r[1]).ToArray());
            Assert.AreEqual(60, rows.Sum(r => int.Parse(r[2], CultureInfo.InvariantCulture)));
            Assert.IsTrue(rows.All(r => r.Length == 7 && r.Take(6).All(c => c.Length > 0)));
        }

        [TestMethod]
        public void Each_row_is_one_of_the_document_that_it_names()
        {
            Dictionary<string, string> texts = Documents().ToDictionary(d => d.Name, d => d.Text);
            foreach (string[] row in Rows)
            {
                foreach (Match link in Regex.Matches(row[5], @"\]\(([^)]+)\)"))
                {
                    Assert.IsTrue(Regex.IsMatch(texts[link.Groups[1].Value], $@"\b{row[1]}\b"), $"{row[1]} in {link.Groups[1].Value}");
                }
            }
        }

        /// <summary>Documents with their text on one line; the head of a section is no mark, nor is what CONTRIBUTING.md says of marks.</summary>
        private static IEnumerable<(string Name, string Text)> Documents() =>
            Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Root, f))
                .Where(f => !f.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or ".git") && f is not ("bench-sheet.md" or "CONTRIBUTING.md"))
                .Select(f => (f, Regex.Replace(File.ReadAllText(Path.Combine(Root, f)), @"(?m)^## .*$", string.Empty).Replace('\n', ' ')));
    }
}
