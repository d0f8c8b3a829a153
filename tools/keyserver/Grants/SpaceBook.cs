using System.Text.Json.Nodes;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Grants;

/// <summary>A set of entrances: a bank, a floor, a house.</summary>
/// <param name="Key">The integrator's own name for it, one of a kind in the workspace; null: none.</param>
/// <param name="Entrances">How many.</param>
/// <param name="Ordinal">Orders the spaces of a workspace.</param>
public sealed record Space(string Id, string WorkspaceId, string? Key, string Name, long CreatedUs, int Entrances, long Ordinal);

/// <summary>The spaces of a workspace. What changes them only within <see cref="Database.WriteAsync{T}"/>: access grants that name one follow at once.</summary>
public static class SpaceBook
{
    /// <summary>Spaces that a workspace may have.</summary>
    public const int MaxSpaces = 1000;

    private const string Columns =
        "p.space_id, p.workspace_id, p.space_key, p.name, p.created_us, (SELECT COUNT(*) FROM space_entrances e WHERE e.space_id = p.space_id), p.ordinal";

    /// <summary>Makes a space.</summary>
    /// <exception cref="ApiException">400: the key is taken; 404: an entrance is not in the workspace; 409: the workspace has too many.</exception>
    public static async Task<Space> CreateAsync(Session s, string workspaceId, string name, string? key, IReadOnlyList<string> entranceIds)
    {
        await CheckKeyAsync(s, workspaceId, key, string.Empty);
        if (await s.NumberAsync("SELECT COUNT(*) FROM spaces WHERE workspace_id = @workspace", ("workspace", workspaceId)) >= MaxSpaces)
        {
            throw new ApiException(409, "too_many_spaces", $"a workspace has at most {MaxSpaces} spaces: delete some first");
        }

        string id = Guid.NewGuid().ToString();
        await s.ExecuteAsync(
            "INSERT INTO spaces (space_id, workspace_id, space_key, name, created_us, ordinal) VALUES (@id, @workspace, @key, @name, @now, @change)",
            ("id", id), ("workspace", workspaceId), ("key", key), ("name", name), ("now", s.NowUs), ("change", s.Change));
        await EntranceBook.GetAsync(s, workspaceId, entranceIds);
        await InsertAsync(s, id, entranceIds);
        Space space = await GetAsync(s, workspaceId, id);
        await TellAsync(s, space, Events.SpaceCreated);
        return space;
    }

    /// <summary>Reads a space.</summary>
    /// <exception cref="ApiException">404 space_not_found.</exception>
    public static async Task<Space> GetAsync(Session s, string workspaceId, string id) => await s.FirstAsync(
        $"SELECT {Columns} FROM spaces p WHERE p.workspace_id = @workspace AND p.space_id = @id", Map, ("workspace", workspaceId), ("id", id))
        ?? throw ApiException.NotFound("space");

    /// <summary>Reads a space by the integrator's own name for it.</summary>
    /// <exception cref="ApiException">404 space_not_found.</exception>
    public static async Task<Space> GetByKeyAsync(Session s, string workspaceId, string key) => await s.FirstAsync(
        $"SELECT {Columns} FROM spaces p WHERE p.workspace_id = @workspace AND p.space_key = @key", Map, ("workspace", workspaceId), ("key", key))
        ?? throw ApiException.NotFound("space");

    /// <summary>Reads some.</summary>
    /// <exception cref="ApiException">404 space_not_found: one of them is not in the workspace.</exception>
    public static async Task<List<Space>> GetAsync(Session s, string workspaceId, IReadOnlyList<string> ids)
    {
        List<Space> spaces = [];
        foreach (string id in ids)
        {
            spaces.Add(await GetAsync(s, workspaceId, id));
        }

        return spaces;
    }

    /// <summary>Reads all of a workspace, in the order in which they were made.</summary>
    public static Task<List<Space>> ListAsync(Session s, string workspaceId) => s.QueryAsync(
        $"SELECT {Columns} FROM spaces p WHERE p.workspace_id = @workspace ORDER BY p.ordinal, p.space_id", Map, ("workspace", workspaceId));

    /// <summary>The spaces of entrances, by entrance.</summary>
    public static async Task<ILookup<string, string>> OfEntrancesAsync(Session s, string workspaceId) => (await s.QueryAsync(
        "SELECT e.entrance_id, e.space_id FROM space_entrances e JOIN spaces p ON p.space_id = e.space_id WHERE p.workspace_id = @workspace ORDER BY p.ordinal",
        row => (Entrance: row.Text(0), Space: row.Text(1)),
        ("workspace", workspaceId))).ToLookup(row => row.Entrance, row => row.Space);

    /// <summary>Changes name, key and entrances.</summary>
    /// <param name="entranceIds">Those that it has from now on; null: as before.</param>
    public static async Task ChangeAsync(Session s, Space space, string name, string? key, IReadOnlyList<string>? entranceIds)
    {
        await CheckKeyAsync(s, space.WorkspaceId, key, space.Id);
        await s.ExecuteAsync("UPDATE spaces SET name = @name, space_key = @key WHERE space_id = @id", ("name", name), ("key", key), ("id", space.Id));
        if (entranceIds != null)
        {
            await EntranceBook.GetAsync(s, space.WorkspaceId, entranceIds);
            await s.ExecuteAsync("DELETE FROM space_entrances WHERE space_id = @id", ("id", space.Id));
            await InsertAsync(s, space.Id, entranceIds);
            await ChangedAsync(s, space);
        }
    }

    /// <summary>Adds entrances; one that is there stays.</summary>
    public static async Task AddAsync(Session s, Space space, IReadOnlyList<string> entranceIds)
    {
        await EntranceBook.GetAsync(s, space.WorkspaceId, entranceIds);
        await InsertAsync(s, space.Id, entranceIds);
        await ChangedAsync(s, space);
    }

    /// <summary>Takes entrances out; one that is not there is none the less.</summary>
    public static async Task RemoveAsync(Session s, Space space, IReadOnlyList<string> entranceIds)
    {
        await EntranceBook.GetAsync(s, space.WorkspaceId, entranceIds);
        foreach (string entrance in entranceIds)
        {
            await s.ExecuteAsync(
                "DELETE FROM space_entrances WHERE space_id = @space AND entrance_id = @entrance", ("space", space.Id), ("entrance", entrance));
        }

        await ChangedAsync(s, space);
    }

    /// <summary>Deletes a space: access grants lose what they have by it alone.</summary>
    public static async Task EndAsync(Session s, Space space)
    {
        await TellAsync(s, space, Events.SpaceDeleted);
        await s.ExecuteAsync("DELETE FROM space_entrances WHERE space_id = @id", ("id", space.Id));
        await FollowAsync(s, space.WorkspaceId, space.Id);
        await s.ExecuteAsync("DELETE FROM grant_spaces WHERE space_id = @id", ("id", space.Id));
        await s.ExecuteAsync("DELETE FROM spaces WHERE space_id = @id", ("id", space.Id));
    }

    private static async Task InsertAsync(Session s, string spaceId, IReadOnlyList<string> entranceIds)
    {
        foreach (string entrance in entranceIds)
        {
            await s.ExecuteAsync(
                "INSERT INTO space_entrances (space_id, entrance_id) VALUES (@space, @entrance) ON CONFLICT (space_id, entrance_id) DO NOTHING",
                ("space", spaceId), ("entrance", entrance));
        }
    }

    private static async Task ChangedAsync(Session s, Space space)
    {
        await TellAsync(s, space, Events.SpaceChanged);
        await FollowAsync(s, space.WorkspaceId, space.Id);
    }

    /// <summary>Says which entrances it has now.</summary>
    private static async Task TellAsync(Session s, Space space, string type)
    {
        List<string> entrances = await s.QueryAsync(
            "SELECT entrance_id FROM space_entrances WHERE space_id = @id ORDER BY entrance_id", row => row.Text(0), ("id", space.Id));
        JsonObject body = new()
        {
            ["space_id"] = space.Id,
            ["device_ids"] = new JsonArray(),
            ["acs_entrance_ids"] = new JsonArray([.. entrances.Select(id => (JsonNode)id)]),
        };
        if (space.Key != null)
        {
            body["space_key"] = space.Key;
        }

        await s.AddEventAsync(space.WorkspaceId, type, body);
    }

    private static async Task FollowAsync(Session s, string workspaceId, string spaceId)
    {
        foreach (string grant in await s.QueryAsync(
            "SELECT a.access_grant_id FROM grant_spaces g JOIN access_grants a ON a.access_grant_id = g.access_grant_id WHERE g.space_id = @id AND a.closed_us IS NULL ORDER BY a.ordinal",
            row => row.Text(0),
            ("id", spaceId)))
        {
            AccessGrant present = await GrantBook.GetAsync(s, workspaceId, grant);
            if (present.LastS > s.NowS)
            {
                await GrantSettler.SettleAsync(s, present);
            }
        }
    }

    private static async Task CheckKeyAsync(Session s, string workspaceId, string? key, string own)
    {
        if (key != null && await s.NumberAsync(
            "SELECT COUNT(*) FROM spaces WHERE workspace_id = @workspace AND space_key = @key AND space_id <> @own",
            ("workspace", workspaceId), ("key", key), ("own", own)) > 0)
        {
            throw ApiException.Invalid("space_key", "is that of another space of this workspace");
        }
    }

    private static Space Map(System.Data.Common.DbDataReader row) =>
        new(row.Text(0), row.Text(1), row.TextOrNull(2), row.Text(3), row.Long(4), row.Int(5), row.Long(6));
}
