using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Hal.Host;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Sync
{
    /// <summary>The firmware on virtual hardware and the key server in this process, with the virtual network between them.</summary>
    [TestClass]
    public sealed class EndToEndTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task From_deletion_to_refusal_it_takes_one_poll_interval_at_most(DatabaseKind kind)
        {
            await using ServerRig server = await ServerRig.StartAsync(kind);
            RegisteredDoor registered = await server.RegisterAsync();
            string person = await server.AddPersonAsync();
            using NetDoor door = new(server, registered);
            door.Run(2000);
            for (int i = 0; i < 6; i++)
            {
                (DoorController.Issuer.PhoneKey key, string right, _) = await server.GiveKeyAsync(person, registered.ScopeId, registered.Id);
                door.Run(1000 + (i * 9000));
                Assert.AreEqual(Verdict.Granted, door.Tap(key));
                door.Run(10000);
                door.MoveServerClock();
                await server.TakeAwayAsync(right);
                long deleted = door.Rig.Host.Clock.WorldMs;
                uint before = door.Memory.KeyStore.ListVersion(0);
                while (door.Memory.KeyStore.ListVersion(0) == before)
                {
                    door.Run(50);
                }

                long took = door.Rig.Host.Clock.WorldMs - deleted;
                Assert.IsTrue(took <= Limits.SyncPollMs + 500, took + " ms");
                Assert.AreEqual(Verdict.Revoked, door.Tap(key));
            }

            Assert.AreEqual(0, door.Rig.Host.Faults.Count, door.Rig.Host.Faults.ToString());
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task With_the_server_down_for_a_day_unlocks_go_on_and_the_trail_arrives_whole_and_once(DatabaseKind kind)
        {
            await using ServerRig server = await ServerRig.StartAsync(kind);
            RegisteredDoor registered = await server.RegisterAsync();
            string person = await server.AddPersonAsync();
            using NetDoor door = new(server, registered);
            (DoorController.Issuer.PhoneKey key, _, uint number) = await server.GiveKeyAsync(person, registered.ScopeId, registered.Id);
            door.Run(2000);
            door.IsServerDown = true;
            for (int hour = 0; hour < 24; hour++)
            {
                door.RunLong(3600000);
                Assert.AreEqual(Verdict.Granted, door.Tap(key), "hour " + hour);
            }

            door.IsServerDown = false;
            int lost = 0;
            door.Twist = (path, answer) => path == "/door/audit" && lost++ == 0 ? new NetworkAnswer(504, []) : answer;
            door.RunLong(3 * Limits.SyncBackoffMaxMs);
            JsonArray records = (await server.DoAsync("/audit/list", new JsonObject { ["door_id"] = registered.Id, ["limit"] = 1000 }))["records"]!.AsArray();
            uint last = door.Memory.Audit.Acknowledged;
            CollectionAssert.AreEqual(
                Enumerable.Range(1, (int)last).Select(i => (uint)i).ToArray(),
                records.Select(r => r!["sequence"]!.GetValue<uint>()).Order().ToArray());
            JsonNode[] granted = [.. records.Where(r => r!["verdict"]?.GetValue<string>() == Verdict.Name(Verdict.Granted)).Select(r => r!)];
            Assert.AreEqual(24, granted.Length);
            Assert.IsTrue(granted.All(r => r["user_identity_id"]!.GetValue<string>() == person && r["key_number"]!.GetValue<uint>() == number));
            Assert.IsTrue(lost > 1, "the page whose answer was lost came again");
            JsonArray alarms = (await server.DoAsync("/alarms/list", []))["alarms"]!.AsArray();
            Assert.IsEmpty(alarms, alarms.ToJsonString());
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_re_keyed_scope_reaches_its_doors_and_a_stolen_generation_opens_nothing(DatabaseKind kind)
        {
            await using ServerRig server = await ServerRig.StartAsync(kind);
            RegisteredDoor registered = await server.RegisterAsync();
            string person = await server.AddPersonAsync();
            using NetDoor door = new(server, registered);
            (DoorController.Issuer.PhoneKey first, _, _) = await server.GiveKeyAsync(person, registered.ScopeId, registered.Id);
            await server.DoAsync("/scopes/rekey", new JsonObject { ["scope_id"] = registered.ScopeId, ["previous_for_hours"] = 1 });
            (DoorController.Issuer.PhoneKey second, _, _) = await server.GiveKeyAsync(person, registered.ScopeId, registered.Id);
            door.Run(Limits.SyncPollMs);
            Assert.AreEqual((Verdict.Granted, Verdict.Granted), (door.Tap(first), door.Tap(second)));
            door.RunLong(3600000);
            Assert.AreEqual((Verdict.GenericRefusal, Verdict.Granted), (door.Tap(first), door.Tap(second)));

            await server.DoAsync("/scopes/rekey", new JsonObject { ["scope_id"] = registered.ScopeId, ["is_stolen"] = true });
            (DoorController.Issuer.PhoneKey third, _, _) = await server.GiveKeyAsync(person, registered.ScopeId, registered.Id);
            door.Run(2 * Limits.SyncPollMs);
            Assert.AreEqual((Verdict.GenericRefusal, Verdict.Granted), (door.Tap(second), door.Tap(third)));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_floor_reset_is_taken_once_and_the_lists_come_again(DatabaseKind kind)
        {
            await using ServerRig server = await ServerRig.StartAsync(kind);
            RegisteredDoor registered = await server.RegisterAsync();
            string person = await server.AddPersonAsync();
            using NetDoor door = new(server, registered);
            (DoorController.Issuer.PhoneKey key, _, _) = await server.GiveKeyAsync(person, registered.ScopeId, registered.Id);
            door.Run(2000);
            Assert.IsTrue(door.Memory.Time.Reset(door.Memory.Time.Floor + (90 * 86400), door.Rig.Host.Clock.NowMs), "as a server whose clock was wrong may leave it");
            Assert.AreEqual(Verdict.Expired, door.Tap(key));
            await server.DoAsync("/doors/floor_reset", new JsonObject { ["door_id"] = registered.Id });
            int lost = 0;
            door.Twist = (path, answer) => path == "/door/sync" && lost++ == 0 ? new NetworkAnswer(504, []) : answer;
            door.Run(5 * Limits.SyncPollMs);
            Assert.AreEqual(Verdict.Granted, door.Tap(key));
            uint floor = door.Memory.Time.Floor;
            door.Run(2 * Limits.SyncPollMs);
            Assert.IsTrue(door.Memory.Time.Floor > floor && !door.Memory.KeyStore.IsListLost(0));
            JsonArray records = (await server.DoAsync("/audit/list", new JsonObject { ["door_id"] = registered.Id }))["records"]!.AsArray();
            Assert.AreEqual(1, records.Count(r => r!["event"]!.GetValue<string>() == AuditEvent.Name(AuditEvent.FloorReset)));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task The_status_says_how_fresh_a_door_is(DatabaseKind kind)
        {
            await using ServerRig server = await ServerRig.StartAsync(kind);
            RegisteredDoor registered = await server.RegisterAsync();
            RegisteredDoor silent = await server.RegisterAsync("SILENT");
            using NetDoor door = new(server, registered);
            door.Run(Limits.SyncPollMs + 5000);
            JsonArray doors = (await server.DoAsync("/doors/status", []))["doors"]!.AsArray();
            JsonObject status = doors.Single(d => d!["door_id"]!.GetValue<uint>() == registered.Id)!.AsObject();
            Assert.AreEqual("network", status["last_said"]!["way"]!.GetValue<string>());
            Assert.AreEqual("proven", status["last_said"]!["clock_quality"]!.GetValue<string>());
            Assert.AreEqual(Firmware.Version, status["last_said"]!["firmware_version"]!.GetValue<int>());
            Assert.IsTrue(status["lists"]![0]!["is_current"]!.GetValue<bool>());
            Assert.IsNotNull(status["records_came_at"]);
            JsonObject other = doors.Single(d => d!["door_id"]!.GetValue<uint>() == silent.Id)!.AsObject();
            Assert.IsNull(other["last_said"]);
            Assert.IsFalse(other["lists"]![0]!["is_current"]!.GetValue<bool>());
        }

        [TestMethod]
        public async Task Doors_of_a_bank_hear_only_their_own_and_a_retired_one_hears_nothing()
        {
            await using ServerRig server = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            int bank = await server.AddBankAsync();
            RegisteredDoor first = await server.RegisterAsync("EAST", bank);
            RegisteredDoor second = await server.RegisterAsync("WEST", bank);
            string person = await server.AddPersonAsync();
            using NetDoor east = new(server, first);
            using NetDoor west = new(server, second, 2);
            (DoorController.Issuer.PhoneKey key, string right, _) = await server.GiveKeyAsync(person, bank, first.Id);
            Assert.AreEqual((Verdict.Granted, Verdict.GenericRefusal), (east.Tap(key), west.Tap(key with { DoorId = second.Id })));
            await server.DoAsync("/doors/retire", new JsonObject { ["door_id"] = second.Id });
            await server.TakeAwayAsync(right);
            east.Run(2 * Limits.SyncPollMs);
            west.Run(2 * Limits.SyncPollMs);
            Assert.AreEqual(Verdict.Revoked, east.Tap(key));
            StringAssert.Contains(west.Rig.Door.Sync.Describe(west.Rig.Host.Clock.NowMs), "HTTP status 401");
        }
    }
}
