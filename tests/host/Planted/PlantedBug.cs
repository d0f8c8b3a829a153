using System;
using System.IO;
using System.Linq;
using DoorController.Tests.Support;

namespace DoorController.Tests.Planted
{
    /// <summary>
    /// A fault to be put into the firmware, to see who finds it. A file *.patch: "# what it breaks"; "# test: Classes|OfTests" where a test finds it, and else
    /// scenes do; "--- file"; then lines that begin with "-" are replaced by those that begin with "+", and those that begin with a blank stay.
    /// </summary>
    /// <param name="Name">Of the file, without its ending.</param>
    /// <param name="What">What it breaks.</param>
    /// <param name="Tests">Classes of tests, with "|" between them; empty when scenes find it.</param>
    /// <param name="File">Path from the root of the repository.</param>
    /// <param name="Old">What stands there.</param>
    /// <param name="New">What is planted.</param>
    internal sealed record PlantedBug(string Name, string What, string Tests, string File, string Old, string New)
    {
        private const string TestMark = "# test: ";
        private const string FileMark = "--- ";

        /// <summary>All of them, by name.</summary>
        public static PlantedBug[] All() =>
            [.. RepositoryFiles.Ending(".patch").Where(f => f.StartsWith("tests/host/Planted/", StringComparison.Ordinal)).Select(Read)];

        /// <summary>The file with the fault in it.</summary>
        /// <exception cref="FormatException">What it replaces is not there exactly once.</exception>
        public string Apply()
        {
            string text = RepositoryFiles.Text(File);
            int at = text.IndexOf(Old, StringComparison.Ordinal);
            return at >= 0 && text.IndexOf(Old, at + 1, StringComparison.Ordinal) < 0
                ? string.Concat(text.AsSpan(0, at), New, text.AsSpan(at + Old.Length))
                : throw new FormatException($"{Name}.patch: wanted its old lines once in {File}, found {(at < 0 ? "none" : "more")}: write it anew for the code as it is");
        }

        private static PlantedBug Read(string path)
        {
            string[] lines = RepositoryFiles.Text(path).TrimEnd('\n').Split('\n');
            string[] edit = [.. lines.SkipWhile(l => !l.StartsWith(FileMark, StringComparison.Ordinal)).Skip(1)];
            return new PlantedBug(
                Path.GetFileNameWithoutExtension(path),
                lines[0][2..],
                lines.FirstOrDefault(l => l.StartsWith(TestMark, StringComparison.Ordinal))?[TestMark.Length..] ?? string.Empty,
                lines.First(l => l.StartsWith(FileMark, StringComparison.Ordinal))[FileMark.Length..],
                Lines(edit, '-'),
                Lines(edit, '+'));
        }

        private static string Lines(string[] edit, char side) =>
            string.Concat(edit.Where(l => l[0] == side || l[0] == ' ').Select(l => l[1..] + "\n"));
    }
}
