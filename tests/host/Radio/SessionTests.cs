using System;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Storage;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Radio
{
    /// <summary>What one phone leaves behind is nothing to the next one: frames, fragments, attempts and Results of a session end with it.</summary>
    [TestClass]
    public sealed class SessionTests
    {
        private const int OfTheChain = 3;

        [TestMethod]
        public void Fragments_OfASession_MakeNoFrameInTheNextOne()
        {
            using DoorRig rig = new();
            byte[][] parts = [.. FragmentsOfAnUnlock(rig)];
            rig.Connect(0);
            foreach (byte[] part in parts[..3])
            {
                rig.Phone.TryWrite(BleCharacteristic.Unlock, part);
                rig.Run(20);
            }

            rig.Phone.Disconnect();
            rig.Run(100);
            rig.Connect(0);
            rig.Read(BleCharacteristic.Hello);
            foreach (byte[] part in parts[3..])
            {
                rig.Phone.TryWrite(BleCharacteristic.Unlock, part);
                rig.Run(20);
            }

            CollectionAssert.AreEqual(new byte[] { 19, 0 }, rig.Read(BleCharacteristic.Result), "a fragment out of order, not a frame that proves nothing");
        }

        [TestMethod]
        public void Frames_OfASession_AreNotJudgedInTheNextOne()
        {
            using SessionRig rig = new();
            rig.Write(rig.Key.MakeUnlock(rig.Connect(), AttemptId(1)));
            byte[] hello = rig.Connect();
            AssertNoResult(rig);
            Assert.AreEqual(Verdict.Pending, rig.Door.LastVerdict, "nothing was judged");
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
            CollectionAssert.AreEqual(hello, rig.Read(BleCharacteristic.Hello), "and no Hello was used up");
        }

        [TestMethod]
        public void AnAttempt_WhosePhoneLeftWhileItWasJudged_IsForgotten()
        {
            using SessionRig rig = new();
            byte[] unlock = rig.Key.MakeUnlock(rig.Connect(), AttemptId(1));
            uint next = rig.Door.Memory.Audit.NextSequence;
            rig.LeaveAtHmac(1);
            rig.Write(unlock);
            rig.Door.Poll();
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
            Assert.AreEqual(next, rig.Door.Memory.Audit.NextSequence);
            AssertNoResult(rig);
            rig.Write(rig.Key.MakeUnlock(rig.Connect(), AttemptId(1)));
            rig.Door.Poll();
            Assert.AreEqual(1, rig.Host.Strike.Pulses, "the same attempt is none that was accepted");
        }

        [TestMethod]
        public void TheResult_OfAPhoneThatLeft_IsNotTheNextOnes()
        {
            using SessionRig rig = new();
            byte[] unlock = rig.Key.MakeUnlock(rig.Connect(), AttemptId(1));
            rig.LeaveAtHmac(OfTheChain);
            rig.Write(unlock);
            rig.Door.Poll();
            Assert.AreEqual(1, rig.Host.Strike.Pulses, "it left when the pulse had begun");
            AssertNoResult(rig);
        }

        private static void AssertNoResult(SessionRig rig)
        {
            Assert.AreEqual(BleAnswer.Ok, rig.Door.Link.OnRead(BleCharacteristic.Result, out byte[]? value));
            CollectionAssert.AreEqual(new byte[] { 19, 0 }, value, "read Hello, write the attempt again");
        }

        [TestMethod]
        public void ASession_HasABucketOfItsOwn()
        {
            using DoorRig rig = new();
            byte[] nothing = [0x21, .. new byte[76]];
            for (int session = 0; session < 3; session++)
            {
                rig.Door.Link.OnSession(true);
                rig.Door.Poll();
                for (int i = 0; i < Limits.BucketAttempts; i++)
                {
                    rig.Door.Link.OnWrite(BleCharacteristic.Unlock, nothing);
                    rig.Door.Poll();
                }
            }

            Assert.AreEqual(0, rig.Door.Supervisor.RadioRestarts);
        }

        private static byte[][] FragmentsOfAnUnlock(DoorRig rig)
        {
            byte[] hello = rig.Door.Link.StandingHello();
            return [.. PhoneKey.Fragment(Site.Key(Site.Record(), rig.Bundle.DoorId).MakeUnlock(hello, AttemptId(1)))];
        }

        private static byte[] AttemptId(byte id) => [.. Enumerable.Repeat(id, Unlock.AttemptIdLength)];

        /// <summary>A door whose phone goes, and the next one comes, at one HMAC of its choice.</summary>
        private sealed class SessionRig : ICrypto, IDisposable
        {
            private int _leaveAt;

            public SessionRig()
            {
                byte[] bytes = Site.Bundle(1).Encode(Site.Root);
                new SlotFile(Host.Flash, Host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bytes, 0, bytes.Length);
                Board board = new(Host.Clock, Host.Random, this, Host.Board.Ble, Host.Strike, Host.Floors, Host.Inputs, Host.Lamp, Host.Flash,
                    Host.Network, Host.Serial, Host.Power);
                Door = new Door(board, new Settings());
                Host.Run(Door.Poll, 1000);
            }

            public HostBoard Host { get; } = new(new MemoryFiles());

            public Door Door { get; }

            public PhoneKey Key { get; } = Site.Key(Site.Record(), 1);

            public void LeaveAtHmac(int number) => _leaveAt = number;

            public byte[] Connect()
            {
                Door.Link.OnSession(true);
                Door.Poll();
                return Read(BleCharacteristic.Hello);
            }

            public void Write(byte[] frame) => Door.Link.OnWrite(BleCharacteristic.Unlock, frame);

            public byte[] Read(int characteristic)
            {
                Door.Link.OnRead(characteristic, out byte[]? value);
                return value ?? [];
            }

            public byte[] Hmac(byte[] key, byte[] data)
            {
                if (_leaveAt > 0 && --_leaveAt == 0)
                {
                    Door.Link.OnSession(false);
                    Door.Link.OnSession(true);
                }

                return Host.Crypto.Hmac(key, data);
            }

            public byte[] Encrypt(byte[] key, byte[] iv, byte[] data) => Host.Crypto.Encrypt(key, iv, data);

            public byte[] Decrypt(byte[] key, byte[] iv, byte[] data) => Host.Crypto.Decrypt(key, iv, data);

            public uint Crc32(byte[] data, int offset, int count) => Host.Crypto.Crc32(data, offset, count);

            public void Dispose() => Host.Dispose();
        }
    }
}
