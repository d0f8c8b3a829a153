using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Grants;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Requests
{
    /// <summary>A workspace's API key and another's ids.</summary>
    [TestClass]
    public sealed class WorkspaceTests
    {
        private const string Other = "4f9d6f0e-7c1d-4a83-9a55-0a4b8d0d6d11";

        /// <summary>Each id of another workspace is 404 or finds nothing, whatever the route; and nothing that the other one has is changed.</summary>
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task The_things_of_another_workspace_are_not_there(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            RouteBodies bodies = await RouteBodies.MakeAsync(house);
            await house.Rig.Site.Database.WriteAsync(s => s.ExecuteAsync(
                "INSERT INTO workspaces (workspace_id, name, created_us) VALUES (@id, 'other', @now)", ("id", Other), ("now", s.NowUs)));
            string key = (await SiteRows.AddApiKeyAsync(house.Rig.Site.Database, Other, "test"))!;
            int refused = 0;
            foreach ((string path, JsonObject body, bool _) in bodies.Requests.Where(r => r.IsAboutThing))
            {
                string before = await AllRows.OfAsync(house.Rig, "site");
                Answer answer = await house.Rig.SendAsync(HttpMethod.Post, path, body.ToJsonString(), key);
                string text = answer.Body.ToJsonString();
                Assert.IsTrue(answer.Status == 404 || (answer.Status == 200 && path.EndsWith("/list") && IsEmpty(answer.Body)), $"{path} {body.ToJsonString()}: {answer.Status} {text}");
                Assert.IsFalse(bodies.Secrets.Any(text.Contains), text);
                Assert.IsTrue(before == await AllRows.OfAsync(house.Rig, "site"), path + " changed something");
                refused++;
            }

            Assert.IsGreaterThan(50, refused);
        }

        /// <summary>Each route with an API key is in the table, and does there what it should.</summary>
        [TestMethod]
        public async Task The_requests_of_the_table_are_good_ones_and_leave_out_no_route()
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(DatabaseKind.Sqlite);
            RouteBodies bodies = await RouteBodies.MakeAsync(house);
            string[] notJson = ["/health", "/metrics", "/ik/", "/door/", "/phone/door"];
            CollectionAssert.AreEquivalent(
                house.Rig.Routes.Select(r => r.Path).Where(path => !notJson.Any(path.StartsWith)).ToArray(), bodies.Requests.Select(r => r.Path).Distinct().ToArray());
            List<string> wrong = [];
            for (int i = 0; i < bodies.Requests.Count; i++)
            {
                Answer answer = await house.Rig.PostAsync(bodies.Requests[i].Path, bodies.Requests[i].Body);
                wrong.AddRange(answer.Status == 200 ? [] : [$"{bodies.Requests[i]}: {answer.Body.ToJsonString()}"]);
                bodies = bodies.Requests[i].IsAboutThing && !bodies.Requests[i].Path.EndsWith("/get") ? await RouteBodies.MakeAsync(house) : bodies;
            }

            Assert.IsEmpty(wrong, string.Join('\n', wrong));
        }

        private static bool IsEmpty(JsonObject answer) => answer.All(p => p.Value is not JsonArray list || list.Count == 0);
    }
}
