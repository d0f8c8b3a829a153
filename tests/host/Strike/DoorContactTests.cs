using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Strike
{
    /// <summary>Contacts, alarms, lamp and elevator floors of a whole door.</summary>
    [TestClass]
    public sealed class DoorContactTests
    {
        [TestMethod]
        public void Strike_RelocksWhenTheDoorHasOpened()
        {
            using DoorRig rig = Wired();
            rig.Tap(Site.Key(Site.Record(), 1));
            rig.Host.Inputs.Bounce(Input.DoorOpen, true, 25, 3);
            rig.Run(200);
            Assert.IsFalse(rig.Host.Strike.IsEnergised);
            Assert.AreEqual(StrikeCause.Release, rig.Host.Strike.Edges[^1].Cause);
            Assert.IsFalse(rig.Door.Monitor.IsAlarm);
        }

        [TestMethod]
        public void ForcedAndHeldOpen_SoundTheAlarmAndAreInTheTrail()
        {
            using DoorRig rig = Wired();
            rig.Host.Inputs.Set(Input.DoorOpen, true);
            rig.Run(1000);
            Assert.IsTrue(rig.Door.Monitor.IsAlarm);
            Assert.IsTrue(rig.Host.Lamp.Changes.Any(c => (c.Outputs & LampOutput.Buzzer) != 0));
            rig.Host.Inputs.Set(Input.DoorOpen, false);
            rig.Run(1000);
            rig.Tap(Site.Key(Site.Record(), 1));
            rig.Host.Inputs.Set(Input.DoorOpen, true);
            rig.Run(32000);
            CollectionAssert.IsSubsetOf(new[] { AuditEvent.ForcedOpen, AuditEvent.DoorClosed, AuditEvent.DoorOpened, AuditEvent.HeldOpen }, Events(rig));
        }

        [TestMethod]
        public void RexTimerFireAlarmAndABouncingLeaf_AreNoForcing_AndAForcingIs()
        {
            using DoorRig rig = Wired();
            rig.Host.Inputs.Set(Input.Rex, true);
            rig.Run(20000);
            Pass(rig, 1000);
            rig.Run(10000);
            rig.Host.Inputs.Set(Input.Rex, false);
            rig.Run(5000);
            rig.Host.Inputs.Set(Input.FireAlarm, true);
            rig.Run(60000);
            Pass(rig, 1000);
            rig.Host.Inputs.Set(Input.FireAlarm, false);
            rig.Run(5000);
            rig.Tap(Site.Key(Site.Record(), 1));
            Pass(rig, 200);
            rig.Run(40);
            Pass(rig, 2000);
            rig.Run(Limits.AuditQueueMs + 1000);
            int[] events = Events(rig);
            Assert.AreEqual(0, events.Count(e => e == AuditEvent.ForcedOpen));
            Assert.AreEqual(3, events.Count(e => e == AuditEvent.DoorOpened), "REX, fire alarm, key: one opening each");
            Pass(rig, 1000);
            rig.Run(Limits.AuditQueueMs + 1000);
            Assert.AreEqual(1, Events(rig).Count(e => e == AuditEvent.ForcedOpen));
        }

        [TestMethod]
        public void Rex_OpensOnceForEachPress_AndOnlyWhenWired()
        {
            using DoorRig rig = Wired();
            rig.Host.Inputs.Set(Input.Rex, true);
            rig.Run(30000);
            Assert.AreEqual(1, rig.Host.Strike.Pulses, "a stuck button is one press");
            using DoorRig without = new();
            without.Host.Inputs.Set(Input.Rex, true);
            without.Run(5000);
            Assert.AreEqual(0, without.Host.Strike.Pulses);
        }

        [TestMethod]
        public void TamperAndFireAlarm_AreReportedAndOpenNothing()
        {
            using DoorRig rig = Wired();
            rig.Host.Inputs.Set(Input.Tamper | Input.FireAlarm, true);
            rig.Run(Limits.AuditQueueMs + 1000);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
            CollectionAssert.IsSubsetOf(new[] { AuditEvent.Tamper, AuditEvent.FireAlarm }, Events(rig));
        }

        [TestMethod]
        public void Lamp_TellsGrantedFromRefused()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(), 1));
            Assert.IsTrue(rig.Host.Lamp.Changes.Any(c => c.Outputs == (LampOutput.Green | LampOutput.Buzzer)));
            Assert.IsFalse(rig.Host.Lamp.Changes.Any(c => (c.Outputs & LampOutput.Red) != 0));
            rig.Run(10000);
            rig.Tap(Site.Key(Site.Record() with { Mask = 2 }, 1));
            Assert.IsTrue(rig.Host.Lamp.Changes.Any(c => c.Outputs == (LampOutput.Red | LampOutput.Buzzer)));
        }

        [TestMethod]
        [DataRow(0b10_0100ul, 0b10_0110ul, 8, 0b10_0100)]
        [DataRow(0b11_1111ul, 0b11_1111ul, 4, 0b1111)]
        [DataRow(0x8000_0000_0000_0001ul, 0xFFFF_FFFF_FFFF_FFFFul, 8, 1)]
        public void Car_SelectsAskedFloorsOfTheKeyThatAreWired(ulong mask, ulong asked, int wired, int wanted)
        {
            using DoorRig rig = new(floors: wired);
            byte[] result = rig.Tap(Site.Key(Site.Record() with { Mask = mask, IsForFloors = true }, 1), floors: asked);
            Assert.AreEqual(Verdict.Granted, (int)result[0]);
            Assert.AreEqual(System.Numerics.BitOperations.PopCount((uint)wanted), (int)result[1], "how many were granted");
            Assert.AreEqual(wanted, rig.Host.Floors.Enabled);
            rig.Run(6000);
            Assert.AreEqual(0, rig.Host.Floors.Selected);
        }

        [TestMethod]
        public void TheSameAttempt_WithOtherFloors_KeepsTheFloorsOfTheFirst()
        {
            using DoorRig rig = new(floors: 8);
            PhoneKey key = Site.Key(Site.Record() with { Mask = 0b1110, IsForFloors = true }, 1);
            byte[] id = PhoneKey.NewAttemptId();
            rig.Tap(key, id, floors: 0b0110);
            byte[] again = rig.Tap(key, id, floors: 0b1000);
            CollectionAssert.AreEqual(new byte[] { Verdict.Granted, 2 }, again[..2]);
            Assert.AreEqual((0b0110, 1), (rig.Host.Floors.Enabled, rig.Host.Strike.Pulses));
        }

        [TestMethod]
        public void Car_GrantsNoFloorThatIsNotWired()
        {
            using DoorRig rig = new(floors: 4);
            PhoneKey key = Site.Key(Site.Record() with { Mask = ulong.MaxValue, IsForFloors = true }, 1);
            CollectionAssert.AreEqual(new byte[] { Verdict.NoFloor, 0 }, rig.Tap(key, floors: 0xFFFF_FFFF_FFFF_FFF0)[..2]);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Car_ReleasesAllFloors_WhenTheGateFailsOrThePowerGoes()
        {
            using DoorRig rig = new(floors: 8);
            PhoneKey key = Site.Key(Site.Record() with { Mask = 0xFF, IsForFloors = true }, 1);
            rig.Host.Strike.Refuses = true;
            Assert.AreEqual(Verdict.StrikeFault, (int)rig.Tap(key, floors: 0xFF)[0]);
            Assert.AreEqual(0, rig.Host.Floors.Selected);
            rig.Host.Strike.Refuses = false;
            rig.Tap(key, floors: 0xFF);
            Assert.AreEqual(0xFF, rig.Host.Floors.Enabled);
            rig.Reboot();
            Assert.AreEqual(0, rig.Host.Floors.Selected);
        }

        [TestMethod]
        public void Car_IsBusyWhileFloorsAreSelected()
        {
            using DoorRig rig = new(floors: 8);
            PhoneKey one = Site.Key(Site.Record(1) with { Mask = 1, IsForFloors = true }, 1);
            PhoneKey two = Site.Key(Site.Record(2) with { Mask = 2, IsForFloors = true }, 1);
            rig.Tap(one, floors: 1);
            byte[] id = PhoneKey.NewAttemptId();
            byte[] busy = rig.Tap(two, id, floors: 2);
            Assert.AreEqual(Verdict.Busy, (int)busy[0]);
            Assert.AreEqual(1, rig.Host.Floors.Enabled, "the first guest's floor alone");
            rig.Run(busy[1] * 1000);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(two, id, floors: 2)[0], "the same attempt after the wait it was told");
            Assert.AreEqual(2, rig.Host.Floors.Enabled);
        }

        private static void Pass(DoorRig rig, int openMs)
        {
            rig.Host.Inputs.Set(Input.DoorOpen, true);
            rig.Run(openMs);
            rig.Host.Inputs.Set(Input.DoorOpen, false);
        }

        private static DoorRig Wired() => new(settings: new Settings { HasContact = true, HasRex = true });

        private static int[] Events(DoorRig rig)
        {
            List<int> events = [];
            byte[] page = new byte[40 * AuditRecord.Length];
            uint next = 1;
            while (rig.Door.Memory.Audit.Reader.ReadPage(next, page, 0, 40) is int count and > 0)
            {
                events.AddRange(Enumerable.Range(0, count).Select(i => (int)page[(i * AuditRecord.Length) + AuditRecord.EventOffset]));
                next = Bytes.U32(page, ((count - 1) * AuditRecord.Length) + AuditRecord.SequenceOffset) + 1;
            }

            return [.. events];
        }
    }
}
