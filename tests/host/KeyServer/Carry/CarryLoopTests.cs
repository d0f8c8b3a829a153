using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Carry
{
    /// <summary>A door without a network, its guests, and what they bring it from the server and take to it.</summary>
    [TestClass]
    public sealed class CarryLoopTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Guests_alone_keep_a_door_in_time_in_keys_in_lists_and_its_trail_at_the_server(DatabaseKind kind)
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(kind);
            (ServerRig server, RegisteredDoor registered, NetDoor door) = (site.Server, site.Registered, site.Door);
            RelayPhone one = await site.TakePhoneAsync();
            RelayPhone two = await site.TakePhoneAsync();
            Assert.AreEqual(Verdict.Granted, one.Visit());
            Assert.AreEqual(ClockQuality.Unknown, door.Memory.Time.Quality);

            door.RunLong(3600000);
            door.MoveServerClock();
            await server.TakeAwayAsync(one.RightId);
            await server.DoAsync("/scopes/rekey", new JsonObject { ["scope_id"] = registered.ScopeId, ["previous_for_hours"] = 100 });
            await two.RedeemAsync();
            await two.GoOnlineAsync();
            CollectionAssert.AreEqual(new[] { "key_update" }, two.Errands.Select(e => e.Type).ToArray(), "it has not been at the door yet");
            Assert.AreEqual(Verdict.Granted, two.Visit());
            CollectionAssert.AreEqual(new[] { ("key_update", CarryState.Accepted) }, two.Answers);

            await two.GoOnlineAsync();
            CollectionAssert.AreEqual(new[] { "time_token", "list", "acknowledgement" }, two.Errands.Select(e => e.Type).ToArray(), "the page told that the keys came");
            Assert.AreEqual(Verdict.Granted, two.Visit());
            CollectionAssert.AreEqual(
                new[] { ("time_token", CarryState.Accepted), ("list", CarryState.Accepted), ("acknowledgement", CarryState.Taken) }, two.Answers);

            Assert.AreEqual(ClockQuality.Proven, door.Memory.Time.Quality);
            Assert.AreEqual(BitConverter.ToUInt32(await server.ListAsync(registered.ScopeId), 4), door.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(Verdict.Revoked, one.Visit());
            JsonArray records = (await server.DoAsync("/audit/list", new JsonObject { ["door_id"] = registered.Id, ["limit"] = 1000 }))["records"]!.AsArray();
            Assert.IsTrue(records.Any(r => r!["user_identity_id"]?.GetValue<string>() == one.Person && r["way"]!.GetValue<string>() == "phone"));
            Assert.IsGreaterThan(0u, door.Memory.Audit.Acknowledged);

            await two.GoOnlineAsync();
            CollectionAssert.IsSubsetOf(two.Errands.Select(e => e.Type).ToArray(), new[] { "acknowledgement" });
            Assert.AreEqual(0, door.Syncs);
            Assert.AreEqual(0, door.Rig.Host.Faults.Count, door.Rig.Host.Faults.ToString());
        }

        [TestMethod]
        public async Task The_base_of_a_delta_is_the_oldest_version_with_the_bits_that_the_door_said()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync();
            (ServerRig server, RegisteredDoor registered, NetDoor door) = (site.Server, site.Registered, site.Door);
            RelayPhone guest = await site.TakePhoneAsync(hours: 24 * 20);
            for (int i = 0; i < 6; i++)
            {
                guest.Visit();
                (_, string right, _) = await server.GiveKeyAsync(await server.AddPersonAsync(), registered.ScopeId, registered.Id);
                await server.TakeAwayAsync(right);
                await guest.GoOnlineAsync();
                Errand list = guest.Errands.Single(e => e.Type == "list");
                uint held = door.Memory.KeyStore.ListVersion(0);
                uint baseVersion = Bytes.U32(list.Blob, 8);
                Assert.IsTrue(baseVersion <= held && list.Version > held, $"base {baseVersion}, the door has {held}, the list is {list.Version}");
                Assert.AreEqual(Verdict.Granted, guest.Visit());
                Assert.AreEqual(list.Version, door.Memory.KeyStore.ListVersion(0));

                // 65,536 seconds, and so 65,536 versions, later: the same 16 bits are those of another version.
                door.RunLong(3600000);
                server.Clock.Move(TimeSpan.FromSeconds(65536 + i));
            }
        }

        [TestMethod]
        public async Task A_door_that_lost_its_list_gets_the_whole_one_and_what_a_door_has_is_not_sent_again()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync();
            (ServerRig server, RegisteredDoor registered, NetDoor door) = (site.Server, site.Registered, site.Door);
            RelayPhone guest = await site.TakePhoneAsync();
            guest.Visit();
            await guest.GoOnlineAsync();
            guest.Visit();
            await guest.GoOnlineAsync();
            Assert.IsFalse(guest.Errands.Exists(e => e.Type == "list"));
            Bytes.Put16(guest.Hello!, Hello.ListVersions, Bytes.U16(guest.Hello!, Hello.ListVersions) - 1);
            await guest.GoOnlineAsync();
            Assert.IsFalse(guest.Errands.Exists(e => e.Type == "list"), "a Hello that was read before the list came; the trail knows better");
            guest.Hello![Hello.ListLost] = 1;
            await guest.GoOnlineAsync();
            Assert.AreEqual(0u, Bytes.U32(guest.Errands.Single(e => e.Type == "list").Blob, 8), "in full form: no base");
        }

        [TestMethod]
        public async Task A_time_token_goes_out_once_a_minute_only_to_who_wants_one_and_never_from_a_clock_that_is_not_trusted()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync();
            (ServerRig server, RegisteredDoor registered, NetDoor door) = (site.Server, site.Registered, site.Door);
            RelayPhone guest = await site.TakePhoneAsync();
            guest.Visit();
            Assert.IsTrue(await HasTokenAsync());
            Assert.IsFalse(await HasTokenAsync(), "in the same minute");
            server.Clock.Move(TimeSpan.FromSeconds(61));
            Assert.IsTrue(await HasTokenAsync());
            server.Clock.Move(TimeSpan.FromSeconds(61));
            int flags = guest.Hello![Hello.Flags];
            guest.Hello[Hello.Flags] = (byte)((flags & ~Hello.ClockQualityMask) | ClockQuality.Proven);
            Assert.IsFalse(await HasTokenAsync(), "its clock is proven");
            guest.Hello[Hello.Flags] = (byte)flags;
            Assert.IsTrue(await HasTokenAsync(), "what was not given is not spent");
            server.Clock.Move(TimeSpan.FromSeconds(61));
            server.Clock.Leap(TimeSpan.FromDays(-400));
            Assert.IsFalse(await HasTokenAsync(), "the server's clock went back");

            async Task<bool> HasTokenAsync()
            {
                await guest.GoOnlineAsync();
                return guest.Errands.Exists(e => e.Type == "time_token");
            }
        }

        [TestMethod]
        public async Task What_does_not_fit_before_the_unlock_is_for_after_it()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(scopes: ["a", "b", "c"]);
            (ServerRig server, RegisteredDoor registered) = (site.Server, site.Registered);
            RelayPhone guest = await site.TakePhoneAsync();
            guest.Visit();
            foreach (int scope in site.ScopeIds)
            {
                await server.Site.Database.WriteAsync(s => DoorsOfServer.RevokeAsync(s, scope, 100, 1455, 11));
            }

            guest.Hello![Hello.ListLost] = 7;
            await guest.GoOnlineAsync();
            Assert.AreEqual(3, guest.Errands.Count(e => e.Type == "list"));
            Assert.IsLessThanOrEqualTo(Limits.CarryBeforeBytes, guest.Errands.Where(e => e.IsBefore).Sum(e => e.Blob.Length));
            Assert.IsTrue(guest.Errands.Exists(e => e.Type == "list" && !e.IsBefore));
            Assert.AreEqual(registered.ScopeId, guest.Errands.First(e => e.Type == "list").ScopeId, "that of the key that is shown comes first");
            Assert.IsTrue(guest.Errands.SkipWhile(e => e.IsBefore).All(e => !e.IsBefore));
        }

        [TestMethod]
        public async Task A_floor_reset_that_waits_never_goes_to_a_guests_phone()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync();
            (ServerRig server, RegisteredDoor registered) = (site.Server, site.Registered);
            RelayPhone guest = await site.TakePhoneAsync();
            guest.Visit();
            await server.DoAsync("/doors/floor_reset", new JsonObject { ["door_id"] = registered.Id });
            await guest.GoOnlineAsync();
            Assert.IsNotEmpty(guest.Errands);
            Assert.IsFalse(guest.Errands.Exists(e => e.Blob[0] == BlobType.FloorReset), string.Join(" ", guest.Errands.Select(e => e.Type)));
        }
    }
}
