using System.Text;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Root;

/// <summary>The first rows of a site, and its API keys.</summary>
public static class SiteRows
{
    /// <summary>What every API key begins with: clients of the Seam-style API look for it.</summary>
    public const string ApiKeyPrefix = "seam_door";

    /// <summary>Makes an API key. It is told once: the database keeps its hash.</summary>
    /// <param name="role">Name of what it may do.</param>
    /// <returns>The key; null when there is no such workspace.</returns>
    public static async Task<string?> AddApiKeyAsync(Database database, string? workspaceId, string name, string role = "admin", CancellationToken cancel = default)
    {
        string key = ApiKeyPrefix + SiteKeys.NewSecret();
        bool isDone = await database.WriteAsync(
            async s =>
            {
                string? workspace = workspaceId
                    ?? await s.FirstAsync("SELECT workspace_id FROM workspaces ORDER BY created_us LIMIT 1", row => row.Text(0));
                if (await s.NumberAsync("SELECT COUNT(*) FROM workspaces WHERE workspace_id = @id", ("id", workspace ?? string.Empty)) == 0)
                {
                    return false;
                }

                await InsertApiKeyAsync(s, workspace!, name, role, key);
                return true;
            },
            cancel);
        return isDone ? key : null;
    }

    /// <summary>Ends an API key at once.</summary>
    /// <returns>False when there is none of that id.</returns>
    public static Task<bool> DeleteApiKeyAsync(Database database, string apiKeyId, CancellationToken cancel = default) => database.WriteAsync(
        async s =>
        {
            int rows = await s.ExecuteAsync(
                "UPDATE api_keys SET deleted_us = @now WHERE api_key_id = @id AND deleted_us IS NULL", ("now", s.NowUs), ("id", apiKeyId));
            if (rows > 0)
            {
                await s.MarkAsync(MarkKind.ApiKeyDeleted, apiKeyId, 1);
            }

            return rows > 0;
        },
        cancel);

    internal static async Task InsertAsync(Database database, string fingerprint, SiteFiles files, CancellationToken cancel)
    {
        string key = ApiKeyPrefix + SiteKeys.NewSecret();
        File.Delete(files.FirstApiKey);
        OwnerFile.WriteNew(files.FirstApiKey, Encoding.ASCII.GetBytes(key + "\n"));
        await database.AppendAsync(
            async s =>
            {
                await s.ExecuteAsync(
                    "INSERT INTO site (site_id, fingerprint, change, next_scope_id, next_door_id, created_us) VALUES (1, @fingerprint, 1, 1, 1, @now)",
                    ("fingerprint", fingerprint), ("now", s.NowUs));
                string workspace = Guid.NewGuid().ToString();
                await s.ExecuteAsync(
                    "INSERT INTO workspaces (workspace_id, name, created_us) VALUES (@id, 'site', @now)", ("id", workspace), ("now", s.NowUs));
                await InsertApiKeyAsync(s, workspace, "first", "admin", key);
                return 0;
            },
            cancel);
    }

    private static Task<int> InsertApiKeyAsync(Session s, string workspace, string name, string role, string key) => s.ExecuteAsync(
        "INSERT INTO api_keys (api_key_id, workspace_id, name, role, key_hash, created_us) VALUES (@id, @workspace, @name, @role, @hash, @now)",
        ("id", Guid.NewGuid()), ("workspace", workspace), ("name", name), ("role", role), ("hash", SiteKeys.Hash(key)), ("now", s.NowUs));
}
