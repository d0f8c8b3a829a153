using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>An audit page as the server takes it in (PROTOCOL.md section 6, blob 5), whoever carried it.</summary>
public sealed class AuditUpload
{
    private const int LostOffset = 4;
    private const int ChainOffset = 8;
    private const int CountOffset = 16;

    private static readonly byte[] NoChain = new byte[AuditRecord.ChainBytes];
    private static readonly byte[] NoKey = new byte[Keys.Length];

    private AuditUpload(SealedHeader header, byte[] plain)
    {
        DoorId = header.DoorId;
        DoorGeneration = header.DoorGeneration;
        Epoch = Bytes.U32(plain, 0);
        RecordsLost = Bytes.U32(plain, LostOffset);
        ChainBefore = plain[ChainOffset..CountOffset];
        IsFromOldest = (plain[CountOffset] & AuditPage.FromOldest) != 0;
        Records = [.. plain[AuditPage.Records..].Chunk(AuditRecord.Length)];
    }

    /// <summary>The door whose trail it is.</summary>
    public uint DoorId { get; }

    /// <summary>Generation of the door key that the page is sealed under.</summary>
    public int DoorGeneration { get; }

    /// <summary>Epoch of the trail.</summary>
    public uint Epoch { get; }

    /// <summary>Records of the trail that a wrap overwrote before they were acknowledged.</summary>
    public uint RecordsLost { get; }

    /// <summary>Chain that the first record continues, 8 bytes; zeros when nothing is before it.</summary>
    public byte[] ChainBefore { get; }

    /// <summary>
    /// True when nothing before the first record waits at the door: what is missing before it is gone, and the page may be acknowledged.
    /// Else only when the server has all that is before it.
    /// </summary>
    public bool IsFromOldest { get; }

    /// <summary>The records, 32 bytes each, 1 to 60, their sequence numbers growing.</summary>
    public IReadOnlyList<byte[]> Records { get; }

    /// <summary>Sequence of the last record.</summary>
    public uint LastSequence => SequenceOf(Records[^1]);

    /// <summary>Opens a page under the door key that it names.</summary>
    /// <returns>Null when it is not that door's, not whole, or its numbers do not grow.</returns>
    public static AuditUpload? Open(SiteRoot root, byte[] body)
    {
        bool isPage = SealedHeader.TryRead(body, out SealedHeader header) && header.Type == BlobType.AuditPage;
        byte[]? plain = isPage ? header.Open(root, Keys.AuditPage, body) : null;
        int count = plain?.Length > AuditPage.Records ? plain[CountOffset] & ~AuditPage.FromOldest : 0;
        bool isWhole = count is >= 1 and <= Limits.PageRecords && plain!.Length == AuditPage.Records + (count * AuditRecord.Length);
        AuditUpload? page = isWhole ? new AuditUpload(header, plain!) : null;
        return page != null && page.Grows() ? page : null;
    }

    /// <summary>Sequence number of a record.</summary>
    public static uint SequenceOf(byte[] record) => Bytes.U32(record, AuditRecord.SequenceOffset);

    /// <summary>
    /// Finds the records that do not continue the one before them. The page's seal proves that this door sent them; a break says that its
    /// flash was damaged, or changed by somebody, in between. Behind skipped numbers a chain begins anew from zeros, and records
    /// of a board that had no keys yet, which are before all others, are chained under 32 zero bytes.
    /// </summary>
    /// <param name="generations">Generations of the door key that the records may be chained under: the door's present one and those before it.</param>
    /// <returns>Sequence numbers, growing; empty when all is well.</returns>
    public IReadOnlyList<uint> FindBreaks(SiteRoot root, params IReadOnlyList<int> generations)
    {
        byte[][] keys = [.. generations.Select(generation => root.SubKey(DoorId, generation, Keys.AuditChain))];
        List<uint> breaks = [];
        byte[] before = ChainBefore;
        bool mayBeUnkeyed = true;
        uint next = SequenceOf(Records[0]);
        foreach (byte[] record in Records)
        {
            byte[] previous = SequenceOf(record) == next ? before : NoChain;
            bool isKeyed = keys.Any(key => Continues(key, previous, record));
            mayBeUnkeyed &= !isKeyed;
            if (!isKeyed && !(mayBeUnkeyed && Continues(NoKey, previous, record)))
            {
                breaks.Add(SequenceOf(record));
            }

            before = record[AuditRecord.ChainOffset..];
            next = SequenceOf(record) + 1;
        }

        return breaks;
    }

    /// <summary>The acknowledgement of all records of this page, 39 bytes, under the key that the page was sealed with.</summary>
    public byte[] Acknowledge(SiteRoot root) => ServerBlobs.Acknowledgement(
        root, DoorId, DoorGeneration, Epoch, LastSequence, Records[^1].AsSpan(AuditRecord.ChainOffset));

    private static bool Continues(byte[] key, byte[] previous, byte[] record) => Bytes.SameInConstantTime(
        AuditRecord.Chain(ServerCrypto.Instance, key, previous, record, 0), 0, record, AuditRecord.ChainOffset, AuditRecord.ChainBytes);

    private bool Grows()
    {
        uint last = 0;
        foreach (byte[] record in Records)
        {
            if (SequenceOf(record) <= last)
            {
                return false;
            }

            last = SequenceOf(record);
        }

        return true;
    }
}
