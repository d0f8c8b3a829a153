using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Store;
using DoorController.Tests.Access;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Sync
{
    /// <summary>POST /door/sync: who is answered, and with what.</summary>
    [TestClass]
    public sealed class DoorSyncTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task What_cannot_be_opened_is_401_without_a_body(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            RegisteredDoor other = await rig.RegisterAsync("OTHER");
            SiteRoot root = rig.Site.Keys.Root;
            byte[] good = DoorsOfServer.Request(door.Id, 1).Seal(root);
            byte[] anothers = (byte[])DoorsOfServer.Request(other.Id, 1).Seal(root).Clone();
            Bytes.Put32(anothers, 1, door.Id);
            byte[] changed = (byte[])good.Clone();
            changed[30] ^= 1;
            foreach (byte[] body in new[]
            {
                [], new byte[16], new byte[4096], changed, anothers, good[..^1],
                DoorsOfServer.Request(door.Id, 1).Seal(SiteRoot.Create()),
                DoorsOfServer.Request(door.Id, 2).Seal(root),
                DoorsOfServer.Request(9999, 1).Seal(root),
            })
            {
                foreach (string path in new[] { "/door/sync", "/door/audit" })
                {
                    (int status, byte[] answer) = rig.PostBytes(path, body);
                    Assert.AreEqual((401, 0), (status, answer.Length), path);
                }
            }

            Assert.AreEqual(200, rig.PostBytes("/door/sync", good).Status);
            Assert.AreEqual(401, rig.PostBytes("/door/audit", good).Status, "a request is no page");
        }

        [TestMethod]
        public async Task Bodies_too_large_and_path_tricks_reach_nothing()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            RegisteredDoor door = await rig.RegisterAsync();
            byte[] good = DoorsOfServer.Request(door.Id, 1).Seal(rig.Site.Keys.Root);
            Assert.AreEqual(413, rig.PostBytes("/door/sync", new byte[4097]).Status);
            Assert.AreEqual(413, rig.PostBytes("/door/audit", new byte[100_000]).Status);
            foreach (string path in new[] { "/door/sync/x", "/door/%2e%2e/scopes/list", "/doors/../doors/list", "/door/sync%00" })
            {
                int status = rig.PostBytes(path, good).Status;
                Assert.IsTrue(status is 401 or 404 or 400, $"{path}: {status}");
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_door_gets_what_changed_after_its_version_and_never_less_than_the_last_commit(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            string person = await rig.AddPersonAsync();
            uint version = Bytes.U32(door.Lists[0], ListBody.Version);
            for (int i = 0; i < 12; i++)
            {
                (_, string right, uint number) = await rig.GiveKeyAsync(person, door.ScopeId, door.Id);
                Assert.AreEqual(0, rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(door.ScopeId, version)))!.Blobs.Count);
                await rig.TakeAwayAsync(right);
                byte[] list = rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(door.ScopeId, version)))!.Blobs.Single();
                Assert.AreEqual((BlobType.List, version), (list[0], Bytes.U32(list, ListBody.Base)));
                Assert.IsTrue(list.Length < 60, "a delta of one key has " + list.Length + " bytes");
                byte[] full = rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(door.ScopeId, version)) with { ListLostBits = 1 })!.Blobs.Single();
                Assert.AreEqual(0u, Bytes.U32(full, ListBody.Base), "a lost list comes whole");
                Assert.IsTrue(ServerRig.IsSet(full[..^16], number));
                version = Bytes.U32(list, ListBody.Version);
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Under_load_no_answer_is_staler_than_the_last_commit_before_its_request(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            byte[] body = DoorsOfServer.Request(door.Id, 1, new KnownList(door.ScopeId, 0)).Seal(rig.Site.Keys.Root);
            using System.Net.Http.HttpClient http = new() { BaseAddress = rig.Address };
            using System.Threading.CancellationTokenSource stop = new();
            uint committed = 0;
            Task<int>[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                int answers = 0;
                while (!stop.IsCancellationRequested)
                {
                    uint least = System.Threading.Volatile.Read(ref committed);
                    (int status, byte[] answer) = DoorsOfServer.Post(http, "/door/sync", body);
                    byte[] list = SyncReply.Open(rig.Site.Keys.Root, answer)!.Blobs.Single();
                    Assert.IsTrue(status == 200 && Bytes.U32(list, ListBody.Version) >= least);
                    answers++;
                }

                return answers;
            }))];
            for (int i = 0; i < 60; i++)
            {
                uint version = await rig.Site.Database.WriteAsync(s => KeyNumbers.RaiseListVersionAsync(s, door.ScopeId));
                System.Threading.Volatile.Write(ref committed, version);
                await Task.Delay(5);
            }

            await stop.CancelAsync();
            Assert.IsTrue((await Task.WhenAll(readers)).Sum() > 60);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Mode_allowed_names_the_keys_that_open(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            int bank = await rig.AddBankAsync("strict", "allowed");
            RegisteredDoor door = await rig.RegisterAsync("DOOR", bank);
            string person = await rig.AddPersonAsync();
            (_, string right, uint number) = await rig.GiveKeyAsync(person, bank, door.Id);
            uint version = Bytes.U32(door.Lists[0], ListBody.Version);
            byte[] list = rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(bank, version)))!.Blobs.Single();
            ListFields given = ListFields.Read(list.AsSpan(0, list.Length - 16))!;
            Assert.IsTrue(given.IsAllowed && given.Keys.Single(k => k.IsSet).Key == number);
            await rig.TakeAwayAsync(right);
            list = rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(bank, given.Version)))!.Blobs.Single();
            ListFields taken = ListFields.Read(list.AsSpan(0, list.Length - 16))!;
            Assert.IsTrue(taken.Base == given.Version && taken.Keys.Any(k => k.Key == number) && taken.Keys.All(k => !k.IsSet));

            await rig.DoAsync("/scopes/rekey", new JsonObject { ["scope_id"] = bank, ["list_mode"] = "revoked" });
            list = rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(bank, taken.Version)))!.Blobs[0];
            Assert.AreEqual((0u, false), (Bytes.U32(list, ListBody.Base), ListFields.Read(list.AsSpan(0, list.Length - 16))!.IsAllowed));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_door_with_a_newer_list_than_was_ever_made_is_an_alarm(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            SyncReply reply = rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(door.ScopeId, uint.MaxValue)))!;
            Assert.AreEqual(0, reply.Blobs.Count);
            await rig.DoAsync("/doors/status", []);
            JsonNode alarm = (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Single()!;
            Assert.AreEqual(Alarms.NewerThanEverMade, alarm["kind"]!.GetValue<string>());
            Assert.AreEqual((door.Id, door.ScopeId), (alarm["door_id"]!.GetValue<uint>(), alarm["scope_id"]!.GetValue<int>()));
            await rig.DoAsync("/alarms/delete", new JsonObject { ["kind"] = Alarms.NewerThanEverMade, ["door_id"] = door.Id, ["scope_id"] = door.ScopeId });
            Assert.AreEqual(0, (await rig.DoAsync("/alarms/list", []))["alarms"]!.AsArray().Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Up_to_1024_revocations_since_a_version_are_told_alone_when_that_is_shorter(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            int bank = await rig.AddBankAsync();
            RegisteredDoor door = await rig.RegisterAsync("DOOR", bank);
            uint before = await rig.Site.Database.WriteAsync(s => DoorsOfServer.RevokeAsync(s, bank, 2, 3000, 5));
            await rig.Site.Database.WriteAsync(s => DoorsOfServer.RevokeAsync(s, bank, 3, 1024, 15));
            ListFields delta = Sync(before, out byte[] body);
            Assert.AreEqual((before, ListBody.Scattered), (delta.Base, (int)body[ListBody.Form]));
            CollectionAssert.AreEqual(Enumerable.Range(0, 1024).Select(i => 3u + (15u * (uint)i)).ToArray(), delta.Keys.Select(k => k.Key).ToArray());
            Assert.IsLessThanOrEqualTo(800, body.Length);

            await rig.Site.Database.WriteAsync(s => DoorsOfServer.RevokeAsync(s, bank, 16382, 1, 1));
            ListFields full = Sync(before, out body);
            Assert.AreEqual((0u, 3000 + 1024 + 1), (full.Base, full.Keys.Count(k => k.IsSet)));

            ListFields Sync(uint known, out byte[] made)
            {
                byte[] list = rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(bank, known)))!.Blobs.Single();
                made = list[..^Bytes.Tag];
                return ListFields.Read(made)!;
            }
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Lists_that_do_not_fit_one_reply_come_with_the_next(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            int[] banks = [await rig.AddBankAsync("a"), await rig.AddBankAsync("b"), await rig.AddBankAsync("c")];
            RegisteredDoor door = await rig.RegisterAsync("DOOR", banks);
            await rig.Site.Database.WriteAsync(async s =>
            {
                foreach (int bank in banks)
                {
                    await DoorsOfServer.RevokeAsync(s, bank, 1, 1455, 11);
                }

                return 0;
            });
            uint[] versions = new uint[3];
            int rounds = 0;
            bool more = true;
            while (more && rounds++ < 5)
            {
                SyncReply reply = rig.Sync(DoorsOfServer.Request(door.Id, 1, [.. banks.Select((b, i) => new KnownList(b, versions[i]))]))!;
                foreach (byte[] list in reply.Blobs)
                {
                    versions[Array.IndexOf(banks, Bytes.U24(list, ListBody.ScopeId))] = Bytes.U32(list, ListBody.Version);
                }

                more = reply.HasMore;
            }

            Assert.AreEqual(3, rounds);
            Assert.IsTrue(versions.All(v => v > 0));
        }
    }
}
