using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>Makes and ends instant keys.</summary>
public static class InstantKeyBook
{
    /// <summary>Instant keys that one person may have at a time.</summary>
    private const int MaxOfIdentity = 1000;

    /// <summary>Makes one, with its session. Its link is made of its id and the site root.</summary>
    /// <param name="owner">What it is for, with a new id.</param>
    /// <param name="profileId">How its page looks; null: as without a profile.</param>
    /// <param name="uses">Phones that may redeem it.</param>
    /// <exception cref="ApiException">404 user_identity_not_found; 409 too_many_instant_keys.</exception>
    public static async Task MakeAsync(Session s, SiteKeys keys, string workspaceId, LinkOwner owner, long expiresUs, string? profileId, long uses)
    {
        await CheckIdentityAsync(s, workspaceId, owner.UserIdentityId);
        string session = Guid.NewGuid().ToString();
        await s.ExecuteAsync(
            """
            INSERT INTO client_sessions (client_session_id, workspace_id, user_identity_id, created_us, deleted_us)
            VALUES (@id, @workspace, @identity, @now, NULL)
            """,
            ("id", session), ("workspace", workspaceId), ("identity", owner.UserIdentityId), ("now", s.NowUs));
        await s.ExecuteAsync(
            """
            INSERT INTO instant_keys (instant_key_id, workspace_id, client_session_id, user_identity_id, created_us, expires_us, customization_profile_id,
                link_hash, max_use_count, use_count, deleted_us, access_grant_id)
            VALUES (@id, @workspace, @session, @identity, @now, @expires, @profile, @hash, @uses, 0, NULL, @grant)
            """,
            ("id", owner.InstantKeyId), ("workspace", workspaceId), ("session", session), ("identity", owner.UserIdentityId), ("now", s.NowUs),
            ("expires", expiresUs), ("profile", profileId), ("hash", SiteKeys.Hash(keys.LinkCode(Guid.Parse(owner.InstantKeyId)))), ("uses", uses),
            ("grant", owner.GrantId));
    }

    /// <summary>Deactivates one phone: it renews no more, and the numbers of its instant key are revoked; the next renewal of any other phone takes others.</summary>
    /// <returns>False when there is none.</returns>
    public static async Task<bool> DeactivateAsync(Session s, string workspaceId, string phoneId)
    {
        string? key = await s.FirstAsync(
            """
            SELECT k.instant_key_id FROM redeem_sessions r JOIN instant_keys k ON k.instant_key_id = r.instant_key_id
            WHERE r.redeem_session_id = @phone AND k.workspace_id = @workspace AND k.deleted_us IS NULL AND r.deactivated_us IS NULL
            """,
            row => row.Text(0),
            ("phone", phoneId), ("workspace", workspaceId));
        if (key == null)
        {
            return false;
        }

        await s.ExecuteAsync("UPDATE redeem_sessions SET deactivated_us = @now WHERE redeem_session_id = @phone", ("now", s.NowUs), ("phone", phoneId));
        await KeyNumbers.RevokeInstantKeyAsync(s, workspaceId, key, isForGood: false);
        await s.AddEventAsync(workspaceId, Events.PhoneDeactivated, new() { ["device_id"] = phoneId });
        return true;
    }

    private static async Task CheckIdentityAsync(Session s, string workspaceId, string identity)
    {
        if (await s.NumberAsync(
            "SELECT COUNT(*) FROM user_identities WHERE user_identity_id = @id AND workspace_id = @workspace",
            ("id", identity), ("workspace", workspaceId)) == 0)
        {
            throw ApiException.NotFound("user_identity");
        }

        long? keys = await s.NumberAsync(
            "SELECT COUNT(*) FROM instant_keys WHERE workspace_id = @workspace AND user_identity_id = @id AND deleted_us IS NULL AND expires_us > @now",
            ("workspace", workspaceId), ("id", identity), ("now", s.NowUs));
        if (keys >= MaxOfIdentity)
        {
            throw new ApiException(409, "too_many_instant_keys", $"the user identity has {keys} instant keys: delete some first");
        }
    }

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
            "SELECT redeem_session_id FROM redeem_sessions WHERE instant_key_id = @id AND deactivated_us IS NULL ORDER BY created_us", row => row.Text(0), ("id", instantKeyId)))
        {
            await s.AddEventAsync(key.Workspace, Events.PhoneDeactivated, new() { ["device_id"] = phone });
        }

        await s.AddEventAsync(
            key.Workspace, Events.ClientSessionDeleted, new() { ["client_session_id"] = key.Session, ["user_identity_id"] = key.Identity });
        return true;
    }
}
