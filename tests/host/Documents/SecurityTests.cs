using System;
using System.Linq;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Documents
{
    /// <summary>Each row of SECURITY.md has a test that shows it, or says why it is not defended.</summary>
    [TestClass]
    public sealed class SecurityTests
    {
        private static readonly string Text = RepositoryFiles.Text("SECURITY.md");

        [TestMethod]
        [DataRow("What an attacker can and cannot do", 30)]
        [DataRow("Attacks on such locks that were published", 15)]
        public void Each_row_is_shown_by_a_test_or_said_to_be_open(string heading, int least)
        {
            string[][] rows = MarkdownTable.Rows(Text, heading);
            Assert.IsGreaterThanOrEqualTo(least, rows.Length);
            foreach (string row in rows.Select(r => string.Join(" | ", r)))
            {
                bool isOpen = row.Contains("not defended", StringComparison.Ordinal) && row.Contains(", because ", StringComparison.Ordinal);
                Assert.IsTrue(isOpen || NamedTests.In(row).Length > 0, row);
            }
        }

        [TestMethod]
        public void Each_test_that_is_named_exists() => Assert.IsEmpty(NamedTests.Missing(Text), string.Join('\n', NamedTests.Missing(Text)));
    }
}
