using System.Linq;
using DoorController.Access;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Protocol
{
    /// <summary>One read, one snapshot: at MTU 23 a phone reads Hello in parts, and whatever happens between them must not show.</summary>
    [TestClass]
    public sealed class HelloSnapshotTests
    {
        /// <summary>A list comes into force at each moment around the parts of the read: 40 offsets of 5 ms.</summary>
        [TestMethod]
        public void AList_ThatComesIntoForceBetweenTheParts_TearsNoRead()
        {
            for (int offsetMs = 0; offsetMs < 200; offsetMs += 5)
            {
                using DoorRig rig = new();
                rig.Connect(mtu: 0);
                byte[] body = ListBlob.Full(SyncRig.Header(100), []);
                long due = rig.Host.Clock.NowMs + offsetMs;
                rig.Phone.Interval = () =>
                {
                    for (int i = 0; i < VirtualPhone.IntervalMs; i += 5)
                    {
                        if (rig.Host.Clock.NowMs >= due)
                        {
                            due = long.MaxValue;
                            Assert.AreEqual(ListOutcome.Accepted, rig.Door.Memory.KeyStore.BeginList(0, body, body.Length));
                        }

                        rig.Door.Poll();
                        rig.Host.Clock.Advance(5);
                    }
                };
                byte[] result = rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
                Assert.AreEqual(Verdict.Granted, (int)result[0], "the list came " + offsetMs + " ms into it");
                Assert.AreEqual(string.Empty, rig.Host.Faults.ToString());
            }
        }

        /// <summary>A Hello that grew old is not replaced under a phone that reads it just then.</summary>
        [TestMethod]
        public void AHello_ThatGrewOld_TearsNoRead()
        {
            for (int offsetMs = 9900; offsetMs < 10_060; offsetMs += 10)
            {
                using DoorRig rig = new();
                rig.Connect(mtu: 0);
                rig.Read(BleCharacteristic.Hello);
                rig.Phone.Write(BleCharacteristic.Carry, [0x21, 1, 200, 0]);
                rig.Run(5000);
                rig.Phone.Write(BleCharacteristic.Carry, [0x21, 1, 200, 0]);
                rig.Run(offsetMs - 5000);
                byte[] result = rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
                Assert.AreEqual(Verdict.Granted, (int)result[0], "read again after " + offsetMs + " ms");
                Assert.AreEqual(string.Empty, rig.Host.Faults.ToString());
            }
        }

        /// <summary>A phone that reads Hello right behind its Unlock gets no part of the one that the Unlock uses up.</summary>
        [TestMethod]
        public void AHello_ReadBehindAnUnlock_IsTheNextOne()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            rig.Connect(mtu: 0);
            byte[] first = rig.Read(BleCharacteristic.Hello);
            foreach (byte[] part in PhoneKey.Fragment(key.MakeUnlock(first, PhoneKey.NewAttemptId())))
            {
                Assert.AreEqual(0, rig.Phone.TryWrite(BleCharacteristic.Unlock, part));
            }

            byte[] second = rig.Read(BleCharacteristic.Hello);
            Assert.IsFalse(first.SequenceEqual(second));
            Assert.AreEqual(string.Empty, rig.Host.Faults.ToString());
            Assert.AreEqual(Verdict.Granted, (int)rig.Send(key.MakeUnlock(second, PhoneKey.NewAttemptId()))[0]);
        }

        /// <summary>News shows in Hello soon after the phone has read it.</summary>
        [TestMethod]
        public void NewsOfAList_IsInTheNextHello_ASecondAfterTheLastRead()
        {
            using DoorRig rig = new();
            rig.Connect();
            Assert.AreEqual(0, Bytes.U16(rig.Read(BleCharacteristic.Hello), Hello.ListVersions));
            rig.Apply(ListBlob.Full(SyncRig.Header(100), []));
            rig.Run(Limits.HelloPartsMs);
            Assert.AreEqual(100, Bytes.U16(rig.Read(BleCharacteristic.Hello), Hello.ListVersions));
        }
    }
}
