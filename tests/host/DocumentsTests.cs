using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>The documents: every link leads somewhere, and every path that is named exists.</summary>
    [TestClass]
    public sealed partial class DocumentsTests
    {
        private static readonly string Root = Vectors.Root();

        public static IEnumerable<object[]> Documents => Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f))
            .Where(f => !f.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or ".git"))
            .Select(f => new object[] { f });

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
        public void Readme_NamesFilesThatExist()
        {
            string text = File.ReadAllText(Path.Combine(Root, "README.md"));
            string[] missing = NamedPath().Matches(text).Select(m => m.Groups[1].Value)
                .Where(p => !Path.Exists(Path.Combine(Root, p)) && !Path.Exists(Path.Combine(Root, "firmware", p))).ToArray();
            Assert.IsEmpty(missing, string.Join(", ", missing));
        }

        [GeneratedRegex(@"\]\(([^)\s]+)\)")]
        private static partial Regex Link();

        /// <summary>A path in code quotes, without a pattern or a blank in it.</summary>
        [GeneratedRegex(@"`((?:[\w.-]+/)+[\w.-]*)`")]
        private static partial Regex NamedPath();
    }
}
