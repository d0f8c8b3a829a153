using System.Reflection;

namespace DoorController.KeyServer.Store;

/// <summary>
/// The numbered scripts of Store/Migrations, each run once and in order. A script that was released never changes: a change of
/// the schema is the next number.
/// </summary>
internal static class Migrations
{
    private static readonly (int Number, string Name)[] All = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
        .Select(name => (int.Parse(name.AsSpan(0, 4), null), name))
        .Order()
        .ToArray();

    private const int FilledAtOnce = 500;

    /// <summary>Number of the newest script.</summary>
    public static int Newest => All[^1].Number;

    /// <summary>Number of the schema that a database has; 0 for an empty one.</summary>
    public static async Task<int> PresentAsync(Database database, CancellationToken cancel)
    {
        string sql = database.Kind == DatabaseKind.Sqlite
            ? "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"
            : "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'schema_version'";
        if (await database.QueryAsync(s => s.NumberAsync(sql), cancel) == 0)
        {
            return 0;
        }

        return (int)(await database.QueryAsync(s => s.NumberAsync("SELECT MAX(version) FROM schema_version"), cancel) ?? 0);
    }

    /// <summary>Brings the schema up to the newest.</summary>
    /// <exception cref="KeyServerException">The database is newer than this server.</exception>
    public static async Task ApplyAsync(Database database, CancellationToken cancel)
    {
        int present = await PresentAsync(database, cancel);
        if (present > Newest)
        {
            throw new KeyServerException($"the database has schema {present} and this server knows {Newest}", "start the newer server");
        }

        foreach ((int number, string name) in All.Where(m => m.Number > present))
        {
            using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
            using StreamReader reader = new(stream);
            string script = await reader.ReadToEndAsync(cancel);
            string table = number == 1 ? "CREATE TABLE schema_version (version BIGINT PRIMARY KEY);\n" : string.Empty;
            await database.ScriptAsync($"{table}{script}\n;\nINSERT INTO schema_version (version) VALUES ({number});\n", cancel);
        }

        foreach (Func<Session, Task<int>> fill in new[] { FoldAsync, AddEntrancesAsync })
        {
            while (await database.AppendAsync(fill, cancel) == FilledAtOnce)
            {
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Gives doors from before entrances had ids theirs: one, or one for each floor of a car.</summary>
    private static async Task<int> AddEntrancesAsync(Session s)
    {
        List<(long Door, string Workspace, int Floors)> doors = await s.QueryAsync(
            """
            SELECT door_id, workspace_id, floors FROM doors
            WHERE retired_us IS NULL AND door_id NOT IN (SELECT door_id FROM entrances) ORDER BY door_id LIMIT @most
            """,
            row => (row.Long(0), row.Text(1), row.Int(2)),
            ("most", FilledAtOnce));
        foreach ((long door, string workspace, int floors) in doors)
        {
            for (int floor = 0; floor < Math.Max(1, floors); floor++)
            {
                await s.ExecuteAsync(
                    "INSERT INTO entrances (entrance_id, workspace_id, door_id, floor, created_us) VALUES (@id, @workspace, @door, @floor, @now)",
                    ("id", Guid.NewGuid()), ("workspace", workspace), ("door", door), ("floor", floors == 0 ? null : floor), ("now", s.NowUs));
            }
        }

        return doors.Count;
    }

    /// <summary>Makes what a search looks at, in rows from before it: SQL cannot.</summary>
    private static async Task<int> FoldAsync(Session s)
    {
        List<(string Id, string Folded)> rows = await s.QueryAsync(
            """
            SELECT user_identity_id, full_name, email_address, phone_number, user_identity_key FROM user_identities WHERE folded IS NULL LIMIT @most
            """,
            row => (row.Text(0), SearchText.Row(row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4))),
            ("most", FilledAtOnce));
        foreach ((string id, string folded) in rows)
        {
            await s.ExecuteAsync("UPDATE user_identities SET folded = @folded WHERE user_identity_id = @id", ("folded", folded), ("id", id));
        }

        return rows.Count;
    }
}
