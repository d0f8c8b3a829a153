using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Keeping
{
    /// <summary>A clock that leaps changes nothing that cannot be undone: the state is as without the leap.</summary>
    [TestClass]
    public sealed class ClockTests
    {
        private static readonly TimeSpan[] Leaps =
        [
            TimeSpan.FromHours(1), TimeSpan.FromDays(40), TimeSpan.FromDays(3653), TimeSpan.FromHours(-1), TimeSpan.FromDays(-40), TimeSpan.FromDays(-3653),
        ];

        [TestMethod]
        public void A_clock_is_trusted_after_ten_even_minutes_and_not_after_a_leap()
        {
            MovingClock wall = new();
            TrustedClock clock = new(wall);
            wall.Move(TrustedClock.Proof - TimeSpan.FromSeconds(1));
            Assert.IsFalse(clock.IsTrusted);
            wall.Move(TimeSpan.FromSeconds(2));
            Assert.IsTrue(clock.IsTrusted);
            foreach (TimeSpan leap in Leaps)
            {
                DateTimeOffset before = clock.GetUtcNow();
                wall.Leap(leap);
                AssertNear(before, clock);
                Assert.IsFalse(clock.IsTrusted);
                wall.Move(TimeSpan.FromMinutes(9));
                AssertNear(before.AddMinutes(9), clock);
                wall.Leap(-leap);
                AssertNear(before.AddMinutes(9), clock);
                wall.Move(TimeSpan.FromMinutes(9));
                AssertNear(before.AddMinutes(18), clock);
                Assert.IsFalse(clock.IsTrusted);
                wall.Move(TimeSpan.FromMinutes(2));
                Assert.IsTrue(clock.IsTrusted, leap.ToString());
                AssertNear(before.AddMinutes(20), clock);
            }
        }

        [TestMethod]
        public void A_clock_before_the_newest_change_is_never_trusted_until_a_person_says_so()
        {
            MovingClock wall = new();
            DateTimeOffset newest = wall.GetUtcNow();
            TrustedClock clock = new(wall);
            wall.Leap(TimeSpan.FromDays(-400));
            clock.Begin((newest - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            AssertNear(newest, clock);
            wall.Move(TimeSpan.FromDays(2));
            Assert.IsFalse(clock.IsTrusted);
            StringAssert.Contains(clock.Problem!, "and the newest change was made at", StringComparison.Ordinal);
            AssertNear(newest.AddDays(2), clock);
            clock.Accept();
            Assert.IsTrue(clock.IsTrusted);
            Assert.IsNull(clock.Problem);
            AssertNear(newest.AddDays(2 - 400), clock);
        }

        [TestMethod]
        public void What_NTP_slews_is_no_leap()
        {
            MovingClock wall = new();
            TrustedClock clock = new(wall);
            clock.Accept();
            for (int minute = 0; minute < 600; minute++)
            {
                wall.Move(TimeSpan.FromMinutes(1));
                wall.Leap(TimeSpan.FromMilliseconds(minute % 2 == 0 ? 30 : -30));
                Assert.IsTrue(clock.IsTrusted);
            }
        }

        /// <summary>Upkeep, retention and syncs go on under leaps of an hour to ten years: what is left is what is left without them.</summary>
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Leaps_during_upkeep_retention_and_sync_leave_the_state_as_without(DatabaseKind kind)
        {
            string calm = await LiveAsync(kind, null);
            StringAssert.Contains(calm, "keys 1", StringComparison.Ordinal);
            foreach (TimeSpan leap in kind == DatabaseKind.Sqlite ? Leaps : [Leaps[2], Leaps[5]])
            {
                Assert.AreEqual(calm, await LiveAsync(kind, leap), leap.ToString());
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Until_the_clock_is_trusted_tokens_wait_and_doors_are_told_no_time(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            JsonObject challenge = new() { ["door_id"] = door.Id, ["challenge"] = "0102030405060708" };
            Assert.AreNotEqual(0u, rig.Sync(Request(door))!.Time);
            Assert.AreEqual(200, (await rig.PostAsync("/doors/time_token", (JsonObject)challenge.DeepClone())).Status);
            rig.Clock.Leap(TimeSpan.FromDays(3653));

            Upkeep upkeep = new(rig.Site, rig.Settings);
            await upkeep.RunAsync(CancellationToken.None);
            foreach (string path in new[] { "/doors/time_token", "/doors/floor_reset" })
            {
                Answer held = await rig.PostAsync(path, (JsonObject)challenge.DeepClone());
                Assert.AreEqual((503, "clock_not_trusted"), (held.Status, held.ErrorType));
                Assert.AreEqual(60, held.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
            }

            Assert.AreEqual(200, (await rig.PostAsync("/doors/floor_reset", new() { ["door_id"] = door.Id })).Status, "it waits for the door's sync, and for the clock");
            SyncReply reply = rig.Sync(Request(door))!;
            Assert.AreEqual((0u, 1), (reply.Time, reply.Blobs.Count), "the list, and no floor reset");
            Assert.AreEqual(BlobType.List, reply.Blobs[0][0]);
            Assert.AreEqual("clock_not_trusted", await AlarmsAsync(rig));
            await rig.AddPersonAsync();

            await rig.PostAsync("/alarms/delete", new() { ["kind"] = "clock_not_trusted" });
            Assert.AreEqual(string.Empty, await AlarmsAsync(rig));
            Assert.AreEqual(200, (await rig.PostAsync("/doors/time_token", (JsonObject)challenge.DeepClone())).Status, "a person said that the clock is right");
            reply = rig.Sync(Request(door))!;
            Assert.IsGreaterThan((uint)DateTimeOffset.UtcNow.AddDays(3000).ToUnixTimeSeconds(), reply.Time);
            Assert.AreEqual(2, reply.Blobs.Count);
        }

        /// <summary>A database from an old backup is noticed also by a server whose clock is ten years ahead.</summary>
        [TestMethod]
        public async Task A_clock_ahead_at_the_start_hides_no_lost_mark()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            string old = (await rig.AddKeyAsync(person))["instant_key_id"]!.GetValue<string>();
            await rig.PostAsync("/instant_keys/delete", new() { ["instant_key_id"] = old });
            rig.Clock.Move(TimeSpan.FromDays(30));
            await new Retention(rig.Site, rig.Settings).RunAsync();
            string young = (await rig.AddKeyAsync(person))["instant_key_id"]!.GetValue<string>();
            await rig.PostAsync("/instant_keys/delete", new() { ["instant_key_id"] = young });
            await rig.Site.Database.AppendAsync(s => s.ExecuteAsync("DELETE FROM marks WHERE kind = 'instant_key_deleted' AND id = @id", ("id", young)));
            await rig.CloseAsync();
            rig.Clock.Move(TimeSpan.FromDays(3653));
            KeyServerException e = await Assert.ThrowsExactlyAsync<KeyServerException>(rig.OpenAsync);
            StringAssert.Contains(e.Message, "1 marks lost", StringComparison.Ordinal);
        }

        /// <summary>A day of a site: keys given and revoked, a leap in the middle of it and back after five minutes.</summary>
        private static async Task<string> LiveAsync(DatabaseKind kind, TimeSpan? leap)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind, s => s with { RetentionDays = 1 });
            RegisteredDoor door = await rig.RegisterAsync();
            string person = await rig.AddPersonAsync();
            await rig.GiveKeyAsync(person, door.ScopeId, door.Id);
            JsonObject link = await rig.AddKeyAsync(person);
            (_, string right, _) = await rig.GiveKeyAsync(person, door.ScopeId, door.Id);
            await rig.TakeAwayAsync(right);
            await rig.Site.Database.WriteAsync(s => s.ExecuteAsync("UPDATE scopes SET next_key_number = 2000 WHERE scope_id = @id", ("id", door.ScopeId)));
            Upkeep upkeep = new(rig.Site, rig.Settings);
            Retention retention = new(rig.Site, rig.Settings);
            for (int step = 0; step < 12; step++)
            {
                if (leap != null && (step is 2 or 4))
                {
                    rig.Clock.Leap(step == 2 ? leap!.Value : -leap!.Value);
                }

                rig.Clock.Move(TimeSpan.FromMinutes(2));
                await upkeep.RunAsync(CancellationToken.None);
                await retention.RunAsync();
                uint time = rig.Sync(Request(door))!.Time;
                Assert.IsTrue(time == 0 || Math.Abs(time - rig.Clock.GetUtcNow().ToUnixTimeSeconds()) < 10, "a door is told the true time or none");
            }

            Assert.AreEqual(200, (await rig.RedeemAsync(link["instant_key_url"]!.GetValue<string>())).Status);
            List<string> counts = [];
            foreach (string table in new[] { "keys", "instant_keys", "rights", "events", "marks", "audit_records", "user_identities" })
            {
                string where = table == "keys" ? " WHERE revoked_us IS NOT NULL" : string.Empty;
                counts.Add(table + " " + await rig.Site.Database.QueryAsync(s => s.NumberAsync($"SELECT COUNT(*) FROM {table}{where}")));
            }

            counts.Add("watermark " + await rig.Site.Database.QueryAsync(s => s.NumberAsync("SELECT watermark FROM scopes WHERE scope_id = @id", ("id", door.ScopeId))));
            counts.Add("alarms " + await AlarmsAsync(rig));
            return string.Join(", ", counts);
        }

        private static SyncRequest Request(RegisteredDoor door) => DoorsOfServer.Request(door.Id, 1, new KnownList(door.ScopeId, 1));

        private static async Task<string> AlarmsAsync(ServerRig rig) =>
            string.Join(' ', (await rig.PostAsync("/alarms/list")).Body["alarms"]!.AsArray().Select(a => a!["kind"]!.GetValue<string>()));

        private static void AssertNear(DateTimeOffset expected, TrustedClock clock) =>
            Assert.IsLessThan(5.0, Math.Abs((clock.GetUtcNow() - expected).TotalSeconds));
    }
}
