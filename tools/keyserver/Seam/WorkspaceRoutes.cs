using System.Text.Json.Serialization;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/workspaces/get and /workspaces/list: the workspace of the API key.</summary>
internal static class WorkspaceRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapApi(["GET", "POST"], "/workspaces/get", async call => new { workspace = await ShowAsync(call) });
        app.MapApi(["GET", "POST"], "/workspaces/list", async call => new { workspaces = new[] { await ShowAsync(call) } });
    }

    private static async Task<object> ShowAsync(Call call)
    {
        call.Parameters.Check();
        string? name = await call.Database.QueryAsync(
            s => s.FirstAsync("SELECT name FROM workspaces WHERE workspace_id = @id", row => row.Text(0), ("id", call.WorkspaceId)), call.Cancel);
        return new WorkspaceShape(call.WorkspaceId, name!, name!, name!, null);
    }

    private sealed record WorkspaceShape(
        string WorkspaceId,
        string Name,
        string CompanyName,
        string ConnectPartnerName,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? OrganizationId)
    {
        public bool IsSandbox { get; }

        public bool IsSuspended { get; }

        public bool IsPublishableKeyAuthEnabled { get; }

        public object ConnectWebviewCustomization { get; } = new();
    }
}
