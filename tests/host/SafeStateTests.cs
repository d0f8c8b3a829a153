using System;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>The safe state of a door whose door.json is bad: it opens for nobody, whatever the cause, and still talks.</summary>
    [TestClass]
    public sealed class SafeStateTests
    {
        private const string Reason = "door.json: hold_ms: wanted 500 to 20000, is 7";

        [TestMethod]
        public void ProvenCredential_IsRefused_AndToldThatTheDoorIsAtFault()
        {
            using var rig = new DoorRig(settings: Settings.Safe(Reason));
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] result = rig.Tap(key);
            Assert.AreEqual(Verdict.StrikeFault, (int)result[0]);
            Assert.IsTrue(key.IsFromTheDoor(rig.LastHello, rig.LastUnlock, result));
            AssertNeverEnergised(rig);
        }

        [TestMethod]
        public void FloorsOfACar_StayReleased()
        {
            using var rig = new DoorRig(settings: Settings.Safe(Reason), floors: 4);
            var record = Site.Record() with { IsForFloors = true, Mask = 0xF };
            byte[] result = rig.Tap(Site.Key(record, 1), floors: 0xF);
            Assert.AreEqual(Verdict.StrikeFault, (int)result[0]);
            Assert.AreEqual(0, rig.Host.Floors.Selected);
            AssertNeverEnergised(rig);
        }

        [TestMethod]
        public void Rex_IsRefused_EvenWhenWired()
        {
            Settings settings = Settings.Safe(Reason);
            settings.HasRex = true;
            using var rig = new DoorRig(settings: settings);
            rig.Host.Inputs.Set(Input.Rex, true);
            rig.Run(500);
            AssertNeverEnergised(rig);
        }

        [TestMethod]
        public void Technician_IsRefused()
        {
            using var rig = new DoorRig(settings: Settings.Safe(Reason));
            Assert.IsFalse(rig.Door.Opener.Open(AuditEvent.Technician, 0, rig.Host.Clock.NowMs));
            AssertNeverEnergised(rig);
        }

        [TestMethod]
        public void Console_SaysWhichFieldIsBad_AndAnswers()
        {
            using var rig = new DoorRig(settings: Settings.Safe(Reason));
            string greeting = rig.Host.Serial.TakeText();
            StringAssert.Contains(greeting, Reason, StringComparison.Ordinal);
            rig.Host.Serial.Type("status\r");
            rig.Run(2000);
            string status = rig.Host.Serial.TakeText();
            StringAssert.Contains(status, "state: settings bad", StringComparison.Ordinal);
            StringAssert.Contains(status, Reason, StringComparison.Ordinal);
        }

        [TestMethod]
        public void Lamp_ShowsTheFault()
        {
            using var rig = new DoorRig(settings: Settings.Safe(Reason));
            bool seen = false;
            rig.Host.Run(
                () =>
                {
                    rig.Door.Poll();
                    seen |= (rig.Host.Lamp.Outputs & LampOutput.Red) != 0;
                },
                5000);
            Assert.IsTrue(seen);
        }

        [TestMethod]
        public void SameDoorWithGoodSettings_Opens()
        {
            using var rig = new DoorRig();
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record(), 1))[0]);
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
        }

        private static void AssertNeverEnergised(DoorRig rig)
        {
            rig.Run(3000);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
            Assert.IsEmpty(rig.Host.Strike.Edges);
            Assert.AreEqual(string.Empty, rig.Host.Faults.ToString());
        }
    }
}
