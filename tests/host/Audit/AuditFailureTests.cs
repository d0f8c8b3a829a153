using System;
using DoorController.Access;
using DoorController.Audit;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Audit
{
    /// <summary>Writes of the trail that flash refuses once, and refusals that look like one another.</summary>
    [TestClass]
    public sealed class AuditFailureTests
    {
        private readonly MemoryFiles _files = new();
        private readonly HostCrypto _crypto = new();

        [TestMethod]
        public void AnAcknowledgementThatFlashDidNotTake_IsTriedAgainAfterAMinute()
        {
            AuditTrail trail = Open();
            for (int i = 0; i < 40; i++)
            {
                Assert.IsTrue(trail.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            Settle(trail);
            byte[] record = new byte[AuditRecord.Length];
            Assert.AreEqual(1, trail.Reader.ReadPage(Limits.AuditAcknowledgedUnsaved, record, 0, 1));
            Assert.IsTrue(trail.Reader.Acknowledge(trail.Epoch, Limits.AuditAcknowledgedUnsaved, record, AuditRecord.ChainOffset));
            Assert.IsTrue(trail.IsPending);
            _files.WritesLeft = 0;
            trail.Step();
            Assert.IsTrue(trail.IsFailing);
            Assert.IsFalse(trail.IsPending, "flash that refused is left alone");
            _files.WritesLeft = -1;
            trail.Poll(Limits.FlashRetryMs - 1);
            Assert.IsFalse(trail.IsPending);
            trail.Poll(Limits.FlashRetryMs);
            Settle(trail);
            Assert.AreEqual((uint)Limits.AuditAcknowledgedUnsaved, Open().Acknowledged);
        }

        [TestMethod]
        public void AKeyRefusedForAnotherReason_OrInAnotherScope_HasARecordOfItsOwn()
        {
            AuditTrail trail = Open();
            Assert.IsTrue(trail.Repeats.Refused(Verdict.Expired, 1, Site.Scope, 1, 5));
            Assert.IsFalse(trail.Repeats.Refused(Verdict.Expired, 1, Site.Scope, 1, 5), "counted");
            Assert.IsTrue(trail.Repeats.Refused(Verdict.Revoked, 1, Site.Scope, 1, 5));
            Assert.IsTrue(trail.Repeats.Refused(Verdict.Expired, 1, Site.Scope + 1, 1, 5));
            Assert.IsTrue(trail.Repeats.Refused(Verdict.Expired, 1, Site.Scope, 1, 6));
        }

        [TestMethod]
        public void RepeatsOfFifteenMinutes_AreOneRecord()
        {
            AuditTrail trail = Open();
            Assert.IsTrue(trail.Repeats.Refused(Verdict.Expired, 1, Site.Scope, 1, 5));
            uint next = trail.NextSequence;
            trail.Poll(899_999);
            Assert.IsFalse(trail.Repeats.Refused(Verdict.Expired, 1, Site.Scope, 1, 5));
            Assert.AreEqual(next, trail.NextSequence);
            trail.Poll(900_998);
            Assert.AreEqual(next, trail.NextSequence, "a window ends on a whole second");
            trail.Poll(900_999);
            Assert.AreEqual(next + 1, trail.NextSequence, "how often it was refused again");
        }

        [TestMethod]
        public void RecordsOfBefore_BehindTheStage_AreNone_ThoughTheirCrcIsRight()
        {
            AuditTrail trail = Open();
            Assert.IsTrue(trail.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            uint next = trail.NextSequence;
            byte[] stage = new byte[72];
            Assert.AreEqual(72, _files.Read("austage", 0, stage, 0, 72));
            Assert.IsTrue(_files.Write("austage", 72, stage, 0, 72));
            trail = Open();
            byte[] records = new byte[4 * AuditRecord.Length];
            Assert.AreEqual(1, trail.Reader.ReadPage(next, records, 0, 4));
            Assert.AreEqual((AuditEvent.TrailDamaged, 128u), ((int)records[0], Bytes.U32(records, AuditRecord.SequenceOffset)), "numbers are skipped, none comes twice");
        }

        [TestMethod]
        public void AnEpoch_IsNever0()
        {
            byte[] scratch = new byte[Limits.ScratchBytes];
            AuditTrail trail = new(new MemoryFiles(), _crypto, new Zeros(), new DoorTime(_files, _crypto, scratch), scratch);
            trail.Load();
            Assert.AreNotEqual(0u, trail.Epoch);
        }

        private AuditTrail Open()
        {
            byte[] scratch = new byte[Limits.ScratchBytes];
            AuditTrail trail = new(_files, _crypto, new SeededRandom(1), new DoorTime(_files, _crypto, scratch), scratch);
            trail.SetKey(new byte[Keys.Length]);
            trail.Load();
            return trail;
        }

        private static void Settle(AuditTrail trail)
        {
            while (trail.IsPending)
            {
                trail.Step();
            }
        }

        /// <summary>A generator that has nothing but zeros.</summary>
        private sealed class Zeros : IRandom
        {
            public void Fill(byte[] buffer) => Array.Clear(buffer);
        }
    }
}
