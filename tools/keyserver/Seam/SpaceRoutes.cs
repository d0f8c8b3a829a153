using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/spaces/…</summary>
internal static class SpaceRoutes
{
    private static readonly string[] Read = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], "/spaces/create", CreateAsync);
        app.MapApi(Read, "/spaces/get", GetAsync);
        app.MapApi(Read, "/spaces/list", ListAsync);
        app.MapApi(["PATCH", "POST"], "/spaces/update", UpdateAsync);
        app.MapApi(["DELETE", "POST"], "/spaces/delete", DeleteAsync);
        app.MapApi(["PUT", "POST"], "/spaces/add_acs_entrances", call => MoveAsync(call, SpaceBook.AddAsync));
        app.MapApi(["DELETE", "POST"], "/spaces/remove_acs_entrances", call => MoveAsync(call, SpaceBook.RemoveAsync));
    }

    /// <summary>A space, as the API shows it.</summary>
    public static object Show(Space space) => new
    {
        space_id = space.Id,
        workspace_id = space.WorkspaceId,
        space_key = space.Key,
        name = space.Name,
        display_name = space.Name,
        created_at = IsoTime.FromUs(space.CreatedUs),
        device_count = 0,
        acs_entrance_count = space.Entrances,
    };

    private static async Task<object> CreateAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? name = p.Text("name", required: true, max: 100);
        string? key = p.Text("space_key", max: 100);
        IReadOnlyList<string> entrances = p.Ids("acs_entrance_ids", GrantBook.MaxEntrances) ?? [];
        GrantParameters.RefuseDevices(p);
        p.Check();
        return new { space = Show(await call.Database.WriteAsync(s => SpaceBook.CreateAsync(s, call.WorkspaceId, name!, key, entrances), call.Cancel)) };
    }

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("space_id");
        string? key = call.Parameters.Text("space_key");
        if (call.Parameters.Has("space_id") == call.Parameters.Has("space_key"))
        {
            call.Parameters.Refuse("space_id", "wanted either this or space_key");
        }

        call.Parameters.Check();
        Space space = await call.Database.QueryAsync(
            s => id != null ? SpaceBook.GetAsync(s, call.WorkspaceId, id.Value.ToString()) : SpaceBook.GetByKeyAsync(s, call.WorkspaceId, key!), call.Cancel);
        return new { space = Show(space) };
    }

    private static async Task<object> ListAsync(Call call)
    {
        string? key = call.Parameters.Text("space_key");
        string? search = call.Parameters.Text("search", max: 200);
        call.Parameters.Check();
        List<Space> spaces = await call.Database.QueryAsync(s => SpaceBook.ListAsync(s, call.WorkspaceId), call.Cancel);
        return new
        {
            spaces = spaces.Where(space => (key == null || space.Key == key)
                && (search == null || SearchText.Fold(space.Name).Contains(SearchText.Fold(search), StringComparison.Ordinal))).Select(Show),
        };
    }

    private static async Task<object> UpdateAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? id = p.Id("space_id", required: true);
        string? name = p.Text("name", max: 100);
        string? key = p.Text("space_key", max: 100);
        bool hasKey = p.Has("space_key");
        IReadOnlyList<string>? entrances = p.Ids("acs_entrance_ids", GrantBook.MaxEntrances);
        GrantParameters.RefuseDevices(p);
        p.Check();
        Space changed = await call.Database.WriteAsync(
            async s =>
            {
                Space present = await SpaceBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString());
                await SpaceBook.ChangeAsync(s, present, name ?? present.Name, hasKey ? key : present.Key, entrances);
                return await SpaceBook.GetAsync(s, call.WorkspaceId, present.Id);
            },
            call.Cancel);
        return new { space = Show(changed) };
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Guid? id = call.Parameters.Id("space_id", required: true);
        call.Parameters.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                await SpaceBook.EndAsync(s, await SpaceBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString()));
                return 0;
            },
            call.Cancel);
        return new { };
    }

    private static async Task<object> MoveAsync(Call call, Func<Session, Space, IReadOnlyList<string>, Task> move)
    {
        Guid? id = call.Parameters.Id("space_id", required: true);
        IReadOnlyList<string>? entrances = call.Parameters.Ids("acs_entrance_ids", GrantBook.MaxEntrances, required: true);
        if (entrances is { Count: 0 })
        {
            call.Parameters.Refuse("acs_entrance_ids", "wanted at least one entrance");
        }

        call.Parameters.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                await move(s, await SpaceBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString()), entrances!);
                return 0;
            },
            call.Cancel);
        return new { };
    }
}
