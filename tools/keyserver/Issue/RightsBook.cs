using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>Gives, changes and takes away rights. A reduction revokes the key numbers in use at once; the next renewal takes others.</summary>
public static class RightsBook
{
    private const string Columns =
        "right_id, user_identity_id, scope_id, floors, starts_s, ends_s, revision, early_hours, offline_hours, is_technician, access_grant_id";

    /// <summary>A mark outlives its right by a day: a restore looks at marks that have more than an hour left.</summary>
    private const long MarkMarginS = 86400;

    /// <summary>Rights that one person may have at a time.</summary>
    public const int MaxRights = 200;

    /// <summary>Reads a right that is not over.</summary>
    /// <returns>Null when there is none in the workspace.</returns>
    public static async Task<Right?> FindAsync(Session s, string workspaceId, string rightId)
    {
        Right? right = await s.FirstAsync(
            $"""
            SELECT {Columns} FROM rights
            WHERE right_id = @id AND workspace_id = @workspace AND closed_us IS NULL
            """,
            Map,
            ("id", rightId), ("workspace", workspaceId));
        return right == null ? null : await WithDoorsAsync(s, right);
    }

    /// <summary>Reads the rights of an access grant that were not taken away.</summary>
    public static async Task<List<Right>> OfGrantAsync(Session s, string grantId)
    {
        List<Right> rights = await s.QueryAsync(
            $"SELECT {Columns} FROM rights WHERE access_grant_id = @grant AND closed_us IS NULL ORDER BY ordinal, right_id", Map, ("grant", grantId));
        for (int i = 0; i < rights.Count; i++)
        {
            rights[i] = await WithDoorsAsync(s, rights[i]);
        }

        return rights;
    }

    /// <summary>Reads a person's rights that were not taken away, at most <see cref="MaxRights"/>.</summary>
    /// <param name="afterS">Only those that end later than this, in Unix seconds.</param>
    public static async Task<IReadOnlyList<Right>> ListAsync(Session s, string userIdentityId, uint afterS = 0) =>
        (await PageAsync(s, userIdentityId, afterS, long.MinValue, MaxRights)).ConvertAll(row => row.Right);

    /// <summary>Reads a person's rights that were not taken away, in the order in which they were given, with what orders them.</summary>
    /// <param name="afterS">Only those that end later than this, in Unix seconds.</param>
    /// <param name="ordinal">Only those behind this one.</param>
    /// <param name="limit">Rows at most.</param>
    public static async Task<List<(Right Right, long Ordinal)>> PageAsync(Session s, string userIdentityId, uint afterS, long ordinal, long limit)
    {
        List<(Right Right, long Ordinal)> rights = await s.QueryAsync(
            $"""
            SELECT {Columns}, ordinal FROM rights
            WHERE user_identity_id = @id AND closed_us IS NULL AND ends_s > @after AND ordinal > @ordinal ORDER BY ordinal LIMIT @max
            """,
            row => (Map(row), row.Long(11)),
            ("id", userIdentityId), ("after", afterS), ("ordinal", ordinal), ("max", limit));
        for (int i = 0; i < rights.Count; i++)
        {
            rights[i] = (await WithDoorsAsync(s, rights[i].Right), rights[i].Ordinal);
        }

        return rights;
    }

    /// <summary>Gives a right. The caller has checked that person, scope and doors belong together. Instant keys of the person live as long.</summary>
    /// <exception cref="ApiException">409: the person has as many rights as one may have.</exception>
    /// <param name="grantId">The access grant that it is of; null: one of its own.</param>
    public static async Task<Right> AssignAsync(Session s, string workspaceId, string userIdentityId, int scopeId, RightTerms terms, string? grantId = null)
    {
        if ((await ListAsync(s, userIdentityId, s.NowS)).Count >= MaxRights)
        {
            throw new ApiException(409, "too_many_rights", $"the user identity has {MaxRights} rights: put doors together in one, or delete some");
        }

        Right right = new(Guid.NewGuid().ToString(), userIdentityId, scopeId, terms, 1, grantId);
        await s.ExecuteAsync(
            """
            INSERT INTO rights (right_id, workspace_id, user_identity_id, scope_id, floors, starts_s, ends_s, revision, created_us, closed_us, ordinal,
                early_hours, offline_hours, is_technician, access_grant_id)
            VALUES (@id, @workspace, @identity, @scope, @floors, @starts, @ends, 1, @now, NULL, @change, @early, @offline, @technician, @grant)
            """,
            ("id", right.Id), ("workspace", workspaceId), ("identity", userIdentityId), ("scope", scopeId), ("floors", terms.Floors),
            ("starts", terms.StartsS), ("ends", terms.EndsS), ("now", s.NowUs), ("change", s.Change), ("early", terms.EarlyHours),
            ("offline", terms.OfflineHours), ("technician", terms.IsTechnician), ("grant", grantId));
        await WriteDoorsAsync(s, right.Id, terms.Doors);
        await ExtendInstantKeysAsync(s, right);
        return right;
    }

    /// <summary>Changes a right. The same or wider terms keep the key numbers; anything less revokes them.</summary>
    /// <param name="tells">False when the caller tells what became of its access grant.</param>
    public static async Task<Right> ChangeAsync(Session s, string workspaceId, Right right, RightTerms terms, bool tells = true)
    {
        Right changed = right with { Terms = terms, Revision = right.Revision + 1 };
        await s.ExecuteAsync(
            """
            UPDATE rights SET floors = @floors, starts_s = @starts, ends_s = @ends, revision = @revision, early_hours = @early, offline_hours = @offline,
                is_technician = @technician
            WHERE right_id = @id
            """,
            ("floors", terms.Floors), ("starts", terms.StartsS), ("ends", terms.EndsS), ("revision", changed.Revision), ("early", terms.EarlyHours),
            ("offline", terms.OfflineHours), ("technician", terms.IsTechnician), ("id", right.Id));
        await s.ExecuteAsync("DELETE FROM right_doors WHERE right_id = @id", ("id", right.Id));
        await WriteDoorsAsync(s, right.Id, terms.Doors);
        await ExtendInstantKeysAsync(s, changed);
        if (right.Terms.AllowsMoreThan(terms))
        {
            await MarkReducedAsync(s, right);
            await KeyNumbers.RevokeRightAsync(s, workspaceId, right.Id, isForGood: false);
        }

        if (tells)
        {
            await TellAsync(s, workspaceId, right, terms);
        }

        return changed;
    }

    /// <summary>A database that does not know this change closes the right when it is restored.</summary>
    /// <param name="right">As it was before.</param>
    public static Task MarkReducedAsync(Session s, Right right) =>
        s.MarkAsync(MarkKind.RightRevision, right.Id, right.Revision + 1, right.Terms.EndsS + MarkMarginS);

    /// <summary>Takes a right away.</summary>
    /// <param name="tells">False when the caller tells what became of its access grant.</param>
    public static async Task CloseAsync(Session s, string workspaceId, Right right, bool tells = true)
    {
        await s.ExecuteAsync(
            "UPDATE rights SET closed_us = @now, revision = revision + 1 WHERE right_id = @id", ("now", s.NowUs), ("id", right.Id));
        await MarkReducedAsync(s, right);
        await KeyNumbers.RevokeRightAsync(s, workspaceId, right.Id, isForGood: true);
        if (right.GrantId == null)
        {
            await s.AddEventAsync(workspaceId, Events.GrantDeleted, new() { ["access_grant_id"] = right.Id });
        }
        else if (tells)
        {
            await TellAsync(s, workspaceId, right, right.Terms with { Doors = [] });
        }
    }

    /// <summary>Takes a door out of every right: it was retired. A right without doors is closed.</summary>
    public static async Task LoseDoorAsync(Session s, string workspaceId, uint doorId)
    {
        List<string> ids = await s.QueryAsync(
            "SELECT d.right_id FROM right_doors d JOIN rights r ON r.right_id = d.right_id WHERE d.door_id = @door AND r.closed_us IS NULL",
            row => row.Text(0),
            ("door", doorId));
        foreach (string id in ids)
        {
            if (await FindAsync(s, workspaceId, id) is not Right right)
            {
                continue;
            }

            uint[] left = [.. right.Terms.Doors.Where(d => d != doorId)];
            if (left.Length == 0)
            {
                await CloseAsync(s, workspaceId, right);
            }
            else
            {
                await ChangeAsync(s, workspaceId, right, right.Terms with { Doors = left });
            }
        }
    }

    /// <summary>Of an access grant that has several rights, whoever changes it tells of its times.</summary>
    private static async Task TellAsync(Session s, string workspaceId, Right right, RightTerms terms)
    {
        if (right.GrantId == null && (right.Terms.StartsS != terms.StartsS || right.Terms.EndsS != terms.EndsS))
        {
            await s.AddEventAsync(workspaceId, Events.GrantTimesChanged, new() { ["access_grant_id"] = right.Id });
        }

        foreach (string entrance in await EntrancesAsync(s, right.Terms.Doors.Except(terms.Doors), right.Terms.Floors))
        {
            await s.AddEventAsync(workspaceId, Events.GrantDoorLost, new() { ["access_grant_id"] = right.ShownId, ["acs_entrance_id"] = entrance });
        }
    }

    /// <summary>The entrances of doors, as ids: of a car those of some floors.</summary>
    public static async Task<List<string>> EntrancesAsync(Session s, IEnumerable<uint> doors, ulong? floors)
    {
        List<string> ids = [];
        foreach (uint door in doors)
        {
            List<(string Id, int? Floor)> all = await s.QueryAsync(
                "SELECT entrance_id, floor FROM entrances WHERE door_id = @door ORDER BY floor", row => (row.Text(0), row.IntOrNull(1)), ("door", door));
            ids.AddRange(all.Where(e => e.Floor == null || floors == null || (floors.Value >> e.Floor.Value & 1) == 1).Select(e => e.Id));
        }

        return ids;
    }

    private static async Task WriteDoorsAsync(Session s, string rightId, IReadOnlyList<uint> doors)
    {
        foreach (uint door in doors.Distinct())
        {
            await s.ExecuteAsync("INSERT INTO right_doors (right_id, door_id) VALUES (@id, @door)", ("id", rightId), ("door", door));
        }
    }

    /// <summary>A stay that grew takes its links along, but for those of other access grants; one that ended already stays ended.</summary>
    private static Task<int> ExtendInstantKeysAsync(Session s, Right right) => s.ExecuteAsync(
        """
        UPDATE instant_keys SET expires_us = @ends
        WHERE user_identity_id = @id AND deleted_us IS NULL AND expires_us > @now AND expires_us < @ends
            AND (access_grant_id IS NULL OR access_grant_id = CAST(@grant AS TEXT))
        """,
        ("ends", right.Terms.EndsS * 1_000_000L), ("id", right.UserIdentityId), ("now", s.NowUs), ("grant", right.GrantId));

    private static Right Map(System.Data.Common.DbDataReader row) => new(
        row.Text(0), row.Text(1), row.Int(2),
        new RightTerms([], row.IsDBNull(3) ? null : row.Mask(3), row.U32(4), row.U32(5), row.IntOrNull(7), row.IntOrNull(8), row.Long(9) == 1), row.Int(6), row.TextOrNull(10));

    private static async Task<Right> WithDoorsAsync(Session s, Right right)
    {
        List<uint> doors = await s.QueryAsync(
            "SELECT door_id FROM right_doors WHERE right_id = @id ORDER BY door_id", row => row.U32(0), ("id", right.Id));
        return right with { Terms = right.Terms with { Doors = doors } };
    }
}
