using System.Linq;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Radio
{
    /// <summary>What Hello says, when it changes, and what a doorbell is: PROTOCOL.md sections 2 and 3.</summary>
    [TestClass]
    public sealed class HelloTests
    {
        [TestMethod]
        public void ItSaysTheFloor_NotTheBestGuess()
        {
            using DoorRig rig = new();
            rig.ProveTime(Site.Start);
            rig.Host.Clock.Advance(100_000_000);
            rig.Run(3000);
            rig.Connect();
            uint said = Bytes.U32(rig.Read(BleCharacteristic.Hello), Hello.Floor);
            Assert.IsLessThan(rig.Door.Memory.Time.Estimate - 5, said);
            Assert.IsTrue(rig.Door.Memory.Time.Floor - said <= 1);
        }

        [TestMethod]
        public void ItsVersionsAreTheLow16Bits_AndItsUnusedBitsAre0()
        {
            using DoorRig rig = new(Site.Bundle(1, scopes: 2));
            rig.Apply(ListBodies.Revoking(0x0003_FFFE, 0, 5));
            rig.Connect();
            byte[] hello = rig.Read(BleCharacteristic.Hello);
            CollectionAssert.AreEqual(new byte[] { 0xFE, 0xFF, 0, 0 }, hello[Hello.ListVersions..]);
            Assert.AreEqual(0, hello[Hello.Flags] & 0xC0);
        }

        [TestMethod]
        public void AListThatComesIntoForce_EndsIt_WhileItsPhoneStandsThere()
        {
            using DoorRig rig = new();
            rig.Connect();
            byte[] before = rig.Read(BleCharacteristic.Hello);
            rig.Apply(ListBodies.Revoking(10, 0, 9));
            CollectionAssert.AreEqual(before, rig.Read(BleCharacteristic.Hello), "somebody may be between two parts of it");
            rig.Run(Limits.HelloPartsMs + 100);
            byte[] after = rig.Read(BleCharacteristic.Hello);
            CollectionAssert.AreNotEqual(before[5..21], after[5..21]);
            Assert.AreEqual((0, 10), (Bytes.U16(before, Hello.ListVersions), Bytes.U16(after, Hello.ListVersions)));
            PhoneKey key = Site.Key(Site.Record(), 1);
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Send(key.MakeUnlock(before, PhoneKey.NewAttemptId()))[0], "the old one proves nothing");
        }

        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void ADoorbell_IsOneByte_0(bool isProven)
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            rig.Connect();
            rig.Phone.Subscribe(BleCharacteristic.Result);
            rig.Present(isProven ? key : key with { CredentialKey = new byte[32] }, PhoneKey.NewAttemptId());
            rig.Run(100);
            byte[] bell = rig.Phone.Notifications.Single(n => n.Characteristic == BleCharacteristic.Result).Value;
            CollectionAssert.AreEqual(new byte[1], bell);
        }

        [TestMethod]
        public void AWholeFrame_ComesAtMtu23_ByTheLongWrite()
        {
            using DoorRig rig = new();
            rig.Connect(0);
            byte[] unlock = Site.Key(Site.Record(), 1).MakeUnlock(rig.Read(BleCharacteristic.Hello), PhoneKey.NewAttemptId());
            Assert.AreEqual(0, rig.Phone.TryWrite(BleCharacteristic.Unlock, unlock));
            Assert.AreEqual(Verdict.Granted, (int)rig.ReadResult()[0]);
        }

        [TestMethod]
        public void AnAttemptBeyondTheBucket_IsNotAnswered()
        {
            using DoorRig rig = new();
            byte[] nothing = [0x21, .. new byte[76]];
            rig.Door.Link.OnSession(true);
            rig.Door.Poll();
            for (int i = 0; i < Limits.BucketAttempts; i++)
            {
                rig.Door.Link.OnWrite(BleCharacteristic.Unlock, nothing);
                rig.Door.Poll();
                rig.Door.Link.OnRead(BleCharacteristic.Result, out byte[]? answer);
                Assert.HasCount(2, answer!);
            }

            int session = rig.Door.Link.Session;
            rig.Door.Link.OnWrite(BleCharacteristic.Unlock, nothing);
            rig.Door.Poll();
            rig.Door.Link.OnRead(BleCharacteristic.Result, out byte[]? none);
            CollectionAssert.AreEqual(new byte[] { 19, 0 }, none, "the radio stopped in that very pass, and the Results of the session with it");
            Assert.AreEqual((session, false), (rig.Door.Link.Session, rig.Door.Link.IsActive));
        }
    }
}
