using DoorController.Issuer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>A door as the database has it.</summary>
/// <param name="Generation">Generation of its door key.</param>
/// <param name="HeldGeneration">Generation that it is known to have.</param>
/// <param name="Floors">Floors of a car; 0 at a door.</param>
/// <param name="Settings">JSON that the installer gave, as it is.</param>
public sealed record DoorRow(
    uint Id, string WorkspaceId, string Name, int Generation, int HeldGeneration, uint BundleVersion, int Floors, string Settings, long CreatedUs, bool IsRetired);

/// <summary>A door in a scope.</summary>
/// <param name="Slot">Place of the scope in the door's bundle.</param>
/// <param name="Index">The door's index in the scope's present generation.</param>
public sealed record Membership(int ScopeId, int Slot, int Index);

/// <summary>Makes, replaces and retires doors. Only within <see cref="Database.WriteAsync{T}"/>, but for reading.</summary>
public static class DoorBook
{
    private const int PageDoors = 200;

    private const string Columns = "door_id, workspace_id, name, generation, held_generation, bundle_version, floors, settings, created_us, retired_us";

    /// <summary>Reads a door of a workspace, retired or not.</summary>
    /// <exception cref="ApiException">404 door_not_found.</exception>
    public static async Task<DoorRow> GetAsync(Session s, string workspaceId, uint doorId) => await s.FirstAsync(
        $"SELECT {Columns} FROM doors WHERE door_id = @door AND workspace_id = @workspace", Map, ("door", doorId), ("workspace", workspaceId))
        ?? throw ApiException.NotFound("door");

    /// <summary>Reads a door that is in use.</summary>
    /// <exception cref="ApiException">404, or 409 door_retired.</exception>
    public static async Task<DoorRow> GetActiveAsync(Session s, string workspaceId, uint doorId)
    {
        DoorRow door = await GetAsync(s, workspaceId, doorId);
        return door.IsRetired ? throw new ApiException(409, "door_retired", $"door {doorId} is retired for good: register another one") : door;
    }

    /// <summary>Reads doors of a workspace, at most 200, in the order of their ids.</summary>
    /// <param name="after">Id to go on behind; 0 for the first.</param>
    /// <returns>The doors, and the id to go on behind; null when these were the last.</returns>
    public static async Task<(List<DoorRow> Doors, uint? Next)> PageAsync(Session s, string workspaceId, uint after)
    {
        List<DoorRow> rows = await s.QueryAsync(
            $"SELECT {Columns} FROM doors WHERE workspace_id = @workspace AND door_id > @after ORDER BY door_id LIMIT @limit",
            Map,
            ("workspace", workspaceId), ("after", after), ("limit", PageDoors + 1));
        return rows.Count > PageDoors ? (rows[..PageDoors], rows[PageDoors - 1].Id) : (rows, null);
    }

    /// <summary>The scopes of a door, in the order of its bundle.</summary>
    public static Task<List<Membership>> ScopesAsync(Session s, uint doorId) => s.QueryAsync(
        """
        SELECT m.scope_id, m.slot, m.door_index FROM scope_members m JOIN scopes c ON c.scope_id = m.scope_id AND c.generation = m.generation
        WHERE m.door_id = @door AND m.removed_us IS NULL ORDER BY m.slot
        """,
        row => new Membership(row.Int(0), row.Int(1), row.Int(2)),
        ("door", doorId));

    /// <summary>Makes a door in scopes that exist.</summary>
    /// <param name="scopes">In the order of the bundle, 1 to 5.</param>
    public static async Task<DoorRow> CreateAsync(
        Session s, string workspaceId, string name, IReadOnlyList<ScopeRow> scopes, int floors, string settings)
    {
        uint id = (uint)(await s.NumberAsync("UPDATE site SET next_door_id = next_door_id + 1 WHERE site_id = 1 RETURNING next_door_id - 1") ?? 0);
        await s.ExecuteAsync(
            """
            INSERT INTO doors (door_id, workspace_id, name, generation, held_generation, bundle_version, floors, settings, created_us)
            VALUES (@door, @workspace, @name, 1, 1, 1, @floors, @settings, @now)
            """,
            ("door", id), ("workspace", workspaceId), ("name", name), ("floors", floors), ("settings", settings), ("now", s.NowUs));
        await s.MarkAsync(MarkKind.DoorId, "site", id + 1L);
        await s.MarkAsync(MarkKind.DoorGeneration, id, 1);
        await s.MarkAsync(MarkKind.BundleVersion, id, 1);
        for (int slot = 0; slot < scopes.Count; slot++)
        {
            await ScopeBook.AddDoorAsync(s, scopes[slot], id, slot);
        }

        await NoteProvisionedAsync(s, id);
        return await GetAsync(s, workspaceId, id);
    }

    /// <summary>
    /// A new board in the same place: the same door for every phone, under a new door key. The board before it gets no news any more, but
    /// it knows what opens this door: one that was stolen is retired instead.
    /// </summary>
    public static async Task<DoorRow> RenewKeyAsync(Session s, DoorRow door)
    {
        int generation = door.Generation + 1;
        if (generation > ushort.MaxValue)
        {
            throw new ApiException(409, "generations_used_up", $"a door has at most {ushort.MaxValue} generations: retire it and register another one");
        }

        await s.ExecuteAsync(
            "UPDATE doors SET generation = @generation, held_generation = @generation WHERE door_id = @door",
            ("generation", generation), ("door", door.Id));
        await s.MarkAsync(MarkKind.DoorGeneration, door.Id, generation);
        await RaiseBundleVersionAsync(s, door.Id);
        await NoteProvisionedAsync(s, door.Id);
        return await GetAsync(s, door.WorkspaceId, door.Id);
    }

    /// <summary>Ends a door for good: it gets no news, and no right names it any more.</summary>
    public static async Task RetireAsync(Session s, DoorRow door)
    {
        await RightsBook.LoseDoorAsync(s, door.WorkspaceId, door.Id);
        await EntranceBook.EndAsync(s, door.WorkspaceId, door.Id);
        await LeaveAsync(s, door.Id);
    }

    /// <summary>Puts another door in the place of one that was stolen: its name, its scopes under new indexes, and its rights.</summary>
    public static async Task<DoorRow> SupersedeAsync(Session s, DoorRow door)
    {
        List<ScopeRow> scopes = [];
        foreach (Membership member in await ScopesAsync(s, door.Id))
        {
            scopes.Add(await ScopeBook.GetAsync(s, door.WorkspaceId, member.ScopeId));
        }

        await LeaveAsync(s, door.Id);
        DoorRow next = await CreateAsync(s, door.WorkspaceId, door.Name, scopes, door.Floors, door.Settings);
        await s.ExecuteAsync("UPDATE right_doors SET door_id = @next WHERE door_id = @door", ("next", next.Id), ("door", door.Id));
        await EntranceBook.MoveAsync(s, door.Id, next.Id);
        return next;
    }

    /// <summary>Gives a door's keys a new version, which reaches it as a key update.</summary>
    public static async Task RaiseBundleVersionAsync(Session s, uint doorId)
    {
        long version = await s.NumberAsync(
            "UPDATE doors SET bundle_version = bundle_version + 1 WHERE door_id = @door RETURNING bundle_version", ("door", doorId)) ?? 0;
        await s.MarkAsync(MarkKind.BundleVersion, doorId, version);
    }

    /// <summary>The newest version of its keys that a door is known to have: those it was provisioned with, or that it said in a sync or its trail to have.</summary>
    public static async Task<uint> HeldVersionAsync(Session s, uint doorId) => (uint)(await s.NumberAsync(
        """
        SELECT MAX(version) FROM (SELECT held_version AS version FROM doors WHERE door_id = @door
            UNION ALL SELECT bundle_version FROM sync_state WHERE door_id = @door) AS held
        """,
        ("door", doorId)) ?? 0);

    /// <summary>What goes onto the board now, its keys and its lists, the door has from the start.</summary>
    private static async Task NoteProvisionedAsync(Session s, uint doorId)
    {
        await s.ExecuteAsync("UPDATE doors SET held_version = bundle_version WHERE door_id = @door", ("door", doorId));
        await s.ExecuteAsync(
            """
            INSERT INTO provisioned_lists (door_id, scope_id, list_version)
            SELECT m.door_id, m.scope_id, c.list_version FROM scope_members m JOIN scopes c ON c.scope_id = m.scope_id AND c.generation = m.generation
            WHERE m.door_id = @door AND m.removed_us IS NULL
            ON CONFLICT (door_id, scope_id) DO UPDATE SET list_version = excluded.list_version
            """,
            ("door", doorId));
    }

    /// <summary>The versions of the lists that a door is known to have had: from its provisioning on, or because it said so.</summary>
    public static async Task<Dictionary<int, uint>> ProvenListsAsync(Session s, uint doorId) => (await s.QueryAsync(
        """
        SELECT scope_id, MAX(list_version) FROM (SELECT scope_id, list_version FROM provisioned_lists WHERE door_id = @door
            UNION ALL SELECT scope_id, list_version FROM door_lists WHERE door_id = @door) AS had GROUP BY scope_id
        """,
        row => (Scope: row.Int(0), Version: row.U32(1)),
        ("door", doorId))).ToDictionary(list => list.Scope, list => list.Version);

    /// <summary>A door's trail tells of keys that it took.</summary>
    public static Task NoteKeysAsync(Session s, uint doorId, uint version) => s.ExecuteAsync(
        "UPDATE doors SET held_version = @version WHERE door_id = @door AND held_version < @version AND bundle_version >= @version",
        ("door", doorId), ("version", version));

    /// <summary>Has every server process read this door again.</summary>
    public static Task TouchAsync(Session s, uint doorId) => s.ExecuteAsync(
        "UPDATE marks SET change = @change WHERE kind = @kind AND id = @id",
        ("change", s.Change), ("kind", MarkKind.DoorGeneration), ("id", doorId.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>The keys of a door as they are in this transaction.</summary>
    /// <param name="known">
    /// Versions of the lists that the door has, by scope: none of them is lost by what the bundle says of it. Null: it gets the present ones beside the bundle.
    /// </param>
    public static async Task<Bundle> BundleAsync(Session s, DoorRow door, IReadOnlyDictionary<int, uint>? known = null)
    {
        List<BundleScope> scopes = await s.QueryAsync(
            """
            SELECT m.scope_id, m.door_index, c.generation, c.list_version, c.list_mode, c.previous_generation, c.previous_until_s
            FROM scope_members m JOIN scopes c ON c.scope_id = m.scope_id AND c.generation = m.generation
            WHERE m.door_id = @door AND m.removed_us IS NULL ORDER BY m.slot
            """,
            row => new BundleScope(
                row.Int(0), row.Int(1), row.Int(2), Math.Min(row.U32(3), known?.GetValueOrDefault(row.Int(0), row.U32(3)) ?? row.U32(3)), row.Long(4) == 1,
                row.Long(6) > s.NowS || !s.IsTimeTrusted ? row.Int(5) : 0, row.U32(6)),
            ("door", door.Id));
        return new Bundle(door.BundleVersion, door.Id, door.Generation, door.Name, scopes);
    }

    private static async Task LeaveAsync(Session s, uint doorId)
    {
        await s.ExecuteAsync("UPDATE doors SET retired_us = @now WHERE door_id = @door", ("now", s.NowUs), ("door", doorId));
        await s.ExecuteAsync(
            "UPDATE scope_members SET removed_us = @now WHERE door_id = @door AND removed_us IS NULL", ("now", s.NowUs), ("door", doorId));
        await s.ExecuteAsync("DELETE FROM door_blobs WHERE door_id = @door", ("door", doorId));
        await s.MarkAsync(MarkKind.DoorRetired, doorId, 1);
    }

    private static DoorRow Map(System.Data.Common.DbDataReader row) => new(
        row.U32(0), row.Text(1), row.Text(2), row.Int(3), row.Int(4), row.U32(5), row.Int(6), row.Text(7), row.Long(8), row.LongOrNull(9) != null);
}
