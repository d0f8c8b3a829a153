using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>
    /// The blobs of PROTOCOL.md section 12, which were made by a program that shares nothing with this one: made here byte for byte, and
    /// read here field for field.
    /// </summary>
    [TestClass]
    public sealed class BlobVectorsTests
    {
        private static readonly Vectors Given = Vectors.Read("firmware/PROTOCOL.md", "vectors-blobs");

        private static SiteRoot Root => new(Given.Bytes("site_root"));

        private static uint DoorId => (uint)Given.Number("door_id");

        private static int Generation => (int)Given.Number("door_generation");

        [TestMethod]
        [DataRow("request", Keys.Request)]
        [DataRow("reply", Keys.Reply)]
        [DataRow("list", Keys.List)]
        [DataRow("time", Keys.Time)]
        [DataRow("audit_page", Keys.AuditPage)]
        [DataRow("audit_chain", Keys.AuditChain)]
        [DataRow("acknowledgement", Keys.Acknowledgement)]
        [DataRow("key_update", Keys.Update)]
        [DataRow("technician", Keys.Technician)]
        public void SubKeys(string name, string label)
        {
            CollectionAssert.AreEqual(Given.Bytes("door_key"), Root.DoorKey(DoorId, Generation));
            CollectionAssert.AreEqual(Given.Bytes("subkey_" + name), Root.SubKey(DoorId, Generation, label));
        }

        [TestMethod]
        public void TimeTokenAndFloorReset()
        {
            uint time = (uint)Given.Number("time");
            byte[] challenge = Given.Bytes("challenge");
            CollectionAssert.AreEqual(Given.Bytes("time_token"), ServerBlobs.TimeToken(Root, DoorId, Generation, challenge, time));
            CollectionAssert.AreEqual(Given.Bytes("floor_reset"), ServerBlobs.FloorReset(Root, DoorId, Generation, challenge, time));
        }

        [TestMethod]
        [DataRow("audit_page", BlobType.AuditPage, Keys.AuditPage)]
        [DataRow("sync_request", BlobType.SyncRequest, Keys.Request)]
        [DataRow("sync_reply", BlobType.SyncReply, Keys.Reply)]
        [DataRow("key_update", BlobType.KeyUpdate, Keys.Update)]
        public void SealedBlobs(string name, int type, string label)
        {
            byte[] plain = Given.Bytes(name == "key_update" ? "bundle" : name + "_plain");
            byte[] key = Root.SubKey(DoorId, Generation, label);
            ServerCrypto crypto = ServerCrypto.Instance;
            byte[] made = Sealed.Make(crypto, new GivenRandom(Given.Bytes(name + "_iv")), key, type, DoorId, Generation, plain, plain.Length);
            CollectionAssert.AreEqual(Given.Bytes(name), made);
            CollectionAssert.AreEqual(plain, Sealed.Open(crypto, key, type, DoorId, Generation, made, 0, made.Length));
        }

        [TestMethod]
        public void AuditPageAndItsAcknowledgement()
        {
            AuditUpload page = AuditUpload.Open(Root, Given.Bytes("audit_page"))!;
            Assert.AreEqual(0x5EED0001u, page.Epoch);
            Assert.AreEqual(DoorId, page.DoorId);
            Assert.AreEqual(2u, page.LastSequence);
            CollectionAssert.AreEqual(new[] { 5u, 4u }, page.Records.Select(r => Bytes.U32(r, AuditRecord.KeyNumberOffset)).ToArray());
            CollectionAssert.AreEqual(
                new[] { Verdict.Granted, Verdict.Revoked }, page.Records.Select(r => (int)r[AuditRecord.VerdictOffset]).ToArray());
            Assert.AreEqual(0, page.FindBreaks(Root, Generation).Count);
            CollectionAssert.AreEqual(Given.Bytes("acknowledgement"), page.Acknowledge(Root));
        }

        [TestMethod]
        public void AuditPageOfThreeChainKeys()
        {
            byte[] blob = Given.Bytes("audit_page_moved");
            AuditUpload page = AuditUpload.Open(Root, blob)!;
            CollectionAssert.AreEqual(Given.Bytes("door_key_2"), Root.DoorKey(DoorId, 2));
            CollectionAssert.AreEqual(
                new[] { AuditEvent.TrailStarted, AuditEvent.Booted, AuditEvent.Credential, AuditEvent.KeysUpdated }, page.Records.Select(r => (int)r[0]).ToArray());
            Assert.AreEqual((2u, 2u), (Bytes.U32(page.Records[3], AuditRecord.ArgumentOffset), Bytes.U32(page.Records[3], AuditRecord.KeyNumberOffset)), "door generation and bundle version");
            Assert.IsTrue(page.IsFromOldest);
            Assert.AreEqual(0, page.FindBreaks(Root, 2, 1).Count);
            CollectionAssert.AreEqual(new[] { 2u, 3u }, page.FindBreaks(Root, 2).ToArray(), "under the key of the page alone");
            CollectionAssert.AreEqual(new[] { 4u }, page.FindBreaks(Root, 1).ToArray());

            byte[][] keys = [new byte[32], Root.SubKey(DoorId, 1, Keys.AuditChain), Root.SubKey(DoorId, 1, Keys.AuditChain), Given.Bytes("subkey_audit_chain_2")];
            byte[] before = page.ChainBefore;
            for (int i = 0; i < keys.Length; i++)
            {
                before = AuditRecord.Chain(ServerCrypto.Instance, keys[i], before, page.Records[i], 0)[..AuditRecord.ChainBytes];
                CollectionAssert.AreEqual(page.Records[i][AuditRecord.ChainOffset..], before, "record " + (i + 1));
            }

            byte[] plain = Given.Bytes("audit_page_moved_plain");
            CollectionAssert.AreEqual(blob, Sealed.Make(
                ServerCrypto.Instance, new GivenRandom(Given.Bytes("audit_page_moved_iv")), Root.SubKey(DoorId, 2, Keys.AuditPage), BlobType.AuditPage, DoorId, 2,
                plain, plain.Length));
        }

        [TestMethod]
        public void Bundle()
        {
            uint time = (uint)Given.Number("time");
            BundleScope scope = new(Site.Scope, 3, 2, time, false, 1, time + 86400);
            CollectionAssert.AreEqual(Given.Bytes("bundle"), new Bundle(2, DoorId, Generation, "LOBBY EAST", [scope]).Encode(Root));
        }

        [TestMethod]
        [DataRow("bitmap", 0)]
        [DataRow("runs", 0)]
        [DataRow("allowed", 0)]
        [DataRow("none", 0)]
        [DataRow("ends", 0)]
        [DataRow("scattered", 0)]
        [DataRow("scattered_delta", 0)]
        [DataRow("wrap", 16000)]
        [DataRow("below", 16)]
        public void Lists(string name, int watermark)
        {
            byte[] blob = Given.Bytes("list_" + name);
            byte[] body = blob[..^Bytes.Tag];
            HashSet<uint> keys = [.. SetOf(name)];
            CollectionAssert.AreEqual(blob, ListBlob.ForDoor(Root, DoorId, Generation, body));

            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            if (!ListBody.IsFull(body))
            {
                KeyStoreSteps.AssertOutcome(ListOutcome.WrongBase, store, body);
                KeyStoreSteps.Take(store, ListBodies.Empty(Bytes.U32(body, ListBody.Version) - 1, 0));
            }
            else if (Bytes.U32(body, ListBody.Watermark) < watermark)
            {
                KeyStoreSteps.Take(store, ListBodies.Empty(1, (uint)watermark));
            }

            KeyStoreSteps.Take(store, body);
            (int inside, int outside) = name == "allowed" ? (Verdict.Granted, Verdict.NotListed) : (Verdict.Revoked, Verdict.Granted);
            for (uint key = (uint)watermark; key < watermark + Limits.WindowKeys; key++)
            {
                Assert.AreEqual(keys.Contains(key) ? inside : outside, store.Judge(0, key), "key " + key);
            }
        }

        [TestMethod]
        [DataRow("keys")]
        [DataRow("bit")]
        [DataRow("zeros")]
        [DataRow("cut")]
        [DataRow("k")]
        [DataRow("allowed")]
        [DataRow("run")]
        [DataRow("base")]
        public void MalformedLists_AreRefused_ThoughTheirTagsAreRight(string name)
        {
            byte[] blob = Given.Bytes("list_refused_" + name);
            CollectionAssert.AreEqual(blob, ListBlob.ForDoor(Root, DoorId, Generation, blob[..^Bytes.Tag]));
            using DoorRig rig = new();
            rig.Connect();
            CarryPhone phone = new(rig);
            Assert.AreEqual(CarryState.Refused, phone.Bring(blob));
            Assert.AreEqual(0u, rig.Door.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(CarryState.Accepted, phone.Bring(Given.Bytes("list_scattered")));
        }

        [TestMethod]
        [DataRow("none", 0, 0)]
        [DataRow("ends", 0, 0)]
        [DataRow("scattered_delta", 0, 1)]
        [DataRow("wrap", 16000, 0)]
        public void ScatteredLists_AreMadeAsTheDocumentHasThem(string name, int watermark, int since)
        {
            byte[] blob = Given.Bytes("list_" + name);
            int[] bits = [.. SetOf(name).Select(key => (int)key - watermark)];
            ListHeader header = new(Site.Scope, (uint)Given.Number("time"), 1, 0, (uint)watermark);
            CollectionAssert.AreEqual(blob[..^Bytes.Tag], ListBlob.Scattered(header, (uint)since, bits));
        }

        [TestMethod]
        public void SyncRequest()
        {
            uint time = (uint)Given.Number("time");
            SyncRequest request = DoorController.Issuer.SyncRequest.Open(Root, Given.Bytes("sync_request"))!;
            Assert.AreEqual(new KnownList(Site.Scope, time - 1000), request.Lists.Single());
            Assert.AreEqual((100, 0x16, 0), (request.FirmwareVersion, request.Flags, request.ListLostBits));
            Assert.AreEqual((time, 1u, 0x5EED0001u), (request.TimeFloor, request.BundleVersion, request.AuditEpoch));
            Assert.AreEqual((0u, 3u, 3600u), (request.Acknowledged, request.NextSequence, request.UptimeS));
            Assert.AreEqual((1, 0, 0u), (request.RadioRestarts, request.LastReboot, request.RecordsLost));
            CollectionAssert.AreEqual(Given.Bytes("challenge"), request.TimeChallenge);
            CollectionAssert.AreEqual(Given.Bytes("sync_request_plain"), OpenOwn(request.Seal(Root), BlobType.SyncRequest, Keys.Request));
        }

        [TestMethod]
        public void SyncReply()
        {
            SyncRequest request = DoorController.Issuer.SyncRequest.Open(Root, Given.Bytes("sync_request"))!;
            SyncReply given = DoorController.Issuer.SyncReply.Open(Root, Given.Bytes("sync_reply"))!;
            CollectionAssert.AreEqual(request.Nonce, given.Nonce);
            Assert.AreEqual((uint)Given.Number("time") + 120, given.Time);
            Assert.IsTrue(given.HasMore);
            CollectionAssert.AreEqual(Given.Bytes("acknowledgement"), given.Blobs.Single());

            SyncReply made = new(request, given.Time) { HasMore = true };
            Assert.IsTrue(made.TryAdd(Given.Bytes("acknowledgement")));
            CollectionAssert.AreEqual(
                Given.Bytes("sync_reply_plain"), OpenOwn(made.Seal(Root, DoorId, Generation), BlobType.SyncReply, Keys.Reply));
        }

        [TestMethod]
        public void TechnicianResponse() => Assert.AreEqual(
            Convert.ToHexString(Given.Bytes("technician_response")).ToLowerInvariant(),
            ServerBlobs.TechnicianResponse(Root, DoorId, Generation, Given.Bytes("technician_challenge"), 1));

        /// <summary>Key numbers of a list that is no bare bitmap.</summary>
        private static IEnumerable<uint> SetOf(string list) =>
            list == "none" ? [] : Given.Bytes($"list_{list}_set").Chunk(4).Select(number => Bytes.U32(number, 0));

        private static byte[]? OpenOwn(byte[] blob, int type, string label) => Sealed.Open(
            ServerCrypto.Instance, Root.SubKey(DoorId, Generation, label), type, DoorId, Generation, blob, 0, blob.Length);

        private sealed class GivenRandom(byte[] bytes) : IRandom
        {
            public void Fill(byte[] buffer) => bytes.CopyTo(buffer, 0);
        }
    }
}
