using System.Text.Json.Nodes;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>What a person has to look at: each kind once for a door and scope, with how often it was seen.</summary>
public static class Alarms
{
    /// <summary>A door has a newer list, or newer keys, than were ever made: this database is not the newest, or the root is in other hands.</summary>
    public const string NewerThanEverMade = "newer_than_ever_made";

    /// <summary>A scope has used three quarters of the key numbers that its doors can tell apart.</summary>
    public const string KeyWindow = "key_window_75_percent";

    /// <summary>An audit record does not continue the one before it: the door's flash was damaged or changed.</summary>
    public const string AuditBreak = "audit_chain_broken";

    /// <summary>A door sent another record under a number that is kept already: two boards, or one whose flash was set back.</summary>
    public const string AuditFork = "audit_number_used_twice";

    /// <summary>The clock leapt, or the server has not run for long enough to believe it. Ends by itself; to delete it is to say that the clock is right.</summary>
    public const string ClockNotTrusted = "clock_not_trusted";

    /// <summary>A door says that it has another number of floors than it is registered with. Ends when both say the same.</summary>
    public const string FloorsDiffer = "floors_differ";

    /// <summary>A door's time is more than 5 min ahead of the server's. Ends by itself, or with a floor reset.</summary>
    public const string DoorClockAhead = "door_clock_ahead";

    /// <summary>A door holds two answers of this server that contradict each other. Ends when the door has settled it.</summary>
    public const string ClockConflict = "door_clock_conflict";

    /// <summary>A door that used to sync is silent. Ends when it syncs.</summary>
    public const string DoorSilent = "door_silent";

    /// <summary>A webhook could not be told anything for days, or wants no more.</summary>
    public const string WebhookDisabled = "webhook_disabled";

    /// <summary>The file of marks was gone when a server started.</summary>
    public const string MarksLost = "marks_file_missing";

    /// <summary>Raises an alarm that is about no door and no scope in every workspace, or counts it once more.</summary>
    /// <param name="detail">One line without a secret.</param>
    public static async Task RaiseEverywhereAsync(Session s, string kind, string detail)
    {
        foreach (string workspace in await s.QueryAsync("SELECT workspace_id FROM workspaces ORDER BY created_us LIMIT 100", row => row.Text(0)))
        {
            await RaiseAsync(s, workspace, kind, 0, 0, detail);
        }
    }

    /// <summary>Raises an alarm, or counts it once more.</summary>
    /// <param name="doorId">0 when it is about no door.</param>
    /// <param name="scopeId">0 when it is about no scope.</param>
    /// <param name="detail">One line without a secret.</param>
    public static Task RaiseAsync(Session s, string workspaceId, string kind, uint doorId, int scopeId, string detail) => s.ExecuteAsync(
        """
        INSERT INTO alarms (kind, door_id, scope_id, workspace_id, detail, first_us, last_us, times)
        VALUES (@kind, @door, @scope, @workspace, @detail, @now, @now, 1)
        ON CONFLICT (workspace_id, door_id, scope_id, kind) DO UPDATE SET detail = excluded.detail, last_us = excluded.last_us, times = alarms.times + 1
        """,
        ("kind", kind), ("door", doorId), ("scope", scopeId), ("workspace", workspaceId), ("detail", detail), ("now", s.NowUs));

    /// <summary>Ends an alarm.</summary>
    public static Task<int> EndAsync(Session s, string workspaceId, string kind, uint doorId, int scopeId) => s.ExecuteAsync(
        "DELETE FROM alarms WHERE kind = @kind AND door_id = @door AND scope_id = @scope AND workspace_id = @workspace",
        ("kind", kind), ("door", doorId), ("scope", scopeId), ("workspace", workspaceId));

    /// <summary>Alarms by door, scope and kind.</summary>
    /// <param name="doorId">Of one door only; null: of all.</param>
    /// <param name="after">The alarm to go on behind; null for the first.</param>
    /// <param name="limit">Rows at most.</param>
    internal static Task<List<JsonObject>> ListAsync(
        Session s, string workspaceId, uint? doorId, (uint Door, int Scope, string Kind)? after, int limit) => s.QueryAsync(
        """
        SELECT kind, door_id, scope_id, detail, first_us, last_us, times FROM alarms
        WHERE workspace_id = @workspace AND (CAST(@door AS BIGINT) IS NULL OR door_id = @door)
            AND (door_id > @afterDoor OR (door_id = @afterDoor AND (scope_id > @afterScope OR (scope_id = @afterScope AND kind > @afterKind))))
        ORDER BY door_id, scope_id, kind LIMIT @limit
        """,
        row => new JsonObject
        {
            ["kind"] = row.Text(0),
            ["door_id"] = row.U32(1) == 0 ? null : row.U32(1),
            ["scope_id"] = row.Int(2) == 0 ? null : row.Int(2),
            ["detail"] = row.Text(3),
            ["first_at"] = IsoTime.FromUs(row.Long(4)),
            ["last_at"] = IsoTime.FromUs(row.Long(5)),
            ["times"] = row.Long(6),
        },
        ("workspace", workspaceId), ("door", doorId), ("afterDoor", after?.Door ?? -1L), ("afterScope", after?.Scope ?? -1L),
        ("afterKind", after?.Kind ?? string.Empty), ("limit", limit));
}
