using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>The record inside a credential (PROTOCOL.md section 4).</summary>
/// <param name="ScopeId">24 bits.</param>
/// <param name="Generation">1 to 65,535.</param>
/// <param name="KeyNumber">Grows for ever within the scope.</param>
/// <param name="IssuedAt">Unix seconds.</param>
/// <param name="NotBefore">Unix seconds.</param>
/// <param name="ExpiresAt">Unix seconds, later than <paramref name="NotBefore"/>.</param>
/// <param name="Mask">Bit i is floor i, or the door with index i.</param>
/// <param name="IsForFloors">What the mask names.</param>
/// <param name="ListVersion">List version of the scope at this moment.</param>
public sealed record CredentialRecord(
    int ScopeId,
    int Generation,
    uint KeyNumber,
    uint IssuedAt,
    uint NotBefore,
    uint ExpiresAt,
    ulong Mask,
    bool IsForFloors,
    uint ListVersion)
{
    /// <summary>Seals the record into the 52 bytes that a phone carries.</summary>
    public byte[] Seal(SiteRoot root) => Seal(root, RandomIv());

    /// <summary>Seals with a given IV of 16 bytes: for the vectors of PROTOCOL.md only, an IV is never used twice.</summary>
    public byte[] Seal(SiteRoot root, byte[] iv)
    {
        byte[] credential = new byte[Credential.Length];
        Bytes.Put24(credential, 0, ScopeId);
        credential[3] = (byte)Generation;
        Bytes.Put(credential, Credential.Iv, iv);
        byte[] record = ServerCrypto.Instance.Encrypt(root.SealKey(ScopeId, Generation), iv, Encode());
        Bytes.Put(credential, Credential.Sealed, record);
        return credential;
    }

    private byte[] Encode()
    {
        byte[] record = new byte[Credential.RecordLength];
        record[0] = Credential.RecordVersion;
        record[1] = (byte)(IsForFloors ? Credential.FlagFloors : 0);
        Bytes.Put16(record, 2, Generation);
        Bytes.Put32(record, 4, KeyNumber);
        Bytes.Put32(record, 8, IssuedAt);
        Bytes.Put32(record, 12, NotBefore);
        Bytes.Put32(record, 16, ExpiresAt);
        BitConverter.TryWriteBytes(record.AsSpan(20), Mask);
        Bytes.Put32(record, 28, ListVersion);
        return record;
    }

    private static byte[] RandomIv()
    {
        byte[] iv = new byte[Keys.AesLength];
        ServerCrypto.Instance.Fill(iv);
        return iv;
    }
}
