using System.Security.Cryptography;
using DoorController.Hal;

namespace DoorController.Issuer;

/// <summary>Cryptography and random bytes of the server's side. Without state, so any number of threads may share it.</summary>
public sealed class ServerCrypto : ICrypto, IRandom
{
    /// <summary>The one instance.</summary>
    public static ServerCrypto Instance { get; } = new();

    private const int StoreBytes = 1024;

    [ThreadStatic]
    private static byte[]? _store;

    [ThreadStatic]
    private static int _left;

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

    /// <summary>Random bytes. Few of them come from a store of the thread, since each call of the system costs as much as an HMAC.</summary>
    public void Fill(byte[] buffer)
    {
        if (buffer.Length > StoreBytes / 8)
        {
            RandomNumberGenerator.Fill(buffer);
            return;
        }

        byte[] store = _store ??= new byte[StoreBytes];
        if (_left < buffer.Length)
        {
            RandomNumberGenerator.Fill(store);
            _left = StoreBytes;
        }

        Span<byte> taken = store.AsSpan(_left - buffer.Length, buffer.Length);
        taken.CopyTo(buffer);
        taken.Clear();
        _left -= buffer.Length;
    }
}
