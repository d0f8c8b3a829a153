using DoorController.Wire;

namespace DoorController.Sim;

/// <summary>What a phone keeps for one door: what it read there the last time, what it brings the next time, and what it fetched for the server.</summary>
internal sealed class DoorBag
{
    private const int MaxPages = 16;

    /// <summary>Hello as it was read the last time; null: the phone was never there.</summary>
    public byte[]? Hello { get; set; }

    /// <summary>The status of Carry as it was read the last time, 21 bytes; null: never.</summary>
    public byte[]? Status { get; set; }

    /// <summary>Blobs that the server gave for this door.</summary>
    public List<byte[]> Errands { get; set; } = [];

    /// <summary>The whole lists of the door's scopes, each with its tag, that the link's answer had.</summary>
    public List<byte[]> Lists { get; } = [];

    /// <summary>Audit pages for the server, oldest first, 16 at most.</summary>
    public List<byte[]> Pages { get; } = [];

    /// <summary>Acknowledgements, which a door takes after the unlock alone.</summary>
    public IEnumerable<byte[]> Acknowledgements => Errands.Where(blob => blob[0] == BlobType.Acknowledgement).ToArray();

    /// <summary>Parts what goes before the unlock, in its order, from what has no room there: a floor reset, keys, the time, lists.</summary>
    /// <param name="hello">As it was read in this session.</param>
    /// <param name="scopeId">Of the key that is shown: its list comes first.</param>
    public (List<byte[]> Before, List<byte[]> Late) Share(byte[] hello, int scopeId)
    {
        byte[][] resets = [.. Errands.Where(blob => blob[0] == BlobType.FloorReset)];
        bool isProven = (hello[Wire.Hello.Flags] & Wire.Hello.ClockQualityMask) == ClockQuality.Proven;
        IEnumerable<byte[]> keys = Errands.Where(blob => blob[0] == BlobType.KeyUpdate);
        IEnumerable<byte[]> tokens = Errands.Where(blob => blob[0] == BlobType.TimeToken && !isProven);
        List<byte[]> before = [];
        List<byte[]> late = [];
        int left = Limits.CarryBeforeBytes;
        foreach (byte[] blob in resets.Concat(keys).Concat(tokens).Concat(Lacking(hello, scopeId, resets.Length > 0)))
        {
            bool fits = blob.Length <= left;
            left -= fits ? blob.Length : 0;
            (fits ? before : late).Add(blob);
        }

        return (before, late);
    }

    /// <summary>The whole list for a delta whose base a door lacks.</summary>
    public byte[]? Whole(byte[] delta) => delta[0] == BlobType.List ? Lists.Find(list => ScopeOf(list) == ScopeOf(delta)) : null;

    /// <summary>Keeps a page; of many the newest.</summary>
    public void AddPage(byte[] page)
    {
        Pages.Add(page);
        if (Pages.Count > MaxPages)
        {
            Pages.RemoveAt(0);
        }
    }

    /// <summary>The scope of a list, or of a credential.</summary>
    /// <param name="at">Offset of the id.</param>
    public static int ScopeOf(byte[] bytes, int at = ListBody.ScopeId) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);

    private IEnumerable<byte[]> Lacking(byte[] hello, int scopeId, bool isReset)
    {
        bool isLost = isReset || hello[Wire.Hello.ListLost] != 0;
        HashSet<int> versions = [.. Enumerable.Range(0, (hello.Length - Wire.Hello.ListVersions) / 2).Select(slot => Bytes.U16(hello, Wire.Hello.ListVersions + (2 * slot)))];
        return Lists.Where(list => isLost || !versions.Contains(Bytes.U16(list, ListBody.Version)))
            .OrderBy(list => ScopeOf(list) == scopeId ? 0 : 1)
            .Select(list => isLost ? list : Shorter(list));
    }

    /// <summary>The same as a delta, should the server have given one that is as new.</summary>
    private byte[] Shorter(byte[] list) => Errands.Find(blob => blob[0] == BlobType.List && blob.Length < list.Length
        && ScopeOf(blob) == ScopeOf(list) && Bytes.U32(blob, ListBody.Version) >= Bytes.U32(list, ListBody.Version)) ?? list;
}
