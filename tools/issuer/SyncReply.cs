using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>
/// What the server answers (PROTOCOL.md section 6, blob 7): an authenticated clock and as many blobs as fit. A key update comes last,
/// because with it the door's keys change, and so does what proves every blob behind it.
/// </summary>
public sealed class SyncReply
{
    /// <summary>Longest sealed reply in bytes.</summary>
    public const int MaxLength = 3200;

    /// <summary>Flag: there is more, sync again at once.</summary>
    public const int FlagMore = 1;

    private const int HeaderLength = 21;
    private const int FlagsOffset = 20;
    private const int MaxPlain = (MaxLength - Sealed.HeaderLength - Bytes.Tag) / Keys.AesLength * Keys.AesLength;

    private readonly List<byte[]> _blobs = [];
    private int _length = HeaderLength;

    private SyncReply(byte[] nonce, uint time)
    {
        Nonce = nonce;
        Time = time;
    }

    /// <summary>An empty reply to a request.</summary>
    /// <param name="request">The nonce that the reply repeats is in it, and whose key seals the reply.</param>
    /// <param name="time">Unix seconds.</param>
    public SyncReply(SyncRequest request, uint time)
        : this(request.Nonce, time)
    {
    }

    /// <summary>The nonce of the request, 16 bytes.</summary>
    public byte[] Nonce { get; }

    /// <summary>Time of the server, Unix seconds.</summary>
    public uint Time { get; }

    /// <summary>True when the door should sync again at once.</summary>
    public bool HasMore { get; set; }

    /// <summary>The blobs, in their order.</summary>
    public IReadOnlyList<byte[]> Blobs => _blobs;

    /// <summary>Adds a blob.</summary>
    /// <returns>False when it does not fit: then nothing was added, and <see cref="HasMore"/> is set.</returns>
    public bool TryAdd(byte[] blob)
    {
        if (_length + 2 + blob.Length > MaxPlain)
        {
            HasMore = true;
            return false;
        }

        _blobs.Add(blob);
        _length += 2 + blob.Length;
        return true;
    }

    /// <summary>Seals the reply for the door that asked.</summary>
    /// <returns>At most <see cref="MaxLength"/> bytes.</returns>
    public byte[] Seal(SiteRoot root, uint doorId, int doorGeneration) =>
        Seal(root.SubKey(doorId, doorGeneration, Keys.Reply), doorId, doorGeneration);

    /// <summary>Seals the reply under a sub-key that is known already.</summary>
    /// <param name="subKey">Of that door and generation, for <see cref="Keys.Reply"/>.</param>
    /// <returns>At most <see cref="MaxLength"/> bytes.</returns>
    public byte[] Seal(byte[] subKey, uint doorId, int doorGeneration)
    {
        byte[] plain = new byte[_length];
        Bytes.Put(plain, 0, Nonce);
        Bytes.Put32(plain, 16, Time);
        plain[FlagsOffset] = (byte)(HasMore ? FlagMore : 0);
        int at = HeaderLength;
        foreach (byte[] blob in _blobs)
        {
            at = Bytes.Put(plain, Bytes.Put16(plain, at, blob.Length), blob);
        }

        return new SealedHeader(BlobType.SyncReply, doorId, doorGeneration).Seal(subKey, plain);
    }

    /// <summary>Opens a reply as its door does: for whoever stands in for a door.</summary>
    /// <returns>Null when it is not for that door, or not whole.</returns>
    public static SyncReply? Open(SiteRoot root, byte[] body)
    {
        bool isReply = SealedHeader.TryRead(body, out SealedHeader header) && header.Type == BlobType.SyncReply;
        byte[]? plain = isReply ? header.Open(root, Keys.Reply, body) : null;
        if (plain == null || plain.Length < HeaderLength)
        {
            return null;
        }

        SyncReply reply = new(plain[..SyncRequest.NonceLength], Bytes.U32(plain, 16)) { HasMore = (plain[FlagsOffset] & FlagMore) != 0 };
        int at = HeaderLength;
        while (at + 2 <= plain.Length && at + 2 + Bytes.U16(plain, at) <= plain.Length)
        {
            int count = Bytes.U16(plain, at);
            reply.TryAdd(plain[(at + 2)..(at + 2 + count)]);
            at += 2 + count;
        }

        return at == plain.Length ? reply : null;
    }
}
