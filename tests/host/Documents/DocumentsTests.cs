using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Documents
{
    /// <summary>The documents: every link leads somewhere, and every path that is named exists.</summary>
    [TestClass]
    public sealed partial class DocumentsTests
    {
        private static readonly string Root = Vectors.Root();

        public static IEnumerable<object[]> Documents => RepositoryFiles.Ending(".md").Select(f => new object[] { f });

        [TestMethod]
        [DynamicData(nameof(Documents))]
        public void Links_LeadSomewhere(string document)
        {
            string text = File.ReadAllText(Path.Combine(Root, document));
            string folder = Path.GetDirectoryName(Path.Combine(Root, document))!;
            string[] broken = Link().Matches(text).Select(m => m.Groups[1].Value.Split('#')[0])
                .Where(l => l.Length > 0 && !l.Contains("://", StringComparison.Ordinal))
                .Where(l => !Path.Exists(Path.Combine(folder, l))).ToArray();
            Assert.IsEmpty(broken, string.Join(", ", broken));
        }

        [TestMethod]
        [DataRow("README.md")]
        [DataRow("CONTRIBUTING.md")]
        [DataRow("CHANGELOG.md")]
        public void Document_NamesFilesThatExist(string document)
        {
            string text = File.ReadAllText(Path.Combine(Root, document));
            string[] missing = NamedPath().Matches(text).Select(m => m.Groups[1].Value)
                .Where(p => !Path.Exists(Path.Combine(Root, p)) && !Path.Exists(Path.Combine(Root, "firmware", p))).ToArray();
            Assert.IsEmpty(missing, string.Join(", ", missing));
        }

        /// <summary>A document that a source, a project or another document names: by its path from here or from the top, or by its name alone.</summary>
        [TestMethod]
        public void EachDocumentThatIsNamed_Exists()
        {
            string[] names = RepositoryFiles.Ending(".md").Select(f => Path.GetFileName(f)).ToArray();
            string[] missing = RepositoryFiles.Ending(".cs", ".md", ".nfproj", ".csproj", ".projitems", ".runsettings", ".props", ".txt")
                .SelectMany(f => NamedDocument().Matches(File.ReadAllText(Path.Combine(Root, f))).Select(m => (From: f, Name: m.Value)))
                .Where(n => n.Name.Contains('/', StringComparison.Ordinal)
                    ? !Path.Exists(Path.Combine(Root, n.Name)) && !Path.Exists(Path.Combine(Root, Path.GetDirectoryName(n.From)!, n.Name))
                    : !names.Contains(n.Name))
                .Select(n => $"{n.From}: {n.Name}").ToArray();
            Assert.IsEmpty(missing, string.Join(", ", missing));
        }

        [GeneratedRegex(@"\]\(([^)\s]+)\)")]
        private static partial Regex Link();

        /// <summary>A path in code quotes, without a pattern or a blank in it.</summary>
        [GeneratedRegex(@"`((?:[\w.-]+/)+[\w.-]*)`")]
        private static partial Regex NamedPath();

        [GeneratedRegex(@"(?<![\w/.*-])(?:[\w.-]+/)*[\w.-]+\.md\b")]
        private static partial Regex NamedDocument();
    }
}
