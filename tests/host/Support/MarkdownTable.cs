using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace DoorController.Tests.Support
{
    /// <summary>Tables of a document.</summary>
    internal static class MarkdownTable
    {
        /// <summary>The rows of a table below a heading of the second level, as cells without the header.</summary>
        /// <param name="heading">Without its ##.</param>
        /// <param name="number">Which of the section's tables, from 0.</param>
        /// <exception cref="FormatException">There is no such heading, or no such table below it.</exception>
        public static string[][] Rows(string document, string heading, int number = 0)
        {
            string[] sections = document.Split("\n## " + heading + "\n");
            if (sections.Length != 2)
            {
                throw new FormatException($"wanted one heading \"## {heading}\", found {sections.Length - 1}");
            }

            string[] tables = Regex.Split(sections[1].Split("\n## ")[0], @"(?<=\n\|.*)\n(?!\|)")
                .Where(t => t.Contains("\n|---", StringComparison.Ordinal)).ToArray();
            return number >= tables.Length
                ? throw new FormatException($"\"## {heading}\" has {tables.Length} tables, wanted number {number}")
                : tables[number].Split('\n').Where(l => l.StartsWith('|')).Skip(2)
                    .Select(l => l[1..^1].Split('|').Select(c => c.Trim()).ToArray()).ToArray();
        }
    }
}
