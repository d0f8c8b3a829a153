using System.Collections.Generic;
using System.Text;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Radio
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

        /// <summary>Everything that a phone may ask for waits through a standstill: nothing of it is looked into, static values included.</summary>
        [TestMethod]
        [DataRow(BleCharacteristic.Carry, true, false)]
        [DataRow(BleCharacteristic.Carry, true, true)]
        [DataRow(BleCharacteristic.Unlock, true, false)]
        [DataRow(BleCharacteristic.Result, false, true)]
        [DataRow(BleCharacteristic.Manufacturer, false, false)]
        [DataRow(BleCharacteristic.FirmwareRevision, false, true)]
        public void RequestThatDiedInAFreeze_IsNotLookedInto(int characteristic, bool isWrite, bool isLoopFirst)
        {
            using var rig = new DoorRig();
            rig.Connect();
            rig.Host.Clock.After(10, () => _ = isWrite ? rig.Phone.Write(characteristic, new byte[4]) : rig.Phone.Read(characteristic));
            rig.Host.Freeze(2500, isLoopFirst);
            rig.Door.Poll();
            rig.Host.Radio.DispatchWaiting();
            rig.Run(5000);
            AssertOpens(rig);
        }

        /// <summary>A phone that never lets go reads while the radio is stopped under it: its table must still be there.</summary>
        [TestMethod]
        [DataRow(BleCharacteristic.Hello)]
        [DataRow(BleCharacteristic.Manufacturer)]
        public void PhoneThatReadsInALoop_IsShedAgainAndAgain_AndTheBoardLives(int characteristic)
        {
            using var rig = new DoorRig();
            ReadForEver(rig, characteristic);
            rig.Run(200_000);
            Assert.IsTrue(rig.Door.Supervisor.Shed >= 5, "shed " + rig.Door.Supervisor.Shed + " times");
            Assert.AreEqual(string.Empty, rig.Host.Faults.ToString());
        }

        /// <summary>A phone that came in a standstill is not known to the loop that stops the radio for it.</summary>
        [TestMethod]
        public void PhoneThatCameInAFreeze_FindsTheTableThere_WhenTheRadioIsStoppedBeforeAnybodyHeardOfIt()
        {
            using var rig = new DoorRig();
            rig.Host.Clock.After(100, () => ReadForEver(rig, BleCharacteristic.Hello));
            rig.Host.Freeze(1600, isLoopFirst: true);
            rig.Door.Poll();
            rig.Run(5000);
            Assert.AreEqual(1, rig.Door.Supervisor.RadioRestarts);
            Assert.AreEqual(string.Empty, rig.Host.Faults.ToString());
        }

        [TestMethod]
        public void DeviceInformation_SaysMakerAndVersion()
        {
            using var rig = new DoorRig();
            rig.Connect(mtu: 0);
            Assert.AreEqual("Door Controller project", Encoding.UTF8.GetString(rig.Read(BleCharacteristic.Manufacturer)));
            Assert.AreEqual("1.0", Encoding.UTF8.GetString(rig.Read(BleCharacteristic.FirmwareRevision)));
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

        /// <summary>Connects when it can, and asks again as soon as it has its answer.</summary>
        private static void ReadForEver(DoorRig rig, int characteristic)
        {
            var phone = new VirtualPhone(rig.Host.Radio);
            AttOperation? read = null;
            Again();

            void Again()
            {
                if (!phone.IsConnected)
                {
                    phone.Connect();
                }
                else if (read is null || read.IsDone)
                {
                    read = phone.Read(characteristic);
                }

                rig.Host.Clock.After(VirtualPhone.IntervalMs, Again);
            }
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
