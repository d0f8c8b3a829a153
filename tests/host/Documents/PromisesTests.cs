using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Documents
{
    /// <summary>Every numbered promise of firmware/PROMISES.md has a test that would fail without it.</summary>
    [TestClass]
    public sealed partial class PromisesTests
    {
        private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Vectors.Root(), "firmware", "PROMISES.md"));

        private static readonly string[][] Rows = [.. Lines.Where(l => Row().IsMatch(l)).Select(l => l.Trim('|').Split(" | ").Select(c => c.Trim()).ToArray())];

        [TestMethod]
        public void EachPromise_IsNamedByATest()
        {
            string[] bare = [.. Rows.Where(r => Tests(r).Length == 0 && !r[2].Contains("tests/bench", StringComparison.Ordinal)).Select(r => r[0])];
            Assert.IsEmpty(bare, "promises that no test names");
            Assert.HasCount(Lines.Count(l => l.StartsWith("| P", StringComparison.Ordinal) || l.StartsWith("| S", StringComparison.Ordinal)), Rows);
            Assert.IsGreaterThan(250, Rows.Length);
        }

        [TestMethod]
        public void EachTestThatIsNamed_Exists()
        {
            string[] missing = [.. Rows.SelectMany(r => NamedTests.Missing(r[2]).Select(n => r[0] + ": " + n))];
            Assert.IsEmpty(missing, string.Join('\n', missing));
        }

        [TestMethod]
        public void EachNumber_IsGivenOnce_AndIsOfASectionThatTheDocumentHas()
        {
            Assert.IsEmpty(Rows.GroupBy(r => r[0]).Where(g => g.Count() > 1).Select(g => g.Key));
            string[] lost = [.. Rows.Select(r => r[0]).Where(id => id[1] != '0' && !Sections(id[0]).Contains(int.Parse(Number().Match(id).Value)))];
            Assert.IsEmpty(lost, string.Join(' ', lost));
        }

        private static int[] Sections(char document) => [.. Heading()
            .Matches(File.ReadAllText(Path.Combine(Vectors.Root(), "firmware", document == 'P' ? "PROTOCOL.md" : "STORAGE.md")))
            .Select(m => int.Parse(m.Groups[1].Value))];

        private static string[] Tests(string[] row) => NamedTests.In(row[2]);

        [GeneratedRegex(@"^\| [PS]\d+\.\d+[a-z]* \|")]
        private static partial Regex Row();

        [GeneratedRegex(@"(?<=^[PS])\d+")]
        private static partial Regex Number();

        [GeneratedRegex(@"^## (\d+)\. ", RegexOptions.Multiline)]
        private static partial Regex Heading();
    }
}
