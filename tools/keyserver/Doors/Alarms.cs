using System.Text.Json.Nodes;
using DoorController.Access;
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

    /// <summary>Raises an alarm, or counts it once more.</summary>
    /// <param name="doorId">0 when it is about no door.</param>
    /// <param name="scopeId">0 when it is about no scope.</param>
    /// <param name="detail">One line without a secret.</param>
    public static Task RaiseAsync(Session s, string workspaceId, string kind, uint doorId, int scopeId, string detail) => s.ExecuteAsync(
        """
        INSERT INTO alarms (kind, door_id, scope_id, workspace_id, detail, first_us, last_us, times)
        VALUES (@kind, @door, @scope, @workspace, @detail, @now, @now, 1)
        ON CONFLICT (kind, door_id, scope_id) DO UPDATE SET detail = excluded.detail, last_us = excluded.last_us, times = alarms.times + 1
        """,
        ("kind", kind), ("door", doorId), ("scope", scopeId), ("workspace", workspaceId), ("detail", detail), ("now", s.NowUs));

    /// <summary>Ends an alarm.</summary>
    public static Task<int> EndAsync(Session s, string workspaceId, string kind, uint doorId, int scopeId) => s.ExecuteAsync(
        "DELETE FROM alarms WHERE kind = @kind AND door_id = @door AND scope_id = @scope AND workspace_id = @workspace",
        ("kind", kind), ("door", doorId), ("scope", scopeId), ("workspace", workspaceId));

    internal static Task<List<JsonObject>> ListAsync(Session s, string workspaceId, uint? doorId = null) => s.QueryAsync(
        """
        SELECT kind, door_id, scope_id, detail, first_us, last_us, times FROM alarms
        WHERE workspace_id = @workspace AND (CAST(@door AS BIGINT) IS NULL OR door_id = @door) ORDER BY last_us DESC LIMIT 1000
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
        ("workspace", workspaceId), ("door", doorId));
}
