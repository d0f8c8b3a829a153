using System.Buffers.Binary;
using System.Text;
using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>
/// The secret of a site, from which every key is derived (PROTOCOL.md section 1). It lives in the key server only, never on a door;
/// nothing here prints it.
/// </summary>
public sealed class SiteRoot
{
    /// <summary>Bytes of a site root.</summary>
    public const int Length = 32;

    private static readonly ServerCrypto Crypto = ServerCrypto.Instance;
    private readonly byte[] _root;

    /// <summary>Takes an existing root.</summary>
    /// <exception cref="ArgumentException">It is not 32 bytes.</exception>
    public SiteRoot(byte[] root)
    {
        if (root.Length != Length)
        {
            throw new ArgumentException($"site root: wanted {Length} bytes, is {root.Length}", nameof(root));
        }

        _root = (byte[])root.Clone();
    }

    /// <summary>A new random root.</summary>
    public static SiteRoot Create()
    {
        byte[] root = new byte[Length];
        ServerCrypto.Instance.Fill(root);
        return new SiteRoot(root);
    }

    /// <summary>The 32 bytes, for the file that keeps them.</summary>
    public byte[] Export() => (byte[])_root.Clone();

    /// <summary>Names a root without telling it: 8 bytes as hex, for the database that belongs to it.</summary>
    public string Fingerprint() => Convert.ToHexString(Mac(_root, "dc1finge", []).AsSpan(0, 8)).ToLowerInvariant();

    /// <summary>Scope key, 32 bytes.</summary>
    public byte[] ScopeKey(int scopeId, int generation)
    {
        byte[] input = new byte[5];
        Bytes.Put24(input, 0, scopeId);
        BinaryPrimitives.WriteUInt16LittleEndian(input.AsSpan(3), (ushort)generation);
        return Mac(_root, "dc1scope", input);
    }

    /// <summary>Door-scope key, 32 bytes: what one door has of a scope.</summary>
    public byte[] DoorScopeKey(int scopeId, int generation, uint doorId) =>
        Mac(ScopeKey(scopeId, generation), "dc1doors", BitConverter.GetBytes(doorId));

    /// <summary>Seal key, 16 bytes: hides credentials and proves nothing.</summary>
    public byte[] SealKey(int scopeId, int generation) => Mac(ScopeKey(scopeId, generation), "dc1seals", [])[..Keys.AesLength];

    /// <summary>Door key, 32 bytes.</summary>
    public byte[] DoorKey(uint doorId, int doorGeneration)
    {
        byte[] input = new byte[6];
        Bytes.Put32(input, 0, doorId);
        Bytes.Put16(input, 4, doorGeneration);
        return Mac(_root, "dc1doork", input);
    }

    /// <summary>A sub-key of a door key, 32 bytes.</summary>
    /// <param name="label">One of the labels of <see cref="Keys"/>.</param>
    public byte[] SubKey(uint doorId, int doorGeneration, string label) =>
        Keys.SubKey(Crypto, DoorKey(doorId, doorGeneration), label);

    /// <summary>Credential key, 32 bytes: what a phone proves at one door.</summary>
    public byte[] CredentialKey(byte[] credential, int scopeId, int generation, uint doorId) =>
        Keys.CredentialKey(Crypto, DoorScopeKey(scopeId, generation, doorId), credential, 0);

    internal static byte[] Mac(byte[] key, string label, byte[] data) =>
        Crypto.Hmac(key, [.. Encoding.ASCII.GetBytes(label), .. data]);
}
