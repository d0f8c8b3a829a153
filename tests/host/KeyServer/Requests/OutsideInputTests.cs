using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Seam;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Requests
{
    /// <summary>Whatever is sent: a documented error or what was asked for, the same on both databases.</summary>
    [TestClass]
    public sealed class OutsideInputTests
    {
        private const int MostText = 1000;

        private static readonly string[] Names =
        [
            "user_identity_id", "user_identity_key", "full_name", "email_address", "phone_number", "limit", "search", "user_identity_ids", "page_cursor",
            "instant_key_url", "since", "between", "event_type", "event_types", "name", "scope_ids", "settings", "floors", "door_id", "door_ids", "scope_id",
            "challenge", "command", "kind", "starts_at", "ends_at", "is_stolen", "list_mode", "right_id", "max_use_count", "customization_profile_id",
        ];

        public static IEnumerable<object[]> Encodings =>
        [
            [new UTF8Encoding(false)], [new UTF8Encoding(true)], [new UnicodeEncoding(false, true)], [new UnicodeEncoding(true, true)],
        ];

        /// <summary>Half a character as a value, as a name and in a list, in every parameter of every route.</summary>
        [TestMethod]
        public async Task Half_a_character_is_named_at_every_route()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            string[] paths = [.. rig.Routes.Where(r => r.Methods.Contains("POST") && !r.Path.StartsWith("/door/") && !r.Path.StartsWith("/ik/")).Select(r => r.Path)];
            Assert.IsGreaterThan(25, paths.Length);
            foreach (string path in paths)
            {
                foreach (string name in Names.Where((_, i) => i % 6 == 0).Append("\\udc00"))
                {
                    foreach (string value in new[] { "\"Ada \\ud83d\"", "[\"\\ude00\"]", "{\"\\ud83d\":1}" })
                    {
                        Answer answer = await rig.PostRawAsync(path, Encoding.UTF8.GetBytes($"{{\"{name}\":{value}}}"));
                        SeamRoutesTests.AssertInvalid(answer, "body", "wanted a JSON object, has half a character");
                    }
                }
            }
        }

        /// <summary>Bytes that are nearly JSON, at every route: never a failure of the server.</summary>
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Any_bytes_at_every_route_give_a_documented_answer(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            string[] paths = [.. rig.Routes.Where(r => r.Methods.Contains("POST") && !r.Path.StartsWith("/door/") && !r.Path.StartsWith("/ik/")).Select(r => r.Path)];
            string[] values =
            [
                "\"\\ud83d\"", "\"\\u0000\"", "\"a\"", "1", "-1", "1e99", "null", "true", "[]", "{}", "[1]", "[null]", "[\"a\\u0000\"]", "\"2026-12-01T10:00:00Z\"",
                "[\"2026-12-01T10:00:00Z\",\"2027-12-01T10:00:00Z\"]", "\"" + new string('\u751f', MostText) + "\"", "[\"" + new string('x', 40) + "\"]",
                "\"00000000-0000-0000-0000-000000000000\"", "{\"hold_ms\":1}", "99999999999999999999", "\"%00\"", "{\"a\":{\"a\":{\"a\":[[[[[]]]]]}}}",
            ];
            Random random = new(kind == DatabaseKind.Sqlite ? 1 : 2);
            for (int i = 0; i < 500; i++)
            {
                string path = paths[random.Next(paths.Length)];
                string text = "{" + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => $"\"{Names[random.Next(Names.Length)]}\":{values[random.Next(values.Length)]}")) + "}";
                byte[] body = Encoding.UTF8.GetBytes(text);
                if (random.Next(5) == 0)
                {
                    body[random.Next(body.Length)] = (byte)random.Next(256);
                }

                Answer answer = await rig.PostRawAsync(path, body);
                Assert.IsTrue(answer.Status is 200 or 400 or 404 or 409, $"{path} {text[..Math.Min(200, text.Length)]}: {answer.Status} {answer.Body.ToJsonString()}");
                Assert.AreEqual(answer.Status == 200, answer.Body["ok"]!.GetValue<bool>());
            }
        }

        [TestMethod]
        [DynamicData(nameof(Encodings))]
        public async Task Every_encoding_of_a_client_gives_the_same(Encoding encoding)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            byte[] body = [.. encoding.GetPreamble(), .. encoding.GetBytes("{\r\n\"full_name\": \"Zoë 生 😀\"\r\n}\r\n")];
            Answer answer = await rig.PostRawAsync("/user_identities/create", body);
            Assert.AreEqual("Zoë 生 😀", answer.Of("user_identity")["full_name"]!.GetValue<string>());
        }

        [TestMethod]
        [DataRow("{\"full_name\":\"a\",\"full_name\":\"b\"}", "has the name full_name twice in one object at line 1, byte 18")]
        [DataRow("{\"full_name\":\n 'a'}", "is no JSON at line 2, byte 2")]
        [DataRow("[1]", "is another JSON value")]
        public async Task Bad_JSON_is_told_what_is_wrong_with_it(string body, string problem)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            SeamRoutesTests.AssertInvalid(await rig.PostRawAsync("/user_identities/create", Encoding.UTF8.GetBytes(body)), "body", problem);
        }

        [TestMethod]
        public async Task Answers_are_written_as_people_read_them()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            using System.Net.Http.HttpClient http = new() { BaseAddress = rig.Address };
            http.DefaultRequestHeaders.Add("Authorization", "Bearer " + rig.ApiKey);
            using System.Net.Http.StringContent body = new("{\"full_name\":\"Zoë 生\",\"phone_number\":\"+15555550100\"}");
            using System.Net.Http.HttpResponseMessage response = await http.PostAsync("/user_identities/create", body);
            string text = await response.Content.ReadAsStringAsync();
            StringAssert.Contains(text, "\"Zoë 生\"", StringComparison.Ordinal);
            StringAssert.Contains(text, "\"+15555550100\"", StringComparison.Ordinal);
            Assert.AreEqual("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        }

        /// <summary>The longest and strangest values are stored, found and searched alike; what is refused is refused on both.</summary>
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Long_and_strange_texts_are_kept_found_and_searched(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            Random random = new(7);
            string[] texts =
            [
                new string('\u751f', 900), Random(random, MostText, 0x4e00, 0x9fff), Random(random, MostText, 0x0300, 0x036f), Random(random, 500, 0x1f300, 0x1f5ff),
                "Élodie Œuvre", "e\u0301lodie", "STRASSE ẞ ß", "ΑΣΊΓΜΑ ς", "İstanbul ı", "100% _under! \\ 'quoted' \"twice\"", "\u202Eabc", "\uFFFF", "ǅ ǆ Ǆ",
            ];
            foreach (string text in texts)
            {
                string id = (await rig.DoAsync("/user_identities/create", new() { ["user_identity_key"] = text, ["full_name"] = text }))["user_identity"]!["user_identity_id"]!.GetValue<string>();
                JsonObject found = await rig.DoAsync("/user_identities/get", new() { ["user_identity_key"] = text });
                Assert.AreEqual(id, found["user_identity"]!["user_identity_id"]!.GetValue<string>());
                Assert.AreEqual(text, found["user_identity"]!["full_name"]!.GetValue<string>());
                SeamRoutesTests.AssertInvalid(
                    await rig.PostAsync("/user_identities/create", new() { ["user_identity_key"] = text }), "user_identity_key", "that of another");
                foreach (string search in new[] { text, text.ToUpperInvariant(), text.ToLowerInvariant() })
                {
                    CollectionAssert.Contains(await SearchAsync(rig, search[..Math.Min(search.Length, 200)]), id, search);
                }
            }

            Assert.AreEqual(1, (await SearchAsync(rig, "0% _")).Length, "the signs of LIKE are signs like any other");
            Assert.AreEqual(0, (await SearchAsync(rig, "%u_der")).Length);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Strange_values_in_a_query_are_refused_or_found_nowhere(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            foreach ((string query, int status) in new[]
            {
                ("/user_identities/list?user_identity_ids=%00", 400), ("/user_identities/list?user_identity_ids[]=a%00b", 400),
                ("/user_identities/list?search=%00", 400), ("/user_identities/list?search=%ED%A0%BD", 200), ("/user_identities/list?search=%FF", 200),
                ("/user_identities/list?user_identity_ids=%E7%94%9F", 200), ("/user_identities/get?user_identity_key=%00", 400),
                ("/user_identities/list?page_cursor=9223372036854775807", 200), ("/user_identities/list?page_cursor=9223372036854775808", 400),
                ("/events/list?event_types=%00&since=2026-01-01T00:00:00Z", 400), ("/events/list?event_types=x&since=1970-01-01T00:00:00Z", 200),
                ("/events/list?since=2026-01-01T00:00:00+01:00", 400), ("/events/list?since=2026-01-01T00:00:00%2B01:00", 200),
                ("/instant_keys/get?instant_key_url=%00", 400), ("/instant_keys/get?instant_key_url=%F0%9F%98%80", 404),
                ("/alarms/list?page_cursor=0.0.%E7%94%9F", 200), ("/audit/list?page_cursor=1.2.3", 400), ("/audit/list?page_cursor=1.2.3.4", 200),
            })
            {
                Answer answer = await rig.GetAsync(query);
                Assert.AreEqual(status, answer.Status, query + ": " + answer.Body.ToJsonString());
            }
        }

        private static async Task<string[]> SearchAsync(ServerRig rig, string search) =>
            [.. (await rig.DoAsync("/user_identities/list", new() { ["search"] = search }))["user_identities"]!.AsArray().Select(p => p!["user_identity_id"]!.GetValue<string>())];

        private static string Random(Random random, int count, int first, int last) =>
            string.Concat(Enumerable.Range(0, count).Select(_ => char.ConvertFromUtf32(random.Next(first, last + 1))));
    }
}
