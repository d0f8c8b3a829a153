using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>A scope as the database has it.</summary>
/// <param name="Kind">door, bank, staff or emergency.</param>
public sealed record ScopeRow(int Id, string WorkspaceId, string Name, string Kind, int Generation, uint ListVersion, bool IsAllowedMode)
{
    /// <summary>Generations below are retired.</summary>
    public int MinimumGeneration { get; init; }

    /// <summary>Every key number below is dead.</summary>
    public uint Watermark { get; init; }

    /// <summary>Number of the next key.</summary>
    public uint NextKeyNumber { get; init; }

    /// <summary>Index of the next door in this generation.</summary>
    public int NextDoorIndex { get; init; }

    /// <summary>Hours for which a credential opens without a network; null: <see cref="OfflineLife"/>'s default.</summary>
    public int? OfflineHours { get; init; }

    /// <summary>Grows each time that <see cref="OfflineHours"/> is set.</summary>
    public int OfflineRevision { get; init; }
}

/// <summary>Makes scopes and re-keys them. Only within <see cref="Database.WriteAsync{T}"/>, but for reading.</summary>
public static class ScopeBook
{
    /// <summary>What a scope may be for.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["door", "bank", "staff", "emergency"];

    /// <summary>Highest scope id: 24 bits on the air.</summary>
    public const int MaxId = 0xFFFFFF;

    private const int IndexMark = 1000;
    private const int OfflineMark = 100_000;
    private const int PageScopes = 500;
    private const string Columns = "scope_id, workspace_id, name, kind, generation, list_version, list_mode, minimum_generation, watermark, next_key_number, next_door_index, offline_hours, offline_revision";

    /// <summary>Reads a scope of a workspace.</summary>
    /// <exception cref="ApiException">404 scope_not_found.</exception>
    public static async Task<ScopeRow> GetAsync(Session s, string workspaceId, int scopeId) => await s.FirstAsync(
        $"SELECT {Columns} FROM scopes WHERE scope_id = @scope AND workspace_id = @workspace", Map, ("scope", scopeId), ("workspace", workspaceId))
        ?? throw ApiException.NotFound("scope");

    /// <summary>Reads the scopes of a workspace, at most 500, in the order of their ids.</summary>
    /// <param name="after">Id to go on behind; 0 for the first.</param>
    /// <returns>The scopes, and the id to go on behind; null when these were the last.</returns>
    public static async Task<(List<ScopeRow> Scopes, int? Next)> PageAsync(Session s, string workspaceId, int after)
    {
        List<ScopeRow> rows = await s.QueryAsync(
            $"SELECT {Columns} FROM scopes WHERE workspace_id = @workspace AND scope_id > @after ORDER BY scope_id LIMIT @limit",
            Map,
            ("workspace", workspaceId), ("after", after), ("limit", PageScopes + 1));
        return rows.Count > PageScopes ? (rows[..PageScopes], rows[PageScopes - 1].Id) : (rows, null);
    }

    /// <summary>Makes a scope.</summary>
    /// <exception cref="ApiException">409: the name is taken, or all ids are.</exception>
    public static async Task<ScopeRow> CreateAsync(
        Session s, string workspaceId, string name, string kind, bool isAllowedMode, int? offlineHours = null)
    {
        if (await s.NumberAsync("SELECT scope_id FROM scopes WHERE workspace_id = @workspace AND name = @name", ("workspace", workspaceId), ("name", name)) != null)
        {
            throw new ApiException(409, "scope_name_taken", "another scope of this workspace has that name");
        }

        long id = await s.NumberAsync("UPDATE site SET next_scope_id = next_scope_id + 1 WHERE site_id = 1 RETURNING next_scope_id - 1") ?? 0;
        if (id > MaxId)
        {
            throw new ApiException(409, "scopes_used_up", $"a site has at most {MaxId} scopes");
        }

        await s.ExecuteAsync(
            """
            INSERT INTO scopes (scope_id, workspace_id, name, kind, generation, minimum_generation, previous_generation, previous_until_s,
                next_door_index, next_key_number, watermark, list_version, list_mode, created_us, offline_hours)
            VALUES (@id, @workspace, @name, @kind, 1, 1, 0, 0, 0, 1, 0, @nowS, @mode, @now, @offline)
            """,
            ("id", id), ("workspace", workspaceId), ("name", name), ("kind", kind), ("nowS", s.NowS), ("mode", isAllowedMode), ("now", s.NowUs),
            ("offline", offlineHours));
        await s.MarkAsync(MarkKind.ScopeId, "site", id + 1);
        await s.MarkAsync(MarkKind.ScopeGeneration, id, 1);
        await s.MarkAsync(MarkKind.MinimumGeneration, id, 1);
        await s.MarkAsync(MarkKind.ListVersion, id, s.NowS);
        return await GetAsync(s, workspaceId, (int)id);
    }

    /// <summary>Sets for how long credentials of this scope open without a network, where their rights do not say it.</summary>
    /// <param name="hours">Null: the default of <see cref="OfflineLife"/>.</param>
    /// <param name="inUse">What becomes of keys in use that open for longer; null is good only when the value is not lowered.</param>
    /// <returns>The keys that open for longer; null when it was not lowered.</returns>
    /// <exception cref="ApiException">400: it is lowered, and what becomes of keys in use is not said.</exception>
    public static async Task<LongerKeys?> SetOfflineAsync(Session s, ScopeRow scope, int? hours, KeysInUse? inUse)
    {
        int revision = scope.OfflineRevision + 1;
        await s.ExecuteAsync(
            "UPDATE scopes SET offline_hours = @hours, offline_revision = @revision WHERE scope_id = @scope",
            ("hours", hours), ("revision", revision), ("scope", scope.Id));
        await s.MarkAsync(MarkKind.OfflineHours, scope.Id, ((long)revision * OfflineMark) + (hours ?? 0));
        return await OfflineLife.ReachScopeAsync(s, scope.WorkspaceId, scope.Id, scope.OfflineHours, hours, inUse);
    }

    /// <summary>Gives a door the next index of a scope's present generation.</summary>
    /// <exception cref="ApiException">409: all indexes of this generation are used.</exception>
    public static async Task AddDoorAsync(Session s, ScopeRow scope, uint doorId, int slot)
    {
        long index = await s.NumberAsync(
            "UPDATE scopes SET next_door_index = next_door_index + 1 WHERE scope_id = @scope RETURNING next_door_index - 1", ("scope", scope.Id)) ?? 0;
        if (index >= Limits.DoorsInScope)
        {
            throw new ApiException(
                409, "scope_full", $"scope {scope.Id} has given out its {Limits.DoorsInScope} indexes: re-key it with is_stolen or previous_for_hours 0, or use another scope");
        }

        await s.ExecuteAsync(
            """
            INSERT INTO scope_members (scope_id, generation, door_index, door_id, slot, added_us)
            VALUES (@scope, @generation, @index, @door, @slot, @now)
            """,
            ("scope", scope.Id), ("generation", scope.Generation), ("index", index), ("door", doorId), ("slot", slot), ("now", s.NowUs));
        await s.MarkAsync(MarkKind.DoorIndex, scope.Id, ((long)scope.Generation * IndexMark) + index + 1);
        await KeyNumbers.RaiseListVersionAsync(s, scope.Id);
    }

    /// <summary>
    /// Begins a new generation of a scope's keys. Its doors get them by sync or by phone; their old keys live on until a deadline, or not
    /// at all after a theft. Doors keep their indexes while old credentials live, and are numbered anew when none does.
    /// </summary>
    /// <param name="previousUntilS">Unix seconds at which the old generation ends; 0: at once.</param>
    /// <param name="isAllowedMode">The mode of the new generation.</param>
    public static async Task<ScopeRow> ReKeyAsync(Session s, ScopeRow scope, uint previousUntilS, bool isAllowedMode)
    {
        int next = scope.Generation + 1;
        if (next > ushort.MaxValue)
        {
            throw new ApiException(409, "generations_used_up", $"a scope has at most {ushort.MaxValue} generations");
        }

        bool lives = previousUntilS > 0;
        int doors = await MoveDoorsAsync(s, scope, next, lives);
        uint version = await KeyNumbers.RaiseListVersionAsync(s, scope.Id);
        int minimum = lives ? scope.MinimumGeneration : next;
        int nextIndex = lives ? scope.NextDoorIndex : doors;
        await s.ExecuteAsync(
            """
            UPDATE scopes SET generation = @next, minimum_generation = @minimum, previous_generation = @previous, previous_until_s = @until,
                next_door_index = @index, list_mode = @mode, full_since = CASE WHEN list_mode = @mode THEN full_since ELSE @version END
            WHERE scope_id = @scope
            """,
            ("next", next), ("minimum", minimum), ("previous", lives ? scope.Generation : 0), ("until", previousUntilS), ("index", nextIndex),
            ("mode", isAllowedMode), ("version", version), ("scope", scope.Id));
        await s.MarkAsync(MarkKind.ScopeGeneration, scope.Id, next);
        await s.MarkAsync(MarkKind.MinimumGeneration, scope.Id, minimum);
        await s.MarkAsync(MarkKind.DoorIndex, scope.Id, ((long)next * IndexMark) + nextIndex);
        return await GetAsync(s, scope.WorkspaceId, scope.Id);
    }

    private static async Task<int> MoveDoorsAsync(Session s, ScopeRow scope, int next, bool keepIndexes)
    {
        List<(int Index, uint Door, int Slot)> members = await s.QueryAsync(
            """
            SELECT door_index, door_id, slot FROM scope_members
            WHERE scope_id = @scope AND generation = @generation AND removed_us IS NULL ORDER BY door_index
            """,
            row => (row.Int(0), row.U32(1), row.Int(2)),
            ("scope", scope.Id), ("generation", scope.Generation));
        for (int i = 0; i < members.Count; i++)
        {
            await s.ExecuteAsync(
                """
                INSERT INTO scope_members (scope_id, generation, door_index, door_id, slot, added_us)
                VALUES (@scope, @generation, @index, @door, @slot, @now)
                """,
                ("scope", scope.Id), ("generation", next), ("index", keepIndexes ? members[i].Index : i), ("door", members[i].Door),
                ("slot", members[i].Slot), ("now", s.NowUs));
            await DoorBook.RaiseBundleVersionAsync(s, members[i].Door);
        }

        return members.Count;
    }

    private static ScopeRow Map(System.Data.Common.DbDataReader row) =>
        new(row.Int(0), row.Text(1), row.Text(2), row.Text(3), row.Int(4), row.U32(5), row.Long(6) == 1)
        {
            MinimumGeneration = row.Int(7),
            Watermark = row.U32(8),
            NextKeyNumber = row.U32(9),
            NextDoorIndex = row.Int(10),
            OfflineHours = row.IntOrNull(11),
            OfflineRevision = row.Int(12),
        };
}
