using DoorController.Strike;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>The strike: one pulse a cause, bounded, and floors only while the gate is energised.</summary>
    [TestClass]
    public class StrikeControlTests
    {
        [TestMethod]
        public void BootReleasesEverything()
        {
            FakeStrike fake = new FakeStrike();
            fake.Select(3);
            StrikeControl strike = new StrikeControl(fake, fake, false);
            Assert.AreEqual(1, fake.Releases);
            Assert.AreEqual(0, fake.Selected);
            Assert.AreEqual(0, strike.RemainingMs(0));
        }

        [TestMethod]
        [DataRow(5000, 9800, 5000)]
        [DataRow(15000, 9800, 9800)]
        [DataRow(30000, 60000, Limits.HoldMaxMs)]
        public void PulseIsCutToBothBounds(int holdMs, int hardwareMs, int wanted)
        {
            FakeStrike fake = new FakeStrike();
            fake.MaxPulseMs = hardwareMs;
            StrikeControl strike = new StrikeControl(fake, fake, false);
            Assert.IsTrue(strike.Energise(0, holdMs, 100));
            Assert.AreEqual(wanted, fake.LastPulseMs);
            Assert.AreEqual(wanted, strike.RemainingMs(100));
            Assert.AreEqual(0, strike.RemainingMs(100 + wanted));
        }

        [TestMethod]
        public void SecondCauseEndsTheFirstPulse()
        {
            FakeStrike fake = new FakeStrike();
            StrikeControl strike = new StrikeControl(fake, fake, false);
            strike.Energise(0, 5000, 0);
            int releases = fake.Releases;
            Assert.IsTrue(strike.Energise(0, 5000, 1000));
            Assert.AreEqual(releases + 1, fake.Releases);
            Assert.AreEqual(2, fake.Pulses);
            Assert.AreEqual(5000, strike.RemainingMs(1000));
        }

        [TestMethod]
        public void DoorThatOpensForNobodyTouchesNothing()
        {
            FakeStrike fake = new FakeStrike();
            StrikeControl strike = new StrikeControl(fake, fake, true);
            Assert.IsFalse(strike.Energise(3, 5000, 0));
            Assert.AreEqual(0, fake.Pulses);
            Assert.AreEqual(0, fake.Selected);
            Assert.AreEqual(0, strike.RemainingMs(0));
        }

        [TestMethod]
        public void FloorsStandBeforeTheGateAndFallAfterIt()
        {
            FakeStrike fake = new FakeStrike();
            StrikeControl strike = new StrikeControl(fake, fake, false);
            strike.Energise(0x24, 5000, 0);
            Assert.AreEqual(0x24, fake.SelectedAtPulse);
            fake.IsIdle = true;
            strike.Poll(5000);
            Assert.AreEqual(0, fake.Selected);
        }

        [TestMethod]
        public void RefusedPulseLeavesNothingSelected()
        {
            FakeStrike fake = new FakeStrike();
            StrikeControl strike = new StrikeControl(fake, fake, false);
            fake.Refuses = true;
            Assert.IsFalse(strike.Energise(0x24, 5000, 0));
            Assert.AreEqual(0, fake.Selected);
            Assert.IsTrue(strike.IsFaulty);
            Assert.AreEqual(0, strike.Pulses);
            fake.Refuses = false;
            Assert.IsTrue(strike.Energise(0, 5000, 0));
            Assert.IsFalse(strike.IsFaulty, "a pulse that works clears the fault");
        }

        [TestMethod]
        public void DoorInItsSafeStateOpensForNobody()
        {
            FakeStrike fake = new FakeStrike();
            StrikeControl strike = new StrikeControl(fake, fake, true);
            Assert.IsFalse(strike.Energise(0x24, 5000, 0));
            Assert.AreEqual(0, fake.Pulses);
            Assert.AreEqual(0, fake.Selected);
        }

        [TestMethod]
        public void PulseThatTheHardwareDoesNotEndIsReleasedAndAFault()
        {
            FakeStrike fake = new FakeStrike();
            StrikeControl strike = new StrikeControl(fake, fake, false);
            strike.Energise(0x24, 5000, 0);
            strike.Poll(5000 + Limits.PulseLateMs);
            Assert.IsFalse(strike.IsFaulty, "not late yet");
            strike.Poll(5001 + Limits.PulseLateMs);
            Assert.IsTrue(strike.IsFaulty);
            Assert.IsTrue(fake.IsIdle);
            Assert.AreEqual(0, fake.Selected);
        }
    }
}
