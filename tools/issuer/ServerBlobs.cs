using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>The small blobs that a server makes for one door (PROTOCOL.md section 6).</summary>
public static class ServerBlobs
{
    /// <summary>Time token, 35 bytes.</summary>
    /// <param name="challenge">8 bytes, the door's standing challenge.</param>
    public static byte[] TimeToken(SiteRoot root, uint doorId, int doorGeneration, byte[] challenge, uint time) =>
        ForChallenge(root, BlobType.TimeToken, "dc1timet", doorId, doorGeneration, challenge, time);

    /// <summary>Floor reset, 35 bytes.</summary>
    /// <param name="challenge">8 bytes, the door's standing challenge.</param>
    public static byte[] FloorReset(SiteRoot root, uint doorId, int doorGeneration, byte[] challenge, uint time) =>
        ForChallenge(root, BlobType.FloorReset, "dc1reset", doorId, doorGeneration, challenge, time);

    /// <summary>Acknowledgement of audit records, 39 bytes.</summary>
    /// <param name="sequence">The last one kept.</param>
    /// <param name="chain">Its chain, 8 bytes.</param>
    public static byte[] Acknowledgement(
        SiteRoot root, uint doorId, int doorGeneration, uint epoch, uint sequence, ReadOnlySpan<byte> chain)
    {
        byte[] blob = new byte[23];
        Begin(blob, BlobType.Acknowledgement, doorId, doorGeneration);
        Bytes.Put32(blob, 7, epoch);
        Bytes.Put32(blob, 11, sequence);
        chain[..AuditRecord.ChainBytes].CopyTo(blob.AsSpan(15));
        return WithTag(root.SubKey(doorId, doorGeneration, Keys.Acknowledgement), "dc1acknt", blob);
    }

    /// <summary>The answer to a technician's challenge: 10 hex digits.</summary>
    /// <param name="challenge">8 bytes, as the console printed them.</param>
    /// <param name="command">1 strike, 2 reboot.</param>
    public static string TechnicianResponse(SiteRoot root, uint doorId, int doorGeneration, byte[] challenge, byte command) =>
        TechnicianResponse(root.SubKey(doorId, doorGeneration, Keys.Technician), challenge, command);

    /// <summary>The same for who holds the door's keys and not the site root, as the flash tool does.</summary>
    /// <param name="technicianKey">The door's sub-key <see cref="Keys.Technician"/>, 32 bytes.</param>
    /// <param name="challenge">8 bytes.</param>
    /// <param name="command">1 strike, 2 reboot.</param>
    public static string TechnicianResponse(byte[] technicianKey, byte[] challenge, byte command) =>
        Convert.ToHexStringLower(SiteRoot.Mac(technicianKey, "dc1techr", [.. challenge, command]), 0, 5);

    private static byte[] ForChallenge(
        SiteRoot root, byte type, string label, uint doorId, int doorGeneration, byte[] challenge, uint time)
    {
        byte[] blob = new byte[19];
        Begin(blob, type, doorId, doorGeneration);
        challenge.AsSpan(0, Keys.ChallengeLength).CopyTo(blob.AsSpan(7));
        Bytes.Put32(blob, 15, time);
        return WithTag(root.SubKey(doorId, doorGeneration, Keys.Time), label, blob);
    }

    private static void Begin(byte[] blob, byte type, uint doorId, int doorGeneration)
    {
        blob[0] = type;
        Bytes.Put32(blob, 1, doorId);
        Bytes.Put16(blob, 5, doorGeneration);
    }

    private static byte[] WithTag(byte[] key, string label, byte[] blob) =>
        [.. blob, .. SiteRoot.Mac(key, label, blob).AsSpan(0, Bytes.Tag)];
}
