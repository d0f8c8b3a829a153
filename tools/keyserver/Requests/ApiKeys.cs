using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Requests;

/// <summary>Who may use the JSON API.</summary>
internal static class ApiKeys
{
    private const int MaxLength = 200;

    /// <summary>Finds workspace and role of the API key in the Authorization header. Asked of the database each time: a deleted key ends at once.</summary>
    /// <exception cref="ApiException">401 unauthorized.</exception>
    public static async Task<(string WorkspaceId, Role Role)> AuthenticateAsync(Site site, HttpContext http)
    {
        string? key = Bearer(http);
        (string WorkspaceId, Role Role)? found = key == null
            ? null
            : await site.Database.QueryAsync(
                s => s.FirstAsync(
                    "SELECT workspace_id, role FROM api_keys WHERE key_hash = @hash AND deleted_us IS NULL",
                    row => ((string, Role)?)(row.Text(0), Roles.Parse(row.Text(1))),
                    ("hash", SiteKeys.Hash(key))),
                http.RequestAborted);
        return found ?? throw new ApiException(401, "unauthorized", "Unauthorized");
    }

    /// <summary>The token of an Authorization header.</summary>
    /// <returns>Null without one, or with one that is too long.</returns>
    public static string? Bearer(HttpContext http)
    {
        string header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header.Length is > 7 and < MaxLength ? header[7..].Trim() : null;
    }
}
