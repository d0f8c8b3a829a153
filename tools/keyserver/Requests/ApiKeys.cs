using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Requests;

/// <summary>Who may use the JSON API.</summary>
internal static class ApiKeys
{
    private const int MaxLength = 200;

    /// <summary>Finds the workspace of the API key in the Authorization header. Asked of the database each time: a deleted key ends at once.</summary>
    /// <exception cref="ApiException">401 unauthorized.</exception>
    public static async Task<string> AuthenticateAsync(Site site, HttpContext http)
    {
        string? key = Bearer(http);
        string? workspace = key == null
            ? null
            : await site.Database.QueryAsync(
                s => s.FirstAsync(
                    "SELECT workspace_id FROM api_keys WHERE key_hash = @hash AND deleted_us IS NULL", row => row.Text(0), ("hash", SiteKeys.Hash(key))),
                http.RequestAborted);
        return workspace ?? throw new ApiException(401, "unauthorized", "Unauthorized");
    }

    /// <summary>The token of an Authorization header.</summary>
    /// <returns>Null without one, or with one that is too long.</returns>
    public static string? Bearer(HttpContext http)
    {
        string header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header.Length is > 7 and < MaxLength ? header[7..].Trim() : null;
    }
}
