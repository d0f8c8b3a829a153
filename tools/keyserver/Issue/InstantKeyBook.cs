using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>Makes and ends instant keys.</summary>
public static class InstantKeyBook
{
    /// <summary>Ends an instant key, its session and its phones, and revokes its key numbers. One that ended already stays as it is.</summary>
    /// <returns>False when there is none.</returns>
    public static async Task<bool> EndAsync(Session s, string instantKeyId, string? workspaceId = null)
    {
        (string Workspace, string Session, string Identity, long ExpiresUs) key = await s.FirstAsync(
            """
            UPDATE instant_keys SET deleted_us = @now
            WHERE instant_key_id = @id AND deleted_us IS NULL AND (CAST(@workspace AS TEXT) IS NULL OR workspace_id = @workspace)
            RETURNING workspace_id, client_session_id, user_identity_id, expires_us
            """,
            row => (row.Text(0), row.Text(1), row.Text(2), row.Long(3)),
            ("now", s.NowUs), ("id", instantKeyId), ("workspace", workspaceId));
        if (key.Workspace == null)
        {
            return false;
        }

        await s.MarkAsync(MarkKind.InstantKeyDeleted, instantKeyId, 1, (key.ExpiresUs / 1_000_000) + 86400);
        await s.ExecuteAsync("UPDATE client_sessions SET deleted_us = @now WHERE client_session_id = @id", ("now", s.NowUs), ("id", key.Session));
        await KeyNumbers.RevokeInstantKeyAsync(s, key.Workspace, instantKeyId, isForGood: true);
        foreach (string phone in await s.QueryAsync(
            "SELECT redeem_session_id FROM redeem_sessions WHERE instant_key_id = @id ORDER BY created_us", row => row.Text(0), ("id", instantKeyId)))
        {
            await s.AddEventAsync(key.Workspace, Events.PhoneDeactivated, new() { ["device_id"] = phone });
        }

        await s.AddEventAsync(
            key.Workspace, Events.ClientSessionDeleted, new() { ["client_session_id"] = key.Session, ["user_identity_id"] = key.Identity });
        return true;
    }
}
