using System.Text.Json.Nodes;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>Gives out key numbers, revokes them, and raises the list version of their scope. Only within <see cref="Database.WriteAsync{T}"/>.</summary>
public static class KeyNumbers
{
    private const int RevokedMarkMarginS = 86400;

    /// <summary>Takes the next number of a scope for one right of one instant key. Numbers grow for ever, whatever the generation.</summary>
    /// <param name="expiresS">"Expires at" of the credential that it is for.</param>
    /// <exception cref="ApiException">409: all numbers that a door can tell apart are in use.</exception>
    public static async Task<uint> TakeAsync(Session s, int scopeId, string instantKeyId, string rightId, uint expiresS)
    {
        (uint number, uint watermark, bool isAllowedMode) = await s.FirstAsync(
            "UPDATE scopes SET next_key_number = next_key_number + 1 WHERE scope_id = @scope RETURNING next_key_number - 1, watermark, list_mode",
            row => (row.U32(0), row.U32(1), row.Long(2) == 1),
            ("scope", scopeId));
        if (number - watermark >= Limits.WindowKeys)
        {
            throw new ApiException(
                409, "key_window_full", $"scope {scopeId} has {Limits.WindowKeys} keys above its watermark: the oldest must expire or be revoked first");
        }

        await s.MarkAsync(MarkKind.KeyNumber, scopeId, number + 1L);
        uint listVersion = isAllowedMode ? await RaiseListVersionAsync(s, scopeId) : 0;
        await s.ExecuteAsync(
            """
            INSERT INTO keys (scope_id, key_number, key_id, instant_key_id, right_id, issued_s, expires_s, revoked_us, list_version)
            VALUES (@scope, @number, @id, @instantKey, @right, @issued, @expires, NULL, @version)
            """,
            ("scope", scopeId), ("number", number), ("id", Guid.NewGuid()), ("instantKey", instantKeyId), ("right", rightId),
            ("issued", s.NowS), ("expires", expiresS), ("version", listVersion));
        return number;
    }

    /// <summary>Makes a new version of a scope's list: higher than the last, and never below the Unix time, when that may be believed.</summary>
    public static async Task<uint> RaiseListVersionAsync(Session s, int scopeId)
    {
        long version = await s.NumberAsync(
            """
            UPDATE scopes SET list_version = CASE WHEN list_version >= @now THEN list_version + 1 ELSE @now END
            WHERE scope_id = @scope RETURNING list_version
            """,
            ("scope", scopeId), ("now", s.IsTimeTrusted ? s.NowS : 0)) ?? throw ApiException.NotFound("scope");
        await s.MarkAsync(MarkKind.ListVersion, scopeId, version);
        return (uint)version;
    }

    /// <summary>Revokes every number of an instant key: they are in the lists when the change is committed.</summary>
    /// <param name="isForGood">False when the next renewal takes another number.</param>
    public static async Task RevokeInstantKeyAsync(Session s, string workspaceId, string instantKeyId, bool isForGood) => await RevokeAsync(
        s, workspaceId, await FindAsync(s, "SELECT scope_id, key_number, key_id, expires_s, right_id FROM keys WHERE instant_key_id = @id AND revoked_us IS NULL ORDER BY scope_id, key_number", instantKeyId), isForGood);

    /// <summary>Revokes every number that was taken for a right.</summary>
    /// <param name="isForGood">False when the next renewal takes another number.</param>
    public static async Task RevokeRightAsync(Session s, string workspaceId, string rightId, bool isForGood) => await RevokeAsync(
        s, workspaceId, await FindAsync(s, "SELECT scope_id, key_number, key_id, expires_s, right_id FROM keys WHERE right_id = @id AND revoked_us IS NULL ORDER BY scope_id, key_number", rightId), isForGood);

    private static Task<List<KeyRow>> FindAsync(Session s, string sql, string id) => s.QueryAsync(sql, KeyRow.Read, ("id", id));

    /// <summary>Revokes these numbers: one new list version for each of their scopes.</summary>
    /// <param name="isForGood">False when the next renewal takes another number.</param>
    internal static async Task RevokeAsync(Session s, string workspaceId, List<KeyRow> keys, bool isForGood)
    {
        foreach (IGrouping<int, KeyRow> scope in keys.GroupBy(k => k.ScopeId))
        {
            uint version = await RaiseListVersionAsync(s, scope.Key);
            foreach (KeyRow key in scope)
            {
                await s.ExecuteAsync(
                    "UPDATE keys SET revoked_us = @now, list_version = @version WHERE scope_id = @scope AND key_number = @number",
                    ("now", s.NowUs), ("version", version), ("scope", key.ScopeId), ("number", key.Number));
                await s.MarkAsync(MarkKind.KeyRevoked, $"{key.ScopeId}:{key.Number}", 1, key.ExpiresS + RevokedMarkMarginS);
                await TellAsync(s, workspaceId, key, isForGood);
            }
        }
    }

    private static async Task TellAsync(Session s, string workspaceId, KeyRow key, bool isForGood)
    {
        string[] methods = isForGood ? [Events.AccessMethodRevoked, Events.AccessMethodDeleted] : [Events.AccessMethodRevoked];
        foreach (string type in methods)
        {
            await s.AddEventAsync(
                workspaceId, type, new() { ["access_method_id"] = key.KeyId, ["access_grant_ids"] = new JsonArray(key.RightId) });
        }

        string credential = isForGood ? Events.CredentialDeleted : Events.CredentialInvalidated;
        await s.AddEventAsync(workspaceId, credential, new() { ["acs_credential_id"] = key.KeyId });
    }
}
