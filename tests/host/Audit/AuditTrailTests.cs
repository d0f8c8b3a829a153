using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Audit;
using DoorController.Hal.Host;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Audit
{
    /// <summary>Numbers, chain, epoch, pages, acknowledgement and wrap of the audit trail.</summary>
    [TestClass]
    public sealed class AuditTrailTests
    {
        private const uint Segment = 128;
        private const uint Ring = 17 * Segment;

        private readonly VirtualFlash _flash = new();
        private readonly HostCrypto _crypto = new();
        private readonly byte[] _key = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
        private AuditTrail _trail;

        public AuditTrailTests()
        {
            _trail = Open(1);
        }

        [TestMethod]
        public void Trail_BeginsWithItsEpoch_AndGoesOnAfterABoot()
        {
            uint epoch = _trail.Epoch;
            Assert.AreNotEqual(0U, epoch);
            Append(20);
            AuditTrail again = Open(2);
            Assert.AreEqual(epoch, again.Epoch, "the same trail, whatever the random bytes are");
            Assert.AreEqual(22U, again.NextSequence);
            byte[] first = ReadAll(again)[0];
            Assert.AreEqual(AuditEvent.TrailStarted, (int)first[AuditRecord.EventOffset]);
            Assert.AreEqual(epoch, Bytes.U32(first, AuditRecord.ArgumentOffset));
        }

        [TestMethod]
        public void FormattedFlash_BeginsAnotherEpoch_AtOne()
        {
            Append(20);
            uint epoch = _trail.Epoch;
            _flash.Format();
            _trail = Open(2);
            Assert.AreNotEqual(epoch, _trail.Epoch);
            Assert.AreEqual(2U, _trail.NextSequence);
            Assert.HasCount(1, ReadAll(_trail));
        }

        [TestMethod]
        public void EveryField_IsKept()
        {
            Assert.IsTrue(_trail.Append(AuditEvent.Credential, Verdict.Revoked, 2, 0xABCDEF, 0x1FE, 0x12345678, 0x9ABCDEF0));
            byte[] record = ReadAll(_trail)[^1];
            Assert.AreEqual("1033" + "0002" + "EFCDAB" + "FE" + "78563412" + "00000000" + "F0DEBC9A" + "02000000", Convert.ToHexString(record, 0, 24));
        }

        [TestMethod]
        public void Pages_JoinIntoOneChain_OverSegmentsAndBoots()
        {
            for (int boot = 0; boot < 5; boot++)
            {
                Append(83);
                _trail = Open(boot);
            }

            List<byte[]> records = ReadAll(_trail);
            CollectionAssert.AreEqual(
                Enumerable.Range(1, records.Count).ToArray(), records.Select(record => (int)Sequence(record)).ToArray());
            Assert.HasCount(1 + (5 * 83), records);
            Assert.AreEqual(-1, FirstBreak(records));
        }

        [TestMethod]
        public void RecordThatWasChangedOnFlash_BreaksTheChain()
        {
            Append(300);
            _flash.Rot("aub", (5 * AuditRecord.Length) + AuditRecord.KeyNumberOffset);
            Assert.AreEqual(132, FirstBreak(ReadAll(_trail)), "record 133, the sixth of the second segment");
        }

        [TestMethod]
        public void ChainBefore_IsThatOfTheRecordBefore_OrZeros()
        {
            Append(200);
            List<byte[]> records = ReadAll(_trail);
            CollectionAssert.AreEqual(new byte[8], _trail.Reader.ChainBefore(1));
            foreach (uint sequence in new uint[] { 2, 128, 129, 199, 201 })
            {
                CollectionAssert.AreEqual(records[(int)sequence - 2][AuditRecord.ChainOffset..], _trail.Reader.ChainBefore(sequence), "before " + sequence);
            }
        }

        [TestMethod]
        public void Page_StartsWhereItIsAsked_AndHoldsNoMoreThanItMay()
        {
            Append(100);
            byte[] page = new byte[AuditRecord.Length * 70];
            Assert.AreEqual(60, _trail.Reader.ReadPage(10, page, 0, 60));
            Assert.AreEqual(10U, Bytes.U32(page, AuditRecord.SequenceOffset));
            Assert.AreEqual(1, _trail.Reader.ReadPage(101, page, 0, 60));
            Assert.AreEqual(0, _trail.Reader.ReadPage(102, page, 0, 60));
        }

        [TestMethod]
        public void QueuedRecord_IsInNoPageBeforeItIsDurable_AndSharesTheNextWrite()
        {
            int writes = _flash.Writes;
            Assert.IsTrue(_trail.Queue(AuditEvent.DoorOpened, 0, 0, 0));
            Assert.IsTrue(_trail.Queue(AuditEvent.DoorClosed, 0, 0, 0));
            Assert.AreEqual(writes, _flash.Writes);
            Assert.HasCount(1, ReadAll(_trail));
            Append(1);
            Assert.AreEqual(writes + 1, _flash.Writes);
            Assert.HasCount(4, ReadAll(_trail));
        }

        [TestMethod]
        public void QueuedRecord_IsDurableAfterTenSeconds()
        {
            _trail.Queue(AuditEvent.DoorOpened, 0, 0, 0);
            _trail.Poll(Limits.AuditQueueMs - 1);
            Assert.IsFalse(_trail.IsPending);
            _trail.Poll(Limits.AuditQueueMs);
            Assert.IsTrue(_trail.IsPending);
            _trail.Step();
            Assert.HasCount(2, ReadAll(Open(1)));
        }

        [TestMethod]
        public void Acknowledgement_NeedsEpochAndChain_AndOutlivesABoot()
        {
            Append(60);
            byte[] record = ReadAll(_trail)[39];
            Assert.IsFalse(_trail.Reader.Acknowledge(_trail.Epoch + 2, 40, record, AuditRecord.ChainOffset), "another epoch");
            Assert.IsFalse(_trail.Reader.Acknowledge(_trail.Epoch, 41, record, AuditRecord.ChainOffset), "another record's chain");
            Assert.IsFalse(_trail.Reader.Acknowledge(_trail.Epoch, 62, record, AuditRecord.ChainOffset), "a record that is not there");
            Assert.AreEqual(0U, _trail.Acknowledged);
            Acknowledge(40);
            Assert.AreEqual(40U, _trail.Acknowledged);
            Acknowledge(10);
            Assert.AreEqual(40U, _trail.Acknowledged, "never back");
            Assert.IsTrue(_trail.IsPending);
            _trail.Step();
            Assert.AreEqual(40U, Open(1).Acknowledged);
        }

        [TestMethod]
        public void FewAcknowledgedRecords_AreNotWorthAWrite()
        {
            Append(60);
            int writes = _flash.Writes;
            Acknowledge(Limits.AuditAcknowledgedUnsaved - 1);
            while (_trail.IsPending)
            {
                _trail.Step();
            }

            Assert.AreEqual(writes, _flash.Writes);
        }

        [TestMethod]
        public void Wrap_KeepsAtLeast2048_AndCountsWhatNobodyHad()
        {
            Append((int)Ring - 2);
            Assert.AreEqual(0U, _trail.Lost);
            Assert.AreEqual(1U, _trail.Oldest);
            Append(2);
            Assert.AreEqual(Segment, _trail.Oldest);
            Assert.AreEqual(Segment - 1, _trail.Lost, "records 1 to 127");
            List<byte[]> records = ReadAll(_trail);
            Assert.IsTrue(records.Count >= AuditTrail.Capacity, records.Count + " records");
            Assert.AreEqual(-1, FirstBreak(records, _trail.Reader.ChainBefore(Segment)));
            Assert.AreEqual(Segment - 1, Open(1).Lost, "over a boot too");
        }

        [TestMethod]
        public void Wrap_DoesNotCountWhatAServerHas()
        {
            Append(1000);
            Acknowledge(500);
            Append((int)Ring);
            Assert.AreEqual((_trail.Oldest - 1) - 500, _trail.Lost);
            Assert.IsTrue(_trail.Oldest > 1000);
        }

        [TestMethod]
        public void DamagedStage_SkipsNumbers_AndSaysSo()
        {
            Append(4);
            _flash.Rot("austage", (2 * 36) + 3);
            AuditTrail again = Open(1);
            List<byte[]> records = ReadAll(again);
            CollectionAssert.AreEqual(new uint[] { 1, 2, Segment }, records.Select(Sequence).ToArray(), "records 3 to 5 are gone with their numbers");
            Assert.AreEqual(AuditEvent.TrailDamaged, (int)records[2][0]);
            Assert.AreEqual(3U, Bytes.U32(records[2], AuditRecord.ArgumentOffset), "the first number that is missing");
        }

        [TestMethod]
        public void DamagedStage_WhoseGoodRecordsCannotMoveYet_KeepsThem()
        {
            Append(4);
            _flash.Rot("austage", (4 * 36) + 3);
            _flash.IsWornOut = true;
            AuditTrail again = Open(1);
            Assert.IsTrue(again.IsFailing);
            Assert.IsFalse(again.Append(AuditEvent.Rex, 1, 0, 0, 0, 0, 0));
            _flash.IsWornOut = false;
            again.Poll(Limits.FlashRetryMs + 1L);
            while (again.IsPending)
            {
                again.Step();
            }

            int[] events = ReadAll(again).Select(record => (int)record[0]).ToArray();
            CollectionAssert.AreEqual(
                new[] { AuditEvent.TrailStarted, AuditEvent.Rex, AuditEvent.Rex, AuditEvent.Rex, AuditEvent.TrailDamaged, AuditEvent.RecordsLost }, events);
        }

        [TestMethod]
        public void RecordsOfTheLapBefore_DoNotComeBack_WhenASegmentIsGone()
        {
            Append((int)Ring + 50);
            _flash.Delete("aua");
            List<byte[]> records = ReadAll(Open(1));
            Assert.IsTrue(records.All(record => Sequence(record) >= Segment), "only what is of this lap");
            Assert.AreEqual(Sequence(records[^1]) + 1, Open(1).NextSequence);
        }

        [TestMethod]
        public void SegmentThatIsShorterThanItMustBe_KeepsWhatIsThere_AndTheTrailSaysWhatIsMissing()
        {
            Append(18);
            byte[] segment = _flash.Content("aua")!;
            Assert.IsTrue(_flash.Replace("aua", segment, 0, (5 * AuditRecord.Length) + 7));
            Append(4);
            _trail.Step();
            Assert.IsTrue(_trail.IsPending);
            _trail.Step();
            uint[] numbers = ReadAll(_trail).Select(Sequence).ToArray();
            CollectionAssert.AreEqual(new uint[] { 1, 2, 3, 4 }.Concat(Enumerable.Range(16, 9).Select(i => (uint)i)).ToArray(), numbers);
            byte[] last = ReadAll(_trail)[^1];
            Assert.AreEqual(AuditEvent.TrailDamaged, (int)last[0]);
            Assert.AreEqual(5U, Bytes.U32(last, AuditRecord.ArgumentOffset), "number 0 is at the start of the file, so 7 bytes of number 5 are left");
        }

        private AuditTrail Open(int seed)
        {
            byte[] scratch = new byte[Limits.ScratchBytes];
            AuditTrail trail = new(_flash, _crypto, new SeededRandom(seed), new DoorTime(_flash, _crypto, scratch), scratch);
            trail.SetKey(_key);
            trail.Load();
            return trail;
        }

        private void Append(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Assert.IsTrue(_trail.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }
        }

        private void Acknowledge(uint sequence)
        {
            byte[] record = new byte[AuditRecord.Length];
            Assert.AreEqual(1, _trail.Reader.ReadPage(sequence, record, 0, 1));
            Assert.IsTrue(_trail.Reader.Acknowledge(_trail.Epoch, sequence, record, AuditRecord.ChainOffset));
        }

        private static List<byte[]> ReadAll(AuditTrail trail)
        {
            List<byte[]> records = new();
            byte[] page = new byte[AuditRecord.Length * Limits.PageRecords];
            uint from = 1;
            int count;
            while ((count = trail.Reader.ReadPage(from, page, 0, Limits.PageRecords)) > 0)
            {
                records.AddRange(Enumerable.Range(0, count).Select(i => page[(i * AuditRecord.Length)..((i + 1) * AuditRecord.Length)]));
                from = Sequence(records[^1]) + 1;
            }

            return records;
        }

        /// <summary>Index of the first record that does not continue the one before it; −1 when all do.</summary>
        private int FirstBreak(List<byte[]> records, byte[]? before = null)
        {
            byte[] previous = before ?? new byte[AuditRecord.ChainBytes];
            for (int i = 0; i < records.Count; i++)
            {
                byte[] chain = AuditRecord.Chain(_crypto, _key, previous, records[i], 0);
                if (!chain.AsSpan(0, AuditRecord.ChainBytes).SequenceEqual(records[i].AsSpan(AuditRecord.ChainOffset)))
                {
                    return i;
                }

                previous = records[i][AuditRecord.ChainOffset..];
            }

            return -1;
        }

        private static uint Sequence(byte[] record) => Bytes.U32(record, AuditRecord.SequenceOffset);
    }
}
