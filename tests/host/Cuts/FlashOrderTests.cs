using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Audit;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Sync;
using DoorController.Tests.Diagnostics;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>The table of STORAGE.md section 4: which file is written before which, for each operation.</summary>
    [TestClass]
    public sealed class FlashOrderTests
    {
        private readonly RecordingFiles _files = new();

        [TestMethod]
        public void BackgroundSteps_AreListVersionTrailScrub_OneFileEach()
        {
            using HostBoard host = Board();
            DoorMemory memory = Settled(host);
            memory.Poll(Limits.ScrubMs + 1L);
            memory.Time.Prove(Site.Start, 0);
            byte[] body = ListBodies.Revoking(10, 0, 5);
            Assert.AreEqual(ListOutcome.Accepted, memory.KeyStore.BeginList(0, body, body.Length));
            memory.Audit.Queue(AuditEvent.DoorOpened, 0, 0, 0);
            memory.Poll(Limits.ScrubMs + 1L + Limits.AuditQueueMs);
            _files.Take();
            for (int step = 0; step < 9; step++)
            {
                int before = _files.Written.Count;
                memory.FlashStep(Limits.ScrubMs + 1L + Limits.AuditQueueMs);
                Assert.IsLessThanOrEqualTo(before + 1, _files.Written.Count, "step " + step);
            }

            CollectionAssert.AreEqual(new[] { "win0", "lists", "time", "austage", "win0" }, _files.Take());
        }

        [TestMethod]
        public void ATimeRecord_GoesBeforeTheTrail()
        {
            using HostBoard host = Board();
            DoorMemory memory = Settled(host);
            memory.Audit.Queue(AuditEvent.DoorOpened, 0, 0, 0);
            memory.Poll(Limits.AuditQueueMs);
            memory.Time.Prove(Site.Start, 0);
            _files.Take();
            memory.FlashStep(Limits.AuditQueueMs);
            memory.FlashStep(Limits.AuditQueueMs);
            CollectionAssert.AreEqual(new[] { "time", "austage" }, _files.Take());
        }

        [TestMethod]
        public void KeyUpdate_IsOneWriteOfTheBundle()
        {
            using HostBoard host = Board();
            DoorMemory memory = Settled(host);
            Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, Site.Bundle(1, version: 2).Seal(Site.Root, 1)));
            CollectionAssert.AreEqual(new[] { "bundle" }, _files.Take());
        }

        [TestMethod]
        public void TimeToken_IsOneWriteOfTheTimeRecord()
        {
            using HostBoard host = Board();
            DoorMemory memory = Settled(host);
            byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start);
            Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, token));
            CollectionAssert.AreEqual(new[] { "time" }, _files.Take());
        }

        [TestMethod]
        public void FloorReset_LosesTheLists_ThenMovesTheFloor()
        {
            using HostBoard host = Board();
            DoorMemory memory = Settled(host);
            byte[] reset = ServerBlobs.FloorReset(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start);
            Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, reset));
            CollectionAssert.AreEqual(new[] { "lists", "time", "austage" }, _files.Take());
        }

        [TestMethod]
        public void Provisioning_TakesTheBundle_TheLists_AndDeletesItsFilesLast()
        {
            VirtualFlash given = Prepared.Provision(new VirtualFlash(), Site.Bundle(1), ListBodies.Revoking(10, 0, 5));
            foreach (string name in given.List())
            {
                byte[] content = given.Content(name)!;
                _files.Replace(name, content, 0, content.Length);
            }

            using HostBoard host = new(_files);
            DoorMemory memory = new(host.Board);
            Prepared.Settle(memory, 0);
            _files.Take();
            Provisioning.Run(host.Board, memory, new BlobIntake(host.Board, memory), new byte[Limits.TransferBytes]);
            CollectionAssert.AreEqual(new[] { "bundle", "win0", "lists", "time", "-list0", "-provision" }, _files.Take());
        }

        [TestMethod]
        public void AnUnlock_IsRecordedAfterItsPulseBegan_AndBeforeThePhoneHears()
        {
            using DoorRig rig = new(flash: _files);
            rig.Run(Limits.AuditQueueMs + 1000);
            List<(string Name, int Pulses, int Result)> seen = new();
            _files.OnWritten = name =>
            {
                rig.Door.Link.OnRead(BleCharacteristic.Result, out byte[]? result);
                seen.Add((name, rig.Host.Strike.Pulses, result![0]));
            };
            rig.Connect();
            Assert.AreEqual(Verdict.Granted, (int)rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId())[0]);
            Assert.AreEqual(("austage", 1, Verdict.Pending), seen[0]);
        }

        [TestMethod]
        public void EveryNumber_IsReservedBeforeItIsUsed()
        {
            using HostBoard host = Board();
            DoorMemory memory = Settled(host);
            int metas = 0;
            _files.OnWritten = name =>
            {
                metas += name.StartsWith("aumeta", StringComparison.Ordinal) ? 1 : 0;
                if (name == "austage")
                {
                    byte[] entry = new byte[AuditStage.EntryBytes];
                    _files.Read(name, _files.Length(name) - entry.Length, entry, 0, entry.Length);
                    Assert.IsLessThan(Reserved(), Bytes.U32(entry, AuditRecord.SequenceOffset));
                }
            };
            while (memory.Audit.NextSequence < 300)
            {
                Assert.IsTrue(memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            Assert.AreEqual(2, metas, "one for each segment that was begun");
        }

        [TestMethod]
        public void AnEighthRecord_IsInTheStage_AndThenInItsSegment()
        {
            using HostBoard host = Board();
            DoorMemory memory = Settled(host);
            while (memory.Audit.NextSequence % Limits.AuditStageRecords != 0)
            {
                Assert.IsTrue(memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            _files.Take();
            Prepared.Settle(memory, 0);
            CollectionAssert.AreEqual(new[] { "aua" }, _files.Take());
            Assert.IsTrue(memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            CollectionAssert.AreEqual(new[] { "austage" }, _files.Take());
            Assert.AreEqual(AuditStage.EntryBytes, _files.Length("austage"), "the stage begins anew");
        }

        [TestMethod]
        public void ATechniciansTry_IsCounted_ThenJudged_ThenCleared()
        {
            using ConsoleRig rig = new(flash: _files);
            rig.Rig.Run(Limits.AuditQueueMs + 1000);
            List<int> pulses = new();
            _files.OnWritten = name => pulses.AddRange(name.StartsWith("tech", StringComparison.Ordinal) ? [rig.Rig.Host.Strike.Pulses] : []);
            string answer = rig.Answer(rig.Challenge("strike"), TechnicianCommand.Strike);
            _files.Take();
            rig.Ask("strike " + answer);
            CollectionAssert.AreEqual(new[] { "tech", "tech" }, _files.Take().Where(name => name == "tech").ToArray());
            CollectionAssert.AreEqual(new[] { 0, 0 }, pulses, "both before the strike");
            Assert.AreEqual(1, rig.Rig.Host.Strike.Pulses);
        }

        private HostBoard Board()
        {
            HostBoard host = new(_files);
            byte[] bundle = Site.Bundle(1).Encode(Site.Root);
            Assert.IsTrue(new SlotFile(_files, host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length));
            return host;
        }

        private DoorMemory Settled(HostBoard host)
        {
            DoorMemory memory = new(host.Board);
            Prepared.Settle(memory, 0);
            _files.Take();
            return memory;
        }

        /// <summary>Field "reserved" of the newer slot.</summary>
        private uint Reserved()
        {
            byte[] slot = new byte[40];
            uint newest = 0;
            uint reserved = 0;
            foreach (string name in new[] { "aumeta.a", "aumeta.b" })
            {
                if (_files.Read(name, 0, slot, 0, slot.Length) == slot.Length && Bytes.U32(slot, 4) > newest)
                {
                    newest = Bytes.U32(slot, 4);
                    reserved = Bytes.U32(slot, 16);
                }
            }

            return reserved;
        }
    }
}
