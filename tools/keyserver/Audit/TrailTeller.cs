using System.Globalization;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Measure;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Audit;

/// <summary>
/// Makes the events of audit records that came. Not when a record comes: an event takes its place in the order of all changes, and doors do not wait for
/// that. A record is untold until its event is, in one transaction, so that each is told once.
/// </summary>
internal sealed class TrailTeller(Site site, Meters meters)
{
    private const int AtOnce = 200;

    /// <summary>Makes all that are to be made.</summary>
    public async Task RunAsync(CancellationToken cancel = default)
    {
        while (await site.Database.QueryAsync(s => s.NumberAsync("SELECT 1 FROM audit_records WHERE is_untold = 1 LIMIT 1"), cancel) != null)
        {
            foreach (TrailRecord record in await site.Database.WriteAsync(TellAsync, cancel))
            {
                string? type = TrailEvents.TypeOf(record.Event, record.Verdict, record.Detail);
                if (type is Events.Unlocked or Events.AccessDenied)
                {
                    meters.Opened(type == Events.Unlocked, record.Times);
                }
            }
        }
    }

    private static async Task<List<TrailRecord>> TellAsync(Session s)
    {
        List<TrailRecord> records = await s.QueryAsync(
            $"""
            SELECT {TrailRecord.Columns} FROM {TrailRecord.Tables}
            WHERE a.is_untold = 1 ORDER BY a.received_us, a.door_id, a.epoch, a.sequence LIMIT {AtOnce.ToString(CultureInfo.InvariantCulture)}
            """,
            TrailRecord.Read);
        Dictionary<uint, List<Entrance>> entrances = [];
        foreach (uint door in records.Select(record => record.DoorId).Distinct())
        {
            entrances[door] = await EntranceBook.OfDoorAsync(s, door);
        }

        foreach (TrailRecord record in records)
        {
            if (TrailEvents.TypeOf(record.Event, record.Verdict, record.Detail) is string type)
            {
                await s.AddEventAsync(record.WorkspaceId, type, TrailEvents.Body(record, entrances[record.DoorId]));
            }

            await s.ExecuteAsync(
                "UPDATE audit_records SET is_untold = 0 WHERE door_id = @door AND epoch = @epoch AND sequence = @sequence",
                ("door", record.DoorId), ("epoch", record.Epoch), ("sequence", record.Sequence));
        }

        return records;
    }
}
