using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Keeping
{
    /// <summary>The watermark follows the oldest key that lives, a window that fills is told, and a door follows both.</summary>
    [TestClass]
    public sealed class UpkeepTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task The_watermark_follows_the_oldest_key_that_lives(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            Upkeep upkeep = new(rig.Site, rig.Settings);
            await AddKeysAsync(rig, door.ScopeId, 5000, expiresInS: 86400);
            string person = await rig.AddPersonAsync();
            (PhoneKey key, _, uint number) = await rig.GiveKeyAsync(person, door.ScopeId, door.Id, hours: 96);
            Assert.AreEqual(5001u, number);
            await upkeep.RunAsync(default);
            Assert.AreEqual(0u, (await ScopeAsync(rig, door.ScopeId)).Watermark, "all of them live");

            using NetDoor board = new(rig, door);
            rig.Clock.Move(TimeSpan.FromHours(26));
            await upkeep.RunAsync(default);
            ScopeRow scope = await ScopeAsync(rig, door.ScopeId);
            Assert.AreEqual(5000u, scope.Watermark, "a multiple of 8 at or below the oldest that lives");
            board.Run(2000);
            Assert.AreEqual(5000u, board.Memory.KeyStore.Watermark(0));
            Assert.AreEqual(Verdict.Granted, board.Tap(key));
            await upkeep.RunAsync(default);
            Assert.AreEqual(scope.ListVersion, (await ScopeAsync(rig, door.ScopeId)).ListVersion, "nothing to do makes no list");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_window_at_75_percent_is_an_alarm_until_it_has_room_again(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            Upkeep upkeep = new(rig.Site, rig.Settings);
            await AddKeysAsync(rig, door.ScopeId, Upkeep.WarnAt - 2, expiresInS: 86400);
            await upkeep.RunAsync(default);
            Assert.AreEqual(0, (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Count);
            await AddKeysAsync(rig, door.ScopeId, 10, expiresInS: 86400);
            await upkeep.RunAsync(default);
            JsonNode alarm = (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Single()!;
            Assert.AreEqual((Alarms.KeyWindow, door.ScopeId), (alarm["kind"]!.GetValue<string>(), alarm["scope_id"]!.GetValue<int>()));
            rig.Clock.Move(TimeSpan.FromHours(26));
            await upkeep.RunAsync(default);
            Assert.AreEqual(0, (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_list_version_never_falls_behind_the_time_and_never_goes_back(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            uint last = 0;
            for (int i = 0; i < 20; i++)
            {
                uint version = await rig.Site.Database.WriteAsync(s => KeyNumbers.RaiseListVersionAsync(s, door.ScopeId));
                Assert.IsTrue(version > last && version >= (uint)rig.Clock.GetUtcNow().ToUnixTimeSeconds() - 1);
                last = version;
                rig.Clock.Move(TimeSpan.FromSeconds(i % 5 == 0 ? 100 : 0));
            }
        }

        private static Task<ScopeRow> ScopeAsync(ServerRig rig, int scopeId) => rig.Site.Database.QueryAsync(async s =>
            await ScopeBook.GetAsync(s, (await s.FirstAsync("SELECT workspace_id FROM scopes", row => row.GetString(0)))!, scopeId));

        private static Task<int> AddKeysAsync(ServerRig rig, int scopeId, int count, long expiresInS) => rig.Site.Database.WriteAsync(async s =>
        {
            long first = await s.NumberAsync("SELECT next_key_number FROM scopes WHERE scope_id = @scope", ("scope", scopeId)) ?? 0;
            await s.ExecuteAsync(
                """
                INSERT INTO keys (scope_id, key_number, key_id, instant_key_id, right_id, issued_s, expires_s, revoked_us, list_version)
                WITH RECURSIVE n (i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @first + @count - 1)
                SELECT CAST(@scope AS BIGINT), i, 'bulk:' || CAST(i AS TEXT), '', '', 0, CAST(@expires AS BIGINT), NULL, 0 FROM n
                """,
                ("first", first), ("count", count), ("scope", scopeId), ("expires", s.NowS + expiresInS));
            await s.ExecuteAsync("UPDATE scopes SET next_key_number = @next WHERE scope_id = @scope", ("next", first + count), ("scope", scopeId));
            await s.MarkAsync(MarkKind.KeyNumber, scopeId, first + count);
            return 0;
        });
    }
}
