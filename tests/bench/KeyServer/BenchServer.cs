using System.Net;
using DoorController.Issuer;
using DoorController.KeyServer;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.KeyServer.Sync;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using KeySite = DoorController.KeyServer.Root.Site;

namespace DoorController.Bench;

/// <summary>A key server of its own in this process, on loopback, with a throw-away site; and an empty endpoint beside its own.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    /// <summary>Path of the empty endpoint: the body is not looked at, the answer has none.</summary>
    public const string Empty = "/empty";

    private readonly string _folder;
    private long _reads;
    private readonly WebApplication _app;

    private BenchServer(string folder, KeySite site, WebApplication app)
    {
        _folder = folder;
        Site = site;
        _app = app;
    }

    public KeySite Site { get; }

    /// <summary>The site's first API key.</summary>
    public string ApiKey => File.ReadAllText(Path.Combine(_folder, "site.root.first-api-key")).Trim();

    public IPEndPoint Address => IPEndPoint.Parse(new Uri(_app.Urls.First()).Authority);

    /// <summary>Measures on SQLite, and on PostgreSQL where it is installed.</summary>
    public static async Task OnBothAsync(Func<DatabaseKind, string, Task> measure)
    {
        await measure(DatabaseKind.Sqlite, "sqlite");
        if (Tests.Support.LoopbackPostgres.Missing is string missing)
        {
            Console.WriteLine("# " + missing);
            return;
        }

        await measure(DatabaseKind.PostgreSql, "postgresql");
    }

    public static async Task<BenchServer> StartAsync(DatabaseKind kind)
    {
        string folder = Directory.CreateTempSubdirectory("door-bench-").FullName;
        SiteFiles files = new(Path.Combine(folder, "site.root"));
        DatabaseSettings database = kind == DatabaseKind.Sqlite
            ? DatabaseSettings.File(Path.Combine(folder, "keyserver.db"))
            : DatabaseSettings.Server(Tests.Support.LoopbackPostgres.NewDatabase());
        await using (DoorController.KeyServer.Store.Database empty = new(database, TimeProvider.System))
        {
            await KeySite.BeginAsync(empty, files);
        }

        KeySite site = await KeySite.OpenAsync(new DoorController.KeyServer.Store.Database(database, TimeProvider.System), files);
        WebApplication app = KeyServerApp.Build(new KeyServerSettings(database, files) { Listen = new IPEndPoint(IPAddress.Loopback, 0), IsPrivateAllowed = true }, site);
        app.MapPost(Empty, _ => Task.CompletedTask);
        await app.StartAsync();
        return new BenchServer(folder, site, app);
    }

    /// <summary>Fills the database: scopes of 50 doors and 500 keys each, as a large site has them.</summary>
    /// <param name="doors">A multiple of 50.</param>
    public Task FillAsync(int doors) => Site.Database.WriteAsync(async s =>
    {
        string workspace = (await s.FirstAsync("SELECT workspace_id FROM workspaces", row => row.GetString(0)))!;
        (string, object?)[] values = [("doors", doors), ("scopes", doors / DoorsOfScope), ("workspace", workspace), ("now", s.NowUs), ("nowS", s.NowS)];
        foreach (string statement in Statements)
        {
            await s.ExecuteAsync(statement, values.Where(v => statement.Contains('@' + v.Item1, StringComparison.Ordinal)).ToArray());
        }

        return 0;
    });

    /// <summary>How many of the last requests shared one look at the database.</summary>
    public double RequestsPerRead(int requests)
    {
        long reads = _app.Services.GetRequiredService<DoorDirectory>().Reads;
        double each = (double)requests / Math.Max(1, reads - _reads);
        _reads = reads;
        return each;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Site.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Doors and keys of one scope.</summary>
    public const int DoorsOfScope = 50;

    /// <summary>Keys of one scope.</summary>
    public const int KeysOfScope = 500;

    /// <summary>A request of a door that has nothing new to say.</summary>
    public SyncRequest Request(uint door, uint listVersion) => new(
        door, 1, Guid.NewGuid().ToByteArray(), [new KnownList(ScopeOf(door), listVersion)])
    {
        BundleVersion = 1,
        AuditEpoch = 1,
        NextSequence = 1,
    };

    public static int ScopeOf(uint door) => (int)((door - 1) / DoorsOfScope) + 1;

    private static readonly string[] Statements =
    [
        """
        INSERT INTO scopes (scope_id, workspace_id, name, kind, generation, minimum_generation, previous_generation, previous_until_s,
            next_door_index, next_key_number, watermark, list_version, list_mode, created_us)
        WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @scopes)
        SELECT i, CAST(@workspace AS TEXT), 'scope ' || CAST(i AS TEXT), 'bank', 1, 1, 0, 0, 50, 501, 0, CAST(@nowS AS BIGINT), 0, CAST(@now AS BIGINT) FROM n
        """,
        """
        INSERT INTO doors (door_id, workspace_id, name, generation, held_generation, bundle_version, floors, settings, created_us)
        WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @doors)
        SELECT i, CAST(@workspace AS TEXT), 'DOOR ' || CAST(i AS TEXT), 1, 1, 1, 0, '{}', CAST(@now AS BIGINT) FROM n
        """,
        """
        INSERT INTO scope_members (scope_id, generation, door_index, door_id, slot, added_us)
        SELECT (door_id - 1) / 50 + 1, 1, (door_id - 1) % 50, door_id, 0, CAST(@now AS BIGINT) FROM doors
        """,
        """
        INSERT INTO keys (scope_id, key_number, key_id, instant_key_id, right_id, issued_s, expires_s, revoked_us, list_version)
        WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        SELECT s.scope_id, i, CAST(s.scope_id AS TEXT) || ':' || CAST(i AS TEXT), CAST(s.scope_id AS TEXT) || ':' || CAST(i AS TEXT), 'r' || CAST(i AS TEXT),
            CAST(@nowS AS BIGINT), CAST(@nowS AS BIGINT) + 86400, NULL, 0 FROM n, scopes s
        """,
        "INSERT INTO marks (kind, id, value, until_s, change) SELECT 'list_version', CAST(scope_id AS TEXT), CAST(@nowS AS BIGINT), 0, 1 FROM scopes",
    ];
}
