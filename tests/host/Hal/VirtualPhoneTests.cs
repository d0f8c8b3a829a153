using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Tests.Radio;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>How a phone insists, and when it gives up.</summary>
    [TestClass]
    public sealed class VirtualPhoneTests
    {
        [TestMethod]
        public void TryRead_ReadsAgainUntilReady()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Answer = BleAnswer.NotReady;
            bench.Clock.After(100, () =>
            {
                bench.Handler.Answer = BleAnswer.Ok;
                bench.Handler.Value = new byte[] { 42 };
            });

            Assert.AreEqual(AttError.None, bench.Phone.TryRead(BleCharacteristic.Hello, out byte[] value));

            Assert.AreEqual(42, value[0]);
            Assert.AreEqual(5, bench.Handler.Reads, "at 0, 30, 60, 90 and 120 ms");
        }

        [TestMethod]
        public void TryRead_GivesUp()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Answer = BleAnswer.NotReady;
            Assert.AreEqual(BleAnswer.NotReady, bench.Phone.TryRead(BleCharacteristic.Hello, out byte[] value));
            Assert.AreEqual(VirtualPhone.MaxTries, bench.Handler.Reads);
            Assert.IsEmpty(value);
        }

        [TestMethod]
        public void TryWrite_WritesAgainWhileTheQueueIsFull_AndNoOtherError()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Answer = BleAnswer.Busy;
            bench.Clock.After(45, () => bench.Handler.Answer = BleAnswer.BadLength);
            Assert.AreEqual(BleAnswer.BadLength, bench.Phone.TryWrite(BleCharacteristic.Unlock, new byte[1]));
            Assert.HasCount(3, bench.Handler.Written);
        }

        [TestMethod]
        public void TryRead_OfASilentDoor_EndsWithTheStacksError()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Late = true;
            Assert.AreEqual(AttError.Unlikely, bench.Phone.TryRead(BleCharacteristic.Hello, out _));
            Assert.AreEqual(1, bench.Handler.Asked);
        }

        [TestMethod]
        public void Wait_EndsAlsoWhenTheIntervalTakesNoTime()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Late = true;
            bench.Phone.Interval = () => { };
            AttOperation read = bench.Phone.Read(BleCharacteristic.Hello);
            bench.Phone.Wait(read);
            Assert.AreEqual(AttError.Unlikely, read.Error);
        }

        [TestMethod]
        public void LinkLostBetweenTwoParts_EndsTheRead()
        {
            RadioBench bench = RadioBench.Started();
            bench.Phone.Connect();
            bench.Handler.Value = new byte[37];
            bench.Phone.Interval = bench.Ble.Stop;
            AttOperation read = bench.Phone.Read(BleCharacteristic.Hello);
            Assert.AreEqual(AttError.Disconnected, read.Error);
            Assert.IsEmpty(read.Value);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void WithoutALink_NothingArrives()
        {
            RadioBench bench = RadioBench.Started();
            Assert.AreEqual(AttError.Disconnected, bench.Phone.TryWrite(BleCharacteristic.Unlock, new byte[85]));
            Assert.AreEqual(AttError.Disconnected, bench.Phone.Subscribe(BleCharacteristic.Result));
            bench.Phone.Disconnect();
            Assert.IsTrue(bench.Radio.IsAdvertising);
            Assert.IsEmpty(bench.Handler.Sessions);
        }

        [TestMethod]
        public void PhoneOutsideTheLink_CannotTouchIt()
        {
            RadioBench bench = RadioBench.Connected();
            var other = new VirtualPhone(bench.Radio);
            Assert.AreEqual(AttError.Disconnected, other.Read(BleCharacteristic.Hello).Error);
            other.Disconnect();
            Assert.IsTrue(bench.Radio.IsConnected);
        }

        [TestMethod]
        public void FaultList_GivesTheTime_OneALine()
        {
            RadioBench bench = RadioBench.Started();
            bench.Clock.Advance(12);
            bench.Faults.Add("one");
            bench.Faults.Add("two");
            Assert.AreEqual("one (at 12 ms)\ntwo (at 12 ms)", bench.Faults.ToString());
            Assert.AreEqual("one (at 12 ms)", bench.Faults[0]);
        }
    }
}
