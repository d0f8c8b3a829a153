using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Audit
{
    /// <summary>POST /door/audit: each record once, by whichever way, and nothing acknowledged that is not kept.</summary>
    [TestClass]
    public sealed class AuditBookTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_page_that_comes_often_and_from_many_sides_is_kept_once(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            Trail trail = new(rig, door);
            byte[] page = trail.Page(1, 40, true);
            byte[][] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
                rig.PostBytes(i % 2 == 0 ? "/door/audit" : "/door/audit?way=phone", page).Body)));
            Assert.IsTrue(answers.All(a => a.SequenceEqual(trail.Acknowledgement(40))));
            Assert.AreEqual(40, (await RecordsAsync(rig, door)).Count);
            Assert.AreEqual(0, (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_later_page_by_phone_is_kept_and_not_acknowledged_before_what_is_missing(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            Trail trail = new(rig, door);
            Assert.AreEqual((200, 0), Shape(rig.PostBytes("/door/audit?way=phone", trail.Page(31, 60, false))));
            CollectionAssert.AreEqual(trail.Acknowledgement(10), rig.PostBytes("/door/audit", trail.Page(1, 10, true)).Body);
            CollectionAssert.AreEqual(
                trail.Acknowledgement(10), rig.PostBytes("/door/audit?way=phone", trail.Page(31, 60, false)).Body, "what is without a gap");
            CollectionAssert.AreEqual(
                trail.Acknowledgement(30), rig.PostBytes("/door/audit", trail.Page(11, 30, false)).Body, "it continues what is kept");
            SyncReply reply = rig.Sync(DoorsOfServer.Request(door.Id, 1) with { AuditEpoch = trail.Epoch, Acknowledged = 30, NextSequence = 61 })!;
            CollectionAssert.AreEqual(trail.Acknowledgement(60), reply.Blobs.Single(), "the door need not send what a phone brought");
            Assert.AreEqual(60, (await RecordsAsync(rig, door)).Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task What_a_door_lost_to_a_wrap_does_not_hold_up_the_rest(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            Trail trail = new(rig, door);
            rig.PostBytes("/door/audit", trail.Page(1, 10, true));
            CollectionAssert.AreEqual(trail.Acknowledgement(60), rig.PostBytes("/door/audit", trail.Page(41, 60, true)).Body);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_number_used_twice_and_a_broken_chain_are_alarms(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            Trail trail = new(rig, door);
            rig.PostBytes("/door/audit?way=phone", trail.Page(11, 20, false));
            Trail fork = new(rig, door) { Key = 77 };
            rig.PostBytes("/door/audit?way=phone", fork.Page(11, 20, false));
            rig.PostBytes("/door/audit?way=phone", trail.Page(30, 40, false, breakAt: 35));
            string[] kinds = [.. (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Select(a => a!["kind"]!.GetValue<string>()).Order()];
            CollectionAssert.AreEqual(new[] { Alarms.AuditBreak, Alarms.AuditFork }, kinds);
            Assert.IsTrue((await RecordsAsync(rig, door)).Where(r => r["sequence"]!.GetValue<int>() is >= 11 and <= 20).All(r => r["key_number"]!.GetValue<int>() == 5));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task What_was_never_kept_is_not_acknowledged_below_the_end_either(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            Trail trail = new(rig, door);
            CollectionAssert.AreEqual(trail.Acknowledgement(10), rig.PostBytes("/door/audit", trail.Page(1, 10, true)).Body);
            Trail fork = new(rig, door) { Key = 77 };
            Assert.AreEqual(0, rig.PostBytes("/door/audit", fork.Page(1, 10, true)).Body.Length, "a door that was set back keeps its records");
            JsonArray alarms = (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray();
            Assert.IsTrue(alarms.Any(a => a!["kind"]!.GetValue<string>() == Alarms.AuditFork));
            CollectionAssert.AreEqual(trail.Acknowledgement(10), rig.PostBytes("/door/audit", trail.Page(1, 10, true)).Body, "the same again is acknowledged again");
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Records_are_found_by_person_door_and_time_and_only_in_their_workspace(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor first = await rig.RegisterAsync("FIRST");
            RegisteredDoor second = await rig.RegisterAsync("SECOND");
            string person = await rig.AddPersonAsync("a");
            string other = await rig.AddPersonAsync("b");
            (_, _, uint number) = await rig.GiveKeyAsync(person, first.ScopeId, first.Id);
            (_, _, uint otherNumber) = await rig.GiveKeyAsync(other, second.ScopeId, second.Id);
            rig.PostBytes("/door/audit", new Trail(rig, first) { Key = number }.Page(1, 30, true));
            rig.PostBytes("/door/audit?way=phone", new Trail(rig, second) { Key = otherNumber }.Page(1, 5, true));
            Task<List<JsonObject>> Find(string name, string value) => FindAsync(rig, new JsonObject { [name] = value });
            Assert.AreEqual(30, (await Find("user_identity_id", person)).Count);
            Assert.AreEqual(5, (await Find("user_identity_id", other)).Count);
            List<JsonObject> records = await FindAsync(rig, new JsonObject { ["door_id"] = second.Id });
            Assert.IsTrue(records.Count == 5 && records.All(r => r["way"]!.GetValue<string>() == "phone" && r["door_name"]!.GetValue<string>() == "SECOND"));
            string from = IsoTime.FromS(Trail.TimeOf(11));
            string to = IsoTime.FromS(Trail.TimeOf(20));
            Assert.AreEqual(10, (await FindAsync(rig, new JsonObject { ["between"] = new JsonArray(from, to), ["door_id"] = first.Id })).Count);
            Assert.AreEqual(20, (await FindAsync(rig, new JsonObject { ["since"] = from, ["door_id"] = first.Id })).Count);
            Assert.AreEqual(0, (await Find("user_identity_id", Guid.NewGuid().ToString())).Count);
            Assert.AreEqual(7, (await FindAsync(rig, new JsonObject { ["limit"] = 7 })).Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Records_past_the_retention_are_removed_and_do_not_come_back(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind, s => s with { RetentionDays = 30 });
            RegisteredDoor door = await rig.RegisterAsync();
            Trail trail = new(rig, door);
            rig.PostBytes("/door/audit", trail.Page(1, 30, true));
            Upkeep upkeep = new(rig.Site, rig.Settings);
            rig.Clock.Move(TimeSpan.FromDays(29));
            await upkeep.RunAsync(default);
            Assert.AreEqual(30, (await RecordsAsync(rig, door)).Count);
            rig.PostBytes("/door/audit", trail.Page(31, 40, true));
            rig.Clock.Move(TimeSpan.FromDays(2));
            await upkeep.RunAsync(default);
            Assert.AreEqual(10, (await RecordsAsync(rig, door)).Count);
            CollectionAssert.AreEqual(trail.Acknowledgement(30), rig.PostBytes("/door/audit", trail.Page(1, 30, true)).Body, "a door that forgot its acknowledgement");
            Assert.AreEqual(10, (await RecordsAsync(rig, door)).Count);
        }

        private static (int Status, int Length) Shape((int Status, byte[] Body) answer) => (answer.Status, answer.Body.Length);

        private static Task<List<JsonObject>> RecordsAsync(ServerRig rig, RegisteredDoor door) =>
            FindAsync(rig, new JsonObject { ["door_id"] = door.Id, ["limit"] = 1000 });

        private static async Task<List<JsonObject>> FindAsync(ServerRig rig, JsonObject query) =>
            [.. (await rig.DoAsync("/audit/list", query))["records"]!.AsArray().Select(r => r!.AsObject())];

        /// <summary>A trail of unlocks with one key, made as a door makes it.</summary>
        private sealed class Trail(ServerRig rig, RegisteredDoor door)
        {
            public uint Key { get; init; } = 5;

            public uint Epoch => 0x1234567;

            public static uint TimeOf(int sequence) => Site.Start + ((uint)sequence * 60);

            public byte[] Page(int first, int last, bool isFromOldest, int breakAt = 0)
            {
                List<byte[]> records = Records(last);
                if (breakAt > 0)
                {
                    records[breakAt - 1][AuditRecord.ArgumentOffset] ^= 1;
                }

                byte[] before = first == 1 ? new byte[AuditRecord.ChainBytes] : records[first - 2][AuditRecord.ChainOffset..];
                byte[] plain =
                [
                    .. BitConverter.GetBytes(Epoch), 0, 0, 0, 0, .. before, (byte)((last - first + 1) | (isFromOldest ? AuditPage.FromOldest : 0)),
                    .. records.Skip(first - 1).SelectMany(r => r),
                ];
                ServerCrypto crypto = ServerCrypto.Instance;
                return Sealed.Make(
                    crypto, crypto, rig.Site.Keys.Root.SubKey(door.Id, 1, DoorController.Wire.Keys.AuditPage), BlobType.AuditPage, door.Id, 1, plain, plain.Length);
            }

            public byte[] Acknowledgement(int last) => ServerBlobs.Acknowledgement(
                rig.Site.Keys.Root, door.Id, 1, Epoch, (uint)last, Records(last)[^1].AsSpan(AuditRecord.ChainOffset));

            private List<byte[]> Records(int last)
            {
                byte[] key = rig.Site.Keys.Root.SubKey(door.Id, 1, DoorController.Wire.Keys.AuditChain);
                byte[] chain = new byte[AuditRecord.ChainBytes];
                List<byte[]> records = [];
                for (int sequence = 1; sequence <= last; sequence++)
                {
                    byte[] record = new byte[AuditRecord.Length];
                    AuditRecord.Compose(
                        record, 0, AuditEvent.Credential, Verdict.Granted, 2, 1, door.ScopeId, 1, Key, TimeOf(sequence), 0, (uint)sequence);
                    chain = AuditRecord.Chain(ServerCrypto.Instance, key, chain, record, 0)[..AuditRecord.ChainBytes];
                    chain.CopyTo(record, AuditRecord.ChainOffset);
                    records.Add(record);
                }

                return records;
            }
        }
    }
}
