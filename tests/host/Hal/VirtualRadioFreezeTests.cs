using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Tests.Radio;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>What happens to phones while the whole runtime stands still, and to the firmware afterwards.</summary>
    [TestClass]
    public sealed class VirtualRadioFreezeTests
    {
        [TestMethod]
        public void Freeze_ShorterThanTheLimit_AnswersTheRequestThatWaited()
        {
            RadioBench bench = RadioBench.Connected();
            AttOperation? read = null;
            bench.Clock.After(500, () => read = bench.Phone.Read(BleCharacteristic.Hello));
            bench.Clock.After(1999, () => Assert.AreEqual(0, bench.Handler.Reads));

            bench.Radio.Freeze(2000);

            Assert.IsTrue(read!.IsOk);
            Assert.AreEqual(1, bench.Handler.Reads);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void Freeze_LetsAPhoneConnect_AndItsRequestTimeOut()
        {
            RadioBench bench = RadioBench.Started();
            var errors = new List<int>();
            bench.Clock.After(500, () => Assert.IsTrue(bench.Phone.Connect()));
            AttOperation? read = null;
            bench.Clock.After(600, () => read = bench.Phone.Read(BleCharacteristic.Hello));
            bench.Clock.After(2601, () => errors.Add(read!.Error));
            bench.Handler.Late = true;

            bench.Radio.Freeze(3000);

            Assert.AreEqual(AttError.Unlikely, errors.Single(), "after 2 s, in the middle of the freeze");
            CollectionAssert.AreEqual(new[] { true }, bench.Handler.Sessions, "told afterwards");
            Assert.AreEqual(1, bench.Handler.Asked, "the stale request is dispatched all the same");
            Assert.AreEqual(0, bench.Handler.Reads, "and left");
            Assert.IsFalse(bench.Radio.IsBroken);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        [DataRow(false)]
        [DataRow(true)]
        public void Freeze_WithAHandlerThatAnswersTheStaleRequest_BreaksTheStack(bool isLoopFirst)
        {
            RadioBench bench = RadioBench.Connected();
            bench.Clock.After(100, () => bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]));

            bench.Radio.Freeze(3000, isLoopFirst);
            Assert.AreEqual(isLoopFirst, bench.Handler.Written.Count == 0);
            bench.Radio.DispatchWaiting();

            Assert.HasCount(1, bench.Handler.Written);
            StringAssert.Contains(bench.Faults[0], "looked into after it was over");
            StringAssert.Contains(bench.Faults[1], "answered too late");
            Assert.HasCount(2, bench.Faults);
            bench.AssertBroken();
        }

        [TestMethod]
        public void Stop_AfterAFreeze_LetsTheRadiosThreadRunFirst()
        {
            RadioBench bench = RadioBench.Connected();
            bench.Handler.Late = true;
            bench.Clock.After(100, () => bench.Phone.Write(BleCharacteristic.Unlock, new byte[1]));
            bench.Radio.Freeze(3000, isLoopFirst: true);

            Assert.IsTrue(bench.Restart());

            Assert.IsEmpty(bench.Handler.Written, "the stack that asked is gone");
            Assert.IsFalse(bench.Radio.IsBroken);
            Assert.IsEmpty(bench.Faults);
        }

        [TestMethod]
        public void Freeze_OverflowsTheQueue_AndTheOldestEventsGo()
        {
            RadioBench bench = RadioBench.Started();
            bench.Clock.After(1, () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    bench.Phone.Connect();
                    bench.Phone.Disconnect();
                }
            });

            bench.Radio.Freeze(10);

            Assert.HasCount(128, bench.Handler.Sessions);
            Assert.IsFalse(bench.Handler.Sessions[^1]);
        }
    }
}
