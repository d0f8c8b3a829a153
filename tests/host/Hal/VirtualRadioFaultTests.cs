using System;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Tests.Radio;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>What the virtual radio does to a firmware, or an adapter, that breaks a rule.</summary>
    [TestClass]
    public sealed class VirtualRadioFaultTests
    {
        [TestMethod]
        public void DoubleAnswer_IsCaught_AndBreaksTheStackUntilItsRestart()
        {
            RadioBench bench = RadioBench.WithAdapter(request =>
            {
                request.Respond();
                request.Respond();
            });

            Assert.IsTrue(bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]).IsOk, "the first answer counts");
            StringAssert.Contains(bench.Faults.Single(), "answered twice");
            bench.AssertBroken();
            bench.AssertMendedByRestart();
        }

        [TestMethod]
        public void ErrorAfterSuccess_IsADoubleAnswer()
        {
            RadioBench bench = RadioBench.WithAdapter(request =>
            {
                request.RespondWithValue(new byte[1]);
                request.RespondWithError(BleAnswer.NotReady);
            });

            Assert.IsTrue(bench.Phone.Read(BleCharacteristic.Hello).IsOk);
            StringAssert.Contains(bench.Faults.Single(), "answered twice");
            Assert.IsTrue(bench.Radio.IsBroken);
        }

        [TestMethod]
        public void LateAnswer_IsCaught_AndBreaksTheStack()
        {
            IBleRequest? kept = null;
            RadioBench bench = RadioBench.WithAdapter(request => kept = request);
            AttOperation write = bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]);
            bench.Clock.Advance(1999);
            Assert.IsFalse(write.IsDone);
            bench.Clock.Advance(1);
            Assert.AreEqual(AttError.Unlikely, write.Error);
            Assert.IsFalse(bench.Radio.IsBroken);

            kept!.Respond();

            Assert.AreEqual(AttError.Unlikely, write.Error);
            StringAssert.Contains(bench.Faults[1], "answered too late");
            bench.AssertBroken();
            bench.AssertMendedByRestart();
        }

        [TestMethod]
        public void AnswerWithinTwoSeconds_FromAnotherThread_IsFine()
        {
            IBleRequest? kept = null;
            RadioBench bench = RadioBench.WithAdapter(request => kept = request);
            AttOperation read = bench.Phone.Read(BleCharacteristic.Hello);
            bench.Clock.Advance(1999);

            kept!.RespondWithValue(new byte[] { 5 });

            Assert.AreEqual(5, read.Value[0]);
            bench.Clock.Advance(10_000);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void AnswerAfterTheRadioWasRestarted_BreaksTheNewStack()
        {
            IBleRequest? kept = null;
            RadioBench bench = RadioBench.WithAdapter(request => kept = request);
            bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]);
            bench.Restart();

            kept!.Respond();

            StringAssert.Contains(bench.Faults.Single(), "answered too late");
            Assert.IsTrue(bench.Radio.IsBroken);
        }

        [TestMethod]
        public void NeverAnswered_IsCaught_AndHarmsOnlyThePhone()
        {
            RadioBench bench = RadioBench.WithAdapter(_ => { });
            AttOperation write = bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]);
            bench.Clock.Advance(VirtualRadio.AnswerLimitMs);

            Assert.AreEqual(AttError.Unlikely, write.Error);
            StringAssert.Contains(bench.Faults.Single(), "was never answered");
            Assert.IsFalse(bench.Radio.IsBroken);
        }

        [TestMethod]
        public void Silence_IsAllowed_AndHarmsOnlyThePhone()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Late = true;
            AttOperation write = bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]);
            Assert.ThrowsExactly<InvalidOperationException>(() => bench.Phone.Read(BleCharacteristic.Hello), "one request at a time");
            bench.Clock.Advance(VirtualRadio.AnswerLimitMs);

            Assert.AreEqual(AttError.Unlikely, write.Error);
            bench.Handler.Late = false;
            Assert.IsTrue(bench.Phone.Read(BleCharacteristic.Hello).IsOk);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void HandlerThatThrows_IsCaught_AndItsRequestTimesOut()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.OnCall = () => throw new InvalidOperationException("boom");
            AttOperation read = bench.Phone.Read(BleCharacteristic.Hello);
            bench.Clock.Advance(VirtualRadio.AnswerLimitMs);

            Assert.AreEqual(AttError.Unlikely, read.Error);
            StringAssert.Contains(bench.Faults[0], "boom");
        }

        [TestMethod]
        public void HandlerThatWaits_IsCaught()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.OnCall = () => bench.Clock.Advance(5);
            bench.Phone.Read(BleCharacteristic.Hello);
            StringAssert.Contains(bench.Faults.Single(), "took its time");
        }

        [TestMethod]
        public void HandlerThatStopsOrStartsTheRadio_IsCaught()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.OnCall = () =>
            {
                bench.Ble.Stop();
                bench.Ble.Start("DOOR-1", bench.Handler);
            };
            bench.Phone.Read(BleCharacteristic.Hello);
            Assert.HasCount(2, bench.Faults);
            Assert.IsTrue(bench.Phone.IsConnected);
        }

        [TestMethod]
        [DataRow(0)]
        [DataRow(256)]
        [DataRow(-2)]
        public void AnswerThatIsNoAttError_IsCaught(int answer)
        {
            RadioBench bench = RadioBench.WithAdapter(request => request.RespondWithError(answer));
            Assert.AreEqual(AttError.Unlikely, bench.Phone.Read(BleCharacteristic.Hello).Error);
            StringAssert.Contains(bench.Faults.Single(), "nonsense");
        }

        [TestMethod]
        public void AnswerOfTheWrongKind_IsCaught()
        {
            RadioBench bench = RadioBench.WithAdapter(request => request.Respond());
            bench.Phone.Read(BleCharacteristic.Hello);
            StringAssert.Contains(bench.Faults.Single(), "nonsense");
        }

        [TestMethod]
        public void ValueAbove512Bytes_IsCaught()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Value = new byte[513];
            Assert.AreEqual(AttError.Unlikely, bench.Phone.Read(BleCharacteristic.Hello).Error);
            Assert.HasCount(1, bench.Faults);
        }

        [TestMethod]
        public void StartWhileConnected_IsCaught_AndBreaksTheStack()
        {
            RadioBench bench = RadioBench.Connected();
            Assert.IsFalse(bench.Ble.Start("DOOR-1", bench.Handler));
            StringAssert.Contains(bench.Faults.Single(), "while a phone is connected");
            bench.AssertBroken();
            bench.AssertMendedByRestart();
        }

        [TestMethod]
        public void StartWithoutStop_IsCaught()
        {
            RadioBench bench = RadioBench.Started();
            bench.Radio.FailConnection();
            Assert.IsFalse(bench.Ble.Start("DOOR-1", bench.Handler));
            StringAssert.Contains(bench.Faults.Single(), "without Stop");
            Assert.IsFalse(bench.Radio.IsAdvertising);
        }

        [TestMethod]
        [DataRow("")]
        [DataRow("ABCDEFGHIJKLMNOPQRSTUVWXYZ0")]
        [DataRow("Tür")]
        public void NameThatDoesNotFit_IsCaught(string name)
        {
            var bench = new RadioBench();
            Assert.IsFalse(bench.Ble.Start(name, bench.Handler));
            Assert.HasCount(1, bench.Faults);
        }

        [TestMethod]
        public void NotifyOfACharacteristicWithoutIt_IsCaught()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Radio.Notify(BleCharacteristic.Hello, new byte[1]);
            Assert.HasCount(1, bench.Faults);
        }

        [TestMethod]
        public void PhoneThatLeavesWhileItsRequestWaits_HoldsTheStackUntilItsTimeOut()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Late = true;
            AttOperation write = bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]);
            bench.Phone.Disconnect();

            Assert.AreEqual(AttError.Disconnected, write.Error);
            Assert.IsFalse(bench.Radio.IsAdvertising);
            Assert.HasCount(1, bench.Handler.Sessions);
            bench.Clock.Advance(VirtualRadio.AnswerLimitMs);
            Assert.IsTrue(bench.Radio.IsAdvertising);
            CollectionAssert.AreEqual(new[] { true, false }, bench.Handler.Sessions);
        }

        [TestMethod]
        public void EventDuringAHandler_WaitsUntilItHasReturned()
        {
            RadioBench bench = RadioBench.Connected();
            AttOperation? inner = null;
            bench.Handler.OnCall = () =>
            {
                bench.Handler.OnCall = null;
                bench.Phone.Disconnect();
                Assert.HasCount(1, bench.Handler.Sessions);
            };
            inner = bench.Phone.Read(BleCharacteristic.Hello);

            Assert.AreEqual(AttError.Disconnected, inner.Error);
            CollectionAssert.AreEqual(new[] { true, false }, bench.Handler.Sessions);
            Assert.IsTrue(bench.Radio.IsAdvertising);
            Assert.IsEmpty(bench.Faults);
        }
    }
}
