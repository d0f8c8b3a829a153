using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Keeping
{
    /// <summary>A door that used to sync and falls silent is told of once, and so is its coming back.</summary>
    [TestClass]
    public sealed class SilentDoorsTests
    {
        private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_door_falls_silent_and_comes_back_and_each_is_told_once(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            await rig.RegisterAsync("NO NETWORK");
            SilentDoors silent = new(rig.Site, rig.Settings);
            await SyncAsync(rig, door);
            rig.Clock.Move(rig.Settings.SilentAfter - Minute);
            await silent.RunAsync();
            Assert.AreEqual(string.Empty, await ToldAsync(rig), "not yet");
            rig.Clock.Move(2 * Minute);
            await silent.RunAsync();
            await silent.RunAsync();
            Assert.AreEqual("device.disconnected", await ToldAsync(rig));
            Assert.AreEqual(1, await AlarmsAsync(rig));

            await SyncAsync(rig, door);
            await silent.RunAsync();
            await silent.RunAsync();
            Assert.AreEqual("device.disconnected device.connected", await ToldAsync(rig));
            Assert.AreEqual(0, await AlarmsAsync(rig));
        }

        [TestMethod]
        public async Task A_server_that_was_down_or_whose_clock_leapt_holds_no_door_to_be_silent()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await SyncAsync(rig, await rig.RegisterAsync());
            rig.Clock.Move(TimeSpan.FromHours(5));
            SilentDoors began = new(rig.Site, rig.Settings);
            await began.RunAsync();
            Assert.AreEqual(string.Empty, await ToldAsync(rig), "it has just begun");
            rig.Clock.Move(rig.Settings.SilentAfter);
            rig.Clock.Leap(TimeSpan.FromDays(1));
            await began.RunAsync();
            Assert.AreEqual(string.Empty, await ToldAsync(rig), "the clock leapt");
            rig.Site.Database.Clock.Accept();
            await began.RunAsync();
            Assert.AreEqual("device.disconnected", await ToldAsync(rig));
        }

        [TestMethod]
        public async Task A_silent_door_that_is_retired_ends_its_alarm_and_is_not_said_to_be_back()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            RegisteredDoor door = await rig.RegisterAsync();
            SilentDoors silent = new(rig.Site, rig.Settings);
            await SyncAsync(rig, door);
            rig.Clock.Move(rig.Settings.SilentAfter + Minute);
            await silent.RunAsync();
            await rig.DoAsync("/doors/retire", new JsonObject { ["door_id"] = door.Id });
            await silent.RunAsync();
            Assert.AreEqual("device.disconnected", await ToldAsync(rig));
            Assert.AreEqual(0, await AlarmsAsync(rig));
        }

        private static async Task SyncAsync(ServerRig rig, RegisteredDoor door)
        {
            Assert.IsNotNull(rig.Sync(DoorsOfServer.Request(door.Id, 1)));
            await rig.FlushSeenAsync();
        }

        private static async Task<string> ToldAsync(ServerRig rig) => string.Join(' ', (await rig.GetAsync(
            "/events/list?since=2020-01-01T00:00:00Z&event_types[]=device.disconnected&event_types[]=device.connected")).Body["events"]!.AsArray().Select(e => e!["event_type"]!.GetValue<string>()));

        private static async Task<int> AlarmsAsync(ServerRig rig) =>
            (await rig.GetAsync("/alarms/list")).Body["alarms"]!.AsArray().Count(a => a!["kind"]!.GetValue<string>() == Alarms.DoorSilent);
    }
}
