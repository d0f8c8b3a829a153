using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Tests.Radio;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>What the virtual radio does for a firmware that behaves.</summary>
    [TestClass]
    public sealed class VirtualRadioTests
    {
        [TestMethod]
        public void Start_Advertises_UntilAPhoneConnects_AndAgainWhenItIsGone()
        {
            RadioBench bench = RadioBench.Started();
            Assert.IsTrue(bench.Radio.IsAdvertising);
            Assert.AreEqual("DOOR-1", bench.Radio.Name);

            Assert.IsTrue(bench.Phone.Connect());
            Assert.IsFalse(bench.Radio.IsAdvertising);
            Assert.IsFalse(new VirtualPhone(bench.Radio).Connect(), "one phone at a time");

            bench.Phone.Disconnect();
            Assert.IsTrue(bench.Radio.IsAdvertising);
            CollectionAssert.AreEqual(new[] { true, false }, bench.Handler.Sessions);
            Assert.IsTrue(new VirtualPhone(bench.Radio).Connect());
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void Connect_BeforeStart_FindsNothing()
        {
            Assert.IsFalse(new RadioBench().Phone.Connect());
        }

        [TestMethod]
        [DataRow(0, 23)]
        [DataRow(10, 23)]
        [DataRow(185, 185)]
        [DataRow(517, 256)]
        public void Mtu_IsWhatBothSidesCan(int asked, int expected)
        {
            RadioBench bench = RadioBench.Started();
            bench.Phone.Connect(asked);
            Assert.AreEqual(expected, bench.Radio.Mtu);

            bench.Phone.Disconnect();
            Assert.AreEqual(VirtualRadio.DefaultMtu, bench.Radio.Mtu, "the next phone begins anew");
        }

        [TestMethod]
        public void Read_ThatFitsTheMtu_IsOneCall()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Value = new byte[] { 1, 2, 3 };

            AttOperation read = bench.Phone.Read(BleCharacteristic.Hello);

            Assert.IsTrue(read.IsOk);
            CollectionAssert.AreEqual(bench.Handler.Value, read.Value);
            Assert.AreEqual(1, bench.Handler.Reads);
            Assert.AreEqual(1, bench.Phone.Requests);
        }

        [TestMethod]
        [DataRow(21, 1)]
        [DataRow(22, 2)]
        [DataRow(37, 2)]
        [DataRow(44, 3)]
        [DataRow(512, 24)]
        public void LongRead_CallsTheHandlerForEachPart(int length, int calls)
        {
            RadioBench bench = RadioBench.Started();
            bench.Phone.Connect();
            bench.Handler.Value = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

            AttOperation read = bench.Phone.Read(BleCharacteristic.Hello);

            CollectionAssert.AreEqual(bench.Handler.Value, read.Value);
            Assert.AreEqual(calls, bench.Handler.Reads);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void LongRead_OfAValueThatBecomesShorter_EndsWithInvalidOffset_AndIsAFault()
        {
            RadioBench bench = RadioBench.Started();
            bench.Phone.Connect();
            bench.Handler.Value = new byte[37];
            bench.Phone.Interval = () => bench.Handler.Value = new byte[3];

            AttOperation read = bench.Phone.Read(BleCharacteristic.Hello);

            Assert.AreEqual(AttError.InvalidOffset, read.Error);
            StringAssert.Contains(bench.Faults.Single(), "changed during a long read");
        }

        [TestMethod]
        public void LongRead_OfBytesThatChangeInPlace_IsAFault()
        {
            RadioBench bench = RadioBench.Started();
            bench.Phone.Connect();
            bench.Handler.Value = new byte[37];
            bench.Phone.Interval = () => bench.Handler.Value[0] ^= 1;

            bench.Phone.Read(BleCharacteristic.Hello);

            StringAssert.Contains(bench.Faults.Single(), "changed during a long read");
        }

        [TestMethod]
        public void SecondRead_MayDiffer()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Phone.Read(BleCharacteristic.Result);
            bench.Handler.Value = new byte[] { 7 };

            Assert.AreEqual(7, bench.Phone.Read(BleCharacteristic.Result).Value[0]);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void Read_OfNull_IsAFault()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Value = null!;

            Assert.AreEqual(AttError.Unlikely, bench.Phone.Read(BleCharacteristic.Hello).Error);
            Assert.HasCount(1, bench.Faults);
        }

        [TestMethod]
        [DataRow(20, 1)]
        [DataRow(21, 3)]
        [DataRow(85, 6)]
        public void Write_ArrivesWhole_AlsoWhenItIsLong(int length, int requests)
        {
            RadioBench bench = RadioBench.Started();
            bench.Phone.Connect();
            byte[] frame = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

            Assert.IsTrue(bench.Phone.Write(BleCharacteristic.Unlock, frame).IsOk);

            CollectionAssert.AreEqual(frame, bench.Handler.Written.Single());
            Assert.AreNotSame(frame, bench.Handler.Written.Single(), "the handler may keep its array");
            Assert.AreEqual(requests, bench.Phone.Requests);
        }

        [TestMethod]
        public void LongWrite_AbandonedHalfWay_IsNeverSeen()
        {
            RadioBench bench = RadioBench.Started();
            bench.Phone.Connect();
            bench.Phone.Interval = bench.Phone.Disconnect;

            AttOperation write = bench.Phone.Write(BleCharacteristic.Unlock, new byte[85]);

            Assert.AreEqual(AttError.Disconnected, write.Error);
            Assert.IsEmpty(bench.Handler.Written);
            Assert.IsTrue(bench.Radio.IsAdvertising);
        }

        [TestMethod]
        public void Write_LongerThanAnAttribute_IsRefusedByTheStack()
        {
            RadioBench bench = RadioBench.Connected();
            Assert.AreEqual(AttError.InvalidLength, bench.Phone.Write(BleCharacteristic.Carry, new byte[513]).Error);
            Assert.IsEmpty(bench.Handler.Written);
        }

        [TestMethod]
        public void Characteristics_AllowWhatTheirTableSays()
        {
            RadioBench bench = RadioBench.Connected();
            byte[] one = { 1 };
            Assert.AreEqual(AttError.WriteNotPermitted, bench.Phone.Write(BleCharacteristic.Hello, one).Error);
            Assert.AreEqual(AttError.ReadNotPermitted, bench.Phone.Read(BleCharacteristic.Unlock).Error);
            Assert.AreEqual(AttError.WriteNotPermitted, bench.Phone.Write(BleCharacteristic.Result, one).Error);
            Assert.AreEqual(AttError.None, bench.Phone.Write(BleCharacteristic.Carry, one).Error);
            Assert.AreEqual(AttError.None, bench.Phone.Read(BleCharacteristic.Carry).Error);
            Assert.AreEqual(AttError.WriteNotPermitted, bench.Phone.Subscribe(BleCharacteristic.Hello));
            Assert.HasCount(1, bench.Handler.Written);
        }

        [TestMethod]
        [DataRow(BleAnswer.NotReady)]
        [DataRow(BleAnswer.Busy)]
        [DataRow(BleAnswer.BadLength)]
        public void HandlerError_ReachesThePhone(int error)
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Answer = error;
            Assert.AreEqual(error, bench.Phone.Read(BleCharacteristic.Hello).Error);
            Assert.AreEqual(error, bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]).Error);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void Notify_ReachesOnlyASubscriber_AndIsCutToTheMtu()
        {
            RadioBench bench = RadioBench.Started();
            bench.Phone.Connect();
            bench.Radio.Notify(BleCharacteristic.Result, new byte[28]);
            Assert.IsEmpty(bench.Phone.Notifications);

            Assert.AreEqual(AttError.None, bench.Phone.Subscribe(BleCharacteristic.Result));
            bench.Radio.Notify(BleCharacteristic.Result, new byte[28]);
            Assert.HasCount(20, bench.Phone.Notifications.Single().Value);
        }

        [TestMethod]
        public void Notify_MayBeLost()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Phone.Subscribe(BleCharacteristic.Result);
            bench.Radio.NotificationsToLose = 1;
            bench.Radio.Notify(BleCharacteristic.Result, new byte[] { 1 });
            bench.Radio.Notify(BleCharacteristic.Result, new byte[] { 2 });
            Assert.AreEqual(2, bench.Phone.Notifications.Single().Value[0]);
        }

        [TestMethod]
        public void Subscription_EndsWithItsLink()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Phone.Subscribe(BleCharacteristic.Result);
            bench.Phone.Disconnect();
            bench.Phone.Connect();
            bench.Radio.Notify(BleCharacteristic.Result, new byte[] { 1 });
            Assert.IsEmpty(bench.Phone.Notifications);
        }

        [TestMethod]
        public void Stop_DropsThePhone_AndTheHandlerHearsOfIt()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Ble.Stop();
            Assert.IsFalse(bench.Phone.IsConnected);
            Assert.IsFalse(bench.Radio.IsAdvertising);
            CollectionAssert.AreEqual(new[] { true, false }, bench.Handler.Sessions);
            Assert.AreEqual(AttError.Disconnected, bench.Phone.Read(BleCharacteristic.Hello).Error);

            Assert.IsTrue(bench.Ble.Start("DOOR-1", bench.Handler));
            Assert.IsTrue(bench.Phone.Connect());
            Assert.AreEqual(2, bench.Radio.Starts);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void FailedConnection_LeavesAdvertisingOff_UntilStopAndStart()
        {
            RadioBench bench = RadioBench.Started();
            bench.Radio.FailConnection();
            bench.Clock.Advance(3_600_000);
            Assert.IsFalse(bench.Radio.IsAdvertising);
            Assert.IsFalse(bench.Phone.Connect());
            Assert.IsEmpty(bench.Handler.Sessions);

            Assert.IsTrue(bench.Restart());
            Assert.IsTrue(bench.Phone.Connect());
        }

        [TestMethod]
        public void RefusedStart_WantsAStopBeforeTheNext()
        {
            var bench = new RadioBench();
            bench.Radio.StartsToRefuse = 1;
            Assert.IsFalse(bench.Ble.Start("DOOR-1", bench.Handler));
            Assert.IsFalse(bench.Radio.IsAdvertising);
            Assert.IsTrue(bench.Restart());
            Assert.IsEmpty(bench.Faults);
        }
    }
}
