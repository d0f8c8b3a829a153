using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Keeping;
using DoorController.Tests.KeyServer.Seam;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Grants
{
    /// <summary>Access grants over doors of several scopes: what a link gives, and what becomes of it when grant, space or door change.</summary>
    [TestClass]
    public sealed class AccessGrantTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task One_link_opens_the_doors_of_its_grant_in_all_their_scopes_and_no_others(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            JsonNode both = await house.GrantAsync([house.Room, house.Front], []);
            JsonNode other = await house.GrantAsync([house.Pool], [], both["user_identity_id"]!.GetValue<string>());
            CollectionAssert.AreEquivalent(new[] { "ROOM", "FRONT" }, await house.DoorsOfAsync(both));
            CollectionAssert.AreEquivalent(new[] { "POOL" }, await house.DoorsOfAsync(other));
            JsonNode all = await house.Rig.AddKeyAsync(both["user_identity_id"]!.GetValue<string>());
            CollectionAssert.AreEquivalent(new[] { "ROOM", "FRONT", "POOL" }, await house.DoorsOfAsync(all), "a key of the person has them all");

            uint[] numbers = await house.NumbersAsync(both);
            Assert.HasCount(2, numbers, "one for each scope");
            await house.Rig.DoAsync("/access_grants/delete", new JsonObject { ["access_grant_id"] = GrantHouse.Id(both) });
            Assert.AreEqual("instant_key_deleted", (await house.Rig.RedeemAsync(GrantHouse.Url(both), GrantHouse.Phone)).ErrorType);
            CollectionAssert.AreEquivalent(new[] { "POOL" }, await house.DoorsOfAsync(other));
            Assert.IsTrue(await house.AreRevokedAsync(both, numbers));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_grant_follows_its_space_and_what_it_loses_is_revoked(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            string space = (await house.Rig.DoAsync("/spaces/create", new JsonObject { ["name"] = "wing", ["acs_entrance_ids"] = new JsonArray(house.Front) }))["space"]!["space_id"]!.GetValue<string>();
            JsonNode grant = await house.GrantAsync([], [space]);
            uint[] first = await house.NumbersAsync(grant);
            await house.Rig.DoAsync("/spaces/add_acs_entrances", new JsonObject { ["space_id"] = space, ["acs_entrance_ids"] = new JsonArray(house.Pool) });
            CollectionAssert.AreEquivalent(new[] { "FRONT", "POOL" }, await house.DoorsOfAsync(grant));
            CollectionAssert.AreEqual(first, await house.NumbersAsync(grant), "who gains a door keeps the number");

            await house.Rig.DoAsync("/spaces/remove_acs_entrances", new JsonObject { ["space_id"] = space, ["acs_entrance_ids"] = new JsonArray(house.Front) });
            Assert.IsTrue(await house.AreRevokedAsync(grant, first));
            CollectionAssert.AreEquivalent(new[] { "POOL" }, await house.DoorsOfAsync(grant));
            CollectionAssert.AreEqual(
                new[] { "access_grant.created", "access_grant.access_granted_to_door", "access_grant.access_granted_to_all_doors", "access_method.created", "access_method.issued", "access_grant.access_granted_to_door", "access_grant.access_granted_to_all_doors", "access_method.revoked", "access_grant.access_to_door_lost" },
                await house.EventsAsync(grant));

            await house.Rig.DoAsync("/spaces/delete", new JsonObject { ["space_id"] = space });
            Assert.IsEmpty(await house.DoorsOfAsync(grant));
        }

        [TestMethod]
        public async Task Floors_are_entrances_and_a_stolen_door_keeps_its_own()
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(DatabaseKind.Sqlite);
            JsonNode grant = await house.GrantAsync([house.Floors[1], house.Floors[2]], []);
            JsonNode key = (await house.Rig.RedeemAsync(GrantHouse.Url(grant), GrantHouse.Phone)).Of("redeemed")["keys"]![0]!;
            CollectionAssert.AreEqual(new[] { 1, 2 }, key["floors"]!.AsArray().Select(f => f!.GetValue<int>()).ToArray());

            JsonNode room = await house.GrantAsync([house.Room], []);
            uint before = (await house.EntranceAsync(house.Room))["door_id"]!.GetValue<uint>();
            await house.Rig.DoAsync("/doors/replace", new JsonObject { ["door_id"] = before, ["is_stolen"] = true });
            Assert.AreNotEqual(before, (await house.EntranceAsync(house.Room))["door_id"]!.GetValue<uint>());
            CollectionAssert.AreEquivalent(new[] { "ROOM" }, await house.DoorsOfAsync(room));

            await house.Rig.DoAsync("/doors/retire", new JsonObject { ["door_id"] = (await house.EntranceAsync(house.Room))["door_id"]!.GetValue<uint>() });
            Assert.AreEqual(404, (await house.Rig.PostAsync("/acs/entrances/get", new() { ["acs_entrance_id"] = house.Room })).Status);
            Assert.IsEmpty(await house.DoorsOfAsync(room));
            CollectionAssert.Contains(await house.EventsAsync(room), "access_grant.access_to_door_lost");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_shorter_grant_revokes_a_longer_one_takes_its_link_along(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            JsonNode grant = await house.GrantAsync([house.Front], []);
            uint[] numbers = await house.NumbersAsync(grant);
            await house.ChangeAsync(grant, "ends_at", house.InDays(5));
            CollectionAssert.AreEqual(numbers, await house.NumbersAsync(grant));
            Assert.AreEqual(5, house.DaysUntil((await house.Rig.RedeemAsync(GrantHouse.Url(grant), GrantHouse.Phone)).Of("redeemed")["expires_at"]!), 0.01);
            await house.ChangeAsync(grant, "ends_at", house.InDays(1));
            Assert.IsTrue(await house.AreRevokedAsync(grant, numbers));
            await house.ChangeAsync(grant, "ends_at", null);
            JsonNode shown = (await house.Rig.DoAsync("/access_grants/get", new JsonObject { ["access_grant_id"] = GrantHouse.Id(grant) }))["access_grant"]!;
            Assert.IsNull(shown["ends_at"]);
            SeamRoutesTests.AssertInvalid(await house.TryChangeAsync(grant, "ends_at", house.InDays(-1)), "ends_at", "not yet over");
            SeamRoutesTests.AssertInvalid(await house.TryChangeAsync(grant, "starts_at", "yesterday"), "starts_at", "RFC 3339");
        }

        [TestMethod]
        [DataRow("acs_entrance_ids", "[\"x\"]", "acs_entrance_ids", "UUID")]
        [DataRow("acs_entrance_ids", "[]", "acs_entrance_ids", "at least one")]
        [DataRow("acs_entrance_ids", "\"x\"", "acs_entrance_ids", "a list")]
        [DataRow("acs_entrance_ids", "1000", "acs_entrance_ids", "at most 500")]
        [DataRow("space_ids", "[7]", "space_ids", "a list")]
        [DataRow("requested_access_methods", "[]", "requested_access_methods", "mobile_key")]
        [DataRow("requested_access_methods", "[{\"mode\":\"code\"}]", "requested_access_methods.mode", "mobile_key")]
        [DataRow("requested_access_methods", "[{\"mode\":\"card\"}]", "requested_access_methods.mode", "mobile_key")]
        [DataRow("requested_access_methods", "[{\"mode\":\"mobile_key\",\"x\":1}]", "requested_access_methods.x", "")]
        [DataRow("requested_access_methods", "[{\"mode\":\"mobile_key\",\"instant_key_max_use_count\":0}]", "requested_access_methods.instant_key_max_use_count", "1 to 1000")]
        [DataRow("requested_access_methods", "\"mobile_key\"", "requested_access_methods", "a list")]
        [DataRow("requested_access_methods", "null", "requested_access_methods", "")]
        [DataRow("user_identity_id", "\"x\"", "user_identity_id", "UUID")]
        [DataRow("user_identity", "{\"full_name\":\"A\"}", "user_identity_id", "either")]
        [DataRow("ends_at", "\"2020-01-01T00:00:00Z\"", "ends_at", "not yet over")]
        [DataRow("starts_at", "\"2090-01-01T00:00:00Z\"", "ends_at", "behind starts_at")]
        [DataRow("ends_at", "7", "ends_at", "")]
        [DataRow("starts_at", "\"2001-01-01T00:00:00Z\"", "ends_at", "10 years")]
        [DataRow("name", "\"\"", "name", "1 to 100")]
        [DataRow("access_grant_key", "{}", "access_grant_key", "text")]
        [DataRow("device_ids", "[\"00000000-0000-0000-0000-000000000000\"]", "device_ids", "entrances")]
        [DataRow("no_such", "1", "no_such", "")]
        public async Task Bad_input_names_its_field_and_changes_nothing(string field, string value, string named, string wanted)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(DatabaseKind.Sqlite);
            JsonObject wish = await house.WishAsync([house.Front], []);
            wish[field] = value == "1000" ? new JsonArray([.. Enumerable.Range(0, 1000).Select(_ => (JsonNode)Guid.NewGuid().ToString())]) : JsonNode.Parse(value);
            SeamRoutesTests.AssertInvalid(await house.Rig.PostAsync("/access_grants/create", wish), named, wanted);
            Assert.IsEmpty((await house.Rig.GetAsync("/access_grants/list")).Body["access_grants"]!.AsArray());
            Assert.IsEmpty((await house.Rig.GetAsync("/instant_keys/list")).Body["instant_keys"]!.AsArray());
        }

        [TestMethod]
        public async Task What_is_inline_names_its_field_and_what_is_not_there_is_404()
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(DatabaseKind.Sqlite);
            JsonObject wish = await house.WishAsync([house.Front], []);
            string nobody = Guid.NewGuid().ToString();
            JsonObject inline = (JsonObject)wish.DeepClone();
            inline.Remove("user_identity_id");
            inline["user_identity"] = new JsonObject { ["email_address"] = "x" };
            SeamRoutesTests.AssertInvalid(await house.Rig.PostAsync("/access_grants/create", inline), "user_identity.email_address", "name@example.com");
            foreach ((string field, JsonNode value, string thing) in new (string, JsonNode, string)[]
            {
                ("user_identity_id", nobody, "user_identity"), ("acs_entrance_ids", new JsonArray(nobody), "acs_entrance"), ("space_ids", new JsonArray(nobody), "space"),
                ("customization_profile_id", nobody, "customization_profile"),
            })
            {
                JsonObject wrong = (JsonObject)wish.DeepClone();
                wrong[field] = value;
                Answer answer = await house.Rig.PostAsync("/access_grants/create", wrong);
                Assert.AreEqual((404, thing + "_not_found"), (answer.Status, answer.ErrorType), field);
            }

            foreach (string path in new[] { "/access_grants/get", "/access_grants/update", "/access_grants/delete" })
            {
                Assert.AreEqual("access_grant_not_found", (await house.Rig.PostAsync(path, new() { ["access_grant_id"] = nobody })).ErrorType);
            }

            Assert.IsEmpty((await house.Rig.GetAsync("/access_grants/list")).Body["access_grants"]!.AsArray());
        }

        [TestMethod]
        public async Task A_door_of_the_staff_alone_is_not_for_guests()
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(DatabaseKind.Sqlite);
            await house.Rig.RegisterAsync("BOILER", await house.Rig.AddStaffScopeAsync());
            string boiler = (await house.EntrancesAsync())["BOILER"];
            SeamRoutesTests.AssertInvalid(
                await house.Rig.PostAsync("/access_grants/create", await house.WishAsync([house.Front, boiler], [])), "acs_entrance_ids", "BOILER is in no scope");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_grant_that_was_deleted_or_reduced_since_the_backup_gives_nothing_again(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            ServerRig rig = house.Rig;
            string space = (await rig.DoAsync("/spaces/create", new JsonObject { ["name"] = "wing", ["acs_entrance_ids"] = new JsonArray(house.Front, house.Pool) }))["space"]!["space_id"]!.GetValue<string>();
            JsonNode deleted = await house.GrantAsync([], [space]);
            JsonNode reduced = await house.GrantAsync([], [space]);
            JsonNode stays = await house.GrantAsync([house.Room], []);
            foreach (JsonNode grant in new[] { deleted, reduced, stays })
            {
                await house.NumbersAsync(grant);
            }

            await rig.CloseAsync();
            Backup backup = Backup.Take(rig);
            await rig.OpenAsync();
            await rig.DoAsync("/access_grants/delete", new JsonObject { ["access_grant_id"] = GrantHouse.Id(deleted) });
            await house.ChangeAsync(reduced, "ends_at", house.InDays(1));
            await rig.CloseAsync();
            backup.Restore(rig);
            await using (Database database = new(rig.DatabaseSettings, rig.Clock))
            {
                await Restore.RunAsync(database, rig.Files);
            }

            await rig.OpenAsync();
            await rig.DoAsync("/spaces/add_acs_entrances", new JsonObject { ["space_id"] = space, ["acs_entrance_ids"] = new JsonArray(house.Room) });
            Assert.AreEqual("instant_key_deleted", (await rig.RedeemAsync(GrantHouse.Url(deleted), GrantHouse.Phone)).ErrorType);
            Assert.AreEqual("instant_key_deleted", (await rig.RedeemAsync(GrantHouse.Url(reduced), GrantHouse.Phone)).ErrorType);
            CollectionAssert.AreEquivalent(new[] { "ROOM" }, await house.DoorsOfAsync(stays));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_grant_that_is_over_goes_after_the_retention_with_all_that_is_its(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            JsonNode over = await house.GrantAsync([house.Front, house.Room], []);
            await house.NumbersAsync(over);
            JsonNode open = await house.GrantAsync([house.Pool], []);
            await house.ChangeAsync(open, "ends_at", null);
            Retention retention = new(house.Rig.Site, house.Rig.Settings);
            house.Rig.Clock.Move(TimeSpan.FromDays(house.Rig.Settings.RetentionDays + 4));
            await house.Rig.Site.Database.WriteAsync(s => s.ExecuteAsync("DELETE FROM keys"));
            await retention.RunAsync();
            Assert.AreEqual("1 1 1 1", string.Join(' ', await Task.WhenAll(new[] { "access_grants", "access_methods", "grant_entrances", "rights" }.Select(
                table => house.Rig.Site.Database.QueryAsync(s => s.NumberAsync("SELECT COUNT(*) FROM " + table))))));
            CollectionAssert.AreEqual(new[] { "POOL" }, await house.DoorsOfAsync(open));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task With_a_person_go_the_access_grants_and_say_so(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            JsonNode grant = await house.GrantAsync([house.Front, house.Room], []);
            uint[] numbers = await house.NumbersAsync(grant);
            await house.Rig.DoAsync("/user_identities/delete", new JsonObject { ["user_identity_id"] = grant["user_identity_id"]!.GetValue<string>() });
            Assert.IsTrue(await house.AreRevokedAsync(grant, numbers));
            string[] events = await house.EventsAsync(grant);
            Assert.AreEqual("access_grant.deleted", events[^1]);
            Assert.AreEqual(1, events.Count(e => e == "access_grant.deleted"));
            Assert.IsEmpty((await house.Rig.GetAsync("/access_grants/list")).Body["access_grants"]!.AsArray());
        }
    }
}
