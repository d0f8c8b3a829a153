using System.Text.Json;
using System.Text.Json.Nodes;
using DoorController.Issuer;
using DoorController.KeyServer.Lists;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>The routes for doors and scopes, which the Seam-style API does not have.</summary>
internal static class DoorRoutes
{
    private const int MaxSettings = 2000;

    private static readonly string[] Post = ["POST"];
    private static readonly string[] Read = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(Post, "/scopes/create", CreateScopeAsync);
        app.MapApi(Read, "/scopes/list", ListScopesAsync);
        app.MapApi(Post, "/scopes/rekey", ReKeyScopeAsync);
        app.MapApi(Post, "/doors/register", RegisterAsync);
        app.MapApi(Read, "/doors/list", ListDoorsAsync);
        app.MapApi(Read, "/doors/get", GetDoorAsync);
        app.MapApi(Post, "/doors/replace", ReplaceAsync);
        app.MapApi(Post, "/doors/retire", RetireAsync);
        app.MapApi(Post, "/doors/floor_reset", FloorResetAsync);
        app.MapApi(Post, "/doors/time_token", TimeTokenAsync);
        app.MapApi(Post, "/doors/technician_response", TechnicianAsync);
        app.MapApi(Read, "/alarms/list", ListAlarmsAsync);
        app.MapApi(Post, "/alarms/delete", DeleteAlarmAsync);
    }

    /// <summary>The id of a door among the parameters.</summary>
    public static uint? DoorId(Parameters p, bool required = true) => (uint?)p.Number("door_id", 1, uint.MaxValue, required);

    /// <summary>The id of a scope among the parameters.</summary>
    public static int? ScopeId(Parameters p, bool required = true) => (int?)p.Number("scope_id", 1, ScopeBook.MaxId, required);

    private static async Task<object> CreateScopeAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? name = p.Text("name", required: true, max: 100);
        string? kind = p.Text("kind") ?? "bank";
        bool? isAllowed = IsAllowedMode(p);
        if (!ScopeBook.Kinds.Contains(kind))
        {
            p.Refuse("kind", "wanted one of " + string.Join(", ", ScopeBook.Kinds));
        }

        p.Check();
        ScopeRow scope = await call.Database.WriteAsync(
            s => ScopeBook.CreateAsync(s, call.WorkspaceId, name!, kind, isAllowed ?? false), call.Cancel);
        return new { scope = Shape(scope) };
    }

    private static async Task<object> ListScopesAsync(Call call)
    {
        int after = (int?)call.Parameters.Number("after_scope_id", 0, ScopeBook.MaxId) ?? 0;
        call.Parameters.Check();
        List<ScopeRow> scopes = await call.Database.QueryAsync(s => ScopeBook.ListAsync(s, call.WorkspaceId, after), call.Cancel);
        return new { scopes = scopes.ConvertAll(Shape) };
    }

    private static async Task<object> ReKeyScopeAsync(Call call)
    {
        Parameters p = call.Parameters;
        int? id = ScopeId(p);
        bool isStolen = p.Truth("is_stolen") ?? false;
        long hours = p.Number("previous_for_hours", 0, 8760) ?? 336;
        bool? isAllowed = IsAllowedMode(p);
        p.Check();
        ScopeRow scope = await call.Database.WriteAsync(
            async s =>
            {
                ScopeRow present = await ScopeBook.GetAsync(s, call.WorkspaceId, id!.Value);
                uint until = isStolen || hours == 0 ? 0 : (uint)(s.NowS + (hours * 3600));
                return await ScopeBook.ReKeyAsync(s, present, until, isAllowed ?? present.IsAllowedMode);
            },
            call.Cancel);
        return new { scope = Shape(scope) };
    }

    private static async Task<object> RegisterAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? name = p.Text("name", required: true, max: Limits.NameBytes);
        long[] scopeIds = Numbers(p, "scope_ids", 1, ScopeBook.MaxId, Limits.Scopes);
        bool hasOwn = p.Truth("own_scope") ?? scopeIds.Length == 0;
        int floors = (int)(p.Number("floors", 0, 64) ?? 0);
        string settings = p.Json("settings")?.GetRawText() ?? "{}";
        if (name?.Any(c => c is < ' ' or > '~') ?? false)
        {
            p.Refuse("name", "wanted printable ASCII: it is advertised on the air");
        }

        if (scopeIds.Length + (hasOwn ? 1 : 0) is 0 or > Limits.Scopes || scopeIds.Distinct().Count() != scopeIds.Length)
        {
            p.Refuse("scope_ids", $"wanted 1 to {Limits.Scopes} different scopes, its own one included");
        }

        if (settings.Length > MaxSettings)
        {
            p.Refuse("settings", $"wanted at most {MaxSettings} characters");
        }

        p.Check();
        return await call.Database.WriteAsync(
            async s =>
            {
                List<ScopeRow> scopes = await ScopesAsync(s, call.WorkspaceId, scopeIds);
                if (hasOwn)
                {
                    long next = await s.NumberAsync("SELECT next_door_id FROM site WHERE site_id = 1") ?? 0;
                    scopes.Insert(0, await ScopeBook.CreateAsync(s, call.WorkspaceId, $"door {next}", "door", isAllowedMode: false));
                }

                return await ProvisionAsync(s, call.Site, await DoorBook.CreateAsync(s, call.WorkspaceId, name!, scopes, floors, settings));
            },
            call.Cancel);
    }

    private static async Task<object> ReplaceAsync(Call call)
    {
        uint? id = DoorId(call.Parameters);
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

    private static async Task<object> RetireAsync(Call call)
    {
        uint? id = DoorId(call.Parameters);
        call.Parameters.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                await DoorBook.RetireAsync(s, await DoorBook.GetActiveAsync(s, call.WorkspaceId, id!.Value));
                return 0;
            },
            call.Cancel);
        return new { };
    }

    private static async Task<object> GetDoorAsync(Call call)
    {
        uint? id = DoorId(call.Parameters);
        call.Parameters.Check();
        return new
        {
            door = await call.Database.ReadAsync(
                async s => await ShapeAsync(s, await DoorBook.GetAsync(s, call.WorkspaceId, id!.Value)), call.Cancel),
        };
    }

    private static async Task<object> ListDoorsAsync(Call call)
    {
        uint after = (uint?)call.Parameters.Number("after_door_id", 0, uint.MaxValue) ?? 0;
        call.Parameters.Check();
        List<JsonObject> doors = await call.Database.ReadAsync(
            async s =>
            {
                List<JsonObject> shapes = [];
                foreach (DoorRow door in await DoorBook.ListAsync(s, call.WorkspaceId, after))
                {
                    shapes.Add(await ShapeAsync(s, door));
                }

                return shapes;
            },
            call.Cancel);
        return new { doors };
    }

    /// <summary>With a challenge: a token to carry there. Without one: the door gets it with its next sync.</summary>
    private static async Task<object> FloorResetAsync(Call call)
    {
        uint? id = DoorId(call.Parameters);
        byte[]? challenge = Challenge(call.Parameters, required: false);
        call.Parameters.Check();
        if (challenge != null)
        {
            DoorRow door = await call.Database.QueryAsync(s => DoorBook.GetActiveAsync(s, call.WorkspaceId, id!.Value), call.Cancel);
            return new { token = Hex(ServerBlobs.FloorReset(call.Site.Keys.Root, door.Id, door.HeldGeneration, challenge, NowS(call))) };
        }

        await call.Database.WriteAsync(
            async s =>
            {
                DoorRow door = await DoorBook.GetActiveAsync(s, call.WorkspaceId, id!.Value);
                await PendingBlobs.AskFloorResetAsync(s, door.Id);
                return 0;
            },
            call.Cancel);
        return new { is_queued = true };
    }

    private static async Task<object> TimeTokenAsync(Call call)
    {
        uint? id = DoorId(call.Parameters);
        byte[]? challenge = Challenge(call.Parameters, required: true);
        call.Parameters.Check();
        DoorRow door = await call.Database.QueryAsync(s => DoorBook.GetActiveAsync(s, call.WorkspaceId, id!.Value), call.Cancel);
        return new { token = Hex(ServerBlobs.TimeToken(call.Site.Keys.Root, door.Id, door.HeldGeneration, challenge!, NowS(call))) };
    }

    private static async Task<object> TechnicianAsync(Call call)
    {
        Parameters p = call.Parameters;
        uint? id = DoorId(p);
        byte[]? challenge = Challenge(p, required: true);
        string? command = p.Text("command", required: true);
        int number = command switch { "strike" => 1, "reboot" => 2, _ => 0 };
        if (command != null && number == 0)
        {
            p.Refuse("command", "wanted strike or reboot");
        }

        p.Check();
        DoorRow door = await call.Database.QueryAsync(s => DoorBook.GetActiveAsync(s, call.WorkspaceId, id!.Value), call.Cancel);
        return new { response = ServerBlobs.TechnicianResponse(call.Site.Keys.Root, door.Id, door.HeldGeneration, challenge!, (byte)number) };
    }

    private static async Task<object> ListAlarmsAsync(Call call)
    {
        uint? door = DoorId(call.Parameters, required: false);
        call.Parameters.Check();
        return new { alarms = await call.Database.QueryAsync(s => Alarms.ListAsync(s, call.WorkspaceId, door), call.Cancel) };
    }

    private static async Task<object> DeleteAlarmAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? kind = p.Text("kind", required: true);
        uint door = DoorId(p, required: false) ?? 0;
        int scope = ScopeId(p, required: false) ?? 0;
        p.Check();
        int rows = await call.Database.AppendAsync(s => Alarms.EndAsync(s, call.WorkspaceId, kind!, door, scope), call.Cancel);
        return rows > 0 ? new { } : throw ApiException.NotFound("alarm");
    }

    /// <summary>All that goes onto the board, told once: nothing of it is stored.</summary>
    private static async Task<object> ProvisionAsync(Session s, Site site, DoorRow door)
    {
        Bundle bundle = await DoorBook.BundleAsync(s, door, (_, version) => version);
        List<string> lists = [];
        foreach (BundleScope scope in bundle.Scopes)
        {
            byte[] body = await ListBodies.FullAsync(s, scope.ScopeId);
            lists.Add(Convert.ToBase64String(ListBlob.ForDoor(site.Keys.Root, door.Id, door.Generation, body)));
        }

        return new
        {
            door = await ShapeAsync(s, door),
            provision = Convert.ToBase64String(bundle.EncodeProvisioning(site.Keys.Root)),
            lists,
        };
    }

    private static async Task<List<ScopeRow>> ScopesAsync(Session s, string workspaceId, long[] ids)
    {
        List<ScopeRow> scopes = [];
        foreach (long id in ids)
        {
            scopes.Add(await ScopeBook.GetAsync(s, workspaceId, (int)id));
        }

        return scopes;
    }

    private static async Task<JsonObject> ShapeAsync(Session s, DoorRow door) => new()
    {
        ["door_id"] = door.Id,
        ["name"] = door.Name,
        ["floors"] = door.Floors,
        ["settings"] = JsonNode.Parse(door.Settings),
        ["generation"] = door.Generation,
        ["bundle_version"] = door.BundleVersion,
        ["is_retired"] = door.IsRetired,
        ["created_at"] = IsoTime.FromUs(door.CreatedUs),
        ["scopes"] = new JsonArray([.. (await DoorBook.ScopesAsync(s, door.Id)).Select(m =>
            (JsonNode)new JsonObject { ["scope_id"] = m.ScopeId, ["slot"] = m.Slot, ["door_index"] = m.Index })]),
    };

    private static JsonObject Shape(ScopeRow scope) => new()
    {
        ["scope_id"] = scope.Id,
        ["name"] = scope.Name,
        ["kind"] = scope.Kind,
        ["generation"] = scope.Generation,
        ["list_mode"] = scope.IsAllowedMode ? "allowed" : "revoked",
        ["list_version"] = scope.ListVersion,
        ["watermark"] = scope.Watermark,
        ["key_window_used"] = Math.Round((scope.NextKeyNumber - scope.Watermark) / (double)Limits.WindowKeys, 4),
    };

    private static bool? IsAllowedMode(Parameters p)
    {
        string? mode = p.Text("list_mode");
        if (mode is not (null or "revoked" or "allowed"))
        {
            p.Refuse("list_mode", "wanted revoked or allowed");
        }

        return mode == null ? null : mode == "allowed";
    }

    internal static long[] Numbers(Parameters p, string name, long min, long max, int count)
    {
        IReadOnlyList<JsonElement> items = p.Items(name, JsonValueKind.Number, count) ?? [];
        if (items.Any(i => !i.TryGetInt64(out long value) || value < min || value > max))
        {
            p.Refuse(name, $"wanted whole numbers from {min} to {max}");
            return [];
        }

        return [.. items.Select(i => i.GetInt64())];
    }

    private static byte[]? Challenge(Parameters p, bool required)
    {
        string? text = p.Text("challenge", required);
        if (text == null)
        {
            return null;
        }

        if (text.Length == 2 * DoorController.Wire.Keys.ChallengeLength && text.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(text);
        }

        p.Refuse("challenge", "wanted 16 hex digits, as the door shows them");
        return null;
    }

    private static uint NowS(Call call) =>
        (uint)call.Http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
