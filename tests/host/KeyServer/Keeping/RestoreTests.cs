using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using KeySite = DoorController.KeyServer.Root.Site;

namespace DoorController.Tests.KeyServer.Keeping
{
    /// <summary>A database from an hour ago: the server does not start on it, and after restore nothing is open or given out again.</summary>
    [TestClass]
    public sealed class RestoreTests
    {
        private const int Scope = 7;

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_restored_database_neither_re_opens_nor_re_issues_anything(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(Scope, false, 1, 2);
            string phone = new('a', 40);
            string stays = await rig.AddPersonAsync("stays");
            string leaves = await rig.AddPersonAsync("leaves");
            string lessens = await rig.AddPersonAsync("lessens");
            foreach (string person in new[] { stays, leaves, lessens })
            {
                await rig.AddRightAsync(person, Scope, [1]);
            }

            Right wide = await rig.AddRightAsync(lessens, Scope, [1, 2]);
            Dictionary<string, JsonObject> links = [];
            foreach (string name in new[] { "stays", "deleted", "usedLater", "neverUsed" })
            {
                links[name] = await rig.AddKeyAsync(stays);
            }

            links["leaves"] = await rig.AddKeyAsync(leaves);
            links["lessens"] = await rig.AddKeyAsync(lessens);
            uint kept = await NumberAsync(rig, links["stays"], phone);
            uint deleted = await NumberAsync(rig, links["deleted"], phone);
            uint left = await NumberAsync(rig, links["leaves"], phone);
            uint[] lessened = [.. OpenedKey.All(rig, await rig.RedeemAsync(Url(links["lessens"]), phone)).Select(k => k.KeyNumber)];

            await rig.CloseAsync();
            Backup backup = Backup.Take(rig);
            await rig.OpenAsync();

            // The hour that the backup does not know.
            await rig.PostAsync("/instant_keys/delete", new() { ["instant_key_id"] = links["deleted"]["instant_key_id"]!.GetValue<string>() });
            await rig.PostAsync("/user_identities/delete", new() { ["user_identity_id"] = leaves });
            await rig.ChangeRightAsync(wide, t => t with { Doors = [2], EndsS = t.EndsS - 80000 });
            await rig.ChangeRightAsync(wide, t => t with { EndsS = t.EndsS - 10 });
            uint issuedLater = await NumberAsync(rig, links["usedLater"], phone);
            string newcomer = await rig.AddPersonAsync("newcomer");
            await rig.AddRightAsync(newcomer, Scope, [2]);
            JsonObject newLink = await rig.AddKeyAsync(newcomer);
            uint newNumber = await NumberAsync(rig, newLink, phone);
            byte[] doorHas = await rig.ListAsync(Scope);
            await rig.CloseAsync();
            backup.Restore(rig);
            rig.Clock.Move(TimeSpan.FromHours(4));

            await AssertRefusesAsync(rig);
            await using (Database database = new(rig.DatabaseSettings, rig.Clock))
            {
                Assert.IsGreaterThan(5, await Restore.RunAsync(database, rig.Files));
            }

            await rig.OpenAsync();
            byte[] list = await rig.ListAsync(Scope);
            Assert.IsGreaterThan(BitConverter.ToUInt32(doorHas, 4), BitConverter.ToUInt32(list, 4), "newer than any list that a door may have");
            foreach (uint dead in new[] { deleted, left, issuedLater, newNumber, lessened.Max() })
            {
                Assert.IsTrue(ServerRig.IsSet(list, dead), $"number {dead}");
            }

            Assert.IsFalse(ServerRig.IsSet(list, kept), "who was there before and after is not locked out");
            Assert.AreEqual("instant_key_deleted", (await rig.RedeemAsync(Url(links["deleted"]), phone)).ErrorType);
            Assert.AreEqual("instant_key_deleted", (await rig.RedeemAsync(Url(links["leaves"]), phone)).ErrorType);
            Assert.AreEqual("instant_key_used_up", (await rig.RedeemAsync(Url(links["usedLater"]))).ErrorType);
            Assert.AreEqual("instant_key_not_found", (await rig.RedeemAsync(Url(newLink), phone)).ErrorType);
            Assert.AreEqual(404, (await rig.GetAsync("/user_identities/get?user_identity_id=" + leaves)).Status);
            Assert.AreEqual(
                1, OpenedKey.All(rig, await rig.RedeemAsync(Url(links["lessens"]), phone)).Count, "the right that was lessened is closed, the other lives");
            Assert.AreEqual(kept, await NumberAsync(rig, links["stays"], phone));
            uint fresh = await NumberAsync(rig, links["neverUsed"], phone);
            Assert.IsGreaterThan(Math.Max(issuedLater, newNumber), fresh, "a number that nobody ever had");

            await rig.CloseAsync();
            await rig.OpenAsync();
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_right_that_was_taken_away_stays_so_also_in_its_last_hour(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(Scope, false, 1, 2);
            string phone = new('a', 40);
            string person = await rig.AddPersonAsync("short stay");
            await rig.AddRightAsync(person, Scope, [2], toS: 86400);
            Right right = await rig.AddRightAsync(person, Scope, [1], toS: 5400);
            JsonObject link = await rig.AddKeyAsync(person);
            Assert.AreEqual(2, OpenedKey.All(rig, await rig.RedeemAsync(Url(link), phone)).Count);
            await rig.CloseAsync();
            Backup backup = Backup.Take(rig);
            await rig.OpenAsync();
            Answer deleted = await rig.PostAsync("/rights/delete", new() { ["right_id"] = right.Id });
            Assert.AreEqual(200, deleted.Status);
            await rig.CloseAsync();
            backup.Restore(rig);
            rig.Clock.Move(TimeSpan.FromHours(1));

            await using (Database database = new(rig.DatabaseSettings, rig.Clock))
            {
                await Restore.RunAsync(database, rig.Files);
            }

            await rig.OpenAsync();
            Assert.AreEqual(1, OpenedKey.All(rig, await rig.RedeemAsync(Url(link), phone)).Count, "only the right that was not taken away");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Generations_and_numbers_of_doors_and_scopes_are_gone_past_too(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(Scope, false, 1, 2);
            await rig.CloseAsync();
            Backup backup = Backup.Take(rig);
            await rig.OpenAsync();
            await rig.Site.Database.WriteAsync(async s =>
            {
                await s.MarkAsync(MarkKind.ScopeGeneration, Scope, 4);
                await s.MarkAsync(MarkKind.MinimumGeneration, Scope, 3);
                await s.MarkAsync(MarkKind.DoorGeneration, 1, 3);
                await s.MarkAsync(MarkKind.BundleVersion, 2, 9);
                await s.MarkAsync(MarkKind.DoorRetired, 2, 1);
                await s.MarkAsync(MarkKind.Watermark, Scope, 64);
                await s.MarkAsync(MarkKind.DoorId, "site", 12);
                await s.MarkAsync(MarkKind.ScopeId, "site", 13);
                return 0;
            });
            await rig.CloseAsync();
            backup.Restore(rig);
            await AssertRefusesAsync(rig);
            await using (Database database = new(rig.DatabaseSettings, rig.Clock))
            {
                await Restore.RunAsync(database, rig.Files);
            }

            await rig.OpenAsync();
            Assert.AreEqual(
                "5 3 64", await TextAsync(rig, "SELECT generation, minimum_generation, watermark FROM scopes WHERE scope_id = 7"), "a generation past the lost one");
            Assert.AreEqual("12 13", await TextAsync(rig, "SELECT next_door_id, next_scope_id FROM site"));
            Assert.AreEqual("3", await TextAsync(rig, "SELECT generation FROM doors WHERE door_id = 1"));
            Assert.AreEqual("1", await TextAsync(rig, "SELECT COUNT(*) FROM doors WHERE door_id = 2 AND bundle_version > 9 AND retired_us IS NOT NULL"));
            Assert.AreEqual(
                "0", await TextAsync(rig, "SELECT door_index FROM scope_members WHERE scope_id = 7 AND generation = 5 AND removed_us IS NULL"), "only door 1 is left");
        }

        [TestMethod]
        public async Task A_database_that_is_exchanged_under_a_running_server_is_noticed_by_the_next_change()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            for (int i = 0; i < 5; i++)
            {
                await rig.AddPersonAsync();
            }

            await rig.Site.Database.AppendAsync(s => s.ExecuteAsync("UPDATE site SET change = 2"));
            Answer answer = await rig.PostAsync("/user_identities/create");
            Assert.AreEqual((503, "server_not_ready"), (answer.Status, answer.ErrorType));
            Assert.AreEqual(5, (await rig.GetAsync("/user_identities/list")).Body["user_identities"]!.AsArray().Count);
        }

        private static async Task AssertRefusesAsync(ServerRig rig)
        {
            await using Database database = new(rig.DatabaseSettings, rig.Clock);
            KeyServerException refused = await Assert.ThrowsExactlyAsync<KeyServerException>(() => KeySite.OpenAsync(database, rig.Files));
            StringAssert.Contains(refused.Message, "run restore", StringComparison.Ordinal);
        }

        private static string Url(JsonObject key) => key["instant_key_url"]!.GetValue<string>();

        private static async Task<uint> NumberAsync(ServerRig rig, JsonObject key, string phone)
        {
            Answer answer = await rig.RedeemAsync(Url(key), phone);
            Assert.AreEqual(200, answer.Status, answer.Body.ToJsonString());
            return OpenedKey.All(rig, answer).Single().KeyNumber;
        }

        private static async Task<string> TextAsync(ServerRig rig, string sql) => (await rig.Site.Database.QueryAsync(
            s => s.FirstAsync(sql, row => string.Join(' ', Enumerable.Range(0, row.FieldCount).Select(i => row.GetInt64(i))))))!;
    }
}
