using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace DoorController.Tests.Support
{
    /// <summary>The files of the repository that people wrote.</summary>
    internal static class RepositoryFiles
    {
        private static readonly HashSet<string> Made = ["bin", "obj", "node_modules", "packages", "TestResults", ".git"];

        /// <summary>Paths from the root, of files that end in one of these.</summary>
        public static IEnumerable<string> Ending(params string[] endings) =>
            Directory.EnumerateFiles(Vectors.Root(), "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Vectors.Root(), f).Replace('\\', '/'))
                .Where(f => endings.Contains(Path.GetExtension(f)) && !f.Split('/').Any(Made.Contains))
                .Order();

        /// <summary>Text of a file.</summary>
        /// <param name="path">From the root.</param>
        public static string Text(string path) => File.ReadAllText(Path.Combine(Vectors.Root(), path));
    }
}
