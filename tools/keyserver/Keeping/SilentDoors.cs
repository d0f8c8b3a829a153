using System.Text.Json.Nodes;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Keeping;

/// <summary>
/// Says when a door that used to sync falls silent, and when it is back: an event and an alarm. A door without a network never syncs, and is never silent.
/// A server judges by what it heard itself: not before it has run for as long as a door may be silent, and never while its clock is not trusted.
/// </summary>
internal sealed class SilentDoors(Site site, KeyServerSettings settings)
{
    private const int AtOnce = 500;

    private readonly long _began = site.Database.Clock.GetTimestamp();

    /// <summary>Does it once.</summary>
    public async Task RunAsync(CancellationToken cancel = default)
    {
        TrustedClock clock = site.Database.Clock;
        if (!clock.IsTrusted || clock.GetElapsedTime(_began) < settings.SilentAfter)
        {
            return;
        }

        long pastUs = clock.NowUs - (settings.SilentAfter.Ticks / TimeSpan.TicksPerMicrosecond);
        await EachAsync($"s.silent_us IS NULL AND s.seen_us < {pastUs} AND d.retired_us IS NULL", FallSilentAsync, cancel);
        await EachAsync("s.silent_us IS NOT NULL AND (s.seen_us > s.silent_us OR d.retired_us IS NOT NULL)", ComeBackAsync, cancel);
    }

    private async Task EachAsync(string which, Func<Session, Row, Task> tell, CancellationToken cancel)
    {
        string sql = $"""
            SELECT s.door_id, d.workspace_id, s.seen_us, d.retired_us FROM sync_state s JOIN doors d ON d.door_id = s.door_id
            WHERE s.way = 'network' AND {which} ORDER BY s.door_id LIMIT {AtOnce}
            """;
        Task<List<Row>> FindAsync(Session s) => s.QueryAsync(sql, row => new Row(row.U32(0), row.Text(1), row.Long(2), row.LongOrNull(3) != null));

        while ((await site.Database.QueryAsync(FindAsync, cancel)).Count > 0)
        {
            await site.Database.WriteAsync(
                async s =>
                {
                    foreach (Row row in await FindAsync(s))
                    {
                        await tell(s, row);
                    }

                    return 0;
                },
                cancel);
        }
    }

    private static async Task FallSilentAsync(Session s, Row row)
    {
        await s.ExecuteAsync("UPDATE sync_state SET silent_us = @now WHERE door_id = @door", ("now", s.NowUs), ("door", row.DoorId));
        string since = IsoTime.FromUs(row.SeenUs);
        await Alarms.RaiseAsync(s, row.WorkspaceId, Alarms.DoorSilent, row.DoorId, 0, $"last heard of at {since}");
        JsonObject error = new() { ["error_code"] = "device_disconnected", ["message"] = $"the door last synced at {since}", ["created_at"] = IsoTime.FromUs(s.NowUs) };
        JsonObject body = About(row);
        body["error_code"] = "device_disconnected";
        body["device_errors"] = new JsonArray(error);
        foreach (string nothing in new[] { "device_warnings", "connected_account_errors", "connected_account_warnings" })
        {
            body[nothing] = new JsonArray();
        }

        await s.AddEventAsync(row.WorkspaceId, Events.DoorSilent, body);
    }

    private static async Task ComeBackAsync(Session s, Row row)
    {
        await s.ExecuteAsync("UPDATE sync_state SET silent_us = NULL WHERE door_id = @door", ("door", row.DoorId));
        await Alarms.EndAsync(s, row.WorkspaceId, Alarms.DoorSilent, row.DoorId, 0);
        if (!row.IsRetired)
        {
            await s.AddEventAsync(row.WorkspaceId, Events.DoorBack, About(row));
        }
    }

    private static JsonObject About(Row row) => new()
    {
        ["device_id"] = SystemIds.Device(row.WorkspaceId, row.DoorId),
        ["connected_account_id"] = SystemIds.Account(row.WorkspaceId),
        ["door_id"] = row.DoorId,
    };

    private sealed record Row(uint DoorId, string WorkspaceId, long SeenUs, bool IsRetired);
}
