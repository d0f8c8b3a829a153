using System.Text.Json.Nodes;
using DoorController.Issuer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>Who may open what: rights of user identities, and emergency keys, which are given out at once and need no server later.</summary>
internal static class RightRoutes
{
    /// <summary>30 days: a right that is held back for longer is held back until its start is near anyway.</summary>
    private const int MaxEarlyHours = 720;

    private const int MaxDoors = Limits.DoorsInScope;
    private const int MaxYears = 10;

    private static readonly string[] Post = ["POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(Post, "/rights/assign", AssignAsync);
        app.MapApi(Post, "/rights/change", ChangeAsync);
        app.MapApi(["DELETE", "POST"], "/rights/delete", DeleteAsync);
        app.MapApi(["GET", "POST"], "/rights/list", ListAsync);
        app.MapApi(Post, "/emergency_keys/create", EmergencyAsync);
    }

    private static async Task<object> AssignAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? person = p.Id("user_identity_id", required: true);
        int? scope = DoorRoutes.ScopeId(p);
        RightTerms terms = Terms(p);
        p.Check();
        Right right = await call.Database.WriteAsync(s => AssignAsync(s, call.WorkspaceId, person!.Value, scope!.Value, terms), call.Cancel);
        return new { right = Shape(right) };
    }

    private static async Task<object> ChangeAsync(Call call)
    {
        Guid? id = call.Parameters.Id("right_id", required: true);
        Guid? person = call.Parameters.Id("user_identity_id");
        int? scope = DoorRoutes.ScopeId(call.Parameters, required: false);
        RightTerms terms = Terms(call.Parameters);
        KeysInUse? inUse = OfflineParameters.InUse(call.Parameters);
        call.Parameters.Check();
        return await call.Database.WriteAsync(
            async s =>
            {
                CheckNotOver(s, terms);
                Right present = await GetAsync(s, call.WorkspaceId, id!.Value);
                CheckSame("user_identity_id", person?.ToString() ?? present.UserIdentityId, present.UserIdentityId);
                CheckSame("scope_id", scope ?? present.ScopeId, present.ScopeId);
                await CheckDoorsAsync(s, call.WorkspaceId, present.ScopeId, terms);
                CheckScope(await ScopeBook.GetAsync(s, call.WorkspaceId, present.ScopeId), terms, present.Terms.OfflineHours);
                LongerKeys? longer = await OfflineLife.BeforeChangeAsync(s, call.WorkspaceId, present, terms, inUse);
                Right right = await RightsBook.ChangeAsync(s, call.WorkspaceId, present, terms);
                return new { right = Shape(right), keys_in_use = OfflineParameters.Shape(longer) };
            },
            call.Cancel);
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Guid? id = call.Parameters.Id("right_id", required: true);
        call.Parameters.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                await RightsBook.CloseAsync(s, call.WorkspaceId, await GetAsync(s, call.WorkspaceId, id!.Value));
                return 0;
            },
            call.Cancel);
        return new { };
    }

    private static async Task<object> ListAsync(Call call)
    {
        Guid? person = call.Parameters.Id("user_identity_id", required: true);
        long after = call.Parameters.Cursor(1)?[0] ?? long.MinValue;
        call.Parameters.Check();
        List<(Right Right, long Ordinal)> rows = await call.Database.ReadAsync(
            async s =>
            {
                await CheckPersonAsync(s, call.WorkspaceId, person!.Value);
                return await RightsBook.PageAsync(s, person.Value.ToString(), 0, after, RightsBook.MaxRights + 1);
            },
            call.Cancel);
        (List<(Right Right, long Ordinal)> page, Pagination pagination) = Pagination.Cut(rows, RightsBook.MaxRights, row => [row.Ordinal]);
        return new { rights = page.Select(row => Shape(row.Right)), pagination };
    }

    /// <summary>A right with its key, told once and good until it ends or is revoked by /rights/delete.</summary>
    private static async Task<object> EmergencyAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? person = p.Id("user_identity_id", required: true);
        int? scope = DoorRoutes.ScopeId(p);
        RightTerms terms = Terms(p);
        if (terms.EarlyHours != null)
        {
            p.Refuse("early_hours", "an emergency key is given out now: wanted none");
        }

        if (terms.OfflineHours is not int hours || terms.EndsS - terms.StartsS > hours * 3600L)
        {
            p.Refuse("offline_hours", "an emergency key is never renewed: wanted the hours from starts_at to ends_at, or more");
        }

        p.Check();
        JsonObject key = await call.Database.WriteAsync(
            async s =>
            {
                Right right = await AssignAsync(s, call.WorkspaceId, person!.Value, scope!.Value, terms, isEmergency: true);
                return await IssueAsync(s, call.Site.Keys.Root, right, call.WorkspaceId);
            },
            call.Cancel);
        return new { emergency_key = key };
    }

    private static async Task<JsonObject> IssueAsync(Session s, SiteRoot root, Right right, string workspaceId)
    {
        uint number = await KeyNumbers.TakeAsync(s, right.ScopeId, "emergency:" + right.Id, right.Id, right.Terms.EndsS);
        ScopeRow scope = await ScopeBook.GetAsync(s, workspaceId, right.ScopeId);
        Dictionary<uint, int> indexes = await IndexesAsync(s, right.ScopeId);
        ulong doors = right.Terms.Doors.Aggregate(0ul, (mask, door) => mask | (1ul << indexes[door]));
        byte[] credential = new CredentialRecord(
            scope.Id, scope.Generation, number, s.NowS, right.Terms.StartsS, right.Terms.EndsS, right.Terms.Floors ?? doors,
            right.Terms.Floors != null, scope.ListVersion).Seal(root);
        return new JsonObject
        {
            ["right_id"] = right.Id,
            ["key_number"] = number,
            ["starts_at"] = IsoTime.FromS(right.Terms.StartsS),
            ["expires_at"] = IsoTime.FromS(right.Terms.EndsS),
            ["credential"] = Convert.ToBase64String(credential),
            ["doors"] = new JsonArray([.. right.Terms.Doors.Select(door => (JsonNode)new JsonObject
            {
                ["door_id"] = door,
                ["credential_key"] = Convert.ToBase64String(root.CredentialKey(credential, scope.Id, scope.Generation, door)),
            })]),
        };
    }

    private static async Task<Right> AssignAsync(Session s, string workspaceId, Guid person, int scopeId, RightTerms terms, bool isEmergency = false)
    {
        CheckNotOver(s, terms);
        await CheckPersonAsync(s, workspaceId, person);
        await CheckDoorsAsync(s, workspaceId, scopeId, terms);
        CheckScope(await ScopeBook.GetAsync(s, workspaceId, scopeId), terms, isEmergency ? OfflineLife.MaxNamedHours : null);
        return await RightsBook.AssignAsync(s, workspaceId, person.ToString(), scopeId, terms);
    }

    private static RightTerms Terms(Parameters p)
    {
        uint[] doors = [.. DoorRoutes.Numbers(p, "door_ids", 1, uint.MaxValue, MaxDoors).Select(d => (uint)d).Distinct()];
        ulong? floors = p.Has("floors")
            ? DoorRoutes.Numbers(p, "floors", 0, 63, 64).Aggregate(0ul, (mask, floor) => mask | (1ul << (int)floor))
            : null;
        long starts = p.TimeUs("starts_at", required: true) / 1_000_000 ?? 0;
        long ends = p.TimeUs("ends_at", required: true) / 1_000_000 ?? 0;
        if (doors.Length == 0)
        {
            p.Refuse("door_ids", "wanted at least one door");
        }

        if (floors == 0)
        {
            p.Refuse("floors", "wanted at least one floor");
        }

        if (ends <= starts || ends - starts > MaxYears * 366L * 86400)
        {
            p.Refuse("ends_at", $"wanted a time behind starts_at, {MaxYears} years at most");
        }

        return new RightTerms(doors, floors, (uint)starts, (uint)ends, (int?)p.Number("early_hours", 0, MaxEarlyHours), OfflineParameters.Hours(p), p.Truth("technician") ?? false);
    }

    /// <summary>A stay that is over opens nothing: whoever wrote it meant another year, or wants /rights/delete.</summary>
    private static void CheckNotOver(Session s, RightTerms terms)
    {
        if (terms.EndsS <= s.NowS)
        {
            throw ApiException.Invalid("ends_at", "wanted a time that is not yet over; /rights/delete ends a right at once");
        }
    }

    /// <summary>What a right may say depends on what its scope is for.</summary>
    private static void CheckScope(ScopeRow scope, RightTerms terms, int? mayOpenHours)
    {
        OfflineParameters.CheckRight(scope, terms, mayOpenHours);
        if (terms.IsTechnician && scope.Kind != "staff")
        {
            throw ApiException.Invalid("technician", $"scope {scope.Id} is of the kind {scope.Kind}: wanted one of the kind staff, no guest's phone brings a floor reset");
        }
    }

    private static void CheckSame<T>(string field, T sent, T present)
    {
        if (!Equals(sent, present))
        {
            throw ApiException.Invalid(field, "a right keeps its own: give another right and delete this one");
        }
    }

    private static async Task<Right> GetAsync(Session s, string workspaceId, Guid id) =>
        await RightsBook.FindAsync(s, workspaceId, id.ToString()) ?? throw ApiException.NotFound("right");

    private static async Task CheckPersonAsync(Session s, string workspaceId, Guid person)
    {
        if (await s.NumberAsync(
            "SELECT COUNT(*) FROM user_identities WHERE user_identity_id = @id AND workspace_id = @workspace",
            ("id", person), ("workspace", workspaceId)) == 0)
        {
            throw ApiException.NotFound("user_identity");
        }
    }

    private static async Task CheckDoorsAsync(Session s, string workspaceId, int scopeId, RightTerms terms)
    {
        await ScopeBook.GetAsync(s, workspaceId, scopeId);
        Dictionary<uint, int> indexes = await IndexesAsync(s, scopeId);
        foreach (uint id in terms.Doors)
        {
            DoorRow door = await DoorBook.GetActiveAsync(s, workspaceId, id);
            if (!indexes.ContainsKey(id))
            {
                throw ApiException.Invalid("door_ids", $"door {id} is not in scope {scopeId}");
            }

            if ((door.Floors > 0) != (terms.Floors != null))
            {
                throw ApiException.Invalid("floors", $"door {id} is {(door.Floors > 0 ? "a car: wanted its floors" : "no car: wanted no floors")}");
            }

            if (door.Floors is > 0 and < 64 && terms.Floors >> door.Floors != 0)
            {
                throw ApiException.Invalid("floors", $"car {id} has the floors 0 to {door.Floors - 1}");
            }
        }
    }

    private static async Task<Dictionary<uint, int>> IndexesAsync(Session s, int scopeId) => (await s.QueryAsync(
        """
        SELECT m.door_id, m.door_index FROM scope_members m JOIN scopes c ON c.scope_id = m.scope_id AND c.generation = m.generation
        WHERE m.scope_id = @scope AND m.removed_us IS NULL
        """,
        row => (Door: row.U32(0), Index: row.Int(1)),
        ("scope", scopeId))).ToDictionary(m => m.Door, m => m.Index);

    private static JsonObject Shape(Right right) => new()
    {
        ["right_id"] = right.Id,
        ["user_identity_id"] = right.UserIdentityId,
        ["scope_id"] = right.ScopeId,
        ["door_ids"] = new JsonArray([.. right.Terms.Doors.Select(d => (JsonNode)d)]),
        ["floors"] = right.Terms.Floors is ulong floors
            ? new JsonArray([.. Enumerable.Range(0, 64).Where(f => (floors & (1ul << f)) != 0).Select(f => (JsonNode)f)])
            : null,
        ["early_hours"] = right.Terms.EarlyHours,
        ["offline_hours"] = right.Terms.OfflineHours,
        ["technician"] = right.Terms.IsTechnician,
        ["starts_at"] = IsoTime.FromS(right.Terms.StartsS),
        ["ends_at"] = IsoTime.FromS(right.Terms.EndsS),
    };
}
