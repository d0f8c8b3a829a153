using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/acs/systems/… and /acs/entrances/…: the site is one access system, and its ways in are entrances.</summary>
internal static class AcsRoutes
{
    private const int MaxPage = 900;
    private const int MaxIds = GrantBook.MaxEntrances;

    private static readonly string[] Read = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(Read, "/acs/systems/get", GetSystemAsync);
        app.MapApi(Read, "/acs/systems/list", ListSystemsAsync);
        app.MapApi(Read, "/acs/entrances/get", GetEntranceAsync);
        app.MapApi(Read, "/acs/entrances/list", ListEntrancesAsync);
    }

    /// <summary>The system of a workspace, as the API shows it.</summary>
    public static async Task<object> SystemAsync(Session s, string workspaceId) => await s.FirstAsync(
        "SELECT name, created_us FROM workspaces WHERE workspace_id = @id",
        row => new
        {
            acs_system_id = SystemIds.System(workspaceId),
            workspace_id = workspaceId,
            name = row.Text(0),
            created_at = IsoTime.FromUs(row.Long(1)),
            connected_account_id = SystemIds.Account(workspaceId),
            connected_account_ids = new[] { SystemIds.Account(workspaceId) },
            is_credential_manager = false,
            location = new Place(null),
            image_url = string.Empty,
            image_alt_text = row.Text(0),
            errors = Array.Empty<object>(),
            warnings = Array.Empty<object>(),
        },
        ("id", workspaceId)) ?? throw ApiException.NotFound("acs_system");

    /// <summary>An entrance, as the API shows it.</summary>
    /// <param name="spaces">Those of the workspace's entrances.</param>
    public static object Show(string workspaceId, Entrance entrance, ILookup<string, string> spaces) => new
    {
        acs_entrance_id = entrance.Id,
        acs_system_id = SystemIds.System(workspaceId),
        connected_account_id = SystemIds.Account(workspaceId),
        display_name = entrance.DisplayName,
        space_ids = spaces[entrance.Id].ToArray(),
        created_at = IsoTime.FromUs(entrance.CreatedUs),
        can_unlock_with_mobile_key = true,
        can_unlock_with_card = false,
        can_unlock_with_code = false,
        errors = Array.Empty<object>(),
        warnings = Array.Empty<object>(),
        device_id = SystemIds.Device(workspaceId, entrance.DoorId),
        door_id = entrance.DoorId,
        floor = entrance.Floor,
    };

    private static async Task<object> GetSystemAsync(Call call)
    {
        Guid? id = call.Parameters.Id("acs_system_id", required: true);
        call.Parameters.Check();
        Check("acs_system", id, SystemIds.System(call.WorkspaceId));
        return new { acs_system = await call.Database.QueryAsync(s => SystemAsync(s, call.WorkspaceId), call.Cancel) };
    }

    private static async Task<object> ListSystemsAsync(Call call)
    {
        Guid? account = call.Parameters.Id("connected_account_id");
        call.Parameters.Check();
        object[] all = account == null || account.ToString() == SystemIds.Account(call.WorkspaceId)
            ? [await call.Database.QueryAsync(s => SystemAsync(s, call.WorkspaceId), call.Cancel)] : [];
        return new { acs_systems = all };
    }

    private static async Task<object> GetEntranceAsync(Call call)
    {
        Guid? id = call.Parameters.Id("acs_entrance_id", required: true);
        call.Parameters.Check();
        return await call.Database.ReadAsync(
            async s => new
            {
                acs_entrance = Show(
                    call.WorkspaceId, (await EntranceBook.GetAsync(s, call.WorkspaceId, [id!.Value.ToString()]))[0], await SpaceBook.OfEntrancesAsync(s, call.WorkspaceId)),
            },
            call.Cancel);
    }

    private static async Task<object> ListEntrancesAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? system = p.Id("acs_system_id");
        Guid? account = p.Id("connected_account_id");
        EntranceFilter filter = new(p.Ids("acs_entrance_ids", MaxIds), p.Id("space_id")?.ToString(), p.Text("search", max: 200), CredentialId: p.Id("acs_credential_id")?.ToString());
        long limit = p.Number("limit", 1, MaxPage) ?? MaxPage;
        long[]? after = p.Cursor(2);
        p.Check();
        Check("acs_system", system, SystemIds.System(call.WorkspaceId));
        Check("connected_account", account, SystemIds.Account(call.WorkspaceId));
        return await call.Database.ReadAsync(
            async s =>
            {
                if (filter.SpaceId != null)
                {
                    await SpaceBook.GetAsync(s, call.WorkspaceId, filter.SpaceId);
                }

                if (filter.CredentialId != null)
                {
                    await CredentialRoutes.GetAsync(s, call.WorkspaceId, filter.CredentialId);
                }

                ILookup<string, string> spaces = await SpaceBook.OfEntrancesAsync(s, call.WorkspaceId);
                List<(Entrance Entrance, long[] Place)> rows = await EntranceBook.PageAsync(s, call.WorkspaceId, filter, after, limit + 1);
                (List<(Entrance Entrance, long[] Place)> page, Pagination pagination) = Pagination.Cut(rows, limit, row => row.Place);
                return new { acs_entrances = page.Select(row => Show(call.WorkspaceId, row.Entrance, spaces)), pagination };
            },
            call.Cancel);
    }

    /// <summary>There is one of them in a workspace.</summary>
    public static void Check(string thing, Guid? asked, string present)
    {
        if (asked != null && asked.ToString() != present)
        {
            throw ApiException.NotFound(thing);
        }
    }

    private sealed record Place([property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] string? TimeZone);
}
