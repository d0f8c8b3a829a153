using System;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace DoorController.Hal.Host
{
    /// <summary>The device's cryptography on .NET's. It counts its calls, because they are what an unlock costs on a board.</summary>
    public sealed class HostCrypto : ICrypto, IDisposable
    {
        private const int AesBlockBytes = 16;
        private readonly Aes _aes = Aes.Create();

        /// <summary>HMAC-SHA256 calls so far.</summary>
        public int HmacCount { get; private set; }

        /// <summary>AES calls so far, in either direction.</summary>
        public int AesCount { get; private set; }

        /// <inheritdoc/>
        /// <exception cref="ArgumentException">Key or data are empty: the device refuses both.</exception>
        public byte[] Hmac(byte[] key, byte[] data)
        {
            RequireLength(key.Length > 0, nameof(key), "at least 1 byte");
            RequireLength(data.Length > 0, nameof(data), "at least 1 byte");
            HmacCount++;
            return HMACSHA256.HashData(key, data);
        }

        /// <inheritdoc/>
        /// <exception cref="ArgumentException">A length is wrong.</exception>
        public byte[] Encrypt(byte[] key, byte[] iv, byte[] data)
        {
            PrepareAes(key, iv, data);
            return _aes.EncryptCbc(data, iv, PaddingMode.None);
        }

        /// <inheritdoc/>
        /// <exception cref="ArgumentException">A length is wrong.</exception>
        public byte[] Decrypt(byte[] key, byte[] iv, byte[] data)
        {
            PrepareAes(key, iv, data);
            return _aes.DecryptCbc(data, iv, PaddingMode.None);
        }

        /// <inheritdoc/>
        /// <exception cref="ArgumentOutOfRangeException">The range is not inside the data.</exception>
        public uint Crc32(byte[] data, int offset, int count)
        {
            return System.IO.Hashing.Crc32.HashToUInt32(data.AsSpan(offset, count));
        }

        /// <inheritdoc/>
        public void Dispose() => _aes.Dispose();

        private void PrepareAes(byte[] key, byte[] iv, byte[] data)
        {
            RequireLength(key.Length == AesBlockBytes, nameof(key), "16 bytes");
            RequireLength(iv.Length == AesBlockBytes, nameof(iv), "16 bytes");
            RequireLength(data.Length > 0 && data.Length % AesBlockBytes == 0, nameof(data), "a multiple of 16 bytes above 0");
            AesCount++;
            _aes.Key = key;
        }

        private static void RequireLength(bool holds, string name, string wanted)
        {
            if (!holds)
            {
                throw new ArgumentException("Length must be " + wanted + ".", name);
            }
        }
    }
}
