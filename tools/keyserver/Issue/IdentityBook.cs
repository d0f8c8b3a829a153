using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>Ends persons, with all that they may open.</summary>
public static class IdentityBook
{
    /// <summary>A backup that is older is not restored any more: the mark of a deleted person is kept so long, in seconds.</summary>
    private const long BackupLifeS = 400L * 86400;

    /// <summary>Deletes a person: the rights are closed and the instant keys end.</summary>
    /// <returns>False when there is none.</returns>
    public static async Task<bool> EndAsync(Session s, string userIdentityId, string? workspaceId = null)
    {
        string? workspace = await s.FirstAsync(
            "SELECT workspace_id FROM user_identities WHERE user_identity_id = @id AND (CAST(@workspace AS TEXT) IS NULL OR workspace_id = @workspace)",
            row => row.Text(0),
            ("id", userIdentityId), ("workspace", workspaceId));
        if (workspace == null)
        {
            return false;
        }

        foreach (string key in await s.QueryAsync(
            "SELECT instant_key_id FROM instant_keys WHERE user_identity_id = @id AND deleted_us IS NULL ORDER BY created_us",
            row => row.Text(0),
            ("id", userIdentityId)))
        {
            await InstantKeyBook.EndAsync(s, key);
        }

        IReadOnlyList<Right> rights;
        while ((rights = await RightsBook.ListAsync(s, userIdentityId)).Count > 0)
        {
            foreach (Right right in rights)
            {
                await RightsBook.CloseAsync(s, workspace, right, tells: false);
            }
        }

        foreach (string grant in await s.QueryAsync(
            "UPDATE access_grants SET closed_us = @now WHERE user_identity_id = @id AND closed_us IS NULL RETURNING access_grant_id",
            row => row.Text(0),
            ("now", s.NowUs), ("id", userIdentityId)))
        {
            await s.AddEventAsync(workspace, Events.GrantDeleted, new() { ["access_grant_id"] = grant });
        }

        await s.ExecuteAsync("DELETE FROM user_identities WHERE user_identity_id = @id", ("id", userIdentityId));
        await s.MarkAsync(MarkKind.IdentityDeleted, userIdentityId, 1, s.NowS + BackupLifeS);
        return true;
    }
}
