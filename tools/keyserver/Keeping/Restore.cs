using System.Globalization;
using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Keeping;

/// <summary>
/// Takes a database from a backup past the marks. What was given out since and is unknown to it is revoked; what ended since ends
/// again; what was numbered since is numbered past. A scope that changed its generation since gets a further one.
/// </summary>
internal static class Restore
{
    private static readonly Dictionary<string, string> Simple = new()
    {
        [MarkKind.ScopeId] = "UPDATE site SET next_scope_id = @value WHERE next_scope_id < @value",
        [MarkKind.DoorId] = "UPDATE site SET next_door_id = @value WHERE next_door_id < @value",
        [MarkKind.ListVersion] = "UPDATE scopes SET list_version = @value WHERE scope_id = @number AND list_version < @value",
        [MarkKind.Watermark] = "UPDATE scopes SET watermark = @value WHERE scope_id = @number AND watermark < @value",
        [MarkKind.MinimumGeneration] = "UPDATE scopes SET minimum_generation = @value WHERE scope_id = @number AND minimum_generation < @value",
        [MarkKind.DoorGeneration] = "UPDATE doors SET generation = @value WHERE door_id = @number AND generation < @value",
        [MarkKind.BundleVersion] = "UPDATE doors SET bundle_version = @value + 1 WHERE door_id = @number AND bundle_version <= @value",
        [MarkKind.DoorIndex] = """
            UPDATE scopes SET next_door_index = @value - (generation * 1000)
            WHERE scope_id = @number AND @value / 1000 = generation AND next_door_index < @value - (generation * 1000)
            """,
        [MarkKind.OfflineHours] = """
            UPDATE scopes SET offline_hours = NULLIF(@value % 100000, 0), offline_revision = @value / 100000
            WHERE scope_id = @number AND offline_revision < @value / 100000
            """,
        [MarkKind.LinkUses] = "UPDATE instant_keys SET use_count = @value WHERE instant_key_id = @id AND use_count < @value",
        [MarkKind.ApiKeyDeleted] = "UPDATE api_keys SET deleted_us = @now WHERE api_key_id = @id AND deleted_us IS NULL",
        [MarkKind.WebhookDeleted] = "DELETE FROM webhooks WHERE webhook_id = @id",
        [MarkKind.DoorRetired] = "UPDATE doors SET retired_us = @now WHERE door_id = @number AND retired_us IS NULL",
    };

    /// <summary>Does it, in one transaction.</summary>
    /// <returns>Marks that the database was behind.</returns>
    /// <exception cref="KeyServerException">Something of the site is missing, damaged or of another site.</exception>
    public static async Task<int> RunAsync(Database database, SiteFiles files, CancellationToken cancel = default)
    {
        await using Site site = await Site.OpenUncheckedAsync(database, files, alone: true, cancel);
        Marks marks = site.Marks;
        long nowS = await database.QueryAsync(s => Task.FromResult((long)s.NowS), cancel);
        IReadOnlyList<Mark> lost = await marks.FindLostAsync(nowS, cancel);
        await database.AppendAsync(s => s.ExecuteAsync("UPDATE site SET change = @change WHERE change < @change", ("change", marks.Change)), cancel);
        return await database.WriteAsync(
            async s =>
            {
                await ApplyAsync(s, lost);
                return lost.Count;
            },
            cancel);
    }

    private static async Task ApplyAsync(Session s, IReadOnlyList<Mark> lost)
    {
        // Versions, numbers and watermarks first: what is revoked below gets a list version past all that doors may have.
        foreach (Mark mark in lost)
        {
            if (Simple.TryGetValue(mark.Kind, out string? sql))
            {
                await s.ExecuteAsync(sql, Values(s, mark).Where(v => sql.Contains('@' + v.Name, StringComparison.Ordinal)).ToArray());
            }
        }

        foreach (Mark mark in lost)
        {
            await EndAsync(s, mark);
            await s.MarkAsync(mark.Kind, mark.Id, mark.Value, mark.UntilS);
        }

        foreach (int scope in await s.QueryAsync("SELECT scope_id FROM scopes ORDER BY scope_id", row => row.Int(0)))
        {
            await KeyNumbers.RaiseListVersionAsync(s, scope);
        }

        // The mode of a list may have gone back with the database: no door can be told a difference from what it has.
        await s.ExecuteAsync("UPDATE scopes SET full_since = list_version");
    }

    private static (string Name, object? Value)[] Values(Session s, Mark mark) =>
        [("value", mark.Value), ("id", mark.Id), ("number", Number(mark.Id)), ("now", s.NowUs)];

    private static long Number(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;

    private static Task EndAsync(Session s, Mark mark) => mark.Kind switch
    {
        MarkKind.KeyNumber => SkipNumbersAsync(s, (int)Number(mark.Id), mark.Value),
        MarkKind.ScopeGeneration => SkipGenerationAsync(s, (int)Number(mark.Id), mark.Value),
        MarkKind.KeyRevoked => RevokeAsync(s, mark.Id),
        MarkKind.RightRevision => CloseRightAsync(s, mark),
        MarkKind.InstantKeyDeleted => InstantKeyBook.EndAsync(s, mark.Id),
        MarkKind.GrantDeleted => CloseGrantAsync(s, mark.Id),
        MarkKind.IdentityDeleted => IdentityBook.EndAsync(s, mark.Id),
        MarkKind.DoorRetired => s.ExecuteAsync(
            "UPDATE scope_members SET removed_us = @now WHERE door_id = @door AND removed_us IS NULL", ("now", s.NowUs), ("door", Number(mark.Id))),
        _ => Task.CompletedTask,
    };

    /// <summary>Numbers that the backup does not know were given to somebody: each is dead.</summary>
    private static async Task SkipNumbersAsync(Session s, int scopeId, long next)
    {
        long? known = await s.NumberAsync("SELECT next_key_number FROM scopes WHERE scope_id = @scope", ("scope", scopeId));
        if (known == null || known >= next)
        {
            return;
        }

        uint version = await KeyNumbers.RaiseListVersionAsync(s, scopeId);
        await s.ExecuteAsync(
            """
            INSERT INTO keys (scope_id, key_number, key_id, instant_key_id, right_id, issued_s, expires_s, revoked_us, list_version)
            WITH RECURSIVE lost (n) AS (
                SELECT CAST(@first AS BIGINT) UNION ALL SELECT n + 1 FROM lost WHERE n + 1 < CAST(@next AS BIGINT))
            SELECT CAST(@scope AS BIGINT), n, 'lost:' || CAST(@scope AS TEXT) || ':' || CAST(n AS TEXT), '', '', @nowS, @nowS, @now, @version FROM lost
            """,
            ("first", known), ("next", next), ("scope", scopeId), ("nowS", s.NowS), ("now", s.NowUs), ("version", version));
        await s.ExecuteAsync("UPDATE scopes SET next_key_number = @next WHERE scope_id = @scope", ("next", next), ("scope", scopeId));
    }

    /// <summary>The doors' indexes in the lost generation are unknown: a further one starts from those of the backup.</summary>
    private static async Task SkipGenerationAsync(Session s, int scopeId, long generation)
    {
        long? known = await s.NumberAsync("SELECT generation FROM scopes WHERE scope_id = @scope", ("scope", scopeId));
        if (known == null || known >= generation)
        {
            return;
        }

        await s.ExecuteAsync(
            """
            INSERT INTO scope_members (scope_id, generation, door_index, door_id, slot, added_us, removed_us)
            SELECT scope_id, @next, door_index, door_id, slot, @now, NULL FROM scope_members
            WHERE scope_id = @scope AND generation = @known AND removed_us IS NULL
            """,
            ("next", generation + 1), ("now", s.NowUs), ("scope", scopeId), ("known", known));
        await s.ExecuteAsync(
            "UPDATE scopes SET generation = @next, previous_generation = 0, previous_until_s = 0 WHERE scope_id = @scope",
            ("next", generation + 1), ("scope", scopeId));
        await s.ExecuteAsync(
            """
            UPDATE doors SET bundle_version = bundle_version + 1
            WHERE door_id IN (SELECT door_id FROM scope_members WHERE scope_id = @scope AND generation = @next AND removed_us IS NULL)
            """,
            ("scope", scopeId), ("next", generation + 1));
        await s.MarkAsync(MarkKind.ScopeGeneration, scopeId, generation + 1);
    }

    private static async Task RevokeAsync(Session s, string id)
    {
        string[] parts = id.Split(':');
        int scopeId = (int)Number(parts[0]);
        if (await s.NumberAsync("SELECT COUNT(*) FROM scopes WHERE scope_id = @scope", ("scope", scopeId)) == 0)
        {
            return;
        }

        uint version = await KeyNumbers.RaiseListVersionAsync(s, scopeId);
        await s.ExecuteAsync(
            "UPDATE keys SET revoked_us = @now, list_version = @version WHERE scope_id = @scope AND key_number = @number AND revoked_us IS NULL",
            ("now", s.NowUs), ("version", version), ("scope", scopeId), ("number", Number(parts[1])));
    }

    /// <summary>An access grant that was deleted or reduced since would give its rights again as the backup has them.</summary>
    private static async Task CloseGrantAsync(Session s, string? grantId)
    {
        string? workspace = grantId == null ? null : await s.FirstAsync(
            "SELECT workspace_id FROM access_grants WHERE access_grant_id = @id AND closed_us IS NULL", row => row.Text(0), ("id", grantId));
        if (workspace != null)
        {
            await GrantBook.EndAsync(s, await GrantBook.GetAsync(s, workspace, grantId!));
        }
    }

    private static async Task CloseRightAsync(Session s, Mark mark)
    {
        string? workspace = await s.FirstAsync(
            "SELECT workspace_id FROM rights WHERE right_id = @id AND revision < @revision", row => row.Text(0), ("id", mark.Id), ("revision", mark.Value));
        if (workspace == null)
        {
            return;
        }

        if (await RightsBook.FindAsync(s, workspace, mark.Id) is Right right)
        {
            await RightsBook.CloseAsync(s, workspace, right);
            await CloseGrantAsync(s, right.GrantId);
        }

        await s.ExecuteAsync("UPDATE rights SET revision = @revision WHERE right_id = @id", ("revision", mark.Value), ("id", mark.Id));
    }
}
