using DoorController.Issuer;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.Wire;

namespace DoorController.KeyServer.Audit;

/// <summary>Takes in audit pages, whoever carried them: each record is kept once, and what is kept without a gap is acknowledged.</summary>
internal sealed class AuditBook(Site site) : IDisposable
{
    private const int OlderGenerations = 3;

    /// <summary>Called when records came whose events are to be made.</summary>
    public WakeUp Came { get; } = new();

    /// <summary>Takes in a page. When this returns, it is durable.</summary>
    /// <param name="way">network or phone.</param>
    /// <returns>An acknowledgement; nothing when something before the page is missing; null when it is of no door of this site.</returns>
    public async Task<byte[]?> TakeAsync(byte[] body, string way, CancellationToken cancel)
    {
        AuditUpload? page = AuditUpload.Open(site.Keys.Root, body);
        if (page == null)
        {
            return null;
        }

        int[] generations = [.. Enumerable.Range(0, OlderGenerations + 1).Select(back => page.DoorGeneration - back).Where(g => g > 0)];
        IReadOnlyList<uint> breaks = page.FindBreaks(site.Keys.Root, generations);
        byte[]? answer = await site.Database.AppendAsync(
            async s =>
            {
                string? workspace = await WorkspaceAsync(s, page);
                return workspace == null ? null : await KeepAsync(s, workspace, page, breaks, way);
            },
            cancel);
        if (answer != null)
        {
            Came.Call();
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => Came.Dispose();

    /// <summary>The last record of a trail that may be acknowledged.</summary>
    /// <returns>Its sequence and chain; 0 and null when there is none.</returns>
    public static Task<(uint Sequence, byte[]? Chain)> EndAsync(Session s, uint doorId, uint epoch) => s.FirstAsync(
        "SELECT sequence, chain FROM audit_ends WHERE door_id = @door AND epoch = @epoch",
        row => (row.U32(0), (byte[]?)row.Blob(1)),
        ("door", doorId), ("epoch", epoch));

    /// <summary>The epoch of a door whose records came last; 0 when none came.</summary>
    public static async Task<uint> NewestEpochAsync(Session s, uint doorId) => (uint)(await s.NumberAsync(
        """
        SELECT e.epoch FROM audit_ends e JOIN audit_records r ON r.door_id = e.door_id AND r.epoch = e.epoch AND r.sequence = e.sequence
        WHERE e.door_id = @door ORDER BY r.received_us DESC LIMIT 1
        """,
        ("door", doorId)) ?? 0);

    /// <summary>A door that was replaced or retired speaks under a key that is no longer its own; its last pages are not believed.</summary>
    private static Task<string?> WorkspaceAsync(Session s, AuditUpload page) => s.FirstAsync(
        """
        SELECT workspace_id FROM doors
        WHERE door_id = @door AND retired_us IS NULL AND (generation = @generation OR held_generation = @generation)
        """,
        row => row.Text(0),
        ("door", page.DoorId), ("generation", page.DoorGeneration));

    private async Task<byte[]> KeepAsync(Session s, string workspace, AuditUpload page, IReadOnlyList<uint> breaks, string way)
    {
        (uint end, byte[]? chain) = await EndAsync(s, page.DoorId, page.Epoch);
        foreach (byte[] record in page.Records.Where(r => AuditUpload.SequenceOf(r) > end))
        {
            await KeepAsync(s, workspace, page, record, way);
        }

        if (await HasForkAsync(s, workspace, page, end))
        {
            return [];
        }

        if (breaks.Count > 0)
        {
            await Alarms.RaiseAsync(
                s, workspace, Alarms.AuditBreak, page.DoorId, 0, $"epoch {page.Epoch}: {breaks.Count} records, the first is number {breaks[0]}");
        }

        uint first = AuditUpload.SequenceOf(page.Records[0]);
        if (page.LastSequence > end && (page.IsFromOldest || first <= end + 1))
        {
            (end, chain) = (page.LastSequence, page.Records[^1][AuditRecord.ChainOffset..]);
            (end, chain) = await GoOnAsync(s, page, end, chain);
            await s.ExecuteAsync(
                """
                INSERT INTO audit_ends (door_id, epoch, sequence, chain) VALUES (@door, @epoch, @sequence, @chain)
                ON CONFLICT (door_id, epoch) DO UPDATE SET sequence = excluded.sequence, chain = excluded.chain
                WHERE audit_ends.sequence < excluded.sequence
                """,
                ("door", page.DoorId), ("epoch", page.Epoch), ("sequence", end), ("chain", chain));
        }

        return page.LastSequence <= end ? page.Acknowledge(site.Keys.Root)
            : chain == null ? []
            : ServerBlobs.Acknowledgement(site.Keys.Root, page.DoorId, page.DoorGeneration, page.Epoch, end, chain);
    }

    /// <summary>Later records may have come before: by a phone that took a later page.</summary>
    private static async Task<(uint End, byte[] Chain)> GoOnAsync(Session s, AuditUpload page, uint end, byte[] chain)
    {
        List<(uint Sequence, byte[] Chain)> later = await s.QueryAsync(
            "SELECT sequence, chain FROM audit_records WHERE door_id = @door AND epoch = @epoch AND sequence > @end ORDER BY sequence LIMIT 2048",
            row => (row.U32(0), row.Blob(1)),
            ("door", page.DoorId), ("epoch", page.Epoch), ("end", end));
        foreach ((uint sequence, byte[] its) in later.TakeWhile((r, i) => r.Sequence == end + 1 + i).ToArray())
        {
            (end, chain) = (sequence, its);
        }

        return (end, chain);
    }

    private static async Task KeepAsync(Session s, string workspace, AuditUpload page, byte[] record, string way)
    {
        uint sequence = AuditUpload.SequenceOf(record);
        int scope = Bytes.U24(record, AuditRecord.ScopeOffset);
        uint key = Bytes.U32(record, AuditRecord.KeyNumberOffset);
        int what = record[AuditRecord.EventOffset];
        byte[] chain = record[AuditRecord.ChainOffset..];
        int rows = await s.ExecuteAsync(
            """
            INSERT INTO audit_records (door_id, epoch, sequence, workspace_id, event, verdict, quality, detail, scope_id, generation_low, key_number,
                time_s, argument, chain, user_identity_id, received_us, way, is_untold)
            VALUES (@door, @epoch, @sequence, @workspace, @event, @verdict, @quality, @detail, @scope, @generation, @key, @time, @argument, @chain,
                (SELECT r.user_identity_id FROM keys k JOIN rights r ON r.right_id = k.right_id
                 WHERE @event = 16 AND k.scope_id = @scope AND k.key_number = @key AND r.workspace_id = @workspace), @now, @way, @untold)
            ON CONFLICT (door_id, epoch, sequence) DO NOTHING
            """,
            ("door", page.DoorId), ("epoch", page.Epoch), ("sequence", sequence), ("workspace", workspace), ("event", what),
            ("verdict", (int)record[AuditRecord.VerdictOffset]), ("quality", (int)record[AuditRecord.QualityOffset]),
            ("detail", (int)record[AuditRecord.DetailOffset]), ("scope", scope), ("generation", (int)record[AuditRecord.GenerationOffset]), ("key", key),
            ("time", Bytes.U32(record, AuditRecord.TimeOffset)), ("argument", Bytes.U32(record, AuditRecord.ArgumentOffset)), ("chain", chain),
            ("now", s.NowUs), ("way", way),
            ("untold", TrailEvents.TypeOf(what, record[AuditRecord.VerdictOffset], record[AuditRecord.DetailOffset]) != null));
        if (rows == 0)
        {
            await IsForkAsync(s, workspace, page, sequence, chain);
        }
        else if (what == AuditEvent.KeysUpdated)
        {
            await DoorBook.NoteKeysAsync(s, page.DoorId, key);
        }
        else if (what == AuditEvent.FloorReset)
        {
            await PendingBlobs.EndFloorResetAsync(s, page.DoorId, Bytes.U32(record, AuditRecord.TimeOffset));
        }
        else if (what == AuditEvent.ListApplied)
        {
            await SeenBook.NoteListAsync(s, page.DoorId, scope, Bytes.U32(record, AuditRecord.ArgumentOffset), way, s.NowUs);
        }
    }

    /// <summary>Below the end the retention may have removed a record; one that is there must be the same, or this is not what was kept.</summary>
    private static async Task<bool> HasForkAsync(Session s, string workspace, AuditUpload page, uint end)
    {
        bool isFork = false;
        foreach (byte[] record in page.Records.Where(r => AuditUpload.SequenceOf(r) <= end))
        {
            isFork |= await IsForkAsync(s, workspace, page, AuditUpload.SequenceOf(record), record[AuditRecord.ChainOffset..]);
        }

        return isFork;
    }

    private static async Task<bool> IsForkAsync(Session s, string workspace, AuditUpload page, uint sequence, byte[] chain)
    {
        byte[]? kept = await s.FirstAsync(
            "SELECT chain FROM audit_records WHERE door_id = @door AND epoch = @epoch AND sequence = @sequence",
            row => row.Blob(0),
            ("door", page.DoorId), ("epoch", page.Epoch), ("sequence", sequence));
        bool isFork = kept != null && !kept.AsSpan().SequenceEqual(chain);
        if (isFork)
        {
            await Alarms.RaiseAsync(s, workspace, Alarms.AuditFork, page.DoorId, 0, $"epoch {page.Epoch}, number {sequence}");
        }

        return isFork;
    }
}
