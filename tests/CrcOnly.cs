using System;
using DoorController.Hal;

namespace DoorController.Tests
{
    /// <summary>CRC-32 in C#, as the formula has it, for tests of storage that run on a device too; there is no other cryptography in it.</summary>
    public sealed class CrcOnly : ICrypto
    {
        /// <inheritdoc/>
        public byte[] Hmac(byte[] key, byte[] data)
        {
            throw new NotSupportedException();
        }

        /// <inheritdoc/>
        public byte[] Encrypt(byte[] key, byte[] iv, byte[] data)
        {
            throw new NotSupportedException();
        }

        /// <inheritdoc/>
        public byte[] Decrypt(byte[] key, byte[] iv, byte[] data)
        {
            throw new NotSupportedException();
        }

        /// <inheritdoc/>
        public uint Crc32(byte[] data, int offset, int count)
        {
            uint crc = 0xFFFFFFFF;
            for (int i = 0; i < count; i++)
            {
                crc ^= data[offset + i];
                for (int bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
                }
            }

            return ~crc;
        }
    }
}
