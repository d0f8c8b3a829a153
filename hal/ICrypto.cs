namespace DoorController.Hal
{
    /// <summary>The native cryptography of the board. Every call is one shot over whole arrays, because the device has no other.</summary>
    public interface ICrypto
    {
        /// <summary>HMAC-SHA256 of the whole of <paramref name="data"/>.</summary>
        /// <param name="key">Any length above 0; this project uses 16 and 32 bytes.</param>
        /// <param name="data">Any length above 0.</param>
        /// <returns>A new array of 32 bytes.</returns>
        byte[] Hmac(byte[] key, byte[] data);

        /// <summary>AES-128-CBC without padding.</summary>
        /// <param name="key">16 bytes.</param>
        /// <param name="iv">16 bytes.</param>
        /// <param name="data">A multiple of 16 bytes, above 0.</param>
        /// <returns>A new array as long as <paramref name="data"/>.</returns>
        byte[] Encrypt(byte[] key, byte[] iv, byte[] data);

        /// <summary>The inverse of <see cref="Encrypt"/>, with the same lengths.</summary>
        byte[] Decrypt(byte[] key, byte[] iv, byte[] data);

        /// <summary>CRC-32 (IEEE 802.3, reflected, as zlib's) of <paramref name="count"/> bytes from <paramref name="offset"/>.</summary>
        uint Crc32(byte[] data, int offset, int count);
    }
}
