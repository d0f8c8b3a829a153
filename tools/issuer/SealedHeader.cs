using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>What a sealed blob says in clear: nothing of it is proven before the blob is opened (PROTOCOL.md section 1, "Sealing").</summary>
/// <param name="Type">One of <see cref="BlobType"/>.</param>
/// <param name="DoorId">32 bits.</param>
/// <param name="DoorGeneration">Generation of the door key that it is sealed under.</param>
public readonly record struct SealedHeader(int Type, uint DoorId, int DoorGeneration)
{
    /// <summary>Reads the header.</summary>
    /// <returns>False when the bytes are too few to be a sealed blob, or the generation is 0.</returns>
    public static bool TryRead(byte[] blob, out SealedHeader header)
    {
        bool isWhole = blob.Length >= Sealed.LengthOf(1);
        header = isWhole ? new SealedHeader(blob[0], Bytes.U32(blob, 1), Bytes.U16(blob, 5)) : default;
        return isWhole && header.DoorGeneration != 0;
    }

    internal byte[]? Open(SiteRoot root, string label, byte[] blob) => Open(root.SubKey(DoorId, DoorGeneration, label), blob);

    internal byte[]? Open(byte[] subKey, byte[] blob) =>
        Sealed.Open(ServerCrypto.Instance, subKey, Type, DoorId, DoorGeneration, blob, 0, blob.Length);

    internal byte[] Seal(byte[] subKey, byte[] plain)
    {
        ServerCrypto crypto = ServerCrypto.Instance;
        return Sealed.Make(crypto, crypto, subKey, Type, DoorId, DoorGeneration, plain, plain.Length);
    }
}
