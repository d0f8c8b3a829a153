using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Documents
{
    /// <summary>Tests that a document names: `ClassTests` or `ClassTests.Method`.</summary>
    internal static partial class NamedTests
    {
        private static readonly HashSet<string> Known = [.. typeof(NamedTests).Assembly.GetTypes().SelectMany(t =>
            t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
                .Where(m => m.GetCustomAttributes().Any(a => a is TestMethodAttribute))
                .Select(m => t.Name + "." + m.Name).Append(t.Name))];

        /// <summary>Those that a text names.</summary>
        public static string[] In(string text) => [.. Quoted().Matches(text).Select(m => m.Groups[1].Value)];

        /// <summary>Those of them that are not there. What begins with Device. is a test that a board runs.</summary>
        public static string[] Missing(string text) =>
            [.. In(text).Where(n => !n.StartsWith("Device.", System.StringComparison.Ordinal) && !Known.Contains(n))];

        [GeneratedRegex(@"`((?:Device\.)?[A-Z]\w*Tests(?:\.\w+)?)`")]
        private static partial Regex Quoted();
    }
}
