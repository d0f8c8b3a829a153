using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Issue
{
    /// <summary>What a deletion does: the lists at once, and the events that an integrator reads.</summary>
    [TestClass]
    public sealed class RevocationTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_deleted_key_is_in_the_list_when_the_answer_comes_and_only_that_key(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            await rig.AddScopeAsync(8, false, 2);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            await rig.AddRightAsync(person, 8, [2]);
            JsonObject deleted = await rig.AddKeyAsync(person);
            JsonObject kept = await rig.AddKeyAsync(person);
            IReadOnlyList<OpenedKey> dead = OpenedKey.All(rig, await rig.RedeemAsync(Url(deleted)));
            IReadOnlyList<OpenedKey> alive = OpenedKey.All(rig, await rig.RedeemAsync(Url(kept)));
            byte[] before = await rig.ListAsync(7);

            Assert.AreEqual(200, (await DeleteAsync(rig, deleted)).Status);

            foreach (OpenedKey key in dead)
            {
                Assert.IsTrue(ServerRig.IsSet(await rig.ListAsync(key.ScopeId), key.KeyNumber));
            }

            foreach (OpenedKey key in alive)
            {
                Assert.IsFalse(ServerRig.IsSet(await rig.ListAsync(key.ScopeId), key.KeyNumber));
            }

            byte[] after = await rig.ListAsync(7);
            Assert.IsGreaterThan(BitConverter.ToUInt32(before, 4), BitConverter.ToUInt32(after, 4));
            Answer again = await DeleteAsync(rig, deleted);
            Assert.AreEqual((404, "instant_key_not_found"), (again.Status, again.ErrorType));
            Assert.AreEqual(404, (await rig.GetAsync("/instant_keys/get?instant_key_id=" + deleted["instant_key_id"])).Status);
            Assert.AreEqual(
                kept["instant_key_id"]!.GetValue<string>(),
                (await rig.GetAsync("/instant_keys/list")).Body["instant_keys"]!.AsArray().Single()!["instant_key_id"]!.GetValue<string>());
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_deletion_tells_every_object_that_ended(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            JsonObject key = await rig.AddKeyAsync(person);
            await rig.RedeemAsync(Url(key));
            string since = "since=" + Uri.EscapeDataString(rig.Clock.GetUtcNow().ToString("o"));
            Assert.AreEqual(0, (await EventsAsync(rig, since)).Count);

            await DeleteAsync(rig, key);

            List<JsonObject> events = await EventsAsync(rig, since);
            CollectionAssert.AreEqual(
                new[] { "access_method.revoked", "access_method.deleted", "acs_credential.deleted", "phone.deactivated", "client_session.deleted" },
                events.Select(e => e["event_type"]!.GetValue<string>()).ToArray());
            Assert.AreEqual(key["client_session_id"]!.GetValue<string>(), events[^1]["client_session_id"]!.GetValue<string>());
            Assert.AreEqual(events[0]["access_method_id"]!.GetValue<string>(), events[2]["acs_credential_id"]!.GetValue<string>());
            Assert.AreEqual(events.Count, events.Select(e => e["event_id"]!.GetValue<string>()).Distinct().Count());

            string at = Uri.EscapeDataString(events[0]["created_at"]!.GetValue<string>());
            Assert.AreEqual(5, (await EventsAsync(rig, "since=" + at)).Count, "since takes the very moment in");
            Assert.AreEqual(4, (await EventsAsync(rig, $"between={at}&between=2100-01-01T00:00:00Z")).Count, "between leaves its ends out");
            Assert.AreEqual(2, (await EventsAsync(rig, "since=2020-01-01T00:00:00Z&event_types=phone.deactivated&event_types=client_session.deleted")).Count);
            Assert.AreEqual(1, (await EventsAsync(rig, "since=2020-01-01T00:00:00Z&event_types=phone.deactivated")).Count);
            Assert.AreEqual(0, (await EventsAsync(rig, "since=2020-01-01T00:00:00Z&event_type=device.connected")).Count);
            Assert.AreEqual(3, (await EventsAsync(rig, since + "&limit=3")).Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_change_of_rights_tells_what_was_lost(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1, 2);
            string person = await rig.AddPersonAsync();
            Right right = await rig.AddRightAsync(person, 7, [1, 2]);
            await rig.RedeemAsync(Url(await rig.AddKeyAsync(person)));

            string since = "since=" + Uri.EscapeDataString(rig.Clock.GetUtcNow().ToString("o"));
            await rig.ChangeRightAsync(right, t => t with { Doors = [2], EndsS = t.EndsS + 5 });

            List<JsonObject> events = await EventsAsync(rig, since);
            CollectionAssert.AreEqual(
                new[] { "access_method.revoked", "acs_credential.invalidated", "access_grant.access_times_changed", "access_grant.access_to_door_lost" },
                events.Select(e => e["event_type"]!.GetValue<string>()).ToArray());
            JsonArray entrances = (await rig.GetAsync("/acs/entrances/list")).Body["acs_entrances"]!.AsArray();
            Assert.AreEqual(entrances[0]!["acs_entrance_id"]!.GetValue<string>(), events[^1]["acs_entrance_id"]!.GetValue<string>());
            Assert.AreEqual(right.Id, events[^1]["access_grant_id"]!.GetValue<string>());
            Assert.AreEqual(right.Id, events[0]["access_grant_ids"]![0]!.GetValue<string>());
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task With_a_person_go_all_keys_and_rights(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            Right right = await rig.AddRightAsync(person, 7, [1]);
            JsonObject[] keys = [await rig.AddKeyAsync(person), await rig.AddKeyAsync(person)];
            uint[] numbers = [.. await Task.WhenAll(keys.Select(async k => OpenedKey.All(rig, await rig.RedeemAsync(Url(k))).Single().KeyNumber))];
            Assert.AreEqual(2, numbers.Distinct().Count());

            await rig.PostAsync("/user_identities/delete", new() { ["user_identity_id"] = person });

            byte[] list = await rig.ListAsync(7);
            Assert.IsTrue(numbers.All(n => ServerRig.IsSet(list, n)));
            foreach (JsonObject key in keys)
            {
                Assert.AreEqual("instant_key_deleted", (await rig.RedeemAsync(Url(key))).ErrorType);
            }

            List<JsonObject> events = await EventsAsync(rig, "since=2020-01-01T00:00:00Z&event_type=access_grant.deleted");
            Assert.AreEqual(right.Id, events.Single()["access_grant_id"]!.GetValue<string>());
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_door_that_is_lost_leaves_every_right(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1, 2);
            string both = await rig.AddPersonAsync("both");
            string one = await rig.AddPersonAsync("one");
            await rig.AddRightAsync(both, 7, [1, 2]);
            await rig.AddRightAsync(one, 7, [1]);
            await rig.Site.Database.WriteAsync(async s =>
            {
                await RightsBook.LoseDoorAsync(s, (await s.FirstAsync("SELECT workspace_id FROM workspaces", row => row.GetString(0)))!, 1);
                return 0;
            });
            Assert.AreEqual(0b10UL, OpenedKey.All(rig, await rig.RedeemAsync(Url(await rig.AddKeyAsync(both)))).Single().Mask);
            Assert.AreEqual(0, OpenedKey.All(rig, await rig.RedeemAsync(Url(await rig.AddKeyAsync(one)))).Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task When_no_number_is_left_that_doors_can_tell_apart_the_server_says_so_and_the_link_stays_good(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            await rig.Site.Database.WriteAsync(s => s.ExecuteAsync("UPDATE scopes SET next_key_number = @n", ("n", Limits.WindowKeys)));
            string url = Url(await rig.AddKeyAsync(person));
            Answer full = await rig.RedeemAsync(url);
            Assert.AreEqual((409, "key_window_full"), (full.Status, full.ErrorType));
            await rig.Site.Database.WriteAsync(s => s.ExecuteAsync("UPDATE scopes SET watermark = 8"));
            Assert.AreEqual((uint)Limits.WindowKeys, OpenedKey.All(rig, await rig.RedeemAsync(url)).Single().KeyNumber);
        }

        private static string Url(JsonObject key) => key["instant_key_url"]!.GetValue<string>();

        private static Task<Answer> DeleteAsync(ServerRig rig, JsonObject key) => rig.SendAsync(
            HttpMethod.Delete, "/instant_keys/delete?_strict=true&instant_key_id=" + key["instant_key_id"], null, rig.ApiKey);

        private static async Task<List<JsonObject>> EventsAsync(ServerRig rig, string query) =>
            [.. (await rig.GetAsync("/events/list?" + query)).Body["events"]!.AsArray().Select(e => e!.AsObject())];
    }
}
