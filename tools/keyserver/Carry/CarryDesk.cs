using DoorController.Issuer;
using DoorController.KeyServer.Audit;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Lists;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Carry;

/// <summary>A blob for a phone to bring.</summary>
/// <param name="Type">floor_reset, key_update, time_token, list or acknowledgement.</param>
/// <param name="IsBefore">Before the unlock; else after it.</param>
/// <param name="ScopeId">Of a list.</param>
/// <param name="Version">Of a list or of keys: what the door answered to it once need not be brought again.</param>
internal sealed record CarryBlob(string Type, byte[] Blob, bool IsBefore = true, int? ScopeId = null, uint? Version = null);

/// <summary>Makes what a phone brings to a door, in the order to bring it (PROTOCOL.md, "The order of a visit"). Nothing that is kept changes.</summary>
/// <param name="root">Seals and tags.</param>
internal sealed class CarryDesk(SiteRoot root)
{
    private const int LowBits = 0x10000;

    /// <summary>The bits of all slots, as Hello has them.</summary>
    private const int AllLost = (1 << Limits.Scopes) - 1;

    /// <summary>A door whose proven time is that near the server's, in seconds, has had its floor reset, or needs none.</summary>
    private const int NearS = 3600;

    /// <summary>Makes the blobs.</summary>
    /// <param name="takeToken">Asked where a time token would be given: false when this phone had one for this door within the minute.</param>
    public async Task<IReadOnlyList<CarryBlob>> MakeAsync(Session s, PhoneDoor at, DoorWord word, Func<bool> takeToken)
    {
        DoorRow door = at.Door;
        bool isBehind = await DoorBook.HeldVersionAsync(s, door.Id) < door.BundleVersion;
        Dictionary<int, uint> proven = await DoorBook.ProvenListsAsync(s, door.Id);
        List<CarryBlob> blobs = await FloorResetAsync(s, at, word);
        bool isReset = blobs.Count > 0;
        if (isBehind)
        {
            blobs.Add(await KeyUpdateAsync(s, door, proven));
        }

        if (!isReset && word.Status is StatusWord status && word.Hello?.IsClockProven != true && s.IsTimeTrusted && takeToken())
        {
            blobs.Add(new CarryBlob("time_token", ServerBlobs.TimeToken(root, door.Id, door.Generation, status.Challenge, s.NowS)));
        }

        if (word.Hello is HelloWord hello)
        {
            blobs.AddRange(await ListsAsync(s, at, isReset ? hello with { ListLost = AllLost } : hello, isBehind, proven));
        }

        List<CarryBlob> fitted = Fit(blobs);
        if (await AcknowledgementAsync(s, door, word.Status) is byte[] acknowledgement)
        {
            fitted.Add(new CarryBlob("acknowledgement", acknowledgement, IsBefore: false));
        }

        return fitted;
    }

    /// <summary>
    /// The floor reset that waits for this door, on a technician's phone alone. Nobody has proven that he brought the last one before its record is in the
    /// trail; a door whose time is near, as it says, is given no other until then: each loses every list.
    /// </summary>
    private async Task<List<CarryBlob>> FloorResetAsync(Session s, PhoneDoor at, DoorWord word)
    {
        bool isNear = word.Hello is { IsClockProven: true } hello && Math.Abs((long)hello.FloorS - s.NowS) < NearS;
        return !at.IsTechnicians || word.Status == null || isNear || !s.IsTimeTrusted || await PendingBlobs.FloorResetAsync(s, at.Door.Id) == null ? []
            : [new CarryBlob("floor_reset", ServerBlobs.FloorReset(root, at.Door.Id, at.Door.HeldGeneration, word.Status.Challenge, s.NowS))];
    }

    /// <summary>
    /// A list that the door is known to have had stays in force, so that a phone that brings these keys and withholds the list shuts no door. A slot
    /// without one is lost until its list comes: an empty window would open for keys that were taken back.
    /// </summary>
    private async Task<CarryBlob> KeyUpdateAsync(Session s, DoorRow door, Dictionary<int, uint> proven)
    {
        Bundle bundle = await DoorBook.BundleAsync(s, door, proven);
        return new CarryBlob("key_update", bundle.Seal(root, door.HeldGeneration), Version: door.BundleVersion);
    }

    private async Task<IEnumerable<CarryBlob>> ListsAsync(Session s, PhoneDoor at, HelloWord hello, bool isBehind, Dictionary<int, uint> proven)
    {
        List<Membership> members = await DoorBook.ScopesAsync(s, at.Door.Id);
        bool isSlotKnown = !isBehind && members.Count == hello.Versions.Count;
        List<CarryBlob> lists = [];
        for (int slot = 0; slot < members.Count; slot++)
        {
            int scope = members[slot].ScopeId;
            (uint newest, uint fullSince) = await s.FirstAsync(
                "SELECT list_version, full_since FROM scopes WHERE scope_id = @scope", row => (row.U32(0), row.U32(1)), ("scope", scope));
            bool isLost = !isSlotKnown || (hello.ListLost & (1 << slot)) != 0;
            uint baseVersion = isLost ? 0 : Base(hello.Versions[slot], newest, fullSince, proven.GetValueOrDefault(scope));
            if (baseVersion != newest)
            {
                byte[] body = await ListBodies.SinceAsync(s, scope, baseVersion);
                lists.Add(new CarryBlob("list", ListBlob.ForDoor(root, at.Door.Id, at.Door.Generation, body), ScopeId: scope, Version: newest));
            }
        }

        return lists.OrderBy(list => at.Scopes.Contains(list.ScopeId!.Value) ? 0 : 1);
    }

    /// <summary>
    /// The oldest version with these low bits that the door may have: what changed since then holds what changed since any later one. It has at least what
    /// it is known to have had: a Hello that says less was read before.
    /// </summary>
    /// <param name="kept">The oldest version from which a delta can be made.</param>
    /// <returns>0: there is none.</returns>
    private static uint Base(int low, uint newest, uint kept, uint proven)
    {
        uint least = Math.Max(kept, proven);
        long oldest = least + ((low - (least % LowBits) + LowBits) % LowBits);
        return oldest <= newest ? (uint)oldest : proven >= kept ? proven : 0;
    }

    /// <summary>What a session takes before an unlock comes first; a list that does not fit comes after it.</summary>
    private static List<CarryBlob> Fit(List<CarryBlob> blobs)
    {
        int left = Limits.CarryBeforeBytes;
        List<CarryBlob> fitted = [];
        foreach (CarryBlob blob in blobs)
        {
            bool fits = blob.Blob.Length <= left;
            left -= fits ? blob.Blob.Length : 0;
            fitted.Add(blob with { IsBefore = fits });
        }

        return [.. fitted.OrderByDescending(blob => blob.IsBefore)];
    }

    /// <summary>Out of the server's own book: what it keeps of that epoch without a gap.</summary>
    private async Task<byte[]?> AcknowledgementAsync(Session s, DoorRow door, StatusWord? status)
    {
        uint epoch = status?.Epoch ?? await AuditBook.NewestEpochAsync(s, door.Id);
        (uint sequence, byte[]? chain) = await AuditBook.EndAsync(s, door.Id, epoch);
        return chain == null || sequence <= (status?.Acknowledged ?? 0) ? null
            : ServerBlobs.Acknowledgement(root, door.Id, door.Generation, epoch, sequence, chain);
    }
}
