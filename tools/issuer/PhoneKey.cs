
using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>What a phone holds for one door, and what it makes of it: frames and the check of a Result.</summary>
/// <param name="DoorId">The door.</param>
/// <param name="Credential">52 bytes, opaque.</param>
/// <param name="CredentialKey">32 bytes.</param>
public sealed record PhoneKey(uint DoorId, byte[] Credential, byte[] CredentialKey)
{
    private static readonly ServerCrypto Crypto = ServerCrypto.Instance;

    /// <summary>A new random attempt id, 8 bytes.</summary>
    public static byte[] NewAttemptId()
    {
        byte[] id = new byte[Unlock.AttemptIdLength];
        ServerCrypto.Instance.Fill(id);
        return id;
    }

    /// <summary>The Unlock frame.</summary>
    /// <param name="hello">As it was read.</param>
    /// <param name="attemptId">8 bytes.</param>
    /// <param name="floors">Floors asked for; null at a door.</param>
    /// <returns>77 or 85 bytes.</returns>
    public byte[] MakeUnlock(byte[] hello, byte[] attemptId, ulong? floors = null)
    {
        int operation = floors == null ? Unlock.OperationUnlock : Unlock.OperationFloors;
        byte[] argument = floors == null ? [] : BitConverter.GetBytes(floors.Value);
        byte[] request = [Unlock.FirstByte(operation), .. argument, .. Credential, .. attemptId];
        return [.. request, .. Keys.UnlockMac(Crypto, CredentialKey, hello, request, request.Length).AsSpan(0, Bytes.Tag)];
    }

    /// <summary>True when the Result carries the tag of the real door over these very bytes.</summary>
    public bool IsFromTheDoor(byte[] hello, byte[] unlock, byte[] result) =>
        result.Length == Result.TaggedLength && Bytes.SameInConstantTime(
            Keys.ResultMac(Crypto, CredentialKey, hello, unlock, result), 0, result, Result.TagOffset, Bytes.Tag);

    /// <summary>Cuts a frame into fragments of at most 20 bytes.</summary>
    public static IReadOnlyList<byte[]> Fragment(byte[] frame) =>
        [.. frame.Chunk(Unlock.FragmentPayload).Select((part, index) => (byte[])
            [(byte)((Hello.Version << 5) | Unlock.FragmentBit | index), (byte)frame.Length, .. part])];
}
