using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/workspaces/get: the workspace of the API key.</summary>
internal static class WorkspaceRoutes
{
    public static void Map(WebApplication app) => app.MapApi(["GET", "POST"], "/workspaces/get", GetAsync);

    private static async Task<object> GetAsync(Call call)
    {
        call.Parameters.Check();
        string? name = await call.Database.QueryAsync(
            s => s.FirstAsync("SELECT name FROM workspaces WHERE workspace_id = @id", row => row.Text(0), ("id", call.WorkspaceId)), call.Cancel);
        return new
        {
            workspace = new
            {
                workspace_id = call.WorkspaceId,
                name,
                company_name = name,
                connect_partner_name = name,
                is_sandbox = false,
                is_suspended = false,
                is_publishable_key_auth_enabled = false,
                connect_webview_customization = new { },
            },
        };
    }
}
