using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>Form 2 is read in several turns: what its carriers are told, and what happens in between.</summary>
    [TestClass]
    public sealed class ScatteredCarriersTests
    {
        private static readonly int[] Numbers = [.. Enumerable.Range(0, Limits.ScatteredKeys).Select(i => (15 * i) + (i % 7))];

        [TestMethod]
        public void WhatTheNextSessionWrites_IsNoPartOfTheListThatIsStillRead()
        {
            using DoorRig rig = new();
            rig.Connect();
            CarryPhone phone = new(rig);
            byte[] blob = Blob(100, []);
            byte[][] frames = [.. phone.Frames(blob)];
            Array.ForEach(frames[..^1], phone.Write);
            rig.Phone.Interval = () => rig.Host.Clock.Advance(10);
            rig.Phone.TryWrite(BleCharacteristic.Carry, frames[^1]);
            while (!rig.Door.Memory.KeyStore.IsPending)
            {
                rig.Poll();
            }

            rig.Phone.Disconnect();
            Assert.IsTrue(rig.Phone.Connect(247));
            byte[] zeros = new byte[blob.Length];
            foreach (byte[] frame in new[] { CarryPhone.Begin(BlobType.List, blob.Length) }.Concat(phone.Frames(zeros).Skip(1)))
            {
                Assert.AreEqual(0, rig.Phone.TryWrite(BleCharacteristic.Carry, frame));
            }

            rig.Run(5000);
            Assert.AreEqual(100u, rig.Door.Memory.KeyStore.ListVersion(0));
            HashSet<int> revoked = [.. Numbers];
            for (int key = 0; key < Limits.WindowKeys; key++)
            {
                Assert.AreEqual(revoked.Contains(key) ? Verdict.Revoked : Verdict.Granted, rig.Door.Memory.KeyStore.Judge(0, (uint)key), "key " + key);
            }
        }

        [TestMethod]
        public void AMistakeBehindTheLastKey_IsRefusedToAPhone()
        {
            using DoorRig rig = new();
            rig.Connect();
            CarryPhone phone = new(rig);
            Assert.AreEqual(CarryState.Refused, phone.Bring(Blob(100, [0])));
            Assert.AreEqual(0u, rig.Door.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(CarryState.Accepted, phone.Bring(Blob(100, [])));
        }

        [TestMethod]
        public void AMistakeBehindTheLastKey_IsRefusedToTheServer_AndWhatFollowsIsTaken()
        {
            using SyncRig rig = new();
            rig.Server.News = _ => [Blob(100, [0]), SyncRig.List(99, 5)];
            rig.RunPastNextSync();
            Assert.AreEqual(99u, rig.Memory.KeyStore.ListVersion(0));
            StringAssert.Contains(rig.Line, "a blob of the server was not taken, state " + CarryState.Refused);
        }

        [TestMethod]
        public void AMistakeBehindTheLastKey_EndsAFileOfTheCable()
        {
            MemoryFiles files = new();
            using HostBoard host = new(files);
            byte[] bundle = Site.Bundle(1).Encode(Site.Root);
            byte[] provision = [.. bundle, .. new byte[4]];
            Bytes.Put32(provision, bundle.Length, host.Crypto.Crc32(bundle, 0, bundle.Length));
            byte[] blob = Blob(100, [0]);
            files.Replace("provision", provision, 0, provision.Length);
            files.Replace("list0", blob, 0, blob.Length);
            DoorMemory memory = new(host.Board);
            Provisioning.Run(host.Board, memory, new BlobIntake(host.Board, memory), new byte[Limits.TransferBytes]);
            Assert.AreEqual((1u, 0u), (memory.Keyring.Version, memory.KeyStore.ListVersion(0)));
            Assert.AreEqual((-1, -1), (files.Length("provision"), files.Length("list0")), "the next boot would only refuse it again");
        }

        /// <summary>The longest list, for door 1.</summary>
        /// <param name="behind">Bytes behind its last code.</param>
        private static byte[] Blob(uint version, byte[] behind)
        {
            byte[] body = [.. ListBlob.Scattered(SyncRig.Header(version), 0, Numbers)!, .. behind];
            Bytes.Put16(body, ListBody.DataLength, body.Length - ListBody.Data);
            return ListBlob.ForDoor(Site.Root, 1, 1, body);
        }
    }
}
