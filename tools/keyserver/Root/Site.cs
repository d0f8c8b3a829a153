using DoorController.Issuer;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Root;

/// <summary>Opens the root, the marks and the database together, and refuses when they do not belong together.</summary>
public sealed class Site : IAsyncDisposable
{
    private const int MaxLooks = 10;

    private Site(Database database, SiteKeys keys, Marks marks)
    {
        Database = database;
        Keys = keys;
        Marks = marks;
        database.HighestChange = () => marks.Change;
        database.BeforeChange = marks.PrepareAsync;
        database.AfterChange = marks.CatchUpAsync;
    }

    /// <summary>The database.</summary>
    public Database Database { get; }

    /// <summary>The keys.</summary>
    public SiteKeys Keys { get; }

    /// <summary>True when the site was in use and its file of marks was gone.</summary>
    public bool HasLostMarks { get; private init; }

    /// <summary>Names this process among all on the site, and again after a restart.</summary>
    internal string ProcessName => Marks.ProcessName;

    /// <summary>What the database must not fall behind.</summary>
    internal Marks Marks { get; }

    /// <summary>Begins a site on an empty database: makes the root where there is none, the schema, a workspace and its first API key.</summary>
    /// <param name="files">Where the secrets are kept.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="KeyServerException">The database has a site already, or root and marks are those of one that was in use.</exception>
    public static async Task BeginAsync(Database database, SiteFiles files, CancellationToken cancel = default)
    {
        await Migrations.ApplyAsync(database, cancel);
        if (await ReadFingerprintAsync(database, cancel) != null)
        {
            throw new KeyServerException("the database has a site already", "start the server");
        }

        OwnerFile.MakeFolder(Path.GetDirectoryName(files.Root)!);
        using MarksFile marks = MarksFile.Open(files.Marks);
        if (marks.Change > 0)
        {
            throw new KeyServerException(
                $"the database is empty, and {files.Marks} is that of a site in use", "restore a backup of the database; for a new site name another --root");
        }

        SiteRoot root = File.Exists(files.Root) ? RootFile.Read(files.Root) : RootFile.Make(files.Root);
        await SiteRows.InsertAsync(database, root.Fingerprint(), files, cancel);
    }

    /// <summary>Opens a site that was begun.</summary>
    /// <exception cref="KeyServerException">Something is missing, damaged, of another site or older than it may be.</exception>
    public static async Task<Site> OpenAsync(Database database, SiteFiles files, CancellationToken cancel = default)
    {
        Site site = await OpenUncheckedAsync(database, files, alone: false, cancel);
        (long change, long newestUs, long nowS) = await database.QueryAsync(
            s => s.FirstAsync("SELECT change, newest_us FROM site WHERE site_id = 1", row => (row.Long(0), row.Long(1), (long)s.NowS)), cancel);
        database.Clock.Begin(newestUs);
        try
        {
            await site.Marks.CheckAsync(change, nowS, cancel);
            await site.Marks.CatchUpAsync(change);
            return site;
        }
        catch
        {
            site.Marks.Dispose();
            throw;
        }
    }

    /// <summary>True for a database without a site in it.</summary>
    public static async Task<bool> IsEmptyAsync(Database database, CancellationToken cancel = default) =>
        await Migrations.PresentAsync(database, cancel) == 0 || await ReadFingerprintAsync(database, cancel) == null;

    /// <summary>Returns when all that other processes did is in this process's file of marks too.</summary>
    public async Task CatchUpAsync(CancellationToken cancel = default) => await Marks.CatchUpAsync(
        await Database.QueryAsync(s => s.NumberAsync("SELECT change FROM site WHERE site_id = 1"), cancel) ?? 0);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Marks.Dispose();
        await Database.DisposeAsync();
    }

    /// <summary>Opens a site whose database may be behind the marks: for who takes it past them.</summary>
    /// <param name="alone">No server process may run beside.</param>
    /// <exception cref="KeyServerException">Something is missing, damaged or of another site.</exception>
    internal static async Task<Site> OpenUncheckedAsync(Database database, SiteFiles files, bool alone, CancellationToken cancel)
    {
        int present = await Migrations.PresentAsync(database, cancel);
        if (present != Migrations.Newest && database.Kind == DatabaseKind.PostgreSql)
        {
            throw new KeyServerException($"the database has schema {present}, this server wants {Migrations.Newest}", "stop all servers on it and run init");
        }

        await Migrations.ApplyAsync(database, cancel);
        string fingerprint = await ReadFingerprintAsync(database, cancel)
            ?? throw new KeyServerException("the database belongs to no site", "run init");
        SiteRoot root = RootFile.Read(files.Root);
        if (root.Fingerprint() != fingerprint)
        {
            throw new KeyServerException(
                $"the database belongs to the site root {fingerprint}, and {files.Root} is {root.Fingerprint()}",
                "put the right one there: with another root no door would understand a key");
        }

        if (alone)
        {
            await CheckNoServerAsync(database, cancel);
        }

        bool isInUse = await database.QueryAsync(s => s.NumberAsync("SELECT COUNT(*) FROM marks"), cancel) > 0;
        Marks marks = new(database, MarksFile.Open(files.Marks, alone), fingerprint);
        return new Site(database, new SiteKeys(root), marks) { HasLostMarks = isInUse && marks.WereMissing };
    }

    /// <summary>Server processes on other machines hold no file here, but they are connected.</summary>
    private static async Task CheckNoServerAsync(Database database, CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            return;
        }

        for (int tries = 1; ; tries++)
        {
            long? others = await database.QueryAsync(
                s => s.NumberAsync(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = @name AND pid <> pg_backend_pid()",
                    ("name", DatabaseSettings.ApplicationName)),
                cancel);
            if (others == 0)
            {
                return;
            }

            if (tries == MaxLooks)
            {
                throw new KeyServerException($"a server process is connected to this database ({others} connections)", "stop every one of them first");
            }

            // Connections of a process that has just ended are listed for a moment longer.
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
        }
    }

    private static Task<string?> ReadFingerprintAsync(Database database, CancellationToken cancel) => database.QueryAsync(
        s => s.FirstAsync("SELECT fingerprint FROM site WHERE site_id = 1", row => row.Text(0)), cancel);
}
