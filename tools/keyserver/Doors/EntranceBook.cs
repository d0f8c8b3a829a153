using System.Globalization;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>A way in: a door, or one floor of a car.</summary>
/// <param name="Id">UUID, which stays when another door comes into the place of a stolen one.</param>
/// <param name="Floor">0 to 63 at a car; null at a door.</param>
/// <param name="DoorName">As it is advertised.</param>
public sealed record Entrance(string Id, uint DoorId, int? Floor, string DoorName, long CreatedUs)
{
    /// <summary>What a list shows.</summary>
    public string DisplayName => Floor is int floor ? string.Create(CultureInfo.InvariantCulture, $"{DoorName}, floor {floor}") : DoorName;
}

/// <summary>Which entrances are asked for; what is null does not matter.</summary>
/// <param name="Ids">Only these.</param>
/// <param name="SpaceId">Only those of this space.</param>
/// <param name="Search">Only those of doors whose names have this in them, without the difference of large and small letters.</param>
/// <param name="CredentialId">Only those that this credential opens, as its right says today.</param>
/// <param name="GrantId">Only those that this access grant reaches: it names them, or a space of theirs.</param>
public sealed record EntranceFilter(IReadOnlyList<string>? Ids = null, string? SpaceId = null, string? Search = null, string? GrantId = null, string? CredentialId = null);

/// <summary>The entrances of a workspace. What changes them only within <see cref="Database.WriteAsync{T}"/>.</summary>
public static class EntranceBook
{
    private const string Columns = "e.entrance_id, e.door_id, e.floor, d.name, e.created_us";
    private const string Tables = "entrances e JOIN doors d ON d.door_id = e.door_id";

    /// <summary>Adds those of a new door.</summary>
    /// <param name="floors">Of a car; 0 at a door.</param>
    public static async Task AddAsync(Session s, string workspaceId, uint doorId, int floors)
    {
        int?[] all = floors == 0 ? [null] : [.. Enumerable.Range(0, floors).Select(floor => (int?)floor)];
        foreach (int? floor in all)
        {
            string id = Guid.NewGuid().ToString();
            await s.ExecuteAsync(
                "INSERT INTO entrances (entrance_id, workspace_id, door_id, floor, created_us) VALUES (@id, @workspace, @door, @floor, @now)",
                ("id", id), ("workspace", workspaceId), ("door", doorId), ("floor", floor), ("now", s.NowUs));
            await TellAsync(s, workspaceId, Events.EntranceAdded, id);
        }
    }

    /// <summary>Another door has come into the place of one.</summary>
    public static Task MoveAsync(Session s, uint doorId, uint nextId) =>
        s.ExecuteAsync("UPDATE entrances SET door_id = @next WHERE door_id = @door", ("next", nextId), ("door", doorId));

    /// <summary>A door is gone for good, and its entrances leave spaces and grants.</summary>
    public static async Task EndAsync(Session s, string workspaceId, uint doorId)
    {
        List<Entrance> gone = await OfDoorAsync(s, doorId);
        foreach (string table in new[] { "space_entrances", "grant_entrances", "entrances" })
        {
            await s.ExecuteAsync($"DELETE FROM {table} WHERE entrance_id IN (SELECT entrance_id FROM entrances WHERE door_id = @door)", ("door", doorId));
        }

        foreach (Entrance entrance in gone)
        {
            await TellAsync(s, workspaceId, Events.EntranceRemoved, entrance.Id);
        }
    }

    private static Task TellAsync(Session s, string workspaceId, string type, string id) => s.AddEventAsync(workspaceId, type, new()
    {
        ["acs_entrance_id"] = id,
        ["acs_system_id"] = SystemIds.System(workspaceId),
        ["connected_account_id"] = SystemIds.Account(workspaceId),
    });

    /// <summary>Reads those of a door.</summary>
    public static Task<List<Entrance>> OfDoorAsync(Session s, uint doorId) => s.QueryAsync(
        $"SELECT {Columns} FROM {Tables} WHERE e.door_id = @door ORDER BY COALESCE(e.floor, -1)", row => Read(row).Entrance, ("door", doorId));

    /// <summary>Reads some.</summary>
    /// <exception cref="ApiException">404 acs_entrance_not_found: one of them is not in the workspace.</exception>
    public static async Task<List<Entrance>> GetAsync(Session s, string workspaceId, IReadOnlyList<string> ids)
    {
        List<Entrance> found = (await PageAsync(s, workspaceId, new EntranceFilter(ids), null, ids.Count)).ConvertAll(row => row.Entrance);
        return found.Count == ids.Count ? found : throw ApiException.NotFound("acs_entrance");
    }

    /// <summary>Reads a page, in the order of doors and floors, with what orders it.</summary>
    /// <param name="after">Place of the last row before it; null: from the first.</param>
    public static async Task<List<(Entrance Entrance, long[] Place)>> PageAsync(Session s, string workspaceId, EntranceFilter filter, long[]? after, long limit)
    {
        if (filter.Ids is { Count: 0 })
        {
            return [];
        }

        List<(string, object?)> values =
            [("workspace", workspaceId), ("door", after?[0] ?? 0), ("floor", after?[1] ?? -2), ("limit", limit)];
        string sql = $"SELECT {Columns} FROM {Tables} WHERE e.workspace_id = @workspace AND (e.door_id > @door OR (e.door_id = @door AND COALESCE(e.floor, -1) > @floor))";
        sql += Narrow(filter, values);
        return await s.QueryAsync(sql + " ORDER BY e.door_id, COALESCE(e.floor, -1) LIMIT @limit", Read, [.. values]);
    }

    /// <summary>Each part of a filter is one more condition.</summary>
    private static string Narrow(EntranceFilter filter, List<(string, object?)> values)
    {
        string sql = string.Empty;
        if (filter.Ids is IReadOnlyList<string> ids)
        {
            sql += $" AND e.entrance_id IN ({string.Join(", ", ids.Select((_, i) => "@id" + i.ToString(CultureInfo.InvariantCulture)))})";
            values.AddRange(ids.Select((id, i) => ("id" + i.ToString(CultureInfo.InvariantCulture), (object?)id)));
        }

        if (filter.SpaceId != null)
        {
            sql += " AND e.entrance_id IN (SELECT entrance_id FROM space_entrances WHERE space_id = @space)";
            values.Add(("space", filter.SpaceId));
        }

        if (filter.GrantId != null)
        {
            sql += " AND e.entrance_id IN (SELECT entrance_id FROM grant_entrances WHERE access_grant_id = @grant UNION SELECT p.entrance_id"
                + " FROM space_entrances p JOIN grant_spaces g ON g.space_id = p.space_id WHERE g.access_grant_id = @grant)";
            values.Add(("grant", filter.GrantId));
        }

        if (filter.CredentialId != null)
        {
            sql += " AND EXISTS (SELECT 1 FROM keys k JOIN rights r ON r.right_id = k.right_id JOIN right_doors o ON o.right_id = r.right_id"
                + " WHERE k.key_id = @credential AND o.door_id = e.door_id AND (e.floor IS NULL OR r.floors IS NULL OR ((r.floors >> CAST(e.floor AS INTEGER)) & 1) = 1))";
            values.Add(("credential", filter.CredentialId));
        }

        if (filter.Search != null)
        {
            sql += " AND LOWER(d.name) LIKE @search ESCAPE '!'";
            values.Add(("search", SearchText.Pattern(filter.Search)));
        }

        return sql;
    }

    private static (Entrance Entrance, long[] Place) Read(System.Data.Common.DbDataReader row) => (
        new Entrance(row.Text(0), row.U32(1), row.IntOrNull(2), row.Text(3), row.Long(4)), [row.Long(1), row.LongOrNull(2) ?? -1]);
}
