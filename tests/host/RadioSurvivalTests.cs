using System.Collections.Generic;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>The door on a radio that fails, with phones that misbehave, in a runtime that stands still.</summary>
    [TestClass]
    public sealed class RadioSurvivalTests
    {
        private const int Cycles = 10_000;

        [TestMethod]
        [DataRow(1000, false)]
        [DataRow(1000, true)]
        [DataRow(1900, false)]
        [DataRow(1900, true)]
        [DataRow(3000, false)]
        [DataRow(3000, true)]
        public void Freeze_WithAPhoneArrivingInIt_LeavesAStackThatWorks(int freezeMs, bool isLoopFirst)
        {
            using var rig = new DoorRig();
            AttOperation? read = null;
            rig.Host.Clock.After(200, () => Assert.IsTrue(rig.Phone.Connect(RadioBench.Mtu)));
            rig.Host.Clock.After(210, () => read = rig.Phone.Read(BleCharacteristic.Hello));

            rig.Host.Freeze(freezeMs, isLoopFirst);
            rig.Door.Poll();
            rig.Host.Radio.DispatchWaiting();
            rig.Run(5000);

            Assert.IsTrue(read!.IsDone);
            rig.Phone.Disconnect();
            AssertOpens(rig);
        }

        [TestMethod]
        [DataRow(false)]
        [DataRow(true)]
        public void Freeze_BetweenHelloAndUnlock_JudgesNothingStale(bool isLoopFirst)
        {
            using var rig = new DoorRig();
            PhoneKey key = Site.Key(Site.Record(), 1);
            rig.Connect();
            byte[] unlock = key.MakeUnlock(rig.Read(BleCharacteristic.Hello), PhoneKey.NewAttemptId());
            rig.Host.Clock.After(200, () => rig.Phone.Write(BleCharacteristic.Unlock, unlock));

            rig.Host.Freeze(3000, isLoopFirst);
            rig.Door.Poll();
            rig.Host.Radio.DispatchWaiting();
            rig.Run(10_000);

            Assert.AreEqual(0, rig.Host.Strike.Pulses, "the phone was told that its write failed");
            rig.Phone.Disconnect();
            AssertOpens(rig);
        }

        [TestMethod]
        public void TenThousandAbandonedConnections_LeaveADoorThatOpens()
        {
            using var rig = new DoorRig();
            byte[] unlock = Site.Key(Site.Record(), 1).MakeUnlock(new byte[37], PhoneKey.NewAttemptId());
            IReadOnlyList<byte[]> fragments = PhoneKey.Fragment(unlock);
            for (int i = 0; i < Cycles; i++)
            {
                var phone = new VirtualPhone(rig.Host.Radio);
                Assert.IsTrue(phone.Connect(i % 2 == 0 ? RadioBench.Mtu : 0), "cycle " + i);
                Abandon(phone, i, unlock, fragments);
                rig.Run(50);
                if (i % 500 == 499)
                {
                    rig.Host.Radio.FailConnection();
                    rig.Host.Run(rig.Door.Poll, Limits.RadioQuietMs + 5000, 500);
                }
            }

            Assert.AreEqual(0, rig.Host.Strike.Pulses);
            AssertOpens(rig);
        }

        /// <summary>One phone that comes and goes without an unlock, in one of the ways that phones have.</summary>
        private static void Abandon(VirtualPhone phone, int cycle, byte[] unlock, IReadOnlyList<byte[]> fragments)
        {
            switch (cycle % 7)
            {
                case 0:
                    phone.Read(BleCharacteristic.Hello);
                    break;
                case 1:
                    phone.Interval = phone.Disconnect;
                    phone.Write(BleCharacteristic.Unlock, unlock);
                    break;
                case 2:
                    phone.TryWrite(BleCharacteristic.Unlock, fragments[0]);
                    phone.TryWrite(BleCharacteristic.Unlock, fragments[cycle % fragments.Count]);
                    break;
                case 3:
                    phone.Subscribe(BleCharacteristic.Result);
                    phone.TryWrite(BleCharacteristic.Unlock, unlock);
                    break;
                case 4:
                    phone.Interval = phone.Disconnect;
                    phone.Read(BleCharacteristic.Hello);
                    break;
                case 5:
                    phone.TryWrite(BleCharacteristic.Carry, new byte[1 + (cycle % 20)]);
                    break;
                default:
                    break;
            }

            phone.Disconnect();
        }

        private static void AssertOpens(DoorRig rig)
        {
            int before = rig.Host.Strike.Pulses;
            byte[] result = rig.Tap(Site.Key(Site.Record(77), 1));
            Assert.IsNotEmpty(result);
            Assert.AreEqual(Verdict.Granted, (int)result[0]);
            Assert.AreEqual(before + 1, rig.Host.Strike.Pulses);
            Assert.AreEqual(string.Empty, rig.Host.Faults.ToString());
            Assert.IsFalse(rig.Host.Radio.IsBroken);
        }
    }
}
