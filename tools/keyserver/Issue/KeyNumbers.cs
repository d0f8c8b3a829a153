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
        (uint number, uint watermark, bool isAllowedMode, string workspaceId) = await s.FirstAsync(
            "UPDATE scopes SET next_key_number = next_key_number + 1 WHERE scope_id = @scope RETURNING next_key_number - 1, watermark, list_mode, workspace_id",
            row => (row.U32(0), row.U32(1), row.Long(2) == 1, row.Text(3)),
            ("scope", scopeId));
        if (number - watermark >= Limits.WindowKeys)
        {
            throw new ApiException(
                409, "key_window_full", $"scope {scopeId} has {Limits.WindowKeys} keys above its watermark: the oldest must expire or be revoked first");
        }

        await s.MarkAsync(MarkKind.KeyNumber, scopeId, number + 1L);
        uint listVersion = isAllowedMode ? await RaiseListVersionAsync(s, scopeId) : 0;
        string id = Guid.NewGuid().ToString();
        await s.ExecuteAsync(
            """
            INSERT INTO keys (scope_id, key_number, key_id, instant_key_id, right_id, issued_s, expires_s, revoked_us, list_version)
            VALUES (@scope, @number, @id, @instantKey, @right, @issued, @expires, NULL, @version)
            """,
            ("scope", scopeId), ("number", number), ("id", id), ("instantKey", instantKeyId), ("right", rightId),
            ("issued", s.NowS), ("expires", expiresS), ("version", listVersion));
        await s.AddEventAsync(workspaceId, Events.CredentialIssued, AboutCredential(workspaceId, id));
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
    public static Task RevokeInstantKeyAsync(Session s, string workspaceId, string instantKeyId, bool isForGood) =>
        RevokeOfAsync(s, workspaceId, "k.instant_key_id = @id", instantKeyId, isForGood);

    /// <summary>Revokes every number that was taken for a right.</summary>
    /// <param name="isForGood">False when the next renewal takes another number.</param>
    public static Task RevokeRightAsync(Session s, string workspaceId, string rightId, bool isForGood) =>
        RevokeOfAsync(s, workspaceId, "k.right_id = @id", rightId, isForGood);

    /// <summary>Revokes for good every number that was taken for an access grant.</summary>
    public static Task RevokeGrantAsync(Session s, string workspaceId, string grantId) =>
        RevokeOfAsync(s, workspaceId, "r.access_grant_id = @id", grantId, isForGood: true);

    private static async Task RevokeOfAsync(Session s, string workspaceId, string whose, string id, bool isForGood) => await RevokeAsync(
        s, workspaceId,
        await s.QueryAsync(
            $"SELECT {KeyRow.Columns} FROM {KeyRow.Tables} WHERE {whose} AND k.revoked_us IS NULL ORDER BY k.scope_id, k.key_number", KeyRow.Read, ("id", id)),
        isForGood);

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
            }
        }

        foreach (IGrouping<string, KeyRow> method in keys.GroupBy(k => k.MethodId))
        {
            await TellAsync(s, workspaceId, [.. method], isForGood);
        }
    }

    /// <summary>Tells of a method once, and of each of its credentials.</summary>
    private static async Task TellAsync(Session s, string workspaceId, KeyRow[] keys, bool isForGood)
    {
        string[] methods = isForGood ? [Events.AccessMethodRevoked, Events.AccessMethodDeleted] : [Events.AccessMethodRevoked];
        foreach (string type in methods)
        {
            JsonArray grants = [.. keys.Select(k => k.GrantId).Distinct().Select(id => (JsonNode)id)];
            await s.AddEventAsync(workspaceId, type, new() { ["access_method_id"] = keys[0].MethodId, ["access_grant_ids"] = grants });
        }

        foreach (KeyRow key in keys)
        {
            await s.AddEventAsync(workspaceId, isForGood ? Events.CredentialDeleted : Events.CredentialInvalidated, AboutCredential(workspaceId, key.KeyId));
        }
    }

    private static JsonObject AboutCredential(string workspaceId, string keyId) => new()
    {
        ["acs_credential_id"] = keyId,
        ["acs_system_id"] = SystemIds.System(workspaceId),
        ["connected_account_id"] = SystemIds.Account(workspaceId),
    };
}
