using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Grants;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Requests
{
    /// <summary>What an API key of each role may do, as the server's README has it.</summary>
    [TestClass]
    public sealed partial class RoleTests
    {
        private static readonly string[] Roles = ["admin", "issue", "read", "technician"];

        /// <summary>Each role at each route: 403 and nothing changed, or whatever the route says to an empty request.</summary>
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Each_role_may_do_at_each_route_what_the_table_says(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            RouteBodies bodies = await RouteBodies.MakeAsync(house);
            string[] paths = [.. bodies.Requests.Select(r => r.Path).Distinct()];
            Dictionary<string, string[]> said = Read(paths);
            foreach (string role in Roles)
            {
                string key = (await SiteRows.AddApiKeyAsync(house.Rig.Site.Database, null, role, role))!;
                string before = await AllRows.OfAsync(house.Rig);
                foreach ((string path, JsonObject body, bool _) in bodies.Requests.Where(r => !said[r.Path].Contains(role)))
                {
                    Answer answer = await house.Rig.SendAsync(HttpMethod.Post, path, body.ToJsonString(), key);
                    Assert.AreEqual((403, "forbidden"), (answer.Status, answer.ErrorType), $"{role} at {path}");
                }

                Assert.IsTrue(before == await AllRows.OfAsync(house.Rig), role + " changed something");
                foreach (string path in paths.Where(p => said[p].Contains(role)))
                {
                    Answer answer = await house.Rig.SendAsync(HttpMethod.Post, path, "{}", key);
                    Assert.IsTrue(answer.Status is 200 or 400, $"{role} at {path}: {answer.Status}");
                }
            }
        }

        /// <summary>A link opens doors: who may only read is shown none, wherever one stands.</summary>
        [TestMethod]
        public async Task Who_may_only_read_sees_no_link()
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(DatabaseKind.Sqlite);
            RouteBodies bodies = await RouteBodies.MakeAsync(house);
            string read = (await SiteRows.AddApiKeyAsync(house.Rig.Site.Database, null, "r", "read"))!;
            Dictionary<string, string[]> said = Read([.. bodies.Requests.Select(r => r.Path).Distinct()]);
            int withLink = 0;
            foreach ((string path, JsonObject body, bool _) in bodies.Requests.Where(r => said[r.Path].Contains("read")))
            {
                Answer answer = await house.Rig.SendAsync(HttpMethod.Post, path, body.ToJsonString(), read);
                Assert.AreEqual(200, answer.Status, path);
                Assert.DoesNotContain("/ik/", answer.Body.ToJsonString(), path);
                withLink += (await house.Rig.PostAsync(path, body)).Body.ToJsonString().Contains("/ik/", StringComparison.Ordinal) ? 1 : 0;
            }

            Assert.IsGreaterThan(5, withLink, "an admin sees them there");
        }

        [TestMethod]
        public async Task A_role_that_is_none_is_named_and_makes_no_key()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            (int code, string output) = await ServerProcess.RunAsync(["add-api-key", "--data", rig.Folder, "--role", "root"]);
            Assert.AreEqual(2, code);
            Assert.Contains("--role root is none", output);
            (code, output) = await ServerProcess.RunAsync(["add-api-key", "--data", rig.Folder, "--role", "technician", "--name", "van 3"]);
            Assert.AreEqual(0, code, output);
            Assert.Contains("technician  van 3", (await ServerProcess.RunAsync(["list-api-keys", "--data", rig.Folder])).Output);
        }

        /// <summary>The README's table: for each row of routes the roles that have a mark. A name that ends with * stands for all that begin so; the last row that fits counts.</summary>
        private static Dictionary<string, string[]> Read(string[] paths)
        {
            string readme = File.ReadAllText(Path.Combine(Vectors.Root(), "tools", "keyserver", "README.md"));
            string table = readme[readme.IndexOf("| routes | `admin`", StringComparison.Ordinal)..];
            Dictionary<string, string[]> said = [];
            foreach (Match row in Row().Matches(table[..table.IndexOf("\n\n", StringComparison.Ordinal)]))
            {
                string[] roles = [.. Roles.Where((_, i) => row.Groups[i + 2].Value.Trim() == "x")];
                foreach (Match name in Name().Matches(row.Groups[1].Value))
                {
                    string pattern = "^" + Regex.Escape(name.Groups[1].Value).Replace("\\*", ".*", StringComparison.Ordinal) + "$";
                    string[] fitting = [.. paths.Where(p => Regex.IsMatch(p, pattern))];
                    Assert.IsNotEmpty(fitting, name.Value + " fits no route");
                    Array.ForEach(fitting, path => said[path] = roles);
                }
            }

            Assert.IsEmpty(paths.Except(said.Keys).ToArray(), string.Join(' ', paths.Except(said.Keys)));
            return said;
        }

        [GeneratedRegex(@"^\| (`/.*) \|([ x]+)\|([ x]+)\|([ x]+)\|([ x]+)\|$", RegexOptions.Multiline)]
        private static partial Regex Row();

        [GeneratedRegex("`(/[a-z_/*]+)`")]
        private static partial Regex Name();
    }
}
