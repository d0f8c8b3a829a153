using System.Collections.Concurrent;
using DoorController.Issuer;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>
/// Alarms about what a door says of itself in a sync request. Each stands as long as the door says so: the first request that no longer does ends it. What
/// is known of a door is in memory; after a start its first request ends what may stand from before.
/// </summary>
internal sealed class SaidAlarms
{
    private const int MaxKnown = 1_000_000;

    private readonly ConcurrentDictionary<uint, bool> _quiet = new();

    /// <summary>Raises what the request is an alarm of, and ends the rest.</summary>
    /// <param name="door">As it is registered.</param>
    /// <param name="nowS">The server's time when the request came; 0 when it is not trusted: what stands of the door's clock then stays as it is.</param>
    public async Task NoteAsync(Session s, DoorRow door, SyncRequest request, uint nowS)
    {
        (string Kind, string? Detail)[] said =
        [
            (Alarms.FloorsDiffer, request.FloorsWired == door.Floors ? null : $"{request.FloorsWired} floors are wired, {door.Floors} are registered"),
            (Alarms.ClockConflict, (request.Flags & SyncRequest.ClockConflict) == 0 ? null : "this server said a time that contradicts what it had proved"),
            .. nowS == 0 ? [] : AheadOf(request, nowS),
        ];
        string[] over = [.. said.Where(a => a.Detail == null).Select(a => a.Kind)];
        bool isQuiet = over.Length == said.Length && nowS != 0;
        if (isQuiet && _quiet.ContainsKey(door.Id))
        {
            return;
        }

        foreach (string kind in over)
        {
            await Alarms.EndAsync(s, door.WorkspaceId, kind, door.Id, 0);
        }

        foreach ((string kind, string? detail) in said.Where(a => a.Detail != null))
        {
            await Alarms.RaiseAsync(s, door.WorkspaceId, kind, door.Id, 0, detail!);
        }

        Remember(door.Id, isQuiet);
    }

    private static (string Kind, string? Detail)[] AheadOf(SyncRequest request, uint nowS) =>
    [
        (Alarms.DoorClockAhead, !request.IsAhead(nowS) ? null
            : $"its clock is {request.TimeFloor - nowS} s ahead at least; /doors/floor_reset sets it back"),
    ];

    private void Remember(uint door, bool isQuiet)
    {
        if (_quiet.Count > MaxKnown)
        {
            _quiet.Clear();
        }

        if (isQuiet)
        {
            _quiet[door] = true;
        }
        else
        {
            _quiet.TryRemove(door, out _);
        }
    }
}
