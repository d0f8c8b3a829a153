using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Radio
{
    /// <summary>A board that runs for more than a year: it reboots in a quiet moment, before its clock falls back to 0.</summary>
    [TestClass]
    public sealed class UptimeTests
    {
        private const long DayMs = 86_400_000;
        private const uint Time = 1_000_000;

        [TestMethod]
        public void AfterFourHundredDays_TheBoardReboots_WithTheTimeSaved_AndSaysWhy()
        {
            using DoorRig rig = new();
            rig.ProveTime(Time);
            rig.Run(1000);
            rig.Host.Clock.Advance((400 * DayMs) - rig.Host.Clock.NowMs - 400_000);
            rig.Run(390_000);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered, "not before");
            uint floor = rig.Door.Memory.Time.Floor;

            rig.Run(20_000);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
            rig.FollowReboot();
            Assert.AreEqual(RebootReason.Uptime, rig.Door.Supervisor.LastReboot);
            Assert.IsTrue(rig.Door.Memory.Time.Floor >= floor, "the time of the last minutes was saved");
            rig.Run(Limits.AuditQueueMs + 1000);
            AssertLastRecord(rig, AuditEvent.Booted, RebootReason.Uptime);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record(), 1))[0]);
        }

        [TestMethod]
        public void ReleasedStrikeAndNobodyConnected_AreWaitedFor()
        {
            using DoorRig rig = new();
            rig.Host.Clock.Advance((400 * DayMs) - rig.Host.Clock.NowMs - 3000);
            rig.Run(2000);
            rig.Connect();
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            rig.Run(1500);
            Assert.IsTrue(rig.Host.Clock.NowMs > 400 * DayMs);
            Assert.IsTrue(rig.Host.Strike.IsEnergised);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered, "the strike is energised");
            rig.Run(4000);
            Assert.IsFalse(rig.Host.Strike.IsEnergised);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered, "a phone is connected");
            rig.Phone.Disconnect();
            rig.Run(100);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
        }

        [TestMethod]
        public void FlashThatRefuses_DoesNotHoldTheRebootUp()
        {
            MemoryFiles files = new();
            using DoorRig rig = new(flash: files);
            rig.Host.Clock.Advance((400 * DayMs) - rig.Host.Clock.NowMs);
            files.WritesLeft = 0;
            rig.Run(2000);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
        }

        /// <summary>Any planned reboot: what was queued for the trail is written first.</summary>
        [TestMethod]
        public void PlannedReboot_LosesNoQueuedRecord()
        {
            using DoorRig rig = new();
            rig.Run(Limits.RebootEarliestMs);
            uint next = rig.Door.Memory.Audit.NextSequence;
            rig.Door.Memory.Audit.Queue(AuditEvent.Tamper, 1, 0, 0);
            rig.Door.Supervisor.AskReboot(RebootReason.Technician);
            rig.Run(200);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
            rig.FollowReboot();
            rig.Run(1000);
            byte[] record = new byte[AuditRecord.Length];
            Assert.AreEqual(1, rig.Door.Memory.Audit.Reader.ReadPage(next, record, 0, 1));
            Assert.AreEqual(AuditEvent.Tamper, (int)record[AuditRecord.EventOffset]);
        }

        private static void AssertLastRecord(DoorRig rig, int auditEvent, int detail)
        {
            byte[] record = new byte[AuditRecord.Length];
            Assert.AreEqual(1, rig.Door.Memory.Audit.Reader.ReadPage(rig.Door.Memory.Audit.NextSequence - 1, record, 0, 1));
            Assert.AreEqual(auditEvent, (int)record[AuditRecord.EventOffset]);
            Assert.AreEqual(detail, (int)record[AuditRecord.DetailOffset]);
        }
    }
}
