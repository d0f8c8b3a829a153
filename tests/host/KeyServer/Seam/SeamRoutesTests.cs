using System;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Seam
{
    /// <summary>Objects, parameters, verbs and errors of the Seam-style routes.</summary>
    [TestClass]
    public sealed class SeamRoutesTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task An_instant_key_has_the_properties_of_the_api_and_is_found_by_id_and_by_url(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            string person = await rig.AddPersonAsync("guest 7");
            JsonObject key = await rig.AddKeyAsync(person);

            CollectionAssert.AreEquivalent(
                new[] { "instant_key_id", "workspace_id", "client_session_id", "user_identity_id", "created_at", "expires_at", "instant_key_url" },
                key.Select(p => p.Key).ToArray());
            StringAssert.Matches(key["created_at"]!.GetValue<string>(), new(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"));
            StringAssert.Matches(key["instant_key_url"]!.GetValue<string>(), new(@"^http://127\.0\.0\.1:\d+/ik/[\w-]{24}$"));
            Assert.AreEqual(person, key["user_identity_id"]!.GetValue<string>());
            Assert.AreEqual(TimeSpan.FromHours(48), Time(key, "expires_at") - Time(key, "created_at"));

            foreach (string query in new[] { "instant_key_id=" + key["instant_key_id"], "instant_key_url=" + Uri.EscapeDataString(key["instant_key_url"]!.GetValue<string>()) })
            {
                Answer got = await rig.GetAsync("/instant_keys/get?_strict=true&" + query);
                Assert.AreEqual(key.ToJsonString(), got.Of("instant_key").ToJsonString());
                Assert.IsTrue(got.Body["ok"]!.GetValue<bool>());
            }

            Answer listed = await rig.PostAsync("/instant_keys/list", new() { ["user_identity_id"] = person });
            Assert.AreEqual(key.ToJsonString(), listed.Body["instant_keys"]!.AsArray().Single()!.ToJsonString());
            Assert.AreEqual(1, (await rig.GetAsync("/instant_keys/list")).Body["instant_keys"]!.AsArray().Count);
            Assert.AreEqual(
                0, (await rig.GetAsync("/instant_keys/list?user_identity_id=" + Guid.NewGuid())).Body["instant_keys"]!.AsArray().Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_person_is_created_found_listed_and_deleted(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            Answer created = await rig.PostAsync("/user_identities/create", new()
            {
                ["user_identity_key"] = "a'; DROP TABLE keys; --",
                ["full_name"] = "Ada 100%_!",
                ["email_address"] = "ada@example.com",
                ["phone_number"] = "+15555550100",
            });
            JsonObject person = created.Of("user_identity");
            Assert.AreEqual("Ada 100%_!", person["display_name"]!.GetValue<string>());
            Assert.AreEqual(0, person["errors"]!.AsArray().Count);
            string id = person["user_identity_id"]!.GetValue<string>();
            Answer byKey = await rig.PostAsync("/user_identities/get", new() { ["user_identity_key"] = "a'; DROP TABLE keys; --" });
            Assert.AreEqual(person.ToJsonString(), byKey.Of("user_identity").ToJsonString());
            Assert.AreEqual(1, await CountAsync(rig, "search=" + Uri.EscapeDataString("100%_!")));
            Assert.AreEqual(0, await CountAsync(rig, "search=100x"));
            Assert.AreEqual(1, await CountAsync(rig, "search=ADA%40EX"));

            Answer again = await rig.PostAsync("/user_identities/create", new() { ["user_identity_key"] = "a'; DROP TABLE keys; --" });
            AssertInvalid(again, "user_identity_key", "is that of another");

            Assert.AreEqual(200, (await rig.SendAsync(HttpMethod.Delete, "/user_identities/delete?_strict=true&user_identity_id=" + id, null, rig.ApiKey)).Status);
            Answer gone = await rig.GetAsync("/user_identities/get?user_identity_id=" + id);
            Assert.AreEqual((404, "user_identity_not_found"), (gone.Status, gone.ErrorType));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_long_list_of_persons_comes_in_pages_without_a_gap(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            string[] all = new string[7];
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = await rig.AddPersonAsync("guest " + i);
            }

            JsonObject page = (await rig.GetAsync("/user_identities/list?limit=3")).Body;
            System.Collections.Generic.List<string> seen = [];
            while (true)
            {
                seen.AddRange(page["user_identities"]!.AsArray().Select(p => p!["user_identity_id"]!.GetValue<string>()));
                if (!page["pagination"]!["has_next_page"]!.GetValue<bool>())
                {
                    Assert.IsNull(page["pagination"]!["next_page_cursor"]);
                    break;
                }

                page = (await rig.GetAsync("/user_identities/list?limit=3&page_cursor=" + page["pagination"]!["next_page_cursor"])).Body;
            }

            CollectionAssert.AreEqual(all, seen);
            Assert.AreEqual(2, await CountAsync(rig, $"user_identity_ids={all[1]}&user_identity_ids={all[4]}"));
            Assert.AreEqual(1, await CountAsync(rig, $"user_identity_ids={all[1]}"));
        }

        [TestMethod]
        [DataRow("/user_identities/create", "{\"user_identity_key\":7}", "user_identity_key", "wanted text")]
        [DataRow("/user_identities/create", "{\"full_name\":\"a\\u0000b\"}", "full_name", "control character")]
        [DataRow("/user_identities/create", "{\"email_address\":\"nobody\"}", "email_address", "name@example.com")]
        [DataRow("/user_identities/create", "{\"phone_number\":\"0041\"}", "phone_number", "E.164")]
        [DataRow("/user_identities/create", "{\"acs_system_ids\":[\"x\"]}", "acs_system_ids", "no other access systems")]
        [DataRow("/user_identities/create", "{\"nick_name\":\"x\"}", "nick_name", "is no parameter of this route")]
        [DataRow("/user_identities/create", "[1]", "body", "JSON object")]
        [DataRow("/user_identities/create", "{\"full_name\":\"a\",\"full_name\":\"b\"}", "body", "JSON object")]
        [DataRow("/user_identities/create", "{", "body", "JSON object")]
        [DataRow("/user_identities/get", "{}", "user_identity_id", "wanted either this or user_identity_key")]
        [DataRow("/user_identities/get", "{\"user_identity_id\":\"../../x\"}", "user_identity_id", "wanted a UUID")]
        [DataRow("/user_identities/delete", "{}", "user_identity_id", "Required")]
        [DataRow("/user_identities/generate_instant_key", "{}", "user_identity_id", "Required")]
        [DataRow("/user_identities/generate_instant_key", "{\"user_identity_id\":null}", "user_identity_id", "Required")]
        [DataRow("/user_identities/generate_instant_key", "{\"max_use_count\":0}", "max_use_count", "from 1 to")]
        [DataRow("/user_identities/generate_instant_key", "{\"max_use_count\":1.5}", "max_use_count", "whole number")]
        [DataRow("/user_identities/generate_instant_key", "{\"max_use_count\":\"1\"}", "max_use_count", "whole number")]
        [DataRow("/user_identities/generate_instant_key", "{\"customization_profile_id\":\"x\"}", "customization_profile_id", "UUID")]
        [DataRow("/instant_keys/get", "{}", "instant_key_id", "wanted either this or instant_key_url")]
        [DataRow("/instant_keys/delete", "{\"instant_key_id\":\"1' OR '1'='1\"}", "instant_key_id", "wanted a UUID")]
        [DataRow("/events/list", "{}", "since", "wanted either this or between")]
        [DataRow("/events/list", "{\"since\":\"yesterday\"}", "since", "ISO 8601")]
        [DataRow("/events/list", "{\"between\":[\"2025-01-01T00:00:00Z\"]}", "between", "two times")]
        [DataRow("/events/list", "{\"since\":\"2025-01-01T00:00:00Z\",\"limit\":501}", "limit", "from 1 to 500")]
        public async Task Bad_input_is_refused_by_the_name_of_its_field(string path, string body, string field, string wanted)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            AssertInvalid(await rig.SendAsync(HttpMethod.Post, path, body, rig.ApiKey), field, wanted);
        }

        [TestMethod]
        public async Task All_bad_fields_are_named_at_once()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            Answer answer = await rig.GetAsync("/events/list?limit=x&since=never&colour=red");
            AssertInvalid(answer, "limit", "whole number");
            AssertInvalid(answer, "since", "ISO 8601");
            AssertInvalid(answer, "colour", "is no parameter");
        }

        [TestMethod]
        [DataRow("GET", "/user_identities/create", 405, "method_not_allowed")]
        [DataRow("DELETE", "/instant_keys/get", 405, "method_not_allowed")]
        [DataRow("POST", "/nothing/here", 404, "route_not_found")]
        [DataRow("GET", "/instant_keys/../../../etc/passwd", 404, "route_not_found")]
        [DataRow("GET", "/ik/..%2f..%2fetc%2fpasswd/x", 404, "route_not_found")]
        public async Task A_wrong_method_or_path_has_the_error_shape_too(string method, string path, int status, string type)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            Answer answer = await rig.SendAsync(new HttpMethod(method), path, null, rig.ApiKey);
            Assert.AreEqual((status, type), (answer.Status, answer.ErrorType));
            Assert.IsFalse(answer.Body["ok"]!.GetValue<bool>());
            Assert.AreEqual(1, answer.Headers.GetValues("seam-request-id").Count());
        }

        [TestMethod]
        [DataRow(null)]
        [DataRow("seam_door0000000000000000000000000000000000000000000")]
        [DataRow("' OR 1=1 --")]
        [DataRow("")]
        public async Task Without_a_right_api_key_every_route_is_closed(string? key)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            foreach (string path in new[]
            {
                "/user_identities/create", "/user_identities/get", "/user_identities/list", "/user_identities/delete",
                "/user_identities/generate_instant_key", "/instant_keys/get", "/instant_keys/list", "/instant_keys/delete", "/events/list",
                "/workspaces/get", "/links/status",
            })
            {
                Answer answer = await rig.SendAsync(HttpMethod.Post, path, "{}", key);
                Assert.AreEqual((401, "unauthorized"), (answer.Status, answer.ErrorType), path);
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_deleted_api_key_ends_at_once_and_one_workspace_does_not_see_another(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            string person = await rig.AddPersonAsync();
            JsonObject key = await rig.AddKeyAsync(person);
            await rig.Site.Database.WriteAsync(s => s.ExecuteAsync(
                "INSERT INTO workspaces (workspace_id, name, created_us) VALUES ('other', 'other', @now)", ("now", s.NowUs)));
            string other = (await SiteRows.AddApiKeyAsync(rig.Site.Database, "other", "test"))!;

            Answer list = await rig.SendAsync(HttpMethod.Get, "/instant_keys/list", null, other);
            Assert.AreEqual(0, list.Body["instant_keys"]!.AsArray().Count);
            foreach ((string path, string body) in new[]
            {
                ("/instant_keys/get", $"{{\"instant_key_id\":\"{key["instant_key_id"]}\"}}"),
                ("/instant_keys/get", $"{{\"instant_key_url\":\"{key["instant_key_url"]}\"}}"),
                ("/instant_keys/delete", $"{{\"instant_key_id\":\"{key["instant_key_id"]}\"}}"),
                ("/user_identities/get", $"{{\"user_identity_id\":\"{person}\"}}"),
                ("/user_identities/delete", $"{{\"user_identity_id\":\"{person}\"}}"),
                ("/user_identities/generate_instant_key", $"{{\"user_identity_id\":\"{person}\"}}"),
            })
            {
                Assert.AreEqual(404, (await rig.SendAsync(HttpMethod.Post, path, body, other)).Status, path);
            }

            Assert.AreEqual(200, (await rig.GetAsync("/instant_keys/get?instant_key_id=" + key["instant_key_id"])).Status);
            string otherId = (await rig.Site.Database.QueryAsync(s => s.FirstAsync(
                "SELECT api_key_id FROM api_keys WHERE workspace_id = 'other'", row => row.GetString(0))))!;
            Assert.IsTrue(await SiteRows.DeleteApiKeyAsync(rig.Site.Database, otherId));
            Assert.AreEqual(401, (await rig.SendAsync(HttpMethod.Get, "/instant_keys/list", null, other)).Status);
        }

        [TestMethod]
        public async Task A_body_that_is_too_large_is_refused_whether_it_says_so_or_not()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            string large = "{\"full_name\":\"" + new string('x', 70_000) + "\"}";
            Answer answer = await rig.SendAsync(HttpMethod.Post, "/user_identities/create", large, rig.ApiKey);
            Assert.AreEqual((413, "payload_too_large"), (answer.Status, answer.ErrorType));

            using HttpClient http = new() { BaseAddress = rig.Address };
            using HttpRequestMessage chunked = new(HttpMethod.Post, "/user_identities/create") { Content = new StringContent(large) };
            chunked.Headers.TransferEncodingChunked = true;
            chunked.Headers.Add("Authorization", "Bearer " + rig.ApiKey);
            using HttpResponseMessage response = await http.SendAsync(chunked);
            Assert.AreEqual(413, (int)response.StatusCode);
        }

        internal static void AssertInvalid(Answer answer, string field, string wanted)
        {
            Assert.AreEqual((400, "invalid_input"), (answer.Status, answer.ErrorType), answer.Body.ToJsonString());
            StringAssert.Contains(answer.Of("error")["validation_errors"]![field]!["_errors"]![0]!.GetValue<string>(), wanted, StringComparison.Ordinal);
            StringAssert.Contains(answer.Of("error")["message"]!.GetValue<string>(), field, StringComparison.Ordinal);
        }

        private static DateTimeOffset Time(JsonObject from, string property) =>
            DateTimeOffset.Parse(from[property]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

        private static async Task<int> CountAsync(ServerRig rig, string query) =>
            (await rig.GetAsync("/user_identities/list?" + query)).Body["user_identities"]!.AsArray().Count;
    }
}
