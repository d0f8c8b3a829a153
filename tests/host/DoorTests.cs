using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>The walk of an unlock, from the phone's first read to the end of the pulse, and every rule around it.</summary>
    [TestClass]
    public sealed class DoorTests
    {
        [TestMethod]
        public void Key_OpensOnce_AndThePhoneKnowsTheDoor()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] result = rig.Tap(key);
            Assert.AreEqual(Verdict.Granted, (int)result[0]);
            Assert.IsTrue(key.IsFromTheDoor(rig.LastHello, rig.LastUnlock, result));
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
            rig.Run(20000);
            Assert.IsFalse(rig.Host.Strike.IsEnergised);
            Assert.HasCount(2, rig.Host.Strike.Edges);
            Assert.AreEqual(5000, rig.Host.Strike.TotalOnMs);
            NoFaults(rig);
        }

        [TestMethod]
        public void Key_OpensAtMtu23_InFragmentsAndWithLongReads()
        {
            using DoorRig rig = new(Site.Bundle(1, scopes: Limits.Scopes));
            byte[] result = rig.Tap(Site.Key(Site.Record(), 1), mtu: 0);
            Assert.AreEqual(Verdict.Granted, (int)result[0]);
            Assert.HasCount(Hello.LengthWith(Limits.Scopes), rig.LastHello);
            NoFaults(rig);
        }

        [TestMethod]
        public void Retry_OverANewConnection_GetsTheSameReceiptAndNoSecondPulse()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] id = PhoneKey.NewAttemptId();
            byte[] first = rig.Tap(key, id);
            rig.Run(2000);
            byte[] again = rig.Tap(key, id);
            Assert.IsTrue(key.IsFromTheDoor(rig.LastHello, rig.LastUnlock, again));
            Assert.AreEqual(Bytes.U32(first, 6), Bytes.U32(again, 6), "the same audit record");
            Assert.IsLessThan(Bytes.U16(first, 10), Bytes.U16(again, 10), "less hold time is left");
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
            rig.Run(Limits.AttemptMs);
            rig.Tap(key, id);
            Assert.AreEqual(2, rig.Host.Strike.Pulses, "after 30 s it is a new attempt, freshly proven");
        }

        [TestMethod]
        public void Replay_NeverOpens_WhateverHelloStands()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(), 1));
            byte[] recorded = rig.LastUnlock;
            for (int i = 0; i < 10; i++)
            {
                rig.Connect();
                rig.Read(BleCharacteristic.Hello);
                Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Send(recorded)[0]);
                rig.Phone.Disconnect();
                rig.Run(3000);
            }

            rig.Reboot();
            rig.Connect();
            rig.Read(BleCharacteristic.Hello);
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Send(recorded)[0]);
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void TheSameFrameAgain_GetsItsResultAgain_AndNoSecondPulse()
        {
            using DoorRig rig = new();
            rig.Connect();
            byte[] granted = rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            byte[] hello = rig.Read(BleCharacteristic.Hello);
            uint next = rig.Door.Memory.Audit.NextSequence;
            CollectionAssert.AreEqual(granted, rig.Send(rig.LastUnlock));
            CollectionAssert.AreEqual(hello, rig.Read(BleCharacteristic.Hello), "no Hello was used up");
            Assert.AreEqual((1, next), (rig.Host.Strike.Pulses, rig.Door.Memory.Audit.NextSequence));
        }

        [TestMethod]
        public void AnEarlierFrameOfTheSession_IsToldToReadHello()
        {
            using DoorRig rig = new();
            rig.Connect();
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            byte[] first = rig.LastUnlock;
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            Assert.AreEqual(Verdict.NoHello, (int)rig.Send(first)[0], "its nonce was used");
            Assert.AreEqual(2, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void TheSameFrame_OverAnotherConnection_IsToldToReadHello()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(), 1));
            rig.Connect();
            Assert.AreEqual(Verdict.NoHello, (int)rig.Send(rig.LastUnlock)[0], "a recorded frame is nothing to another phone");
            rig.Read(BleCharacteristic.Hello);
            Assert.AreEqual(Verdict.OnAir(Verdict.NotProven), (int)rig.Send(rig.LastUnlock)[0]);
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Hello_StandsUntilItIsUsedOrOld()
        {
            using DoorRig rig = new();
            rig.Connect();
            byte[] first = rig.Read(BleCharacteristic.Hello);
            CollectionAssert.AreEqual(first, rig.Read(BleCharacteristic.Hello), "read again, the same bytes");
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            byte[] second = rig.Read(BleCharacteristic.Hello);
            CollectionAssert.AreNotEqual(Nonce(first), Nonce(second), "an attempt was processed");
            rig.Run(Limits.HelloMs - 2000);
            CollectionAssert.AreEqual(second, rig.Read(BleCharacteristic.Hello));
            rig.Phone.TryWrite(BleCharacteristic.Carry, [0x21, BlobType.List, 40, 0]);
            rig.Run(2500);
            CollectionAssert.AreNotEqual(Nonce(second), Nonce(rig.Read(BleCharacteristic.Hello)), "10 s after its first read");
        }

        [TestMethod]
        public void Hello_OfAnotherSession_ProvesNothing()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            rig.Connect();
            byte[] hello = rig.Read(BleCharacteristic.Hello);
            rig.Phone.Disconnect();
            rig.Run(100);
            rig.Connect();
            CollectionAssert.AreNotEqual(Nonce(hello), Nonce(rig.Read(BleCharacteristic.Hello)));
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Send(key.MakeUnlock(hello, PhoneKey.NewAttemptId()))[0]);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Nonces_AreNeverGivenTwice()
        {
            using DoorRig rig = new();
            HashSet<string> seen = [];
            for (int i = 0; i < 300; i++)
            {
                rig.Connect();
                Assert.IsTrue(seen.Add(Convert.ToHexString(Nonce(rig.Read(BleCharacteristic.Hello)))));
                rig.Phone.Disconnect();
                rig.Run(50);
            }
        }

        [TestMethod]
        public void UnverifiedRequest_DiesWithItsSession()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            rig.Door.Link.OnSession(true);
            rig.Door.Poll();
            rig.Door.Link.OnRead(BleCharacteristic.Hello, out byte[]? hello);
            rig.Door.Link.OnWrite(BleCharacteristic.Unlock, key.MakeUnlock(hello!, PhoneKey.NewAttemptId()));
            rig.Door.Link.OnSession(false);
            rig.Run(1000);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Attempts_BeyondTheBucket_ShedThePhone()
        {
            using DoorRig rig = new();
            rig.Door.Link.OnSession(true);
            rig.Door.Poll();
            int restarts = rig.Door.Supervisor.RadioRestarts;
            for (int i = 0; i <= Limits.BucketAttempts; i++)
            {
                rig.Door.Link.OnWrite(BleCharacteristic.Unlock, new byte[77].Select((_, at) => (byte)(at == 0 ? 0x21 : 0)).ToArray());
                rig.Door.Poll();
            }

            rig.Run(100);
            Assert.AreEqual(restarts + 1, rig.Door.Supervisor.RadioRestarts);
            rig.Run(Limits.AuditQueueMs + 2000);
            byte[] records = new byte[10 * AuditRecord.Length];
            int count = rig.Door.Memory.Audit.Reader.ReadPage(1, records, 0, 10);
            Assert.AreEqual(1, Enumerable.Range(0, count).Count(i => records[(i * AuditRecord.Length) + AuditRecord.EventOffset] == AuditEvent.PhoneShed));
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record(), 1))[0], "the next phone opens");
        }

        [TestMethod]
        public void PowerCut_InThePulse_ReleasesTheStrikeForGood()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(), 1));
            Assert.IsTrue(rig.Host.Strike.IsEnergised);
            rig.Reboot();
            rig.Run(60000);
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
            Assert.AreEqual(StrikeCause.Reset, rig.Host.Strike.Edges[^1].Cause);
        }

        [TestMethod]
        public void FlashThatThrows_AfterThePulse_CostsNoSecondOne()
        {
            ThrowingFiles files = new();
            using DoorRig rig = new(flash: files);
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] id = PhoneKey.NewAttemptId();
            files.IsBroken = true;
            Assert.ThrowsExactly<System.IO.IOException>(() => rig.Tap(key, id));
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
            files.IsBroken = false;
            rig.Phone.Disconnect();
            rig.Run(500);
            byte[] again = rig.Tap(key, id);
            Assert.AreEqual(Verdict.Granted, (int)again[0]);
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Freeze_InThePulse_DoesNotLengthenIt()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(), 1));
            rig.Host.Freeze(60000);
            Assert.AreEqual(5000, rig.Host.Strike.TotalOnMs);
            rig.Run(5000);
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Audit_NamesTheCauseOfEveryPulse()
        {
            using DoorRig rig = new(settings: new Settings { HasRex = true });
            rig.Tap(Site.Key(Site.Record(7), 1));
            rig.Host.Inputs.Set(Input.Rex, true);
            rig.Run(Limits.AuditQueueMs);
            byte[] records = new byte[20 * AuditRecord.Length];
            int count = rig.Door.Memory.Audit.Reader.ReadPage(1, records, 0, 20);
            (int Event, uint Key)[] granted = Enumerable.Range(0, count).Select(i => i * AuditRecord.Length)
                .Where(at => records[at + AuditRecord.VerdictOffset] == Verdict.Granted)
                .Select(at => ((int)records[at + AuditRecord.EventOffset], Bytes.U32(records, at + AuditRecord.KeyNumberOffset))).ToArray();
            CollectionAssert.AreEqual(new[] { (AuditEvent.Credential, 7u), (AuditEvent.Rex, 0u) }, granted);
            Assert.AreEqual(2, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void PreviousGeneration_OpensUntilItsDeadline()
        {
            BundleScope scope = new(Site.Scope, 0, 2, PreviousGeneration: 1, PreviousUntil: Site.Start + 3600);
            using DoorRig rig = new(Site.Bundle(1) with { Scopes = [scope] });
            rig.ProveTime(Site.Start);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record(), 1))[0]);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record() with { Generation = 2 }, 1))[0]);
            rig.ProveTime(Site.Start + 3600);
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Tap(Site.Key(Site.Record(), 1))[0]);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record() with { Generation = 2 }, 1))[0]);
        }

        [TestMethod]
        public void StolenController_OpensNoNeighbour()
        {
            using DoorRig rig = new(Site.Bundle(2, index: 1));
            CredentialRecord forAll = Site.Record() with { Mask = ulong.MaxValue };
            byte[] credential = forAll.Seal(Site.Root);
            byte[] stolen = Keys.CredentialKey(ServerCrypto.Instance, Site.Root.DoorScopeKey(Site.Scope, Site.Generation, 1), credential, 0);
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Tap(new PhoneKey(2, credential, stolen))[0]);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void IdlePasses_AllocateNothing()
        {
            using DoorRig rig = new(Site.Bundle(1, scopes: Limits.Scopes), new Settings { HasContact = true, HasRex = true });
            rig.Run(60000);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int pass = 0; pass < 1000; pass++)
            {
                rig.Door.Poll();
            }

            Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before, "a 50 KB heap would be full of it within seconds");
        }

        private static byte[] Nonce(byte[] hello) => hello[Hello.Nonce..(Hello.Nonce + Hello.NonceLength)];

        private static void NoFaults(DoorRig rig) => Assert.IsEmpty(rig.Host.Faults, string.Join("\n", rig.Host.Faults));
    }

    /// <summary>Flash whose driver throws when a test says so.</summary>
    internal sealed class ThrowingFiles : IFiles
    {
        private readonly MemoryFiles _files = new();

        public bool IsBroken { get; set; }

        public int Length(string name) => _files.Length(name);

        public int Read(string name, int position, byte[] buffer, int offset, int count) => _files.Read(name, position, buffer, offset, count);

        public bool Write(string name, int position, byte[] buffer, int offset, int count) =>
            IsBroken ? throw new System.IO.IOException() : _files.Write(name, position, buffer, offset, count);

        public bool Replace(string name, byte[] buffer, int offset, int count) =>
            IsBroken ? throw new System.IO.IOException() : _files.Replace(name, buffer, offset, count);

        public bool Delete(string name) => _files.Delete(name);

        public string[] List() => _files.List();
    }
}
