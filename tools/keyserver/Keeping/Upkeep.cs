using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Keeping;

/// <summary>
/// What has to be done now and then: the watermarks follow the oldest key that lives, a window that fills is an alarm, and what is older
/// than the retention is removed.
/// </summary>
internal sealed class Upkeep(Site site, KeyServerSettings settings)
{
    /// <summary>A watermark is raised by no fewer numbers at a time: each raise is a new list for every door of the scope.</summary>
    public const int LeastRaise = 1024;

    /// <summary>Used numbers of a window from which on an alarm is raised: 75 %.</summary>
    public const int WarnAt = Limits.WindowKeys * 3 / 4;

    private const int ExpiryMarginS = 3600;
    private const int MaxScopes = 500;
    private const int MaxRemoved = 2000;

    /// <summary>Does all of it once. While the clock is not trusted, nothing that cannot be undone.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await WatchClockAsync(cancel);
        bool isTrusted = site.Database.Clock.IsTrusted;
        if (isTrusted)
        {
            await RaiseWatermarksAsync(cancel);
        }

        await WatchWindowsAsync(cancel);
        while (isTrusted && await RemoveOldAsync(cancel) >= MaxRemoved)
        {
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Raises the watermark of each scope whose oldest keys have expired or are revoked: below it every key is dead.</summary>
    public async Task RaiseWatermarksAsync(CancellationToken cancel)
    {
        List<int> scopes = await site.Database.QueryAsync(
            s => s.QueryAsync(
                "SELECT scope_id FROM scopes WHERE next_key_number - watermark >= @least ORDER BY scope_id LIMIT @max",
                row => row.Int(0),
                ("least", LeastRaise), ("max", MaxScopes)),
            cancel);
        foreach (int scope in scopes)
        {
            if (await site.Database.ReadAsync(s => FindAsync(s, scope), cancel) != null)
            {
                await site.Database.WriteAsync(s => RaiseAsync(s, scope), cancel);
            }
        }
    }

    private static async Task<int> RaiseAsync(Session s, int scopeId)
    {
        if (await FindAsync(s, scopeId) is not long watermark)
        {
            return 0;
        }

        await s.ExecuteAsync("UPDATE scopes SET watermark = @watermark WHERE scope_id = @scope", ("watermark", watermark), ("scope", scopeId));
        await s.MarkAsync(MarkKind.Watermark, scopeId, watermark);
        await KeyNumbers.RaiseListVersionAsync(s, scopeId);
        return 1;
    }

    /// <summary>The watermark that a scope could have; null when it is not worth a list.</summary>
    private static async Task<long?> FindAsync(Session s, int scopeId)
    {
        (long present, long next) = await s.FirstAsync(
            "SELECT watermark, next_key_number FROM scopes WHERE scope_id = @scope", row => (row.Long(0), row.Long(1)), ("scope", scopeId));
        long oldest = await s.NumberAsync(
            """
            SELECT key_number FROM keys WHERE scope_id = @scope AND key_number >= @first AND revoked_us IS NULL AND expires_s > @past
            ORDER BY key_number LIMIT 1
            """,
            ("scope", scopeId), ("first", present), ("past", s.NowS - ExpiryMarginS)) ?? next;
        long possible = oldest / 8 * 8;
        return possible - present >= LeastRaise ? possible : null;
    }

    private Task<int> WatchClockAsync(CancellationToken cancel) => site.Database.AppendAsync(
        async s =>
        {
            if (site.Database.Clock.Problem is string problem)
            {
                await Alarms.RaiseEverywhereAsync(s, Alarms.ClockNotTrusted, problem);
                return 0;
            }

            return await s.ExecuteAsync("DELETE FROM alarms WHERE kind = @kind", ("kind", Alarms.ClockNotTrusted));
        },
        cancel);

    private Task<int> WatchWindowsAsync(CancellationToken cancel) => site.Database.AppendAsync(
        async s =>
        {
            foreach ((int id, string workspace, long used) in await s.QueryAsync(
                "SELECT scope_id, workspace_id, next_key_number - watermark FROM scopes WHERE next_key_number - watermark >= @warn LIMIT @max",
                row => (row.Int(0), row.Text(1), row.Long(2)),
                ("warn", WarnAt), ("max", MaxScopes)))
            {
                await Alarms.RaiseAsync(
                    s, workspace, Alarms.KeyWindow, 0, id, $"{used} of {Limits.WindowKeys} key numbers: long-lived keys hold the watermark, give them a scope of their own");
            }

            return await s.ExecuteAsync(
                "DELETE FROM alarms WHERE kind = @kind AND scope_id IN (SELECT scope_id FROM scopes WHERE next_key_number - watermark < @warn)",
                ("kind", Alarms.KeyWindow), ("warn", WarnAt));
        },
        cancel);

    /// <summary>Audit records and events past the retention, and keys that are dead and past it: until then a late record finds its person.</summary>
    /// <returns>Rows removed of the kind that had most.</returns>
    private Task<int> RemoveOldAsync(CancellationToken cancel) => site.Database.AppendAsync(
        async s =>
        {
            long past = s.NowUs - (settings.RetentionDays * 86_400_000_000L);
            int records = await s.ExecuteAsync(
                """
                DELETE FROM audit_records WHERE (door_id, epoch, sequence) IN (
                    SELECT door_id, epoch, sequence FROM audit_records WHERE received_us < @past ORDER BY received_us LIMIT @max)
                """,
                ("past", past), ("max", MaxRemoved));
            int events = await s.ExecuteAsync(
                "DELETE FROM events WHERE event_id IN (SELECT event_id FROM events WHERE created_us < @past ORDER BY created_us LIMIT @max)",
                ("past", past), ("max", MaxRemoved));
            int keys = await s.ExecuteAsync(
                """
                DELETE FROM keys WHERE (scope_id, key_number) IN (
                    SELECT k.scope_id, k.key_number FROM keys k JOIN scopes c ON c.scope_id = k.scope_id
                    WHERE k.key_number < c.watermark AND k.expires_s < @pastS LIMIT @max)
                """,
                ("pastS", past / 1_000_000), ("max", MaxRemoved));
            await s.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_us < @past", ("past", s.NowUs - Idempotency.LifeUs));
            await s.ExecuteAsync("DELETE FROM door_names WHERE until_us < @past", ("past", s.NowUs - CredentialIssue.FormerNamesUs));
            return Math.Max(records, Math.Max(events, keys));
        },
        cancel);
}

/// <summary>Does the upkeep every minute, and writes down what doors said every ten seconds.</summary>
/// <param name="life">Of the server.</param>
/// <param name="log">Where a failure is told.</param>
internal sealed class UpkeepService(Upkeep upkeep, SilentDoors silent, SeenBook seen, IHostApplicationLifetime life, ILogger<UpkeepService> log)
    : SideWork(life, log, "upkeep failed")
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private const int TurnsOfUpkeep = 6;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(() => seen.FlushAsync(cancellationToken));
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Pause);
        for (int turn = 1; await timer.WaitForNextTickAsync(cancel); turn++)
        {
            await TryAsync(() => seen.FlushAsync(cancel));
            if (turn % TurnsOfUpkeep == 0)
            {
                await TryAsync(() => upkeep.RunAsync(cancel));
                await TryAsync(() => silent.RunAsync(cancel));
            }
        }
    }
}
