using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Audit;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Audit
{
    /// <summary>What a whole door writes into its trail: every cause of a pulse, refusals in bounds, and the policy for flash that takes nothing.</summary>
    [TestClass]
    public sealed class AuditFlashTests
    {
        private readonly VirtualFlash _flash = new();

        [TestMethod]
        public void EveryPulse_HasItsCauseInTheTrail_AndNothingElseHas()
        {
            using DoorRig rig = new(settings: new Settings { HasRex = true, HasContact = true }, flash: _flash);
            rig.ProveTime(Site.Start);
            rig.Tap(Site.Key(Site.Record(), 1));
            rig.Run(6000);
            rig.Host.Inputs.Set(Input.Rex, true);
            rig.Run(6000);
            Assert.IsTrue(rig.Door.Opener.Open(AuditEvent.Technician, 0, rig.Host.Clock.NowMs));
            rig.Run(6000);
            rig.Tap(Site.Key(Site.Record() with { NotBefore = 0, ExpiresAt = 5 }, 1));
            rig.Apply(ListBodies.Revoking(5, 0, 5));
            rig.Tap(Site.Key(Site.Record(), 1));
            rig.Host.Inputs.Set(Input.DoorOpen | Input.Tamper | Input.FireAlarm, true);
            rig.Reboot();
            rig.Run(30_000);
            int[] causes = Records(rig).Where(record => record[AuditRecord.VerdictOffset] == Verdict.Granted).Select(record => (int)record[0]).ToArray();
            CollectionAssert.AreEqual(new[] { AuditEvent.Credential, AuditEvent.Rex, AuditEvent.Technician }, causes);
            Assert.AreEqual(causes.Length, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Unlock_NamesWhoWhenAndHow_AndThePhoneHoldsItsNumber()
        {
            using DoorRig rig = new(flash: _flash);
            rig.ProveTime(Site.Start);
            byte[] result = rig.Tap(Site.Key(Site.Record(77), 1));
            byte[] record = Records(rig).Single(r => r[0] == AuditEvent.Credential);
            Assert.AreEqual(Site.Scope, Bytes.U24(record, AuditRecord.ScopeOffset));
            Assert.AreEqual(77U, Bytes.U32(record, AuditRecord.KeyNumberOffset));
            Assert.IsTrue(Bytes.U32(record, AuditRecord.TimeOffset) - Site.Start <= 1);
            Assert.AreEqual(ClockQuality.Proven, (int)record[AuditRecord.QualityOffset]);
            Assert.AreEqual(Unlock.OperationUnlock, (int)record[AuditRecord.DetailOffset]);
            Assert.AreEqual(rig.Door.Memory.Audit.Epoch, Bytes.U32(result, 2));
            Assert.AreEqual(Bytes.U32(record, AuditRecord.SequenceOffset), Bytes.U32(result, 6));
        }

        [TestMethod]
        public void RepeatsOfADeadKey_AreOneRecordAndOneCount()
        {
            using DoorRig rig = new(flash: _flash);
            RepeatTally refusals = rig.Door.Memory.Audit.Repeats;
            for (int i = 0; i < 100; i++)
            {
                refusals.Refused(Verdict.Revoked, 1, Site.Scope, 1, 5);
            }

            rig.Run((Limits.AuditAggregateS * 1000L) + Limits.AuditQueueMs + 1000);
            byte[][] records = Records(rig).Where(record => record[0] == AuditEvent.Credential).ToArray();
            Assert.HasCount(2, records);
            Assert.AreEqual(0, records[0][AuditRecord.QualityOffset] & AuditRecord.Aggregated);
            Assert.AreEqual(AuditRecord.Aggregated, records[1][AuditRecord.QualityOffset] & AuditRecord.Aggregated);
            Assert.AreEqual(99U, Bytes.U32(records[1], AuditRecord.ArgumentOffset));
            Assert.AreEqual(5U, Bytes.U32(records[1], AuditRecord.KeyNumberOffset));
        }

        [TestMethod]
        public void AttackWithoutAKey_IsCountedInWindowsThatDouble()
        {
            using DoorRig rig = new(flash: _flash);
            RepeatTally refusals = rig.Door.Memory.Audit.Repeats;
            for (int minute = 0; minute < 60; minute++)
            {
                for (int i = 0; i < 50; i++)
                {
                    refusals.Unproven(Verdict.NotProven);
                }

                rig.Run(60_000);
            }

            rig.Host.Run(rig.Poll, 46 * 60_000, 100);
            uint[] counts = Records(rig).Where(record => record[0] == AuditEvent.Unproven).Select(r => Bytes.U32(r, AuditRecord.ArgumentOffset)).ToArray();
            CollectionAssert.AreEqual(new uint[] { 1, 749, 1500, 750 }, counts, "the first; after 15, 45 and 105 min");
            Assert.AreEqual(3000L, counts.Sum(count => (long)count), "and none of the attempts is forgotten");
        }

        [TestMethod]
        public void ManyDeadKeys_AreCountedTogether()
        {
            using DoorRig rig = new(flash: _flash);
            for (uint key = 0; key < 50; key++)
            {
                rig.Door.Memory.Audit.Repeats.Refused(Verdict.Revoked, 1, Site.Scope, 1, key);
            }

            rig.Run((Limits.AuditAggregateS * 1000L) + Limits.AuditQueueMs + 1000);
            byte[][] records = Records(rig);
            Assert.AreEqual(Limits.AuditRefusedKeys, records.Count(record => record[0] == AuditEvent.Credential));
            long others = records.Where(record => record[0] == AuditEvent.OtherRefusals).Sum(record => (long)Bytes.U32(record, AuditRecord.ArgumentOffset));
            Assert.AreEqual(50 - Limits.AuditRefusedKeys, others);
        }

        [TestMethod]
        public void WornOutFlash_LetsAGoodKeyIn_SaysSo_AndKeepsDeadKeysOut()
        {
            using DoorRig rig = new(flash: _flash);
            rig.Apply(ListBodies.Revoking(5, 0, 6));
            _flash.IsWornOut = true;
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] result = rig.Tap(key);
            Assert.AreEqual(Verdict.Granted, (int)result[0]);
            Assert.IsTrue(key.IsFromTheDoor(rig.LastHello, rig.LastUnlock, result));
            Assert.AreEqual(0UL, Bytes.U64(result, 2), "epoch and sequence 0: not recorded");
            Assert.IsTrue(rig.Door.Memory.IsFaulty, "lamp and console say it");
            rig.Tap(Site.Key(Site.Record(6), 1));
            Assert.AreEqual(Verdict.Revoked, rig.Door.LastVerdict);
        }

        [TestMethod]
        public void FlashThatComesBack_GetsWhatWaited_AndACountOfTheRest()
        {
            using DoorRig rig = new(flash: _flash);
            rig.Run(1000);
            AuditTrail audit = rig.Door.Memory.Audit;
            uint next = audit.NextSequence;
            _flash.IsWornOut = true;
            for (uint key = 0; key < 30; key++)
            {
                Assert.IsFalse(audit.Append(AuditEvent.Credential, Verdict.Granted, 1, Site.Scope, 1, key, 0));
            }

            uint waiting = audit.NextSequence - next;
            Assert.IsTrue(waiting is > 0 and <= Limits.AuditStageRecords, waiting + " wait");
            Assert.AreEqual(30 - waiting, audit.NotWritten);
            int writes = _flash.Writes;
            rig.Run(Limits.FlashRetryMs * 3);
            Assert.IsTrue(_flash.Writes - writes < 24, "flash that refuses is left alone: " + (_flash.Writes - writes));
            _flash.IsWornOut = false;
            rig.Run(Limits.FlashRetryMs + 2000);
            byte[][] records = Records(rig);
            Assert.AreEqual((int)waiting, records.Count(record => record[0] == AuditEvent.Credential));
            byte[] lost = records.Single(record => record[0] == AuditEvent.RecordsLost);
            Assert.AreEqual(30 - waiting, Bytes.U32(lost, AuditRecord.ArgumentOffset));
            Assert.IsFalse(rig.Door.Memory.IsFaulty);
        }

        [TestMethod]
        public void FullDisk_KeepsTheListInForce_AndTheCarrierHearsIt()
        {
            using DoorRig rig = new(flash: _flash);
            rig.Apply(ListBodies.Revoking(5, 0, 6));
            _flash.Fill(1000);
            rig.Connect();
            CarryPhone phone = new(rig);
            byte[] blob = ListBlob.ForDoor(Site.Root, 1, 1, ListBodies.Revoking(6, 0, 5));
            Assert.AreEqual(CarryState.Broken, phone.Bring(blob));
            Assert.AreEqual(5U, rig.Door.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(Verdict.Revoked, rig.Door.Memory.KeyStore.Judge(0, 6));
            _flash.Unfill();
            rig.Phone.Disconnect();
            rig.Run(100);
            rig.Connect();
            Assert.AreEqual(CarryState.Accepted, phone.Bring(blob));
            Assert.AreEqual(Verdict.Revoked, rig.Door.Memory.KeyStore.Judge(0, 5));
        }

        /// <summary>Why there are two buffers of 4 KB: with one, the record or the transfer would be lost.</summary>
        [TestMethod]
        public void UnlockWhileAPhoneCarries_IsRecorded_AndTheTransferGoesOn()
        {
            using DoorRig rig = new(flash: _flash);
            AuditTrail audit = rig.Door.Memory.Audit;
            rig.Run(Limits.AuditQueueMs + 1000);
            while (audit.NextSequence % Limits.AuditStageRecords != 0)
            {
                Assert.IsTrue(audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            rig.Connect();
            CarryPhone phone = new(rig);
            IReadOnlyList<byte[]> frames = phone.Frames(ListBlob.ForDoor(Site.Root, 1, 1, ListBodies.Revoking(6, 0, 9000)));
            foreach (byte[] frame in frames.Take(frames.Count / 2))
            {
                phone.Write(frame);
            }

            Assert.AreEqual(CarryState.Receiving, phone.Status().State);
            byte[] result = rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            uint sequence = Bytes.U32(result, 6);
            Assert.AreNotEqual(0U, sequence);
            Assert.IsTrue(Remembered.On(_flash).OnFlash.ContainsKey(sequence), "durable before the phone hears of it");
            foreach (byte[] frame in frames.Skip(frames.Count / 2))
            {
                phone.Write(frame);
            }

            Assert.AreEqual(CarryState.Accepted, phone.Judged());
            Assert.AreEqual(Verdict.Revoked, rig.Door.Memory.KeyStore.Judge(0, 9000));
        }

        private static byte[][] Records(DoorRig rig)
        {
            rig.Run(Limits.AuditQueueMs + 1000);
            return Trails.Records(rig.Door);
        }
    }
}
