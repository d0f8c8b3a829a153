using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Keeping;

/// <summary>Removes instant keys, phones and rights that have been over for longer than the retention, and marks that do not matter any more. While the clock is not trusted, nothing.</summary>
/// <param name="site">Has the database.</param>
/// <param name="settings">Days of retention.</param>
internal sealed class Retention(Site site, KeyServerSettings settings)
{
    private const int MaxRemoved = 500;

    /// <summary>Does it once.</summary>
    /// <returns>Rows removed, marks not counted.</returns>
    public async Task<int> RunAsync(CancellationToken cancel = default)
    {
        if (!site.Database.Clock.IsTrusted)
        {
            return 0;
        }

        int all = 0;
        int removed;
        do
        {
            removed = await site.Database.AppendAsync(RemoveAsync, cancel);
            all += removed;
        }
        while (removed >= MaxRemoved);
        await ForgetMarksAsync(cancel);
        return all;
    }

    private async Task<int> RemoveAsync(Session s)
    {
        long pastS = s.NowS - (settings.RetentionDays * 86400L);
        List<(string Key, string Session)> keys = await s.QueryAsync(
            "SELECT instant_key_id, client_session_id FROM instant_keys WHERE expires_us < @past ORDER BY expires_us LIMIT @max",
            row => (row.Text(0), row.Text(1)),
            ("past", pastS * 1_000_000), ("max", MaxRemoved));
        foreach ((string key, string session) in keys)
        {
            await s.ExecuteAsync("DELETE FROM redeem_sessions WHERE instant_key_id = @id", ("id", key));
            await s.ExecuteAsync("DELETE FROM client_sessions WHERE client_session_id = @id", ("id", session));
            await s.ExecuteAsync("DELETE FROM instant_keys WHERE instant_key_id = @id", ("id", key));
        }

        int rights = await RemoveRightsAsync(s, pastS);
        return Math.Max(Math.Max(keys.Count, rights), await RemoveGrantsAsync(s, pastS));
    }

    /// <summary>Until when marks were forgotten is a mark itself: what is missing in a database from a backup is told from what was forgotten.</summary>
    private async Task ForgetMarksAsync(CancellationToken cancel)
    {
        if (await site.Database.QueryAsync(
            s => s.NumberAsync("SELECT COUNT(*) FROM marks WHERE until_s > 0 AND until_s < @now", ("now", s.NowS)), cancel) == 0)
        {
            return;
        }

        await site.Database.WriteAsync(
            async s =>
            {
                await s.MarkAsync(MarkKind.Pruned, "site", s.NowS);
                return await s.ExecuteAsync("DELETE FROM marks WHERE until_s > 0 AND until_s < @now", ("now", s.NowS));
            },
            cancel);
    }

    /// <summary>An access grant is kept while a right or a link of it is.</summary>
    private static async Task<int> RemoveGrantsAsync(Session s, long pastS)
    {
        List<string> grants = await s.QueryAsync(
            """
            SELECT access_grant_id FROM access_grants a WHERE (closed_us < @pastUs OR ends_s < @past)
                AND NOT EXISTS (SELECT 1 FROM rights r WHERE r.access_grant_id = a.access_grant_id)
                AND NOT EXISTS (SELECT 1 FROM instant_keys k WHERE k.access_grant_id = a.access_grant_id)
            ORDER BY ordinal LIMIT @max
            """,
            row => row.Text(0),
            ("past", pastS), ("pastUs", pastS * 1_000_000), ("max", MaxRemoved));
        foreach (string grant in grants)
        {
            foreach (string table in new[] { "access_methods", "grant_entrances", "grant_spaces", "access_grants" })
            {
                await s.ExecuteAsync($"DELETE FROM {table} WHERE access_grant_id = @id", ("id", grant));
            }
        }

        return grants.Count;
    }

    /// <summary>A right is kept while a key number of it is: by the number a late audit record finds its person.</summary>
    private static async Task<int> RemoveRightsAsync(Session s, long pastS)
    {
        List<string> rights = await s.QueryAsync(
            """
            SELECT right_id FROM rights r WHERE ends_s < @past AND NOT EXISTS (SELECT 1 FROM keys k WHERE k.right_id = r.right_id)
            ORDER BY ends_s LIMIT @max
            """,
            row => row.Text(0),
            ("past", pastS), ("max", MaxRemoved));
        foreach (string right in rights)
        {
            await s.ExecuteAsync("DELETE FROM right_doors WHERE right_id = @id", ("id", right));
            await s.ExecuteAsync("DELETE FROM rights WHERE right_id = @id", ("id", right));
        }

        return rights.Count;
    }
}
