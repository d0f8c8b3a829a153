using DoorController.Hal;
using DoorController.Strike;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>The contacts: bounce, forced open, held open, REX, tamper and fire alarm.</summary>
    [TestClass]
    public class DoorMonitorTests
    {
        [TestMethod]
        public void BounceIsOneOpening()
        {
            DoorMonitor monitor = Monitor();
            int news = 0;
            for (int at = 0; at < 20; at++)
            {
                news |= monitor.Poll(at % 2 == 0 ? Input.DoorOpen : 0, at);
            }

            Assert.AreEqual(0, news, "nothing counts while it bounces");
            monitor.Poll(Input.DoorOpen, 20);
            Assert.AreEqual(DoorNews.ForcedOpen, monitor.Poll(Input.DoorOpen, 20 + Limits.DebounceMs));
            Assert.AreEqual(0, monitor.Poll(Input.DoorOpen, 21 + Limits.DebounceMs));
        }

        [TestMethod]
        public void OpeningAfterAPulseIsNotForced()
        {
            DoorMonitor monitor = Monitor();
            monitor.OnPulse(5000, 0);
            Assert.AreEqual(DoorNews.Opened, Change(monitor, Input.DoorOpen, 5000 + Limits.OpenAfterPulseMs - Limits.DebounceMs));
            Assert.IsFalse(monitor.IsAlarm);
            Assert.AreEqual(DoorNews.Closed, Change(monitor, 0, 8000));
            Assert.AreEqual(DoorNews.ForcedOpen, Change(monitor, Input.DoorOpen, 8500), "one pulse explains one opening");
            Assert.IsTrue(monitor.IsAlarm);
        }

        [TestMethod]
        public void OpeningTooLateAfterAPulseIsForced()
        {
            DoorMonitor monitor = Monitor();
            monitor.OnPulse(5000, 0);
            Assert.AreEqual(DoorNews.ForcedOpen, Change(monitor, Input.DoorOpen, 5001 + Limits.OpenAfterPulseMs));
        }

        [TestMethod]
        public void HeldOpenIsToldOnceAndEndsWithTheDoor()
        {
            DoorMonitor monitor = Monitor();
            monitor.OnPulse(5000, 0);
            Change(monitor, Input.DoorOpen, 1000);
            long opened = 1000 + Limits.DebounceMs;
            Assert.AreEqual(0, monitor.Poll(Input.DoorOpen, opened + 30000));
            Assert.AreEqual(DoorNews.HeldOpen, monitor.Poll(Input.DoorOpen, opened + 30001));
            Assert.AreEqual(0, monitor.Poll(Input.DoorOpen, opened + 60001));
            Assert.IsTrue(monitor.IsAlarm);
            Assert.AreEqual(DoorNews.Closed, Change(monitor, 0, opened + 70000));
            Assert.IsFalse(monitor.IsAlarm);
        }

        [TestMethod]
        public void RexHeldAtBootPressesNothing()
        {
            Settings settings = new Settings();
            settings.HasRex = true;
            DoorMonitor monitor = new DoorMonitor(settings, Input.Rex, 0);
            Assert.AreEqual(0, monitor.Poll(Input.Rex, 1000));
            Assert.AreEqual(0, Change(monitor, 0, 2000));
            Assert.AreEqual(DoorNews.Rex, Change(monitor, Input.Rex, 3000));
        }

        [TestMethod]
        public void WhatIsNotWiredSaysNothing()
        {
            DoorMonitor monitor = new DoorMonitor(new Settings(), 0, 0);
            Assert.AreEqual(0, Change(monitor, Input.Rex | Input.DoorOpen, 1000));
            Assert.IsFalse(monitor.IsOpen);
        }

        [TestMethod]
        public void ALooseWireSilencesNoOtherContact()
        {
            DoorMonitor monitor = Monitor();
            int news = 0;
            for (int at = 0; at < 200; at += 10)
            {
                int loose = at % 20 == 0 ? Input.Tamper : 0;
                news |= monitor.Poll(at < 50 ? loose : loose | Input.DoorOpen, at);
            }

            Assert.AreEqual(DoorNews.ForcedOpen, news);
        }

        [TestMethod]
        public void ButtonAndDoorInOnePassIsNotForced()
        {
            Settings settings = new Settings();
            settings.HasContact = true;
            settings.HasRex = true;
            DoorMonitor monitor = new DoorMonitor(settings, 0, 0);
            Assert.AreEqual(DoorNews.Rex | DoorNews.Opened, Change(monitor, Input.Rex | Input.DoorOpen, 1000));
        }

        [TestMethod]
        public void OnePulseIsGoodForOneOpening()
        {
            DoorMonitor monitor = Monitor();
            monitor.OnPulse(5000, 1000);
            Assert.AreEqual(DoorNews.Opened, Change(monitor, Input.DoorOpen, 2000));
            Assert.AreEqual(DoorNews.Closed, Change(monitor, 0, 3000));
            Assert.AreEqual(DoorNews.ForcedOpen, Change(monitor, Input.DoorOpen, 4000));
        }

        [TestMethod]
        public void TamperAndFireAlarmAreTold()
        {
            DoorMonitor monitor = Monitor();
            Assert.AreEqual(DoorNews.Tamper | DoorNews.FireAlarm, Change(monitor, Input.Tamper | Input.FireAlarm, 1000));
            Assert.AreEqual(0, Change(monitor, 0, 2000));
        }

        private static DoorMonitor Monitor()
        {
            Settings settings = new Settings();
            settings.HasContact = true;
            return new DoorMonitor(settings, 0, 0);
        }

        /// <summary>Moves contacts and lets them stand still until they count.</summary>
        private static int Change(DoorMonitor monitor, int raw, long atMs)
        {
            return monitor.Poll(raw, atMs) | monitor.Poll(raw, atMs + Limits.DebounceMs);
        }
    }
}
