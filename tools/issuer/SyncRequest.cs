using DoorController.Access;
using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>What a door says when it asks for news (PROTOCOL.md section 6, blob 6).</summary>
/// <param name="DoorId">32 bits.</param>
/// <param name="DoorGeneration">Generation of the door key that the door has.</param>
/// <param name="Nonce">16 bytes; the reply repeats them.</param>
/// <param name="Lists">List version for each scope, in the order of its slots.</param>
public sealed record SyncRequest(uint DoorId, int DoorGeneration, byte[] Nonce, IReadOnlyList<KnownList> Lists)
{
    /// <summary>Bytes of the nonce.</summary>
    public const int NonceLength = 16;

    /// <summary>Flag: the server says a time that contradicts what it proved to this door before.</summary>
    public const int ClockConflict = 0x40;

    private const int HeaderLength = 62;
    private const int ListLength = 7;

    /// <summary>Version of the firmware, u16.</summary>
    public int FirmwareVersion { get; init; }

    /// <summary>The flags of Hello, and <see cref="ClockConflict"/>.</summary>
    public int Flags { get; init; }

    /// <summary>Bit i: slot i has lost its list.</summary>
    public int ListLostBits { get; init; }

    /// <summary>The door's time floor, Unix seconds.</summary>
    public uint TimeFloor { get; init; }

    /// <summary>Version of the bundle it has.</summary>
    public uint BundleVersion { get; init; }

    /// <summary>Epoch of its audit trail.</summary>
    public uint AuditEpoch { get; init; }

    /// <summary>Last audit record that it knows to be kept here.</summary>
    public uint Acknowledged { get; init; }

    /// <summary>Sequence that the next audit record will have.</summary>
    public uint NextSequence { get; init; }

    /// <summary>Seconds since it booted.</summary>
    public uint UptimeS { get; init; }

    /// <summary>Restarts of its radio since it booted, u16.</summary>
    public int RadioRestarts { get; init; }

    /// <summary>Why the supervisor rebooted it last time, 0 when it did not, u16.</summary>
    public int LastReboot { get; init; }

    /// <summary>Audit records that a wrap overwrote before they were acknowledged.</summary>
    public uint RecordsLost { get; init; }

    /// <summary>True when its time floor is so far ahead of a clock that the two contradict each other.</summary>
    /// <param name="nowS">The clock's time, Unix seconds.</param>
    public bool IsAhead(uint nowS) => TimeFloor > nowS + (long)Limits.ClockAgreeS;

    /// <summary>The standing challenge, 8 bytes.</summary>
    public byte[] TimeChallenge { get; init; } = new byte[Keys.ChallengeLength];

    /// <summary>Floors that are wired to the board, 0 to 64; 0 at a door.</summary>
    public int FloorsWired { get; init; }

    /// <summary>Opens a request under the door key that it names.</summary>
    /// <returns>Null when it is not that door's, or not whole.</returns>
    public static SyncRequest? Open(SiteRoot root, byte[] body) =>
        SealedHeader.TryRead(body, out SealedHeader header) ? Open(root.SubKey(header.DoorId, header.DoorGeneration, Keys.Request), body) : null;

    /// <summary>Opens a request under a sub-key that is known already.</summary>
    /// <param name="subKey">Of the door and generation that the header names, for <see cref="Keys.Request"/>.</param>
    /// <returns>Null when it is not that door's, or not whole.</returns>
    public static SyncRequest? Open(byte[] subKey, byte[] body)
    {
        bool isRequest = SealedHeader.TryRead(body, out SealedHeader header) && header.Type == BlobType.SyncRequest;
        byte[]? plain = isRequest ? header.Open(subKey, body) : null;
        bool isWhole = plain?.Length >= HeaderLength && plain[61] <= Limits.Scopes
            && plain.Length == HeaderLength + (plain[61] * ListLength);
        return isWhole ? Decode(header, plain!) : null;
    }

    /// <summary>Seals a request as its door does: for whoever stands in for a door.</summary>
    public byte[] Seal(SiteRoot root) => new SealedHeader(BlobType.SyncRequest, DoorId, DoorGeneration).Seal(
        root.SubKey(DoorId, DoorGeneration, Keys.Request), Encode());

    private static SyncRequest Decode(SealedHeader header, byte[] plain)
    {
        KnownList[] lists = new KnownList[plain[61]];
        for (int slot = 0; slot < lists.Length; slot++)
        {
            int at = HeaderLength + (slot * ListLength);
            lists[slot] = new KnownList(Bytes.U24(plain, at), Bytes.U32(plain, at + 3));
        }

        return new SyncRequest(header.DoorId, header.DoorGeneration, plain[..NonceLength], lists)
        {
            FirmwareVersion = Bytes.U16(plain, 16),
            Flags = plain[18],
            ListLostBits = plain[19],
            TimeFloor = Bytes.U32(plain, 20),
            BundleVersion = Bytes.U32(plain, 24),
            AuditEpoch = Bytes.U32(plain, 28),
            Acknowledged = Bytes.U32(plain, 32),
            NextSequence = Bytes.U32(plain, 36),
            UptimeS = Bytes.U32(plain, 40),
            RadioRestarts = Bytes.U16(plain, 44),
            LastReboot = Bytes.U16(plain, 46),
            RecordsLost = Bytes.U32(plain, 48),
            TimeChallenge = plain[52..60],
            FloorsWired = plain[60],
        };
    }

    private byte[] Encode()
    {
        byte[] plain = new byte[HeaderLength + (Lists.Count * ListLength)];
        Bytes.Put(plain, 0, Nonce);
        Bytes.Put16(plain, 16, FirmwareVersion);
        plain[18] = (byte)Flags;
        plain[19] = (byte)ListLostBits;
        Bytes.Put32(plain, 20, TimeFloor);
        Bytes.Put32(plain, 24, BundleVersion);
        Bytes.Put32(plain, 28, AuditEpoch);
        Bytes.Put32(plain, 32, Acknowledged);
        Bytes.Put32(plain, 36, NextSequence);
        Bytes.Put32(plain, 40, UptimeS);
        Bytes.Put16(plain, 44, RadioRestarts);
        Bytes.Put16(plain, 46, LastReboot);
        Bytes.Put32(plain, 48, RecordsLost);
        Bytes.Put(plain, 52, TimeChallenge);
        plain[60] = (byte)FloorsWired;
        plain[61] = (byte)Lists.Count;
        for (int slot = 0; slot < Lists.Count; slot++)
        {
            Bytes.Put24(plain, HeaderLength + (slot * ListLength), Lists[slot].ScopeId);
            Bytes.Put32(plain, HeaderLength + (slot * ListLength) + 3, Lists[slot].Version);
        }

        return plain;
    }
}

/// <summary>A list that a door has.</summary>
/// <param name="ScopeId">24 bits.</param>
/// <param name="Version">0 when it never had one.</param>
public readonly record struct KnownList(int ScopeId, uint Version);
