using System.Text;
using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>One scope of a door's bundle.</summary>
/// <param name="ScopeId">24 bits.</param>
/// <param name="Index">The door's index in the scope, 0 to 63.</param>
/// <param name="Generation">Present generation, 1 to 65,535.</param>
/// <param name="MinimumListVersion">An older list does not end "list lost".</param>
/// <param name="IsAllowedMode">Mode until the first list.</param>
/// <param name="PreviousGeneration">0 when there is none, or none that may live on.</param>
/// <param name="PreviousUntil">Unix seconds from which on the previous generation is refused.</param>
public sealed record BundleScope(
    int ScopeId,
    int Index,
    int Generation,
    uint MinimumListVersion = 0,
    bool IsAllowedMode = false,
    int PreviousGeneration = 0,
    uint PreviousUntil = 0);

/// <summary>The keys of one door, as the server gives them to it (PROTOCOL.md section 6, blobs 9 and 2).</summary>
/// <param name="Version">Grows with each bundle of the door.</param>
/// <param name="DoorId">32 bits.</param>
/// <param name="DoorGeneration">Generation of the door key, 1 to 65,535.</param>
/// <param name="Name">1 to 26 characters, 0x20 to 0x7E.</param>
/// <param name="Scopes">At most 5, in the order of their slots.</param>
public sealed record Bundle(uint Version, uint DoorId, int DoorGeneration, string Name, IReadOnlyList<BundleScope> Scopes)
{
    /// <summary>The plain bytes.</summary>
    /// <exception cref="ArgumentException">A field is out of its range; the message names it.</exception>
    public byte[] Encode(SiteRoot root)
    {
        byte[] bytes = new byte[BundleForm.HeaderLength + (Scopes.Count * BundleForm.ScopeLength)];
        bytes[0] = BlobType.Bundle;
        Bytes.Put32(bytes, 1, Version);
        Bytes.Put32(bytes, 5, DoorId);
        Bytes.Put16(bytes, 9, DoorGeneration);
        Bytes.Put(bytes, 11, root.DoorKey(DoorId, DoorGeneration));
        if (Name.Length is < 1 or > Limits.NameBytes || Name.Any(c => c is < ' ' or > '~'))
        {
            throw new ArgumentException($"name: wanted 1 to {Limits.NameBytes} printable ASCII characters, is '{Name}'");
        }

        bytes[43] = (byte)Name.Length;
        Encoding.ASCII.GetBytes(Name, bytes.AsSpan(44));
        bytes[70] = (byte)Scopes.Count;
        for (int slot = 0; slot < Scopes.Count; slot++)
        {
            Put(root, Scopes[slot], bytes, BundleForm.HeaderLength + (slot * BundleForm.ScopeLength));
        }

        return BundleForm.IsBundle(bytes, 0, bytes.Length)
            ? bytes
            : throw new ArgumentException("scopes: wanted at most 5 different ones, with indexes 0 to 63 and generations 1 to 65535");
    }

    /// <summary>The provisioning file: the bundle and its CRC-32.</summary>
    public byte[] EncodeProvisioning(SiteRoot root)
    {
        byte[] bundle = Encode(root);
        return [.. bundle, .. BitConverter.GetBytes(ServerCrypto.Instance.Crc32(bundle, 0, bundle.Length))];
    }

    /// <summary>A key update: the bundle, sealed under the door key that the door has now.</summary>
    /// <param name="presentGeneration">Generation of the door key that the door has now.</param>
    public byte[] Seal(SiteRoot root, int presentGeneration)
    {
        byte[] plain = Encode(root);
        byte[] key = root.SubKey(DoorId, presentGeneration, Keys.Update);
        ServerCrypto crypto = ServerCrypto.Instance;
        return Sealed.Make(crypto, crypto, key, BlobType.KeyUpdate, DoorId, presentGeneration, plain, plain.Length);
    }

    private void Put(SiteRoot root, BundleScope scope, byte[] bytes, int at)
    {
        Bytes.Put24(bytes, at, scope.ScopeId);
        bytes[at + 3] = (byte)scope.Index;
        bytes[at + 4] = (byte)(scope.IsAllowedMode ? 1 : 0);
        Bytes.Put32(bytes, at + 5, scope.MinimumListVersion);
        Bytes.Put16(bytes, at + 9, scope.Generation);
        Bytes.Put(bytes, at + 11, root.DoorScopeKey(scope.ScopeId, scope.Generation, DoorId));
        Bytes.Put(bytes, at + 43, root.SealKey(scope.ScopeId, scope.Generation));
        if (scope.PreviousGeneration == 0)
        {
            return;
        }

        Bytes.Put16(bytes, at + 59, scope.PreviousGeneration);
        Bytes.Put32(bytes, at + 61, scope.PreviousUntil);
        Bytes.Put(bytes, at + 65, root.DoorScopeKey(scope.ScopeId, scope.PreviousGeneration, DoorId));
        Bytes.Put(bytes, at + 97, root.SealKey(scope.ScopeId, scope.PreviousGeneration));
    }
}
