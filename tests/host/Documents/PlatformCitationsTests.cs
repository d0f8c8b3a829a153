using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Documents
{
    /// <summary>hal/esp32/PLATFORM.md and those who cite it: each citation leads to a section, each section is cited, each fact says how it is known.</summary>
    [TestClass]
    public sealed partial class PlatformCitationsTests
    {
        private const string Name = "PLATFORM.md";
        private const string Document = "hal/esp32/" + Name;

        private static readonly string[] Sections = Section().Matches(RepositoryFiles.Text(Document)).Select(m => m.Groups[1].Value).ToArray();

        private static readonly (string File, string Number)[] Citations = RepositoryFiles
            .Ending(".cs", ".md", ".svg", ".nfproj", ".csproj", ".projitems", ".runsettings", ".txt", ".props")
            .SelectMany(f => NumbersIn(RepositoryFiles.Text(f)).Select(n => (f, n))).ToArray();

        [TestMethod]
        public void EachCitation_LeadsToASection()
        {
            string[] astray = Citations.Where(c => !Sections.Contains(c.Number)).Select(c => $"{c.File}: {Name} {c.Number}").ToArray();
            Assert.IsEmpty(astray, string.Join(", ", astray));
        }

        [TestMethod]
        public void EachSection_IsCitedOrHoldsOneThatIs()
        {
            string[] cited = Citations.Where(c => c.File != Document).Select(c => c.Number).ToArray();
            string[] idle = Sections.Where(s => !cited.Any(c => c == s || c.StartsWith(s + ".", StringComparison.Ordinal))).ToArray();
            Assert.IsEmpty(idle, string.Join(", ", idle));
        }

        [TestMethod]
        public void Sections_HaveEachNumberOnce() => CollectionAssert.AllItemsAreUnique(Sections);

        [TestMethod]
        public void EachFact_SaysHowItIsKnown()
        {
            string text = RepositoryFiles.Text(Document);
            string[] marks = Regex.Matches(text, @"^\| \[(\w+)\] \|", RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToArray();
            CollectionAssert.AreEqual(new[] { "read", "reported", "documented", "interpreter", "reckoned" }, marks);
            string[] bare = Fact().Matches(text).Select(m => m.Value.Trim())
                .Where(f => !Mark().IsMatch(f) || !Mark().Match(f).Groups[1].Value.Split(", ").All(marks.Contains)).ToArray();
            Assert.IsEmpty(bare, string.Join("\n", bare));
        }

        /// <summary>One form, so that a search for a number finds all who lean on it.</summary>
        [TestMethod]
        public void Citations_HaveOneForm()
        {
            string[] odd = RepositoryFiles.Ending(".cs", ".md", ".svg", ".nfproj")
                .SelectMany(f => OtherForm().Matches(RepositoryFiles.Text(f)).Select(m => $"{f}: {m.Value}")).ToArray();
            Assert.IsEmpty(odd, string.Join(", ", odd));
        }

        [TestMethod]
        [DataRow(" 1.4: 2 s", "1.4")]
        [DataRow(" 6, 10.1, 10.3).", "6 10.1 10.3")]
        [DataRow(" 9.3, arithmetic", "9.3")]
        [DataRow("\n    /// 10.5.", "10.5")]
        [DataRow(" says so", "")]
        public void Citation_IsReadInEachForm(string after, string numbers) =>
            Assert.AreEqual(numbers, string.Join(' ', NumbersIn(Name + after)));

        private static IEnumerable<string> NumbersIn(string text) =>
            Citation().Matches(text).SelectMany(m => m.Groups[1].Value.Split(", "));

        [GeneratedRegex(@"PLATFORM\.md[\s/]+(\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*)")]
        private static partial Regex Citation();

        /// <summary>A heading with its number.</summary>
        [GeneratedRegex(@"^#{2,} (\d+(?:\.\d+)?)\.? ", RegexOptions.Multiline)]
        private static partial Regex Section();

        /// <summary>An item of a list, with the lines that go on with it.</summary>
        [GeneratedRegex(@"^- .*(?:\n  .*)*", RegexOptions.Multiline)]
        private static partial Regex Fact();

        [GeneratedRegex(@"\[([\w, ]+)\]$")]
        private static partial Regex Mark();

        /// <summary>Another name, a word or a comma before the number, or a number alone in a comment.</summary>
        [GeneratedRegex(@"(?i:platform[- ]facts)|PLATFORM\.md,? (?:sections?|chapter|§)|PLATFORM\.md, \d|//.*\(\d{1,2}\.\d\)")]
        private static partial Regex OtherForm();
    }
}
