using System.Security.Cryptography;
using DoorController.Hal;

namespace DoorController.Issuer;

/// <summary>Cryptography and random bytes of the server's side. Without state, so any number of threads may share it.</summary>
public sealed class ServerCrypto : ICrypto, IRandom
{
    /// <summary>The one instance.</summary>
    public static ServerCrypto Instance { get; } = new();

    private ServerCrypto()
    {
    }

    /// <inheritdoc/>
    public byte[] Hmac(byte[] key, byte[] data) => HMACSHA256.HashData(key, data);

    /// <inheritdoc/>
    public byte[] Encrypt(byte[] key, byte[] iv, byte[] data)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
        return aes.EncryptCbc(data, iv, PaddingMode.None);
    }

    /// <inheritdoc/>
    public byte[] Decrypt(byte[] key, byte[] iv, byte[] data)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
        return aes.DecryptCbc(data, iv, PaddingMode.None);
    }

    /// <inheritdoc/>
    public uint Crc32(byte[] data, int offset, int count) =>
        System.IO.Hashing.Crc32.HashToUInt32(data.AsSpan(offset, count));

    /// <inheritdoc/>
    public void Fill(byte[] buffer) => RandomNumberGenerator.Fill(buffer);
}
