using System.Text.Json;
using System.Text.Json.Nodes;
using DoorController.Issuer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>The routes for doors, which the Seam-style API does not have.</summary>
internal static class DoorRoutes
{
    private static readonly string[] Post = ["POST"];
    private static readonly string[] Read = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(Read, "/doors/list", ListDoorsAsync);
        app.MapApi(Read, "/doors/get", GetDoorAsync);
        app.MapApi(Post, "/doors/rename", RenameAsync);
        app.MapApi(Post, "/doors/retire", RetireAsync);
        app.MapApi(Post, "/doors/floor_reset", FloorResetAsync);
        app.MapApi(Post, "/doors/time_token", TimeTokenAsync);
        app.MapApi(Post, "/doors/technician_response", TechnicianAsync);
    }

    /// <summary>The id of a door among the parameters.</summary>
    public static uint? DoorId(Parameters p, bool required = true) => (uint?)p.Number("door_id", 1, uint.MaxValue, required);

    /// <summary>The id of a scope among the parameters.</summary>
    public static int? ScopeId(Parameters p, bool required = true) => (int?)p.Number("scope_id", 1, ScopeBook.MaxId, required);

    /// <summary>The name of a door among the parameters: 1 to 26 printable ASCII characters, since it is advertised on the air.</summary>
    public static string? Name(Parameters p)
    {
        string? name = p.Text("name", required: true, max: Limits.NameBytes);
        if (name?.Any(c => c is < ' ' or > '~') ?? false)
        {
            p.Refuse("name", "wanted printable ASCII: it is advertised on the air");
        }

        return name;
    }

    private static async Task<object> RenameAsync(Call call)
    {
        uint? id = DoorId(call.Parameters);
        string? name = Name(call.Parameters);
        call.Parameters.Check();
        return new
        {
            door = await call.Database.WriteAsync(
                async s => await ShapeAsync(s, await DoorNames.RenameAsync(s, await DoorBook.GetActiveAsync(s, call.WorkspaceId, id!.Value), name!)), call.Cancel),
        };
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
        (List<JsonObject> doors, uint? next) = await call.Database.ReadAsync(
            async s =>
            {
                (List<DoorRow> rows, uint? behind) = await DoorBook.PageAsync(s, call.WorkspaceId, after);
                List<JsonObject> shapes = [];
                foreach (DoorRow door in rows)
                {
                    shapes.Add(await ShapeAsync(s, door));
                }

                return (shapes, behind);
            },
            call.Cancel);
        return new { doors, next_after_door_id = next };
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

    internal static async Task<JsonObject> ShapeAsync(Session s, DoorRow door) => new()
    {
        ["door_id"] = door.Id,
        ["device_id"] = SystemIds.Device(door.WorkspaceId, door.Id),
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

    /// <summary>The time of a token, which a door never forgets.</summary>
    /// <exception cref="ApiException">503: the clock is not trusted.</exception>
    private static uint NowS(Call call)
    {
        TrustedClock clock = call.Database.Clock;
        return clock.IsTrusted
            ? (uint)clock.GetUtcNow().ToUnixTimeSeconds()
            : throw new ApiException(503, "clock_not_trusted", "the server does not yet believe its clock: /alarms/list says why") { RetryAfterS = 60 };
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
