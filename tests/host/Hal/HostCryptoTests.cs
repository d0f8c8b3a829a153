using System;
using System.Text;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>The host's cryptography against published vectors, because every other vector rests on it.</summary>
    [TestClass]
    public sealed class HostCryptoTests
    {
        // NIST SP 800-38A, F.2.1, first two blocks.
        private const string AesKey = "2B7E151628AED2A6ABF7158809CF4F3C";
        private const string AesIv = "000102030405060708090A0B0C0D0E0F";
        private const string AesPlain = "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51";
        private const string AesCipher = "7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2";

        [TestMethod]
        public void Hmac_IsRfc4231s()
        {
            using var crypto = new HostCrypto();
            byte[] mac = crypto.Hmac(Encoding.ASCII.GetBytes("Jefe"), Encoding.ASCII.GetBytes("what do ya want for nothing?"));
            Assert.AreEqual("5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843", Convert.ToHexString(mac));
            Assert.AreEqual(1, crypto.HmacCount);
        }

        [TestMethod]
        public void Aes_IsNists_InBothDirections()
        {
            using var crypto = new HostCrypto();
            byte[] key = Convert.FromHexString(AesKey);
            byte[] iv = Convert.FromHexString(AesIv);
            Assert.AreEqual(AesCipher, Convert.ToHexString(crypto.Encrypt(key, iv, Convert.FromHexString(AesPlain))));
            Assert.AreEqual(AesPlain, Convert.ToHexString(crypto.Decrypt(key, iv, Convert.FromHexString(AesCipher))));
            Assert.AreEqual(2, crypto.AesCount);
        }

        [TestMethod]
        public void Crc32_IsZlibs_OverTheRangeOnly()
        {
            using var crypto = new HostCrypto();
            Assert.AreEqual(0xCBF43926u, crypto.Crc32(Encoding.ASCII.GetBytes("x123456789x"), 1, 9));
        }

        [TestMethod]
        [DataRow(15, 16, 16)]
        [DataRow(32, 16, 16)]
        [DataRow(16, 15, 16)]
        [DataRow(16, 16, 0)]
        [DataRow(16, 16, 17)]
        public void Aes_OfAWrongLength_IsRefused(int key, int iv, int data)
        {
            using var crypto = new HostCrypto();
            Assert.ThrowsExactly<ArgumentException>(() => crypto.Encrypt(new byte[key], new byte[iv], new byte[data]));
            Assert.ThrowsExactly<ArgumentException>(() => crypto.Decrypt(new byte[key], new byte[iv], new byte[data]));
            Assert.AreEqual(0, crypto.AesCount);
        }

        [TestMethod]
        public void Hmac_OfNothing_IsRefused()
        {
            using var crypto = new HostCrypto();
            Assert.ThrowsExactly<ArgumentException>(() => crypto.Hmac(Array.Empty<byte>(), new byte[1]));
            Assert.ThrowsExactly<ArgumentException>(() => crypto.Hmac(new byte[1], Array.Empty<byte>()));
        }
    }
}
