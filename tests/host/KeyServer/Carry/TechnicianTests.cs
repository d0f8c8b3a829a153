using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Seam;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Carry
{
    /// <summary>A floor reset for a door that no network reaches, on the phone of a right that is marked technician.</summary>
    [TestClass]
    public sealed class TechnicianTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_technicians_phone_puts_a_clock_right_that_ran_ahead_once(DatabaseKind kind)
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(kind, scopes: ["guests", OfflineDoor.Staff]);
            (ServerRig server, NetDoor door) = (site.Server, site.Door);
            RelayPhone guest = await site.TakePhoneAsync();
            RelayPhone technician = await site.TakeTechniciansPhoneAsync();
            await BelieveTomorrowAsync(site, guest);
            uint ahead = door.Memory.Time.Floor;
            technician.Visit();
            await technician.GoOnlineAsync();
            Assert.IsFalse(technician.Errands.Exists(e => e.Type == "floor_reset"), "nobody asked for one");

            await server.DoAsync("/doors/floor_reset", new JsonObject { ["door_id"] = site.Registered.Id });
            await guest.GoOnlineAsync();
            Assert.IsFalse(guest.Errands.Exists(e => e.Type == "floor_reset"), "never to a guest");
            await technician.GoOnlineAsync();
            Assert.AreEqual("floor_reset", technician.Errands[0].Type);
            Assert.AreEqual(2, technician.Errands.Count(e => e.Type == "list" && Bytes.U32(e.Blob, ListBody.Base) == 0), "each list is lost: all of them, whole");
            Assert.AreEqual(Verdict.Granted, technician.Visit());
            CollectionAssert.AreEqual(new[] { CarryState.Accepted, CarryState.Accepted, CarryState.Accepted }, technician.Answers.Take(3).Select(a => a.State).ToArray());
            Assert.IsLessThan(ahead - 80000, door.Memory.Time.Floor);
            Assert.AreEqual(ClockQuality.Proven, door.Memory.Time.Quality);

            door.MoveServerClock();
            Answer asked = await technician.AskAsync();
            Assert.IsFalse(RelayPhone.Read(asked).Exists(e => e.Type == "floor_reset"), "its page is not at the server yet, and the door has the time already");
            Assert.AreEqual(1, await WaitingAsync(server), "what a phone says ends nothing");
            await technician.GoOnlineAsync();
            Assert.AreEqual(0, await WaitingAsync(server), "the record in the trail does");
        }

        [TestMethod]
        public async Task A_reset_of_before_does_not_end_one_that_is_asked_for_now()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(scopes: ["guests", OfflineDoor.Staff]);
            (ServerRig server, NetDoor door) = (site.Server, site.Door);
            RelayPhone technician = await site.TakeTechniciansPhoneAsync();
            technician.Visit();
            await server.DoAsync("/doors/floor_reset", new JsonObject { ["door_id"] = site.Registered.Id });
            await technician.GoOnlineAsync();
            technician.Visit();
            door.RunLong(600000);
            door.MoveServerClock();
            await server.DoAsync("/doors/floor_reset", new JsonObject { ["door_id"] = site.Registered.Id });
            await technician.GoOnlineAsync();
            Assert.AreEqual(1, await WaitingAsync(server), "the page tells of the one before");
        }

        [TestMethod]
        public async Task Only_in_a_staff_scope_is_a_right_a_technicians()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(scopes: ["guests", OfflineDoor.Staff]);
            JsonObject wish = site.Server.Wish(await site.Server.AddPersonAsync(), site.Registered);
            wish["technician"] = true;
            SeamRoutesTests.AssertInvalid(await site.Server.PostAsync("/rights/assign", wish), "technician", "of the kind staff");
            wish["scope_id"] = site.ScopeIds[^1];
            JsonNode right = (await site.Server.DoAsync("/rights/assign", wish))["right"]!;
            Assert.IsTrue(right["technician"]!.GetValue<bool>());
            wish["right_id"] = right["right_id"]!.GetValue<string>();
            wish["technician"] = false;
            Assert.IsFalse((await site.Server.DoAsync("/rights/change", wish))["right"]!["technician"]!.GetValue<bool>());
        }

        /// <summary>The server's clock was a day ahead for a while, and a guest brought the door its time.</summary>
        private static async Task BelieveTomorrowAsync(OfflineDoor site, RelayPhone guest)
        {
            guest.Visit();
            site.Server.Clock.Move(TimeSpan.FromDays(1));
            await guest.GoOnlineAsync();
            guest.Visit();
            Assert.AreEqual(ClockQuality.Proven, site.Door.Memory.Time.Quality);
            site.Server.Clock.Leap(TimeSpan.FromDays(-1));
            site.Server.Site.Database.Clock.Accept();
        }

        private static async Task<long> WaitingAsync(ServerRig server) =>
            await server.Site.Database.QueryAsync(s => s.NumberAsync("SELECT COUNT(*) FROM door_blobs")) ?? 0;
    }
}
