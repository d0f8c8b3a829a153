using System;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Look
{
    /// <summary>Customization profiles: how the guest's page looks.</summary>
    [TestClass]
    public sealed class CustomizationProfileTests
    {
        private const string Routes = "/workspaces/customization_profiles/";

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_profile_dresses_its_keys_until_it_is_deleted(DatabaseKind kind)
        {
            await using LogoServer logos = await LogoServer.StartAsync();
            await using ServerRig rig = await ServerRig.StartAsync(kind, s => s with { IsPrivateAllowed = true });
            string id = await CreateAsync(rig, new JsonObject { ["name"] = "Seaside", ["primary_color"] = "#FA0", ["secondary_color"] = "#102030", ["logo_url"] = logos.Address + "/logo.png" });
            JsonObject profile = (await rig.DoAsync(Routes + "get", new JsonObject { ["customization_profile_id"] = id }))["customization_profile"]!.AsObject();
            Assert.AreEqual(("Seaside", "#ffaa00", "#102030"), ((string?)profile["name"], (string?)profile["primary_color"], (string?)profile["secondary_color"]));
            string logo = (string)profile["logo_url"]!;
            StringAssert.StartsWith(logo, rig.Address + "ik/logo/");
            Assert.AreEqual(1, logos.Requests);

            JsonObject key = await AddKeyAsync(rig, id);
            Assert.AreEqual(id, (string?)key["customization_profile_id"]);
            Assert.AreEqual(new JsonObject { ["logo_url"] = logo, ["primary_color"] = "#ffaa00", ["secondary_color"] = "#102030" }.ToJsonString(), key["customization"]!.ToJsonString());
            JsonObject look = (await rig.RedeemAsync((string)key["instant_key_url"]!)).Of("redeemed")["customization"]!.AsObject();
            Assert.AreEqual($"{{\"name\":\"Seaside\",\"logo\":\"{logo[(rig.Address + "ik/").Length..]}\",\"primary_color\":\"#ffaa00\",\"secondary_color\":\"#102030\"}}", look.ToJsonString());
            Assert.AreEqual(key.ToJsonString(), (await rig.DoAsync("/instant_keys/list", []))["instant_keys"]![0]!.ToJsonString());

            await rig.DoAsync(Routes + "update", new JsonObject { ["customization_profile_id"] = id, ["secondary_color"] = null, ["logo_url"] = logos.Address + "/other.png" });
            profile = (await rig.DoAsync(Routes + "list", []))["customization_profiles"]![0]!.AsObject();
            Assert.AreEqual(("Seaside", "#ffaa00", null), ((string?)profile["name"], (string?)profile["primary_color"], (string?)profile["secondary_color"]));
            Assert.AreNotEqual(logo, (string?)profile["logo_url"]);
            await rig.DoAsync(Routes + "delete", new JsonObject { ["customization_profile_id"] = id });
            key = (await rig.DoAsync("/instant_keys/get", new JsonObject { ["instant_key_id"] = (string?)key["instant_key_id"] }))["instant_key"]!.AsObject();
            Assert.IsFalse(key.ContainsKey("customization") || key.ContainsKey("customization_profile_id"));
            Assert.AreEqual(404, (await rig.PostAsync(Routes + "get", new JsonObject { ["customization_profile_id"] = id })).Status);
            Assert.IsEmpty((await rig.DoAsync(Routes + "list", []))["customization_profiles"]!.AsArray());
        }

        [TestMethod]
        public async Task A_logo_is_served_from_here_with_headers_that_let_it_do_nothing()
        {
            await using LogoServer logos = await LogoServer.StartAsync();
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite, s => s with { IsPrivateAllowed = true });
            using HttpClient http = new();
            foreach ((string path, string kind) in new[] { ("/logo.png", "image/png"), ("/logo.jpg", "image/jpeg"), ("/logo.webp", "image/webp"), ("/full", "image/png"), ("/to/%2Flogo.png", "image/png") })
            {
                string id = await CreateAsync(rig, new JsonObject { ["logo_url"] = logos.Address + path });
                JsonObject profile = (await rig.DoAsync(Routes + "get", new JsonObject { ["customization_profile_id"] = id }))["customization_profile"]!.AsObject();
                using HttpResponseMessage answer = await http.GetAsync(new Uri((string)profile["logo_url"]!));
                Assert.AreEqual((200, kind), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.ToString()), path);
                Assert.AreEqual("default-src 'none'; sandbox", answer.Headers.GetValues("Content-Security-Policy").Single());
                Assert.AreEqual("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            }

            foreach (string none in new[] { new string('0', 32), "x", new string('a', 3000) })
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri(rig.Address, "/ik/logo/" + none));
                Assert.AreEqual(404, (int)answer.StatusCode, none);
            }
        }

        [TestMethod]
        [DataRow("/large", "at most 65536 bytes")]
        [DataRow("/svg", "PNG, JPEG or WebP")]
        [DataRow("/empty", "PNG, JPEG or WebP")]
        [DataRow("/gone", "answered 410")]
        [DataRow("/hang", "within 5 s")]
        [DataRow("ftp://example.com/x", "wanted an https address")]
        [DataRow("https://u:p@example.com/x", "wanted an https address")]
        [DataRow("logo.png", "wanted an https address")]
        [DataRow("http://127.0.0.1:1/", "could not be fetched")]
        public async Task A_logo_that_is_none_is_refused_by_its_field_and_nothing_is_kept(string where, string line)
        {
            await using LogoServer logos = await LogoServer.StartAsync();
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite, s => s with { IsPrivateAllowed = true });
            string url = where[0] == '/' ? logos.Address + where : where;
            Answer answer = await rig.PostAsync(Routes + "create", new JsonObject { ["logo_url"] = url });
            Assert.AreEqual(400, answer.Status);
            StringAssert.Contains((string)answer.Body["error"]!["validation_errors"]!["logo_url"]!["_errors"]![0]!, line);
            Assert.IsEmpty((await rig.DoAsync(Routes + "list", []))["customization_profiles"]!.AsArray());
        }

        [TestMethod]
        public async Task Outside_a_test_bench_no_logo_comes_from_a_private_address_or_by_http()
        {
            await using LogoServer logos = await LogoServer.StartAsync();
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            foreach (string url in new[] { logos.Address + "/logo.png", logos.Address.Replace("http:", "https:", StringComparison.Ordinal) + "/logo.png" })
            {
                Assert.AreEqual(400, (await rig.PostAsync(Routes + "create", new JsonObject { ["logo_url"] = url })).Status, url);
            }

            Assert.AreEqual(0, logos.Requests);
        }

        [TestMethod]
        [DataRow("primary_color", "red")]
        [DataRow("primary_color", "#12345")]
        [DataRow("secondary_color", "#12345g")]
        [DataRow("secondary_color", "#+12345")]
        [DataRow("name", "")]
        [DataRow("customer_portal_theme", "x")]
        public async Task A_bad_field_is_named_and_changes_nothing(string field, string value)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            string id = await CreateAsync(rig, new JsonObject { ["name"] = "A", ["primary_color"] = "#111111" });
            foreach (string route in new[] { "create", "update" })
            {
                JsonObject wish = new() { [field] = value };
                if (route == "update")
                {
                    wish["customization_profile_id"] = id;
                }

                Answer answer = await rig.PostAsync(Routes + route, wish);
                Assert.AreEqual(400, answer.Status);
                Assert.IsNotNull(answer.Body["error"]!["validation_errors"]![field]);
            }

            JsonArray all = (await rig.DoAsync(Routes + "list", []))["customization_profiles"]!.AsArray();
            Assert.AreEqual(("A", "#111111"), ((string?)all.Single()!["name"], (string?)all.Single()!["primary_color"]));
        }

        [TestMethod]
        public async Task There_are_at_most_100_and_a_key_names_none_that_is_not_there()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            for (int i = 0; i < 100; i++)
            {
                await CreateAsync(rig, []);
            }

            Assert.AreEqual(409, (await rig.PostAsync(Routes + "create", [])).Status);
            string person = await rig.AddPersonAsync();
            Answer answer = await rig.PostAsync(
                "/user_identities/generate_instant_key", new JsonObject { ["user_identity_id"] = person, ["customization_profile_id"] = Guid.NewGuid().ToString() });
            Assert.AreEqual((404, "customization_profile_not_found"), (answer.Status, answer.ErrorType));
            Assert.IsEmpty((await rig.DoAsync("/instant_keys/list", []))["instant_keys"]!.AsArray());
        }

        private static async Task<string> CreateAsync(ServerRig rig, JsonObject wish) =>
            (string)(await rig.DoAsync(Routes + "create", wish))["customization_profile"]!.AsObject()["customization_profile_id"]!;

        private static async Task<JsonObject> AddKeyAsync(ServerRig rig, string profile)
        {
            JsonObject wish = new() { ["user_identity_id"] = await rig.AddPersonAsync(), ["customization_profile_id"] = profile };
            return (await rig.DoAsync("/user_identities/generate_instant_key", wish))["instant_key"]!.AsObject();
        }
    }
}
