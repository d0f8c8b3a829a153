using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using DoorController.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Architecture
{
    /// <summary>The functions and files of each tree are as short as ARCHITECTURE.md says.</summary>
    [TestClass]
    public sealed class FunctionLengthsTests
    {
        private static readonly string[][] Limits =
            MarkdownTable.Rows(File.ReadAllText(Path.Combine(Vectors.Root(), "ARCHITECTURE.md")), "Lengths");

        /// <summary>What each row of the table measures.</summary>
        private static readonly Dictionary<string, SyntaxTree[]> Trees = new()
        {
            ["`firmware` and `hal/*.cs`"] = SourceTree.ReadForms(["firmware"], "hal"),
            ["`hal/esp32`"] = SourceTree.ReadForms(["hal/esp32"]),
            ["`hal/host`"] = SourceTree.ReadForms(["hal/host"]),
            ["`tools/keyserver`"] = SourceTree.ReadForms(["tools/keyserver"]),
            ["`tools/flash`"] = SourceTree.ReadForms(["tools/flash"]),
            ["`tools/issuer` and `tools/sim`"] = SourceTree.ReadForms(["tools/issuer", "tools/sim"]),
        };

        public static IEnumerable<object[]> Rows => Trees.Keys.Select(k => new object[] { k });

        [TestMethod]
        [DynamicData(nameof(Rows))]
        public void A_tree_keeps_its_limits(string name)
        {
            int[] limits = [.. Limits.Single(r => r[0] == name).Skip(1).Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
            FunctionLengths lengths = new(Trees[name]);
            Assert.IsLessThanOrEqualTo(limits[0], lengths.Percentile(50), name);
            Assert.IsLessThanOrEqualTo(limits[1], lengths.Percentile(90), $"{name}: {string.Join('\n', lengths.LongerThan(limits[1]))}");
            Assert.IsEmpty(lengths.LongerThan(limits[2]), string.Join('\n', lengths.LongerThan(limits[2])));
            string[] files = [.. Trees[name].Select(f => (f.FilePath, f.GetText().Lines.Count)).Where(f => f.Count > limits[3] + 1).Select(f => $"{f.FilePath}: {f.Count - 1} lines")];
            Assert.IsEmpty(files, string.Join('\n', files));
        }

        [TestMethod]
        public void Each_row_of_the_table_is_measured() =>
            Assert.AreSequenceEqual(Limits.Select(r => r[0]).Order(), Trees.Keys.Order());

        [TestMethod]
        public void A_function_is_measured_from_brace_to_brace()
        {
            string body = string.Concat(Enumerable.Repeat("        _ = 1;\n", 98));
            SourceTree longer = SourceTree.KeyServer.With(
                "tools/keyserver/Lists/Long.cs",
                $"namespace DoorController.KeyServer.Lists;\n\ninternal static class Long\n{{\n    public static void Run(\n        int a)\n    {{\n{body}    }}\n}}\n");
            FunctionLengths lengths = new(longer.Files);
            Assert.AreEqual(100, lengths.Longest);
            Assert.AreSequenceEqual(["tools/keyserver/Lists/Long.cs:7: 100 lines"], lengths.LongerThan(99));
        }

        [TestMethod]
        public void Accessors_local_functions_and_expressions_count_and_what_has_no_body_does_not()
        {
            int before = new FunctionLengths(SourceTree.KeyServer.Files).Count;
            SourceTree more = SourceTree.KeyServer.With(
                "tools/keyserver/Lists/Many.cs",
                """
                namespace DoorController.KeyServer.Lists;

                internal abstract class Many
                {
                    protected Many() => Count = 1;

                    public int Count { get; private set => field = value; }

                    public int Twice => Count * 2;

                    public int this[int i] => i;

                    public abstract void Nothing();

                    public static Many operator +(Many a, Many b)
                    {
                        return Inner();

                        Many Inner() => a ?? b;
                    }
                }
                """);
            Assert.AreEqual(before + 6, new FunctionLengths(more.Files).Count);
        }
    }
}
