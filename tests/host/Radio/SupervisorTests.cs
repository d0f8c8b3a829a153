using System.Linq;
using DoorController.Radio;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Radio
{
    /// <summary>The bounds by which the supervisor restarts and reboots, each at its last moment before and its first one after.</summary>
    [TestClass]
    public sealed class SupervisorTests
    {
        [TestMethod]
        public void ARadioThatNobodyUsedForFifteenMinutes_IsRestarted()
        {
            using DoorRig rig = new();
            rig.Host.Run(rig.Door.Poll, 899_000 - rig.Host.Clock.NowMs, 100);
            Assert.AreEqual(0, rig.Door.Supervisor.RadioRestarts);
            rig.Host.Run(rig.Door.Poll, 2000, 100);
            Assert.AreEqual(1, rig.Door.Supervisor.RadioRestarts);
            Assert.IsTrue(rig.Door.Supervisor.IsRadioOn);
        }

        [TestMethod]
        public void TheFifthStartThatFails_AsksForAReboot()
        {
            using DoorRig rig = new();
            rig.Host.Radio.StartsToRefuse = int.MaxValue;
            rig.Door.Supervisor.RestartRadio();
            rig.Run(600 + (3 * Limits.RadioRetryMs) + 100);
            Assert.AreEqual(0, rig.Door.Supervisor.RebootDue, "four starts failed");
            rig.Run(Limits.RadioRetryMs);
            Assert.AreEqual(RebootReason.Radio, rig.Door.Supervisor.RebootDue);
        }

        [TestMethod]
        public void ThreeFaultsOfTheLoopInAMinute_AskForAReboot_AndNotThreeInALongerTime()
        {
            using DoorRig rig = new();
            Supervisor supervisor = rig.Door.Supervisor;
            foreach (long at in new long[] { 1000, 50_000, 62_000, 100_000, 130_000 })
            {
                supervisor.OnLoopFault(at, true);
                Assert.AreEqual(0, supervisor.RebootDue, at + " ms");
            }

            supervisor.OnLoopFault(131_000, true);
            supervisor.OnLoopFault(132_000, true);
            Assert.AreEqual(RebootReason.LoopFaults, supervisor.RebootDue);
        }

        [TestMethod]
        public void PhonesThatAreShed_AreOneRecordAtOnce_AndACountAfterFifteenMinutes()
        {
            using DoorRig rig = new();
            for (int i = 0; i < 4; i++)
            {
                rig.Door.Supervisor.RestartRadio();
                rig.Run(2000);
            }

            rig.Run(Limits.AuditQueueMs + 1000);
            CollectionAssert.AreEqual(new uint[] { 1 }, Sheds(rig));
            rig.Host.Run(rig.Door.Poll, (Limits.AuditAggregateS * 1000L), 100);
            rig.Run(Limits.AuditQueueMs + 1000);
            CollectionAssert.AreEqual(new uint[] { 1, 3 }, Sheds(rig)[..2]);
        }

        /// <summary>Arguments of the records that say so.</summary>
        private static uint[] Sheds(DoorRig rig)
        {
            byte[] records = new byte[30 * AuditRecord.Length];
            int count = rig.Door.Memory.Audit.Reader.ReadPage(1, records, 0, 30);
            return [.. Enumerable.Range(0, count).Select(i => i * AuditRecord.Length)
                .Where(at => records[at] == AuditEvent.PhoneShed).Select(at => Bytes.U32(records, at + AuditRecord.ArgumentOffset))];
        }
    }
}
