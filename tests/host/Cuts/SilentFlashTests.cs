using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Audit;
using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Audit;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>
    /// A disk that says yes and keeps the old content (PLATFORM.md 5.2), under everything that a door stores: nothing that was acknowledged
    /// rests on such a yes, and nothing old is taken for new.
    /// </summary>
    [TestClass]
    public sealed class SilentFlashTests
    {
        private readonly VirtualFlash _flash = new();

        [TestMethod]
        public void RecordThatIsNotKept_HasNoNumber_UntilItIs()
        {
            using DoorRig rig = new(flash: _flash);
            rig.Run(Limits.AuditQueueMs + 1000);
            Swallow("austage");
            byte[] result = rig.Tap(Site.Key(Site.Record(77), 1));
            Assert.AreEqual(Verdict.Granted, (int)result[0]);
            Assert.AreEqual(0UL, Bytes.U64(result, 2), "epoch and sequence 0: not recorded");
            Assert.IsTrue(rig.Door.Memory.IsFaulty, "lamp and console say it");
            rig.Run(Limits.FlashRetryMs + 1000);
            Assert.IsFalse(rig.Door.Memory.IsFaulty);
            rig.Reboot();
            CollectionAssert.AreEqual(new[] { 77U }, KeysOf(rig));
        }

        [TestMethod]
        [DataRow("aua", 20)]
        [DataRow("aub", 140)]
        public void SegmentThatIsNotKept_LeavesTheStageAlone(string segment, int records)
        {
            using DoorRig rig = new(flash: _flash);
            AuditTrail audit = rig.Door.Memory.Audit;
            rig.Run(Limits.AuditQueueMs + 1000);
            uint first = audit.NextSequence;
            for (int i = 0; i < records; i++)
            {
                if (i == records - 10)
                {
                    Swallow(segment);
                }

                Note(rig, (uint)i);
            }

            Assert.AreEqual(1, _flash.Silent.Count, "the fault met its write");
            rig.Run(Limits.FlashRetryMs * 2);
            uint end = audit.NextSequence;
            rig.Reboot();
            CollectionAssert.AreEqual(
                Enumerable.Range((int)first, (int)(end - first)).Select(i => (uint)i).ToArray(),
                Trails.Records(rig.Door).Select(Sequence).Where(sequence => sequence >= first && sequence < end).ToArray());
            Assert.AreEqual(audit.NotWritten, (uint)(records - KeysOf(rig).Length), "what had no room was counted");
        }

        [TestMethod]
        public void ReservationThatIsNotKept_UsesNoNumber()
        {
            using DoorRig rig = new(flash: _flash);
            AuditTrail audit = rig.Door.Memory.Audit;
            rig.Run(Limits.AuditQueueMs + 1000);
            while (audit.NextSequence < 127)
            {
                Note(rig, audit.NextSequence);
            }

            Assert.IsTrue(audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            Swallow("aumeta");
            Assert.IsFalse(audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            Assert.AreEqual(128U, audit.NextSequence);
            rig.Run(Limits.FlashRetryMs * 2);
            Assert.IsFalse(audit.IsFailing);
            rig.Reboot();
            Assert.IsTrue(Trails.Records(rig.Door).Any(record => record[0] == AuditEvent.RecordsLost));
        }

        [TestMethod]
        public void NewTrail_OverFilesThatWouldNotGo_HoldsNoRecordOfTheOldOne()
        {
            using DoorRig rig = new(flash: _flash);
            for (uint i = 0; i < 200; i++)
            {
                Note(rig, i);
            }

            uint epoch = rig.Door.Memory.Audit.Epoch;
            Assert.IsTrue(_flash.Delete("aumeta.a") && _flash.Delete("aumeta.b"));
            Swallow("au", 3);
            rig.Reboot();
            Assert.AreEqual(0, _flash.Silent.Next);
            rig.Run(Limits.FlashRetryMs * 2);
            Assert.AreNotEqual(epoch, rig.Door.Memory.Audit.Epoch);
            _flash.Rot("austage", 3);
            rig.Reboot();
            rig.Run(Limits.AuditQueueMs + 1000);
            byte[][] records = Trails.Records(rig.Door);
            Assert.AreEqual(AuditEvent.TrailDamaged, (int)records[0][0], "the numbers of the damaged stage are skipped, and none comes from before");
        }

        [TestMethod]
        public void RebootReasonThatCannotBeDeleted_IsToldOnce()
        {
            RebootNote.Leave(Files, RebootReason.Memory);
            Swallow("reason");
            Assert.AreEqual(RebootReason.Memory, RebootNote.Take(Files));
            Assert.AreEqual(1, _flash.Silent.Count);
            Assert.AreEqual(0, RebootNote.Take(Files));
        }

        [TestMethod]
        public void RebootReasonThatIsNotKept_LeavesNoOlderOne()
        {
            RebootNote.Leave(Files, RebootReason.Memory);
            Swallow("reason");
            RebootNote.Leave(Files, RebootReason.Technician);
            Assert.AreEqual(1, _flash.Silent.Count);
            Assert.AreNotEqual(RebootReason.Memory, RebootNote.Take(Files));
        }

        [TestMethod]
        public void TechniciansTryThatIsNotCounted_IsNotJudged()
        {
            using DoorRig rig = new(flash: _flash);
            TechnicianProof technician = new(rig.Host.Board, rig.Door.Memory.Keyring);
            long now = rig.Host.Clock.NowMs;
            technician.Challenge(TechnicianCommand.Strike, now);
            Swallow("tech");
            Assert.AreEqual(ProofOutcome.FlashFails, technician.Judge(TechnicianCommand.Strike, "0000000000", now));
        }

        [TestMethod]
        [DataRow("win")]
        [DataRow("lists")]
        public void ListThatIsNotKept_IsDropped_AndTakenWhenItComesAgain(string file)
        {
            using DoorRig rig = new(flash: _flash);
            rig.Apply(ListBodies.Revoking(5, 0, 6));
            rig.Connect();
            CarryPhone phone = new(rig);
            byte[] blob = ListBlob.ForDoor(Site.Root, 1, 1, ListBodies.Revoking(6, 0, 5));
            Swallow(file);
            Assert.AreEqual(CarryState.Broken, phone.Bring(blob));
            Assert.AreEqual(5U, rig.Door.Memory.KeyStore.ListVersion(0));
            rig.Phone.Disconnect();
            rig.Run(100);
            rig.Connect();
            Assert.AreEqual(CarryState.Accepted, phone.Bring(blob));
            rig.Reboot();
            Assert.AreEqual(Verdict.Revoked, rig.Door.Memory.KeyStore.Judge(0, 5));
        }

        [TestMethod]
        public void KeyUpdateThatIsNotKept_IsBroken()
        {
            using DoorRig rig = new(flash: _flash);
            Swallow("bundle");
            byte[] blob = Site.Bundle(1, version: 2).Seal(Site.Root, 1);
            BlobIntake intake = new(rig.Host.Board, rig.Door.Memory);
            Assert.AreEqual(CarryState.Broken, intake.Take(blob, 0, blob.Length, rig.Host.Clock.NowMs));
            Assert.AreEqual(1U, rig.Door.Memory.Keyring.Version);
        }

        [TestMethod]
        public void TimeThatIsNotKept_IsWrittenAgain()
        {
            using DoorRig rig = new(flash: _flash);
            rig.Run(2000);
            Swallow("time");
            rig.ProveTime(Site.Start);
            rig.Host.Run(rig.Door.Poll, Limits.FlashRetryMs + 2000L, 500);
            uint floor = rig.Door.Memory.Time.Floor;
            Assert.AreEqual(1, _flash.Silent.Count);
            rig.Reboot();
            Assert.IsTrue(rig.Door.Memory.Time.Floor + Limits.TimeSaveS >= floor && rig.Door.Memory.Time.Floor > Site.Start, "floor " + rig.Door.Memory.Time.Floor);
        }

        [TestMethod]
        [DataRow("provision")]
        [DataRow("list0")]
        public void ProvisioningFileThatWouldNotGo_BringsNothingBack(string file)
        {
            Prepared.Provision(_flash, Site.Bundle(1), ListBodies.Revoking(5, 0, 3));
            Swallow(file);
            using DoorRig rig = new(flash: _flash);
            Assert.AreEqual(1, _flash.Silent.Count);
            Assert.IsTrue(_flash.Length(file) > 0);
            rig.Apply(ListBodies.Delta(6, 5, 0, 9));
            rig.Reboot();
            Assert.AreEqual(6U, rig.Door.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(Verdict.Revoked, rig.Door.Memory.KeyStore.Judge(0, 9));
        }

        [TestMethod]
        public void FullDiskThatHidesIt_GivesNoReceiptThatDoesNotHold()
        {
            using DoorRig rig = new(flash: _flash);
            rig.Run(Limits.AuditQueueMs + 1000);
            _flash.Fill(1000);
            _flash.Silent.HidesRefusals = true;
            List<(uint Sequence, uint Key)> receipts = TapMany(rig, 30, _ => rig.Run(3000));
            Assert.IsTrue(receipts.Count is > 0 and < 30, "some fit the metadata: " + receipts.Count);
            rig.Reboot();
            AssertHeld(rig, receipts);
            _flash.Silent.HidesRefusals = false;
            _flash.Unfill();
            rig.Run(Limits.FlashRetryMs * 2);
            AssertHeld(rig, receipts);
            Assert.IsFalse(rig.Door.Memory.IsFaulty);
        }

        /// <summary>Faults and power cuts drawn by seed. A receipt holds whatever becomes of the writes around it.</summary>
        [TestMethod]
        public void FaultsByChance_WithPowerCuts_TakeNoReceipt()
        {
            int swallowed = 0;
            int held = 0;
            for (int seed = 0; seed < 40; seed++)
            {
                VirtualFlash flash = new();
                using DoorRig rig = new(flash: flash, seed: seed);
                Random random = new(seed);
                flash.Silent.Share = 0.2;
                flash.Silent.Seed = seed;
                List<(uint Sequence, uint Key)> receipts = TapMany(rig, 25, i =>
                {
                    if (random.Next(4) == 0)
                    {
                        rig.Reboot();
                    }

                    rig.Run(random.Next(2) == 0 ? 100 : Limits.FlashRetryMs);
                });
                swallowed += flash.Silent.Count;
                flash.Silent.Share = 0;
                rig.Reboot();
                rig.Run(Limits.FlashRetryMs);
                AssertHeld(rig, receipts);
                held += receipts.Count;
            }

            Assert.IsTrue(swallowed > 300 && held > 600, $"{swallowed} writes were not done, {held} receipts hold");
        }

        private CheckedFiles Files => new(_flash);

        private void Swallow(string prefix, int calls = 1)
        {
            _flash.Silent.Prefix = prefix;
            _flash.Silent.Next = calls;
        }

        private static void Note(DoorRig rig, uint key)
        {
            rig.Door.Memory.Audit.Append(AuditEvent.Credential, Verdict.Granted, 1, Site.Scope, 1, key, 0);
            rig.Run(50);
        }

        private static List<(uint Sequence, uint Key)> TapMany(DoorRig rig, uint taps, Action<uint> then)
        {
            List<(uint Sequence, uint Key)> receipts = new();
            for (uint key = 1; key <= taps; key++)
            {
                byte[] result = rig.Tap(Site.Key(Site.Record(key), 1));
                Assert.AreEqual(Verdict.Granted, (int)result[0]);
                if (Bytes.U32(result, 6) != 0)
                {
                    Assert.AreEqual(rig.Door.Memory.Audit.Epoch, Bytes.U32(result, 2));
                    receipts.Add((Bytes.U32(result, 6), key));
                }

                then(key);
            }

            return receipts;
        }

        private static void AssertHeld(DoorRig rig, List<(uint Sequence, uint Key)> receipts)
        {
            Dictionary<uint, byte[]> records = Trails.Records(rig.Door).ToDictionary(Sequence);
            foreach ((uint sequence, uint key) in receipts)
            {
                Assert.IsTrue(records.ContainsKey(sequence), $"the receipt of record {sequence} does not hold");
                Assert.AreEqual(key, Bytes.U32(records[sequence], AuditRecord.KeyNumberOffset), "record " + sequence);
            }
        }

        private static uint[] KeysOf(DoorRig rig) =>
            Trails.Records(rig.Door).Where(record => record[0] == AuditEvent.Credential).Select(record => Bytes.U32(record, AuditRecord.KeyNumberOffset)).ToArray();

        private static uint Sequence(byte[] record) => Bytes.U32(record, AuditRecord.SequenceOffset);
    }
}
