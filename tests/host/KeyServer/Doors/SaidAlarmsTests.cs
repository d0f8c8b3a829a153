using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Doors
{
    /// <summary>What a door's own words are an alarm of: raised while it says so, ended when it no longer does.</summary>
    [TestClass]
    public sealed class SaidAlarmsTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Floors_that_differ_are_an_alarm_until_both_ends_say_the_same(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            Assert.AreEqual(string.Empty, await SyncAsync(rig, door, r => r));
            JsonNode alarm = await AlarmAsync(rig, door, r => r with { FloorsWired = 4 });
            Assert.AreEqual(
                (Alarms.FloorsDiffer, "4 floors are wired, 0 are registered", door.Id),
                (alarm["kind"]!.GetValue<string>(), alarm["detail"]!.GetValue<string>(), alarm["door_id"]!.GetValue<uint>()));
            Assert.AreEqual(string.Empty, await SyncAsync(rig, door, r => r));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_clock_that_is_ahead_and_a_conflict_are_alarms_that_end_by_themselves_after_a_restart_too(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            uint now = (uint)rig.Clock.GetUtcNow().ToUnixTimeSeconds();
            Assert.AreEqual(string.Empty, await SyncAsync(rig, door, r => r with { TimeFloor = now + 290 }), "five minutes are no alarm");
            Assert.AreEqual(
                $"{Alarms.DoorClockAhead} {Alarms.ClockConflict}",
                await SyncAsync(rig, door, r => r with { TimeFloor = now + 400, Flags = SyncRequest.ClockConflict }));
            Assert.AreEqual(Alarms.ClockConflict, await SyncAsync(rig, door, r => r with { TimeFloor = now, Flags = SyncRequest.ClockConflict }));
            await rig.CloseAsync();
            await rig.OpenAsync();
            Assert.AreEqual(string.Empty, await SyncAsync(rig, door, r => r with { TimeFloor = now }));
        }

        [TestMethod]
        public async Task While_the_server_does_not_trust_its_clock_a_clock_that_is_ahead_stays_an_alarm()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            RegisteredDoor door = await rig.RegisterAsync();
            uint now = (uint)rig.Clock.GetUtcNow().ToUnixTimeSeconds();
            SaidAlarms said = new();
            foreach ((uint serverS, string stands) in new[] { (now, Alarms.DoorClockAhead), (0u, Alarms.DoorClockAhead), (now + 400, string.Empty), (0u, string.Empty) })
            {
                await rig.Site.Database.AppendAsync(
                    async s =>
                    {
                        string workspace = (await s.FirstAsync("SELECT workspace_id FROM doors", row => row.GetString(0)))!;
                        DoorRow row = await DoorBook.GetAsync(s, workspace, door.Id);
                        await said.NoteAsync(s, row, DoorsOfServer.Request(door.Id, 1) with { TimeFloor = now + 400 }, serverS);
                        return 0;
                    },
                    default);
                JsonArray alarms = (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray();
                Assert.AreEqual(stands, string.Join(' ', alarms.Select(a => a!["kind"]!.GetValue<string>())));
            }
        }

        [TestMethod]
        public void A_floor_reset_is_taken_when_the_floor_says_so()
        {
            FloorReset made = FloorReset.Read(new FloorReset([1, 2, 3, 4, 5, 6, 7, 8], 1000).Encode());
            SyncRequest same = new(1, 1, new byte[16], []) { TimeChallenge = [1, 2, 3, 4, 5, 6, 7, 8], TimeFloor = 1001 };
            SyncRequest next = same with { TimeChallenge = [9, 2, 3, 4, 5, 6, 7, 8] };
            Assert.IsFalse(made.IsTaken(same, 1060), "the same challenge");
            Assert.IsTrue(made.IsTaken(next, 1060));
            Assert.IsFalse(made.IsTaken(next with { TimeFloor = 999 }, 1060), "earlier than it said");
            Assert.IsFalse(made.IsTaken(next with { TimeFloor = 1361 }, 1060), "still ahead");
            Assert.IsFalse(made.IsTaken(next with { Flags = SyncRequest.ClockConflict }, 1060));
            Assert.IsFalse(FloorReset.Read([]).IsTaken(next, 1060), "none was made");
        }

        private static async Task<JsonNode> AlarmAsync(ServerRig rig, RegisteredDoor door, Func<SyncRequest, SyncRequest> say)
        {
            await SyncAsync(rig, door, say);
            return (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Single()!;
        }

        /// <summary>One sync.</summary>
        /// <returns>The kinds of the alarms that stand then.</returns>
        private static async Task<string> SyncAsync(ServerRig rig, RegisteredDoor door, Func<SyncRequest, SyncRequest> say)
        {
            Assert.IsNotNull(rig.Sync(say(DoorsOfServer.Request(door.Id, 1))));
            await rig.DoAsync("/doors/status", []);
            return string.Join(' ', (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Select(a => a!["kind"]!.GetValue<string>()).Order());
        }
    }
}
