using System;
using System.Linq;
using DoorController.Access;
using DoorController.Audit;
using DoorController.Diagnostics;
using DoorController.Hal.Host;
using DoorController.Storage;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Storage
{
    /// <summary>The worked vectors of STORAGE.md, in both directions: what the firmware writes, and what it makes of given bytes.</summary>
    [TestClass]
    public sealed class StorageVectorsTests
    {
        private static readonly Vectors Document = Vectors.Read("firmware/STORAGE.md", "vectors");

        private readonly VirtualFlash _flash = new();
        private readonly HostCrypto _crypto = new();
        private readonly byte[] _scratch = new byte[Limits.ScratchBytes];

        [TestMethod]
        public void SlotFile_IsWrittenAsTheDocumentSays()
        {
            byte[] content = Document.Bytes("slot.content");
            SlotFile file = new(_flash, _crypto, "part", _scratch);
            Assert.IsTrue(file.Save(content, 0, content.Length));
            AssertFile("slot.a", "part.a");
            Assert.AreEqual(-1, _flash.Length("part.b"));
            Assert.IsTrue(file.Save(content, 0, content.Length));
            AssertFile("slot.b", "part.b");
        }

        [TestMethod]
        public void SlotFile_IsReadAsTheDocumentSays()
        {
            Put("slot.b", "part.b");
            byte[] content = new byte[8];
            Assert.AreEqual(3, new SlotFile(_flash, _crypto, "part", _scratch).Load(content));
            CollectionAssert.AreEqual(Document.Bytes("slot.content"), content[..3]);
        }

        [TestMethod]
        public void ListAndWindow_AreWrittenAsTheDocumentSays()
        {
            KeyStore store = OpenStore();
            byte[] body = ListBodies.Revoking(5, 0, 3, 9000);
            Assert.AreEqual(ListOutcome.Accepted, store.BeginList(0, body, body.Length));
            while (store.IsPending)
            {
                store.Step();
            }

            AssertFile("lists.a", "lists.a");
            byte[] window = _flash.Content("win0.b")!;
            Assert.HasCount(2048, window);
            Assert.AreEqual((uint)Document.Number("window.first-block-crc"), _crypto.Crc32(window, 0, KeyWindow.BlockBytes));
            CollectionAssert.AreEqual(new[] { 0, 1125 }, Enumerable.Range(0, 2048).Where(i => window[i] != 0).ToArray());
            int block = (int)Document.Number("window.block-of-9000");
            Assert.AreEqual(1, window.Skip(block * KeyWindow.BlockBytes).Take(KeyWindow.BlockBytes).Count(value => value != 0));
        }

        [TestMethod]
        public void ListAndWindow_AreReadAsTheDocumentSays()
        {
            Put("lists.a", "lists.a");
            byte[] window = new byte[2048];
            window[0] = 1 << 3;
            window[9000 / 8] = 1 << (9000 % 8);
            _flash.Replace("win0.b", window, 0, window.Length);
            KeyStore store = OpenStore();
            Assert.AreEqual(5U, store.ListVersion(0));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 3));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 9000));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 4));
        }

        [TestMethod]
        public void TimeRecord_IsWrittenAndReadAsTheDocumentSays()
        {
            DoorTime time = new(_flash, _crypto, _scratch);
            time.Versions.Bind([Site.Scope]);
            time.Prove(Site.Start, 0);
            Assert.IsTrue(time.RaiseVersion(0, 5));
            AssertFile("time.a", "time.a");

            DoorTime read = new(_flash, _crypto, _scratch);
            Assert.AreEqual(Site.Start, read.Floor);
            Assert.AreEqual(Site.Start + 1, read.Latest);
            Assert.AreEqual(5U, read.Versions.Highest(0));
            Assert.AreEqual(1, read.BootsSinceProof);
        }

        [TestMethod]
        public void Trail_GoesOnBehindTheRecordsOfTheDocument()
        {
            Put("time.a", "time.a");
            Put("aumeta.a", "aumeta.a");
            Put("austage.of-one", "austage");
            AuditTrail trail = new(_flash, _crypto, new SeededRandom(1), new DoorTime(_flash, _crypto, _scratch), _scratch);
            trail.SetKey(Document.Bytes("audit.key"));
            trail.Load();
            Assert.AreEqual(0x03E2E1E1U, trail.Epoch);
            Assert.AreEqual(2U, trail.NextSequence);
            Assert.IsTrue(trail.Append(AuditEvent.Credential, Verdict.Granted, 1, Site.Scope, 1, 5, 0));
            AssertFile("austage.of-two", "austage");
            AssertFile("aumeta.a", "aumeta.a");
            Assert.AreEqual(2u, trail.Boots);
            while (trail.IsPending)
            {
                trail.Step();
            }

            AssertFile("aumeta.b", "aumeta.b");
        }

        [TestMethod]
        [DataRow(1U)]
        [DataRow(127U)]
        [DataRow(128U)]
        [DataRow(2175U)]
        [DataRow(2176U)]
        public void RecordLiesWhereTheDocumentSays(uint sequence)
        {
            AuditTrail trail = new(_flash, _crypto, new SeededRandom(1), new DoorTime(_flash, _crypto, _scratch), _scratch);
            trail.Load();
            while (trail.NextSequence <= sequence + Limits.AuditStageRecords)
            {
                Assert.IsTrue(trail.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            byte[] segment = _flash.Content(Document.Text("segment." + sequence))!;
            int offset = (int)Document.Number("segment." + sequence + ".offset");
            Assert.HasCount(4096, segment);
            Assert.AreEqual(sequence, BitConverter.ToUInt32(segment, offset + AuditRecord.SequenceOffset));
        }

        [TestMethod]
        public void TechnicianAndReason_AreWrittenAsTheDocumentSays()
        {
            using HostBoard host = new(_flash);
            byte[] bundle = Site.Bundle(1).Encode(Site.Root);
            SlotFile file = new(_flash, _crypto, "bundle", _scratch);
            Assert.IsTrue(file.Save(bundle, 0, bundle.Length));
            TechnicianProof technician = new(host.Board, new Keyring(_crypto, file));
            technician.Challenge(TechnicianCommand.Strike, 0);
            technician.Judge(TechnicianCommand.Strike, "0000000000", 0);
            AssertFile("tech.a", "tech.a");
            RebootNote.Leave(_flash, RebootReason.Technician);
            AssertFile("reason", "reason");
            Assert.AreEqual(RebootReason.Technician, RebootNote.Take(_flash));
        }

        [TestMethod]
        public void EveryFileOfALivedDoor_IsInTheDocument()
        {
            string[] known = ["bundle", "lists", "win0", "win1", "win2", "win3", "win4", "time", "aumeta", "austage", "tech", "reason"];
            VirtualFlash flash = Prepared.DoorWithRecords(2300);
            string[] names = flash.List().Select(name => name.Split('.')[0]).Distinct().ToArray();
            string[] segments = Enumerable.Range(0, 17).Select(i => "au" + (char)('a' + i)).ToArray();
            CollectionAssert.IsSubsetOf(names, known.Concat(segments).ToArray());
            CollectionAssert.IsSubsetOf(segments, names);
        }

        private KeyStore OpenStore()
        {
            KeyStore store = new(_flash, _crypto, _scratch);
            store.SetScope(0, Site.Scope, false, 0);
            return store;
        }

        private void Put(string vector, string file)
        {
            byte[] bytes = Document.Bytes(vector);
            Assert.IsTrue(_flash.Replace(file, bytes, 0, bytes.Length));
        }

        private void AssertFile(string vector, string file)
        {
            Assert.AreEqual(Convert.ToHexString(Document.Bytes(vector)), Convert.ToHexString(_flash.Content(file) ?? []), file);
        }
    }
}
