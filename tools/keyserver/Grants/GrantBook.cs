using System.Text.Json.Nodes;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Look;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Grants;

/// <summary>Makes, changes and ends access grants. Only within <see cref="Database.WriteAsync{T}"/>, but for reading.</summary>
public static class GrantBook
{
    /// <summary>Entrances that a grant may reach.</summary>
    public const int MaxEntrances = 500;

    /// <summary>Spaces that a grant may name.</summary>
    public const int MaxSpaces = 100;

    /// <summary>Access methods that a grant may have.</summary>
    public const int MaxMethods = 20;

    /// <summary>How long the rights of a grant without an end last.</summary>
    public const int MaxYears = 10;

    /// <summary>The same in seconds.</summary>
    public const long MaxLifeS = MaxYears * 365L * 86400;

    private const string Columns =
        "access_grant_id, workspace_id, user_identity_id, access_grant_key, name, starts_s, ends_s, customization_profile_id, created_us, ordinal";

    private const string KeyIs = "access_grant_key = @key AND closed_us IS NULL";

    /// <summary>Makes a grant, without a method yet.</summary>
    /// <exception cref="ApiException">404: an entrance, space or profile is not in the workspace; 400: the key is taken, or a door is no guests' door.</exception>
    public static async Task<AccessGrant> CreateAsync(Session s, string workspaceId, string userIdentityId, GrantWish wish)
    {
        if (wish.Key != null && await s.NumberAsync(
            $"SELECT COUNT(*) FROM access_grants WHERE workspace_id = @workspace AND {KeyIs}", ("workspace", workspaceId), ("key", wish.Key)) > 0)
        {
            throw ApiException.Invalid("access_grant_key", "is that of another access grant of this workspace");
        }

        if (wish.ProfileId != null)
        {
            await LookBook.GetAsync(s, workspaceId, Guid.Parse(wish.ProfileId));
        }

        await EntranceBook.GetAsync(s, workspaceId, wish.EntranceIds);
        await SpaceBook.GetAsync(s, workspaceId, wish.SpaceIds);
        AccessGrant grant = new(
            Guid.NewGuid().ToString(), workspaceId, userIdentityId, wish.Key, wish.Name, wish.StartsS, wish.EndsS, wish.ProfileId, s.NowUs, s.Change);
        await InsertAsync(s, grant, wish);
        await s.AddEventAsync(workspaceId, Events.GrantCreated, new() { ["access_grant_id"] = grant.Id });
        await GrantSettler.SettleAsync(s, grant);
        return grant with { EntranceIds = wish.EntranceIds, SpaceIds = wish.SpaceIds };
    }

    /// <summary>Makes a method of it: an instant key whose link reaches this grant alone.</summary>
    /// <param name="uses">Phones that may redeem the link.</param>
    /// <exception cref="ApiException">409: it has as many methods as one may have.</exception>
    public static async Task AddMethodAsync(Session s, SiteKeys keys, AccessGrant grant, long uses, int part)
    {
        if (grant.Methods.Count + part >= MaxMethods)
        {
            throw new ApiException(409, "too_many_access_methods", $"the access grant has {MaxMethods} access methods: delete some first");
        }

        LinkOwner owner = new(Guid.NewGuid().ToString(), grant.UserIdentityId, grant.Id, grant.LastS);
        await InstantKeyBook.MakeAsync(s, keys, grant.WorkspaceId, owner, grant.LastS * 1_000_000L, grant.ProfileId, uses);
        string id = Guid.NewGuid().ToString();
        await s.ExecuteAsync(
            """
            INSERT INTO access_methods (access_method_id, access_grant_id, instant_key_id, created_us, ordinal, part)
            VALUES (@id, @grant, @key, @now, @change, @part)
            """,
            ("id", id), ("grant", grant.Id), ("key", owner.InstantKeyId), ("now", s.NowUs), ("change", s.Change), ("part", part));
        foreach (string type in new[] { Events.AccessMethodCreated, Events.AccessMethodIssued })
        {
            await s.AddEventAsync(grant.WorkspaceId, type, new() { ["access_method_id"] = id, ["access_grant_ids"] = new JsonArray(grant.Id) });
        }
    }

    /// <summary>Reads a grant that was not deleted.</summary>
    /// <exception cref="ApiException">404 access_grant_not_found.</exception>
    public static async Task<AccessGrant> GetAsync(Session s, string workspaceId, string id) => await FindAsync(
        s, workspaceId, "access_grant_id = @key", id) ?? throw ApiException.NotFound("access_grant");

    /// <summary>Reads a grant by the integrator's own name for it.</summary>
    /// <exception cref="ApiException">404 access_grant_not_found.</exception>
    public static async Task<AccessGrant> GetByKeyAsync(Session s, string workspaceId, string key) => await FindAsync(
        s, workspaceId, "access_grant_key = @key", key) ?? throw ApiException.NotFound("access_grant");

    /// <summary>Reads a page, in the order in which they were made.</summary>
    /// <param name="where">A further condition, with values; such as <c>user_identity_id = @identity</c>.</param>
    /// <param name="after">Only those behind this ordinal.</param>
    public static async Task<List<AccessGrant>> PageAsync(Session s, string workspaceId, string where, (string Name, object? Value)[] values, long after, long limit)
    {
        List<AccessGrant> grants = await s.QueryAsync(
            $"SELECT {Columns} FROM access_grants WHERE workspace_id = @workspace AND closed_us IS NULL AND ordinal > @after {where} ORDER BY ordinal LIMIT @limit",
            Map,
            [("workspace", workspaceId), ("after", after), ("limit", limit), .. values]);
        for (int i = 0; i < grants.Count; i++)
        {
            grants[i] = await WithListsAsync(s, grants[i]);
        }

        return grants;
    }

    /// <summary>Changes name and times. What a shorter time takes away is revoked.</summary>
    public static async Task ChangeAsync(Session s, AccessGrant grant, string? name, uint startsS, uint? endsS)
    {
        AccessGrant changed = grant with { Name = name, StartsS = startsS, EndsS = endsS };
        await s.ExecuteAsync(
            "UPDATE access_grants SET name = @name, starts_s = @starts, ends_s = @ends WHERE access_grant_id = @id",
            ("name", name), ("starts", startsS), ("ends", endsS), ("id", grant.Id));
        await GrantSettler.SettleAsync(s, changed);
        if ((grant.StartsS, grant.LastS) != (changed.StartsS, changed.LastS))
        {
            JsonObject told = new() { ["access_grant_id"] = grant.Id, ["starts_at"] = IsoTime.FromS(changed.StartsS) };
            if (changed.EndsS is uint ends)
            {
                told["ends_at"] = IsoTime.FromS(ends);
            }

            await s.AddEventAsync(grant.WorkspaceId, Events.GrantTimesChanged, told);
        }
    }

    /// <summary>Ends a grant: its rights are closed, its links and phones end, its key numbers are revoked.</summary>
    public static async Task EndAsync(Session s, AccessGrant grant)
    {
        await KeyNumbers.RevokeGrantAsync(s, grant.WorkspaceId, grant.Id);
        foreach (Right right in await RightsBook.OfGrantAsync(s, grant.Id))
        {
            await RightsBook.CloseAsync(s, grant.WorkspaceId, right, tells: false);
        }

        foreach (AccessMethod method in grant.Methods)
        {
            await EndMethodAsync(s, method);
        }

        await s.ExecuteAsync("UPDATE access_grants SET closed_us = @now WHERE access_grant_id = @id", ("now", s.NowUs), ("id", grant.Id));
        await s.MarkAsync(MarkKind.GrantDeleted, grant.Id, 1, grant.LastS + DayS);
        await s.AddEventAsync(grant.WorkspaceId, Events.GrantDeleted, new() { ["access_grant_id"] = grant.Id });
    }

    /// <summary>Ends a method: its link, its phones and its key numbers. The grant stays.</summary>
    public static async Task EndMethodAsync(Session s, AccessMethod method)
    {
        await InstantKeyBook.EndAsync(s, method.InstantKeyId);
        await s.ExecuteAsync("UPDATE access_methods SET ended_us = @now WHERE access_method_id = @id", ("now", s.NowUs), ("id", method.Id));
    }

    /// <summary>Reads methods that were not deleted.</summary>
    /// <param name="where">Such as <c>m.access_grant_id = @id</c>.</param>
    public static Task<List<AccessMethod>> MethodsAsync(Session s, string where, params (string Name, object? Value)[] values) => s.QueryAsync(
        $"""
        SELECT m.access_method_id, k.workspace_id, m.access_grant_id, m.instant_key_id, m.created_us, k.customization_profile_id, m.ended_us
        FROM access_methods m JOIN instant_keys k ON k.instant_key_id = m.instant_key_id
        WHERE m.ended_us IS NULL AND k.deleted_us IS NULL AND {where} ORDER BY m.ordinal, m.part
        """,
        row => new AccessMethod(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Long(4), row.TextOrNull(5), row.LongOrNull(6)),
        values);

    /// <summary>A mark outlives its grant by a day, as that of a right does.</summary>
    private const long DayS = 86400;

    private static async Task InsertAsync(Session s, AccessGrant grant, GrantWish wish)
    {
        await s.ExecuteAsync(
            $"""
            INSERT INTO access_grants ({Columns})
            VALUES (@id, @workspace, @identity, @key, @name, @starts, @ends, @profile, @now, @change)
            """,
            ("id", grant.Id), ("workspace", grant.WorkspaceId), ("identity", grant.UserIdentityId), ("key", grant.Key), ("name", grant.Name),
            ("starts", grant.StartsS), ("ends", grant.EndsS), ("profile", grant.ProfileId), ("now", s.NowUs), ("change", s.Change));
        foreach (string entrance in wish.EntranceIds)
        {
            await s.ExecuteAsync("INSERT INTO grant_entrances (access_grant_id, entrance_id) VALUES (@id, @entrance)", ("id", grant.Id), ("entrance", entrance));
        }

        foreach (string space in wish.SpaceIds)
        {
            await s.ExecuteAsync("INSERT INTO grant_spaces (access_grant_id, space_id) VALUES (@id, @space)", ("id", grant.Id), ("space", space));
        }
    }

    private static async Task<AccessGrant?> FindAsync(Session s, string workspaceId, string isIt, string key)
    {
        AccessGrant? grant = await s.FirstAsync(
            $"SELECT {Columns} FROM access_grants WHERE workspace_id = @workspace AND closed_us IS NULL AND {isIt}", Map, ("workspace", workspaceId), ("key", key));
        return grant == null ? null : await WithListsAsync(s, grant);
    }

    private static async Task<AccessGrant> WithListsAsync(Session s, AccessGrant grant) => grant with
    {
        EntranceIds = await s.QueryAsync(
            "SELECT entrance_id FROM grant_entrances WHERE access_grant_id = @id ORDER BY entrance_id", row => row.Text(0), ("id", grant.Id)),
        SpaceIds = await s.QueryAsync("SELECT space_id FROM grant_spaces WHERE access_grant_id = @id ORDER BY space_id", row => row.Text(0), ("id", grant.Id)),
        Methods = await MethodsAsync(s, "m.access_grant_id = @id", ("id", grant.Id)),
    };

    private static AccessGrant Map(System.Data.Common.DbDataReader row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.TextOrNull(3), row.TextOrNull(4), row.U32(5), row.LongOrNull(6) is long ends ? (uint)ends : null,
        row.TextOrNull(7), row.Long(8), row.Long(9));
}
