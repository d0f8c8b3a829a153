#nullable enable
using DoorController.Hal;
using DoorController.Radio;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>The seam to the radio's thread: what ends with a session, what a read gives, and what a write is answered.</summary>
    [TestClass]
    public class RadioLinkTests
    {
        private static readonly byte[] Whole = { 0x21, 1, 2 };

        [TestMethod]
        public void AResultEndsWithItsSession()
        {
            for (int end = 0; end < 3; end++)
            {
                RadioLink link = Connected(new FakeClock());
                link.PublishResult(Whole, link.Session);
                AssertResult(link, Whole[0]);
                End(link, end);
                AssertResult(link, Verdict.NoHello);
            }
        }

        [TestMethod]
        public void AHelloEndsWithItsSession()
        {
            AssertEnds(BleCharacteristic.Hello);
        }

        [TestMethod]
        public void ACarryStatusEndsWithItsSession()
        {
            AssertEnds(BleCharacteristic.Carry);
        }

        [TestMethod]
        public void FramesEndWithTheirSession()
        {
            for (int end = 0; end < 3; end++)
            {
                RadioLink link = Connected(new FakeClock());
                link.OnWrite(BleCharacteristic.Unlock, Whole);
                link.OnWrite(BleCharacteristic.Carry, Whole);
                End(link, end);
                Assert.IsTrue(link.IsQuiet, "end " + end.ToString());
                Assert.IsNull(link.Take(out _), "end " + end.ToString());
            }
        }

        [TestMethod]
        public void AResultIsForTheSessionItWasJudgedInOnly()
        {
            RadioLink link = Connected(new FakeClock());
            int before = link.Session;
            link.OnSession(false);
            link.OnSession(true);
            link.PublishResult(Whole, before);
            AssertResult(link, Verdict.NoHello);
            link.PublishResult(Whole, link.Session);
            AssertResult(link, Whole[0]);
        }

        [TestMethod]
        public void TheFirstByteOfAnUnlockMakesTheResultPending()
        {
            RadioLink link = Connected(new FakeClock());
            AssertResult(link, Verdict.NoHello);
            link.OnWrite(BleCharacteristic.Unlock, Whole);
            AssertResult(link, Verdict.Pending);
            link.PublishResult(new byte[] { 1, 0 }, link.Session);
            link.OnWrite(BleCharacteristic.Unlock, new byte[] { 0x31, 77, 0 });
            link.OnWrite(BleCharacteristic.Carry, Whole);
            AssertResult(link, Verdict.Granted);
            link.OnWrite(BleCharacteristic.Unlock, new byte[] { 0x30, 77, 0 });
            AssertResult(link, Verdict.Pending);
        }

        [TestMethod]
        public void EightFramesWaitAndTheNinthIsBusy()
        {
            RadioLink link = Connected(new FakeClock());
            for (byte i = 0; i < 8; i++)
            {
                Assert.AreEqual(BleAnswer.Ok, link.OnWrite(i % 2 == 0 ? BleCharacteristic.Unlock : BleCharacteristic.Carry, new byte[] { 0x21, i }));
            }

            Assert.AreEqual(0x81, link.OnWrite(BleCharacteristic.Unlock, Whole));
            Assert.AreEqual(1, link.Overflows);
            for (byte i = 0; i < 8; i++)
            {
                byte[]? frame = link.Take(out int characteristic);
                Assert.AreEqual(i, frame![1], "in the order of their coming");
                Assert.AreEqual(i % 2 == 0 ? BleCharacteristic.Unlock : BleCharacteristic.Carry, characteristic);
            }

            Assert.IsNull(link.Take(out _));
            Assert.AreEqual(BleAnswer.Ok, link.OnWrite(BleCharacteristic.Unlock, Whole));
        }

        [TestMethod]
        public void LengthsThatNoFrameHasAreRefused()
        {
            RadioLink link = Connected(new FakeClock());
            Assert.AreEqual(0x0D, link.OnWrite(BleCharacteristic.Unlock, new byte[0]));
            Assert.AreEqual(0x0D, link.OnWrite(BleCharacteristic.Unlock, new byte[86]));
            Assert.AreEqual(0x0D, link.OnWrite(BleCharacteristic.Carry, new byte[245]));
            Assert.IsTrue(link.IsQuiet);
            Assert.AreEqual(BleAnswer.Ok, link.OnWrite(BleCharacteristic.Unlock, new byte[85]));
            Assert.AreEqual(BleAnswer.Ok, link.OnWrite(BleCharacteristic.Carry, new byte[244]));
        }

        [TestMethod]
        public void AHelloIsReplacedTenSecondsAfterItsFirstReadUnlessAFrameWaits()
        {
            FakeClock clock = new FakeClock();
            RadioLink link = Connected(clock);
            Assert.AreEqual(0x80, link.OnRead(BleCharacteristic.Hello, out _));
            Assert.IsTrue(link.NeedsHello(0));
            link.PublishHello(Whole);
            Assert.IsFalse(link.HelloWasRead);
            Assert.IsFalse(link.NeedsHello(1000000), "nobody has read it");
            link.OnRead(BleCharacteristic.Hello, out _);
            clock.NowMs = 1400;
            link.OnRead(BleCharacteristic.Hello, out _);
            Assert.IsTrue(link.HelloWasRead);
            Assert.IsFalse(link.NeedsHello(10000));
            Assert.IsTrue(link.NeedsHello(10001), "counted from the first read");
            link.OnWrite(BleCharacteristic.Unlock, Whole);
            Assert.IsFalse(link.NeedsHello(10001), "somebody is about to use it");
        }

        [TestMethod]
        public void ALoopThatStoodStillMakesItLateUntilTheRadioRestarts()
        {
            FakeClock clock = new FakeClock();
            RadioLink link = Connected(clock);
            clock.NowMs = 1500;
            Assert.IsFalse(link.IsLate());
            clock.NowMs = 1501;
            Assert.IsTrue(link.IsLate());
            link.Beat(1501);
            Assert.IsTrue(link.IsLate(), "requests from before may still wait");
            link.OnRadioRestart();
            link.OnRadioStart();
            Assert.IsFalse(link.IsLate());
        }

        /// <summary>What is published in one session can be read in it, and in no other.</summary>
        private static void AssertEnds(int characteristic)
        {
            for (int end = 0; end < 3; end++)
            {
                RadioLink link = Connected(new FakeClock());
                link.PublishHello(Whole);
                link.PublishCarry(Whole);
                Assert.AreEqual(BleAnswer.Ok, link.OnRead(characteristic, out _));
                End(link, end);
                Assert.AreEqual(BleAnswer.NotReady, link.OnRead(characteristic, out byte[]? value), "end " + end.ToString());
                Assert.IsNull(value);
                Assert.IsFalse(link.HelloWasRead);
            }
        }

        /// <summary>The three ways a session ends: the phone goes, the next one is there at once, the radio restarts.</summary>
        private static void End(RadioLink link, int end)
        {
            if (end == 2)
            {
                link.OnRadioRestart();
                return;
            }

            link.OnSession(end == 1);
        }

        private static void AssertResult(RadioLink link, int first)
        {
            Assert.AreEqual(BleAnswer.Ok, link.OnRead(BleCharacteristic.Result, out byte[]? value));
            Assert.AreEqual(first, (int)value![0]);
        }

        private static RadioLink Connected(FakeClock clock)
        {
            RadioLink link = new RadioLink(clock);
            link.Beat(0);
            link.OnSession(true);
            return link;
        }
    }
}
