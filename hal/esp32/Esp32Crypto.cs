using System;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// The native HMAC-SHA256, AES-128 and CRC-32 (PLATFORM.md 7): one shot over whole arrays. HMACSHA256.HashData needs firmware of
    /// March 2026 or later.
    /// </summary>
    public sealed class Esp32Crypto : ICrypto
    {
        /// <inheritdoc/>
        public byte[] Hmac(byte[] key, byte[] data)
        {
            return HMACSHA256.HashData(key, data);
        }

        /// <inheritdoc/>
        public byte[] Encrypt(byte[] key, byte[] iv, byte[] data)
        {
            return MakeAes(key, iv).Encrypt(data);
        }

        /// <inheritdoc/>
        public byte[] Decrypt(byte[] key, byte[] iv, byte[] data)
        {
            return MakeAes(key, iv).Decrypt(data);
        }

        /// <inheritdoc/>
        public uint Crc32(byte[] data, int offset, int count)
        {
            return System.IO.Hashing.Crc32.HashToUInt32(new SpanByte(data, offset, count));
        }

        private static Aes MakeAes(byte[] key, byte[] iv)
        {
            return new Aes(CipherMode.CBC) { Key = key, IV = iv };
        }
    }
}
