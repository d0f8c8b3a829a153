using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Protocol
{
    /// <summary>
    /// What a sealed blob is opened for: each check of PROTOCOL.md section 1, "Sealing", by a blob that breaks this one and no other, its tag
    /// being right.
    /// </summary>
    [TestClass]
    public sealed class SealedTests
    {
        private const uint DoorId = 0x01020304;
        private const int DoorGeneration = 0x0506;

        private static readonly byte[] Key = [.. Enumerable.Range(1, Keys.Length).Select(i => (byte)i)];

        [TestMethod]
        [DataRow(1)]
        [DataRow(15)]
        [DataRow(16)]
        [DataRow(17)]
        [DataRow(31)]
        [DataRow(697 - 41)]
        public void PaddingThatIsNotZero_IsRefused(int length)
        {
            byte[] padded = Padded(length);
            CollectionAssert.AreEqual(padded[..length], Open(Seal(length, padded)), "zeros are taken");
            for (int at = length; at < padded.Length; at++)
            {
                byte[] spoilt = (byte[])padded.Clone();
                spoilt[at] = 1;
                Assert.IsNull(Open(Seal(length, spoilt)), "byte " + at);
            }
        }

        [TestMethod]
        public void PaddingOfABlockTooMuch_IsRefused()
        {
            byte[] padded = [.. Padded(5), .. new byte[16]];
            Assert.IsNull(Open(Seal(5, padded)));
            Assert.IsNull(Open(Seal(17, Padded(16))), "and a block too few");
            Assert.IsNull(Open(Seal(0, Padded(16))), "and an empty text");
        }

        [TestMethod]
        [DataRow(0, DisplayName = "type")]
        [DataRow(1, DisplayName = "door id, first byte")]
        [DataRow(4, DisplayName = "door id, last byte")]
        [DataRow(5, DisplayName = "door generation, low byte")]
        [DataRow(6, DisplayName = "door generation, high byte")]
        public void AHeaderForSomebodyElse_IsRefused_ThoughItsTagIsRight(int at)
        {
            byte[] blob = Seal(5, Padded(5));
            Assert.IsNotNull(Open(blob));
            blob[at] ^= 0x10;
            Assert.IsNull(Open(Tagged(blob[..^Bytes.Tag])));
        }

        [TestMethod]
        public void EveryByteIsUnderTheTag()
        {
            byte[] blob = Seal(20, Padded(20));
            for (int at = 0; at < blob.Length; at++)
            {
                byte[] changed = (byte[])blob.Clone();
                changed[at] ^= 0x80;
                Assert.IsNull(Open(changed), "byte " + at);
            }
        }

        [TestMethod]
        public void AnIv_IsNeverTheSameTwice()
        {
            using DoorRig rig = new();
            byte[][] ivs = [.. Enumerable.Range(0, 20).Select(_ => AuditPageMaker.Make(rig.Host.Board, rig.Door.Memory, 1, 1)![9..25])];
            Assert.AreEqual(20, ivs.Select(Convert.ToHexString).Distinct().Count());
        }

        [TestMethod]
        public void NothingIsDecrypted_BeforeItsTagWasRight()
        {
            CountingCrypto crypto = new();
            byte[] blob = Seal(5, Padded(5));
            for (int at = 0; at < blob.Length; at++)
            {
                byte[] changed = (byte[])blob.Clone();
                changed[at] ^= 1;
                Assert.IsNull(Sealed.Open(crypto, Key, BlobType.SyncReply, DoorId, DoorGeneration, changed, 0, changed.Length));
            }

            Assert.AreEqual(0, crypto.Decrypted);
            Assert.IsNotNull(Sealed.Open(crypto, Key, BlobType.SyncReply, DoorId, DoorGeneration, blob, 0, blob.Length));
            Assert.AreEqual(1, crypto.Decrypted);
        }

        [TestMethod]
        public void AKeyUpdateWithPaddingThatIsNotZero_ReachesNoDoor()
        {
            byte[] bundle = Site.Bundle(1, version: 2).Encode(Site.Root);
            byte[] padded = [.. bundle, .. new byte[(16 - (bundle.Length % 16)) % 16]];
            Assert.IsTrue(padded.Length > bundle.Length);
            padded[^1] = 1;
            byte[] subKey = Site.Root.SubKey(1, 1, Keys.Update);
            byte[] blob = Seal(bundle.Length, padded, subKey, BlobType.KeyUpdate, 1, 1);
            Prepared.Live(Prepared.Door(), (host, memory) =>
            {
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, blob));
                Assert.AreEqual(1u, memory.Keyring.Version);
                padded[^1] = 0;
                Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, Seal(bundle.Length, padded, subKey, BlobType.KeyUpdate, 1, 1)));
            });
        }

        private static byte[] Padded(int length)
        {
            byte[] padded = new byte[(length + 15) / 16 * 16];
            Array.Fill(padded, (byte)0xC3, 0, length);
            return padded;
        }

        private static byte[]? Open(byte[] blob) =>
            Sealed.Open(ServerCrypto.Instance, Key, BlobType.SyncReply, DoorId, DoorGeneration, blob, 0, blob.Length);

        private static byte[] Seal(int length, byte[] padded) => Seal(length, padded, Key, BlobType.SyncReply, DoorId, DoorGeneration);

        /// <summary>Written from the table of the document, so that length and padding can be what nobody sends.</summary>
        private static byte[] Seal(int length, byte[] padded, byte[] key, int type, uint doorId, int doorGeneration)
        {
            byte[] iv = [.. Enumerable.Range(100, 16).Select(i => (byte)i)];
            List<byte> blob = [(byte)type, .. BitConverter.GetBytes(doorId), (byte)doorGeneration, (byte)(doorGeneration >> 8)];
            blob.AddRange([(byte)length, (byte)(length >> 8), .. iv, .. ServerCrypto.Instance.Encrypt(key[..16], iv, padded)]);
            return Tagged([.. blob], key);
        }

        private static byte[] Tagged(byte[] blob) => Tagged(blob, Key);

        private static byte[] Tagged(byte[] blob, byte[] key) =>
            [.. blob, .. ServerCrypto.Instance.Hmac(key[16..], [.. Encoding.ASCII.GetBytes("dc1sealt"), .. blob])[..16]];

        private sealed class CountingCrypto : ICrypto
        {
            public int Decrypted { get; private set; }

            public byte[] Hmac(byte[] key, byte[] data) => ServerCrypto.Instance.Hmac(key, data);

            public byte[] Encrypt(byte[] key, byte[] iv, byte[] data) => ServerCrypto.Instance.Encrypt(key, iv, data);

            public byte[] Decrypt(byte[] key, byte[] iv, byte[] data)
            {
                Decrypted++;
                return ServerCrypto.Instance.Decrypt(key, iv, data);
            }

            public uint Crc32(byte[] data, int offset, int count) => ServerCrypto.Instance.Crc32(data, offset, count);
        }
    }
}
