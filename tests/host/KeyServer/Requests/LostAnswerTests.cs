using System;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Seam;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Requests
{
    /// <summary>A lost answer spends nothing and makes nothing twice; what both ends hold is compared.</summary>
    [TestClass]
    public sealed class LostAnswerTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Register_and_generate_asked_again_under_one_key_answer_the_same(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            string person = await rig.AddPersonAsync();
            string generate = $"{{\"user_identity_id\":\"{person}\",\"max_use_count\":2}}";
            string again = $"{{\"max_use_count\":2,\"user_identity_id\":\"{person}\"}}";
            foreach ((string path, string body, string same, string other) in new[]
            {
                ("/doors/register", "{\"name\":\"DOOR\"}", "{ \"name\": \"DOOR\" }", "{\"name\":\"GATE\"}"),
                ("/user_identities/generate_instant_key", generate, again, generate.Replace("2}", "3}", StringComparison.Ordinal)),
            })
            {
                Answer first = await SendAsync(rig, path, body, "key 1");
                Answer second = await SendAsync(rig, path, same, "key 1");
                Assert.AreEqual(200, first.Status, first.Body.ToJsonString());
                Assert.AreEqual(first.Body.ToJsonString(), second.Body.ToJsonString());
                Answer reused = await SendAsync(rig, path, other, "key 1");
                Assert.AreEqual((409, "idempotency_key_reused"), (reused.Status, reused.ErrorType));
                Assert.AreNotEqual(first.Body.ToJsonString(), (await SendAsync(rig, path, body, "key 2")).Body.ToJsonString());
                SeamRoutesTests.AssertInvalid(await SendAsync(rig, path, body, new string('x', 256)), "Idempotency-Key", "printable ASCII");
                rig.Clock.Move(TimeSpan.FromHours(25));
                Assert.AreNotEqual(first.Body.ToJsonString(), (await SendAsync(rig, path, body, "key 1")).Body.ToJsonString(), "kept for 24 h");
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_redeem_without_a_name_spends_nothing(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            string url = (await rig.AddKeyAsync(await rig.AddPersonAsync()))["instant_key_url"]!.GetValue<string>();
            string path = new Uri(url).AbsolutePath;
            for (int i = 0; i < 3; i++)
            {
                SeamRoutesTests.AssertInvalid(await rig.SendAsync(HttpMethod.Post, path, null, null), "Authorization", "random token");
            }

            Assert.AreEqual(200, (await rig.RedeemAsync(url)).Status, "its one use is still there");
        }

        [TestMethod]
        [DataRow("X-Forwarded-For", "198.51.100.10:{0}")]
        [DataRow("X-Forwarded-For", "203.0.113.5, 198.51.100.10")]
        [DataRow("X-Forwarded-For", "\"[2001:db8::1]:{0}\"")]
        [DataRow("X-Forwarded-For", "[2001:db8::1]:{0}")]
        [DataRow("X-Forwarded-For", "[2001:db8::{0}]")]
        [DataRow("X-Forwarded-For", "2001:db8::{0}")]
        [DataRow("Forwarded", "for=192.0.2.{1}, for=198.51.100.10;proto=https")]
        [DataRow("Forwarded", "proto=https; For=\"[2001:db8::1]:{0}\";by=203.0.113.43")]
        public async Task Every_form_of_a_forwarded_address_is_told_apart(string header, string form)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite, s => s with { IsBehindProxy = true });
            string url = (await rig.AddKeyAsync(await rig.AddPersonAsync(), 5))["instant_key_url"]!.GetValue<string>();
            int[] statuses = new int[25];
            for (int i = 0; i < statuses.Length; i++)
            {
                statuses[i] = await TryAsync(rig, "/ik/" + new string('a', 24), header, string.Format(null, form, 5000 + i, i));
            }

            Assert.AreEqual(20, statuses.TakeWhile(s => s == 404).Count(), "one guest, whatever the port");
            CollectionAssert.Contains(statuses, 429);
            Assert.AreEqual(404, await TryAsync(rig, "/ik/" + new string('a', 24), header, header == "Forwarded" ? "for=198.51.100.99:1" : "198.51.100.99:1"));
            Assert.AreEqual(200, await TryAsync(rig, new Uri(url).AbsolutePath, header, string.Format(null, form, 1, 1)), "a good link is never refused for guesses");
        }

        [TestMethod]
        public async Task A_public_address_with_a_path_keeps_it_in_links_and_cookies()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite, s => s with { PublicUrl = new Uri("https://example.com/keys/") });
            string url = (await rig.AddKeyAsync(await rig.AddPersonAsync()))["instant_key_url"]!.GetValue<string>();
            StringAssert.StartsWith(url, "https://example.com/keys/ik/", StringComparison.Ordinal);
            Answer redeemed = await rig.SendAsync(HttpMethod.Post, new Uri(url).AbsolutePath["/keys".Length..], null, new string('a', 40));
            StringAssert.Contains(redeemed.Headers.GetValues("Set-Cookie").Single(), "path=" + new Uri(url).AbsolutePath + ";", StringComparison.Ordinal);
        }

        [TestMethod]
        public async Task A_key_for_a_person_without_rights_says_that_it_opens_nothing()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            JsonArray warnings = (await rig.PostAsync("/user_identities/generate_instant_key", new() { ["user_identity_id"] = person })).Body["warnings"]!.AsArray();
            Assert.AreEqual("user_identity_has_no_rights", warnings.Single()!["warning_code"]!.GetValue<string>());
            await rig.AddRightAsync(person, 7, [1]);
            Assert.AreEqual(0, (await rig.PostAsync("/user_identities/generate_instant_key", new() { ["user_identity_id"] = person })).Body["warnings"]!.AsArray().Count);
        }

        [TestMethod]
        public async Task A_right_is_changed_with_the_fields_it_was_given_with_and_never_into_the_past()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await rig.AddScopeAsync(7, false, 1);
            await rig.AddScopeAsync(8, false, 2);
            string person = await rig.AddPersonAsync();
            DateTimeOffset now = rig.Clock.GetUtcNow();
            JsonObject terms = new()
            {
                ["user_identity_id"] = person,
                ["scope_id"] = 7,
                ["door_ids"] = new JsonArray(1),
                ["starts_at"] = now.AddHours(-2).ToString("o"),
                ["ends_at"] = now.AddHours(2).ToString("o"),
                ["offline_hours"] = 24,
            };
            string right = (await rig.DoAsync("/rights/assign", terms))["right"]!["right_id"]!.GetValue<string>();
            JsonObject change = (JsonObject)terms.DeepClone();
            change["right_id"] = right;
            await rig.DoAsync("/rights/change", change);
            SeamRoutesTests.AssertInvalid(await rig.PostAsync("/rights/change", With(change, "scope_id", 8)), "scope_id", "a right keeps its own");
            SeamRoutesTests.AssertInvalid(
                await rig.PostAsync("/rights/change", With(change, "user_identity_id", Guid.NewGuid().ToString())), "user_identity_id", "a right keeps its own");
            foreach (string path in new[] { "/rights/assign", "/rights/change", "/emergency_keys/create" })
            {
                JsonObject past = With(path == "/rights/change" ? change : terms, "ends_at", now.AddHours(-1).ToString("o"));
                SeamRoutesTests.AssertInvalid(await rig.PostAsync(path, past), "ends_at", "not yet over");
                JsonObject turned = With(path == "/rights/change" ? change : terms, "starts_at", now.AddHours(3).ToOffset(TimeSpan.FromHours(-9)).ToString("o"));
                SeamRoutesTests.AssertInvalid(await rig.PostAsync(path, turned), "ends_at", "behind starts_at");
            }
        }

        [TestMethod]
        [DataRow("{\"name\":\"CAR\",\"settings\":{\"floors\":4}}", "floors", "wanted 4, as the settings say")]
        [DataRow("{\"name\":\"CAR\",\"floors\":8,\"settings\":{\"floors\":4}}", "floors", "wanted 4, as the settings say")]
        [DataRow("{\"name\":\"DOOR\",\"settings\":{\"hold_ms\":1}}", "settings", "hold_ms: wanted 500 to 20000, is 1")]
        [DataRow("{\"name\":\"DOOR\",\"settings\":{\"hold\":1}}", "settings", "no such field")]
        [DataRow("{\"name\":\"DOOR\",\"settings\":{\"hold_ms\":{\"a\":1}}}", "settings", "wanted a whole number")]
        public async Task Settings_that_shut_the_door_or_say_something_else_are_refused(string body, string field, string wanted)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            SeamRoutesTests.AssertInvalid(await rig.SendAsync(HttpMethod.Post, "/doors/register", body, rig.ApiKey), field, wanted);
            Assert.AreEqual(0, (await rig.GetAsync("/doors/list")).Body["doors"]!.AsArray().Count);
        }

        private static JsonObject With(JsonObject body, string field, JsonNode value)
        {
            JsonObject changed = (JsonObject)body.DeepClone();
            changed[field] = value;
            return changed;
        }

        private static Task<Answer> SendAsync(ServerRig rig, string path, string body, string key) =>
            rig.SendAsync(HttpMethod.Post, path, body, rig.ApiKey, null, ("Idempotency-Key", key));

        private static async Task<int> TryAsync(ServerRig rig, string path, string header, string value) =>
            (await rig.SendAsync(HttpMethod.Post, path, null, new string('t', 40), null, (header, value))).Status;
    }
}
