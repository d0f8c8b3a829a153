using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Seam
{
    /// <summary>The table of the server's README, "Which methods work": each method of the official client is there once, and what is said of it is so.</summary>
    [TestClass]
    public sealed partial class ClientMethodsTests
    {
        [TestMethod]
        public async Task Each_method_of_the_client_works_or_is_said_not_to()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            using Process node = NodeClient.Start(rig, "methods.mjs");
            string[] methods = (await node.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.IsGreaterThan(150, methods.Length);
            Dictionary<string, bool> said = Read(methods);
            CollectionAssert.AreEquivalent(methods, said.Keys.ToArray(), string.Join(' ', methods.Except(said.Keys).Select(m => "lacks " + m).Concat(said.Keys.Except(methods).Select(m => "has no " + m))));
            List<string> wrong = [];
            foreach ((string path, bool works) in said)
            {
                Answer answer = await rig.PostAsync(path, []);
                if (works == (answer.ErrorType == "route_not_found"))
                {
                    wrong.Add($"{path}: {answer.Status} {answer.ErrorType}");
                }
            }

            Assert.IsEmpty(wrong, string.Join('\n', wrong));
        }

        /// <summary>The rows: namespace, methods that work, methods that do not and why; "all" is whatever stands below.</summary>
        private static Dictionary<string, bool> Read(string[] known)
        {
            string readme = File.ReadAllText(Path.Combine(Vectors.Root(), "tools", "keyserver", "README.md"));
            string table = readme[readme.IndexOf("### Which methods work", StringComparison.Ordinal)..];
            Dictionary<string, bool> methods = [];
            foreach (Match row in Row().Matches(table[..table.IndexOf("\n### ", 4, StringComparison.Ordinal)]))
            {
                if (row.Groups[3].Value.StartsWith(" all:", StringComparison.Ordinal))
                {
                    foreach (string method in known.Where(m => m.StartsWith($"/{row.Groups[1].Value}/", StringComparison.Ordinal)))
                    {
                        methods.Add(method, false);
                    }

                    continue;
                }

                foreach ((Group cell, bool works) in new[] { (row.Groups[2], true), (row.Groups[3], false) })
                {
                    foreach (Match name in Name().Matches(cell.Value.Split(':')[0]))
                    {
                        methods.Add($"/{row.Groups[1].Value}/{name.Groups[1].Value}", works);
                    }
                }
            }

            return methods;
        }

        [GeneratedRegex(@"^\| `([a-z_/]+)` \|(.*)\|(.*)\|$", RegexOptions.Multiline)]
        private static partial Regex Row();

        [GeneratedRegex("`([a-z_]+)`")]
        private static partial Regex Name();
    }
}
