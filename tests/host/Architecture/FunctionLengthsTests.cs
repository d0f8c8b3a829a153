using System.Globalization;
using System.IO;
using System.Linq;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Architecture
{
    /// <summary>The functions of each tree are as short as ARCHITECTURE.md says.</summary>
    [TestClass]
    public sealed class FunctionLengthsTests
    {
        private static readonly string[][] Limits =
            MarkdownTable.Rows(File.ReadAllText(Path.Combine(Vectors.Root(), "ARCHITECTURE.md")), "Lengths");

        [TestMethod]
        public void The_key_server_keeps_its_limits() => AssertKept(SourceTree.KeyServer, "tools/keyserver");

        [TestMethod]
        public void The_firmware_and_its_contracts_keep_their_limits() => AssertKept(SourceTree.Firmware, "firmware");

        [TestMethod]
        public void A_function_is_measured_from_brace_to_brace()
        {
            string body = string.Concat(Enumerable.Repeat("        _ = 1;\n", 98));
            SourceTree longer = SourceTree.KeyServer.With(
                "tools/keyserver/Lists/Long.cs",
                $"namespace DoorController.KeyServer.Lists;\n\ninternal static class Long\n{{\n    public static void Run(\n        int a)\n    {{\n{body}    }}\n}}\n");
            FunctionLengths lengths = new(longer);
            Assert.AreEqual(100, lengths.Longest);
            Assert.AreSequenceEqual(["tools/keyserver/Lists/Long.cs:7: 100 lines"], lengths.LongerThan(99));
        }

        [TestMethod]
        public void Accessors_local_functions_and_expressions_count_and_what_has_no_body_does_not()
        {
            int before = new FunctionLengths(SourceTree.KeyServer).Count;
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
            Assert.AreEqual(before + 6, new FunctionLengths(more).Count);
        }

        private static void AssertKept(SourceTree tree, string name)
        {
            string[] row = Limits.Single(r => r[0] == $"`{name}`");
            int[] limits = [.. row.Skip(1).Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
            FunctionLengths lengths = new(tree);
            Assert.IsLessThanOrEqualTo(limits[0], lengths.Percentile(50), name);
            Assert.IsLessThanOrEqualTo(limits[1], lengths.Percentile(90), name);
            Assert.IsEmpty(lengths.LongerThan(limits[2]), string.Join('\n', lengths.LongerThan(limits[2])));
        }
    }
}
