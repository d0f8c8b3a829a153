using System;
using DoorController.Access;
using DoorController.Audit;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Radio;
using DoorController.Storage;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>Records inside a credential that the server of today does not make, and attempts that a strike or a flash fails.</summary>
    [TestClass]
    public sealed class CredentialTests
    {
        private const int Day = 86_400;

        [TestMethod]
        [DataRow(0, 0, DisplayName = "record version 0")]
        [DataRow(0, 2, DisplayName = "record version 2")]
        [DataRow(1, 2, DisplayName = "flag 1")]
        [DataRow(1, 0x80, DisplayName = "flag 7")]
        [DataRow(3, 1, DisplayName = "generation 257, whose low byte is that of 1")]
        public void ARecordThatTheDoorDoesNotKnow_IsTold_AndOpensNothing(int at, int value)
        {
            using DoorRig rig = new();
            rig.ProveTime(Site.Start);
            rig.Run(200);
            rig.Reboot();
            CredentialRecord later = Site.Record() with { IssuedAt = Site.Start + Day, ListVersion = 77 };
            PhoneKey key = Altered(later, record => record[at] = (byte)value);
            byte[] result = rig.Tap(key);
            CollectionAssert.AreEqual(new byte[] { Verdict.UnsupportedCredential, 1 }, result[..2], "and which version it knows");
            Assert.IsTrue(key.IsFromTheDoor(rig.LastHello, rig.LastUnlock, result));
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
            Assert.IsTrue(rig.Door.Memory.Time.Floor < Site.Start + 60, "of a record that it does not know it believes nothing");
            Assert.AreEqual(0u, rig.Door.Memory.NewestKnown(0));
        }

        [TestMethod]
        public void ACredential_TellsOfTheNewestList_AndAnOlderOneTakesNothingBack()
        {
            using DoorRig rig = new(Site.Bundle(1, scopes: 2));
            rig.Tap(Site.Key(Site.Record() with { ListVersion = 77, ScopeId = Site.Scope + 1 }, 1));
            rig.Tap(Site.Key(Site.Record(6) with { ListVersion = 76, ScopeId = Site.Scope + 1 }, 1));
            Assert.AreEqual((0u, 77u), (rig.Door.Memory.NewestKnown(0), rig.Door.Memory.NewestKnown(1)));
        }

        [TestMethod]
        public void GenerationsAbove255_AreKnownByTheirLowByte()
        {
            BundleScope scope = new(Site.Scope, 0, 0x0102, PreviousGeneration: 0x0101, PreviousUntil: uint.MaxValue);
            using DoorRig rig = new(Site.Bundle(1) with { Scopes = [scope] });
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record() with { Generation = 0x0102 }, 1))[0]);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record() with { Generation = 0x0101 }, 1))[0]);
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Tap(Site.Key(Site.Record() with { Generation = 0x0002 }, 1))[0]);
            Assert.AreEqual(Verdict.NotProven, rig.Door.LastVerdict);
        }

        [TestMethod]
        public void APreviousGenerationOfZero_IsNone_WhateverItsDeadlineAndKeysSay()
        {
            byte[] bundle = Site.Bundle(1).Encode(Site.Root);
            Bytes.Put32(bundle, 71 + 61, uint.MaxValue);
            MemoryFiles files = new();
            new SlotFile(files, new HostCrypto(), "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length);
            using HostBoard host = new(files);
            Keyring keyring = new DoorMemory(host.Board).Keyring;
            Assert.IsTrue(keyring.HasKeys);
            Assert.AreEqual(-1, keyring.FindGeneration(0, 0, 0), "its keys are zeros, which anybody has");
        }

        [TestMethod]
        public void AnAttemptThatTheStrikeRefused_IsNoneThatWasAccepted()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] id = PhoneKey.NewAttemptId();
            rig.Host.Strike.Refuses = true;
            Assert.AreEqual(Verdict.StrikeFault, (int)rig.Tap(key, id)[0]);
            rig.Host.Strike.Refuses = false;
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(key, id)[0]);
            Assert.AreEqual((Verdict.Granted, 1), (rig.Door.LastVerdict, rig.Host.Strike.Pulses), "not a repeat");
        }

        [TestMethod]
        public void EveryBitOfACredential_CountsForItsKey()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            for (int bit = 0; bit < 8 * Credential.Length; bit++)
            {
                byte[] changed = (byte[])key.Credential.Clone();
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                CollectionAssert.AreEqual(new byte[] { 32, 0 }, rig.Tap(key with { Credential = changed }), "bit " + bit);
                int wanted = bit < 24 ? Verdict.UnknownScope : bit < 32 ? Verdict.UnknownGeneration : Verdict.NotProven;
                Assert.AreEqual(wanted, rig.Door.LastVerdict, "bit " + bit);
            }

            Assert.AreEqual(0, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void AnAttemptFromBeforeAReboot_IsANewOne()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] id = PhoneKey.NewAttemptId();
            rig.Tap(key, id);
            rig.Reboot();
            rig.Tap(key, id);
            Assert.AreEqual((Verdict.Granted, 2), (rig.Door.LastVerdict, rig.Host.Strike.Pulses));
        }

        [TestMethod]
        public void ARefusalInAnotherOnesPulse_SaysNoHoldTime()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(), 1));
            Assert.IsTrue(rig.Host.Strike.IsEnergised);
            byte[] refused = rig.Tap(Site.Key(Site.Record(6) with { Mask = 2 }, 1));
            Assert.AreEqual((Verdict.WrongDoor, 0), ((int)refused[0], Bytes.U16(refused, 10)));
        }

        [TestMethod]
        public void ARepeat_IsToldAgain_EvenWhenTheKeyDiedMeanwhile()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] id = PhoneKey.NewAttemptId();
            byte[] first = rig.Tap(key, id);
            rig.Apply(ListBodies.Revoking(10, 0, 5));
            byte[] again = rig.Tap(key, id);
            Assert.AreEqual((Verdict.Granted, Verdict.Repeated), ((int)again[0], rig.Door.LastVerdict), "check 10 is before the lists");
            CollectionAssert.AreEqual(first[2..10], again[2..10]);
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
            Assert.AreEqual(Verdict.Revoked, (int)rig.Tap(key)[0]);
        }

        [TestMethod]
        public void SixteenAttemptsAreRemembered_AndTheNextIsBusy_UntilOneIsForgotten()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            for (int i = 0; i < 16; i++)
            {
                Assert.AreEqual(Verdict.Granted, (int)rig.Tap(key)[0], "attempt " + i);
            }

            byte[] busy = rig.Tap(key);
            Assert.AreEqual(Verdict.Busy, (int)busy[0]);
            Assert.IsTrue(busy[1] is > 0 and <= 30, "seconds until it may work: " + busy[1]);
            rig.Run((busy[1] - 1) * 1000);
            Assert.AreEqual(Verdict.Busy, (int)rig.Tap(key)[0]);
            rig.Run(1000);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(key)[0]);
        }

        [TestMethod]
        [DataRow(87, 0)]
        [DataRow(88, 4)]
        public void Hello_SaysWhetherAWholeFrameFits(int mtu, int flag)
        {
            using DoorRig rig = new();
            rig.Connect(mtu);
            rig.Read(BleCharacteristic.Hello);
            rig.Run(Limits.HelloMs - 1000);
            rig.Read(BleCharacteristic.Hello);
            rig.Phone.TryWrite(BleCharacteristic.Carry, [0x21, BlobType.List, 40, 0]);
            rig.Run(2000);
            Assert.AreEqual(flag, rig.Read(BleCharacteristic.Hello)[Hello.Flags] & Hello.WholeFrame);
        }

        [TestMethod]
        public void Hello_SaysThatRecordsWait_UntilTheyAreAcknowledged()
        {
            using DoorRig rig = new();
            rig.Run(Limits.AuditQueueMs + 1000);
            AuditTrail audit = rig.Door.Memory.Audit;
            Assert.AreEqual(16, new HelloMaker(rig.Host.Board, rig.Door.Memory).MakeFlags() & 16);
            byte[] record = new byte[AuditRecord.Length];
            uint last = audit.NextSequence - 1;
            Assert.AreEqual(1, audit.Reader.ReadPage(last, record, 0, 1));
            Assert.IsTrue(audit.Reader.Acknowledge(audit.Epoch, last, record, AuditRecord.ChainOffset));
            Assert.AreEqual(0, new HelloMaker(rig.Host.Board, rig.Door.Memory).MakeFlags() & 16);
            audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0);
            Assert.AreEqual(16, new HelloMaker(rig.Host.Board, rig.Door.Memory).MakeFlags() & 16);
        }

        private static PhoneKey Altered(CredentialRecord record, Action<byte[]> alter)
        {
            byte[] credential = record.Seal(Site.Root);
            byte[] sealKey = Site.Root.SealKey(record.ScopeId, record.Generation);
            byte[] iv = credential[Credential.Iv..Credential.Sealed];
            byte[] plain = ServerCrypto.Instance.Decrypt(sealKey, iv, credential[Credential.Sealed..]);
            alter(plain);
            credential = [.. credential[..Credential.Sealed], .. ServerCrypto.Instance.Encrypt(sealKey, iv, plain)];
            return new PhoneKey(1, credential, Site.Root.CredentialKey(credential, record.ScopeId, record.Generation, 1));
        }
    }
}
