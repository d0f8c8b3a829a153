using System.Globalization;
using System.Text.Json;
using DoorController.Issuer;
using DoorController.KeyServer.Lists;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>The two routes that answer what goes onto a board.</summary>
internal static class RegisterRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], "/doors/register", RegisterAsync);
        app.MapApi(["POST"], "/doors/replace", ReplaceAsync);
    }

    private static async Task<object> RegisterAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? name = DoorRoutes.Name(p);
        long[] scopeIds = DoorRoutes.Numbers(p, "scope_ids", 1, ScopeBook.MaxId, Limits.Scopes);
        bool hasOwn = p.Truth("own_scope") ?? scopeIds.Length == 0;
        int floors = (int)(p.Number("floors", 0, 64) ?? 0);
        JsonElement? settings = p.Json("settings");
        if (scopeIds.Length + (hasOwn ? 1 : 0) is 0 or > Limits.Scopes || scopeIds.Distinct().Count() != scopeIds.Length)
        {
            p.Refuse("scope_ids", $"wanted 1 to {Limits.Scopes} different scopes, its own one included");
        }

        DoorSettings.Check(p, settings, floors);
        p.Check();
        Idempotency.Check(call);
        return await call.Database.WriteAsync(
            async s =>
            {
                if (await Idempotency.FindAsync(s, call) is string known)
                {
                    return await ProvisionAsync(s, call.Site, await DoorBook.GetActiveAsync(s, call.WorkspaceId, uint.Parse(known, CultureInfo.InvariantCulture)));
                }

                await DoorNames.CheckFreeAsync(s, call.WorkspaceId, 0, name!);
                List<ScopeRow> scopes = await ScopesAsync(s, call.WorkspaceId, scopeIds, hasOwn);
                DoorRow door = await DoorBook.CreateAsync(s, call.WorkspaceId, name!, scopes, floors, settings?.GetRawText() ?? "{}");
                await EntranceBook.AddAsync(s, call.WorkspaceId, door.Id, floors);
                await Idempotency.NoteAsync(s, call, door.Id.ToString(CultureInfo.InvariantCulture));
                return await ProvisionAsync(s, call.Site, door);
            },
            call.Cancel);
    }

    private static async Task<object> ReplaceAsync(Call call)
    {
        uint? id = DoorRoutes.DoorId(call.Parameters);
        bool? isStolen = call.Parameters.Truth("is_stolen", required: true);
        call.Parameters.Check();
        return await call.Database.WriteAsync(
            async s =>
            {
                DoorRow door = await DoorBook.GetActiveAsync(s, call.WorkspaceId, id!.Value);
                door = isStolen!.Value ? await DoorBook.SupersedeAsync(s, door) : await DoorBook.RenewKeyAsync(s, door);
                return await ProvisionAsync(s, call.Site, door);
            },
            call.Cancel);
    }

    /// <summary>All that goes onto the board, told once: nothing of it is stored.</summary>
    private static async Task<object> ProvisionAsync(Session s, Site site, DoorRow door)
    {
        Bundle bundle = await DoorBook.BundleAsync(s, door);
        List<string> lists = [];
        foreach (BundleScope scope in bundle.Scopes)
        {
            byte[] body = await ListBodies.FullAsync(s, scope.ScopeId);
            lists.Add(Convert.ToBase64String(ListBlob.ForDoor(site.Keys.Root, door.Id, door.Generation, body)));
        }

        return new
        {
            door = await DoorRoutes.ShapeAsync(s, door),
            provision = Convert.ToBase64String(bundle.EncodeProvisioning(site.Keys.Root)),
            lists,
        };
    }

    private static async Task<List<ScopeRow>> ScopesAsync(Session s, string workspaceId, long[] ids, bool hasOwn)
    {
        List<ScopeRow> scopes = [];
        if (hasOwn)
        {
            long next = await s.NumberAsync("SELECT next_door_id FROM site WHERE site_id = 1") ?? 0;
            scopes.Add(await ScopeBook.CreateAsync(s, workspaceId, $"door {next}", "door", isAllowedMode: false));
        }

        foreach (long id in ids)
        {
            scopes.Add(await ScopeBook.GetAsync(s, workspaceId, (int)id));
        }

        return scopes;
    }
}
