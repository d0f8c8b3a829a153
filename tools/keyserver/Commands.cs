using System.CommandLine;
using System.Data.Common;
using DoorController.Issuer;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer;

/// <summary>The command line of the key server.</summary>
internal static class Commands
{
    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder for the SQLite file and the site root; without it door-keyserver in the user's own data folder",
    };

    private static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "Connection string of a PostgreSQL database, instead of SQLite; or in DOOR_POSTGRES, where no other user can read it",
    };

    private static readonly Option<string?> Root = new("--root") { Description = "File of the site root; without it site.root in the data folder" };

    private static readonly Option<string?> Workspace = new("--workspace") { Description = "Id of the workspace; without it the first" };

    private static readonly Option<string> Name = new("--name") { Description = "What the key is for", DefaultValueFactory = _ => "unnamed" };

    private static readonly Option<string> KeyRole = new("--role")
    {
        Description = "What the key may do: admin (everything), issue, read or technician",
        DefaultValueFactory = _ => "admin",
    };

    private static readonly Option<string> ApiKeyId = new("--id") { Description = "Id of the API key", Required = true };

    /// <summary>What is under way is written down before the process ends, also on a machine that is busy.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private const int Failed = 1;
    private const int BadInput = 2;

    /// <summary>Runs one command.</summary>
    /// <returns>0; 130 and 143 when a signal stopped it before it was done; 2 for what the command line or the files beside it should not say, 1 for what failed: each with a line on the error stream.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Build().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"error: {parsed.Errors[0].Message.TrimEnd('.')}: --help shows the options");
            return BadInput;
        }

        using StopSignal stop = new();
        try
        {
            InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await stop.RunAsync(cancel => parsed.InvokeAsync(configuration, cancel), StopTimeout);
        }
        catch (Exception e) when (stop.ExitCode != 0 && e is OperationCanceledException or DbException)
        {
            Console.Error.WriteLine("stopped before it was done");
            return stop.ExitCode;
        }
        catch (KeyServerException e)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return BadInput;
        }
        catch (Exception e) when (StorageFailure.IsFull(e))
        {
            Console.Error.WriteLine("error: the disk is full: nothing was changed; make room and run it again");
            return Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return Failed;
        }
        catch (DbException e)
        {
            Console.Error.WriteLine($"error: the database does not answer ({e.SqlState ?? e.GetType().Name}): check that it runs and the connection string");
            return Failed;
        }
    }

    private static RootCommand Build()
    {
        RootCommand root = new("Issues instant keys, publishes revocations and collects the audit trail of the doors of a site.");
        Add(root, ServeAsync, [Data, Postgres, Root, .. Serving.Options]);
        root.Add(Make("serve", "Serve. The same as no command", ServeAsync, [Data, Postgres, Root, .. Serving.Options]));
        root.Add(Make("init", "Begin a site, or bring the schema of its database up to this version", InitAsync, Data, Postgres, Root));
        root.Add(Make("restore", "Take a database from a backup past everything given out since", RestoreAsync, Data, Postgres, Root));
        root.Add(Make("add-api-key", "Make an API key and print it, once", AddApiKeyAsync, Data, Postgres, Root, Workspace, Name, KeyRole));
        root.Add(Make("list-api-keys", "Show ids, roles and names of API keys", ListApiKeysAsync, Data, Postgres, Root));
        root.Add(Make("delete-api-key", "End an API key at once", DeleteApiKeyAsync, Data, Postgres, Root, ApiKeyId));
        return root;
    }

    private static Command Make(string name, string description, Func<ParseResult, CancellationToken, Task<int>> work, params Option[] options)
    {
        Command command = new(name, description);
        Add(command, work, options);
        return command;
    }

    private static void Add(Command command, Func<ParseResult, CancellationToken, Task<int>> work, params Option[] options)
    {
        foreach (Option option in options)
        {
            command.Add(option);
        }

        command.SetAction(work);
    }

    private static async Task<int> ServeAsync(ParseResult parsed, CancellationToken cancel)
    {
        KeyServerSettings settings = Serving.Read(parsed, Settings(parsed));
        Database database = new(settings.Database, TimeProvider.System);
        if (settings.Database.Kind == DatabaseKind.Sqlite && await Site.IsEmptyAsync(database, cancel))
        {
            await BeginAsync(database, settings.Files, cancel);
        }

        await using Site site = await Site.OpenAsync(database, settings.Files, cancel);
        await Serving.RunAsync(settings, site, cancel);
        return 0;
    }

    private static async Task<int> InitAsync(ParseResult parsed, CancellationToken cancel)
    {
        KeyServerSettings settings = Settings(parsed);
        await using Database database = new(settings.Database, TimeProvider.System);
        if (await Site.IsEmptyAsync(database, cancel))
        {
            await BeginAsync(database, settings.Files, cancel);
        }
        else
        {
            await Migrations.ApplyAsync(database, cancel);
            Console.WriteLine($"the database has a site; its schema is {Migrations.Newest}");
        }

        return 0;
    }

    private static async Task BeginAsync(Database database, SiteFiles files, CancellationToken cancel)
    {
        await Site.BeginAsync(database, files, cancel);
        Console.WriteLine($"""
            A new site was begun.
              Site root: {files.Root}
                Back it up now, away from this machine: cp -p {files.Root} <safe place>. Without it no door can be reached again;
                whoever has it opens every door. The database's backup does not hold it.
              Marks: {files.Marks} stays beside it and grows; it is what catches a database from an old backup.
              API key: in {files.FirstApiKey}. Take it away and delete the file.
            """);
    }

    private static async Task<int> RestoreAsync(ParseResult parsed, CancellationToken cancel)
    {
        KeyServerSettings settings = Settings(parsed);
        await using Database database = new(settings.Database, TimeProvider.System);
        int lost = await Restore.RunAsync(database, settings.Files, cancel);
        Console.WriteLine($"the database went past {lost} marks that it was behind; keys and links given out since the backup are revoked");
        return 0;
    }

    private static async Task<int> AddApiKeyAsync(ParseResult parsed, CancellationToken cancel)
    {
        string role = parsed.GetValue(KeyRole)!;
        if (Roles.Parse(role) == Role.None)
        {
            throw new KeyServerException($"--role {role} is none", "give admin, issue, read or technician");
        }

        await using Site site = await OpenAsync(parsed, cancel);
        string key = await SiteRows.AddApiKeyAsync(site.Database, parsed.GetValue(Workspace), parsed.GetValue(Name)!, role, cancel)
            ?? throw new KeyServerException("--workspace is none of this site", "leave it out for the first");
        Console.WriteLine(key);
        return 0;
    }

    private static async Task<int> ListApiKeysAsync(ParseResult parsed, CancellationToken cancel)
    {
        await using Site site = await OpenAsync(parsed, cancel);
        foreach (string line in await site.Database.QueryAsync(
            s => s.QueryAsync(
                "SELECT api_key_id, role, name FROM api_keys WHERE deleted_us IS NULL ORDER BY created_us LIMIT 1000",
                row => $"{row.Text(0)}  {row.Text(1),-10}  {row.Text(2)}"),
            cancel))
        {
            Console.WriteLine(line);
        }

        return 0;
    }

    private static async Task<int> DeleteApiKeyAsync(ParseResult parsed, CancellationToken cancel)
    {
        await using Site site = await OpenAsync(parsed, cancel);
        return await SiteRows.DeleteApiKeyAsync(site.Database, parsed.GetValue(ApiKeyId)!, cancel)
            ? 0
            : throw new KeyServerException("--id is none of this site's API keys", "list-api-keys shows them");
    }

    private static Task<Site> OpenAsync(ParseResult parsed, CancellationToken cancel)
    {
        KeyServerSettings settings = Settings(parsed);
        return Site.OpenAsync(new Database(settings.Database, TimeProvider.System), settings.Files, cancel);
    }

    private static KeyServerSettings Settings(ParseResult parsed)
    {
        string own = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string folder = Path.GetFullPath(parsed.GetValue(Data) ?? Path.Combine(own, "door-keyserver"));
        OwnerFile.MakeFolder(folder);
        string? postgres = parsed.GetValue(Postgres) ?? Environment.GetEnvironmentVariable("DOOR_POSTGRES");
        return new KeyServerSettings(
            postgres == null ? SqliteIn(folder) : DatabaseSettings.Server(postgres),
            new SiteFiles(Path.GetFullPath(parsed.GetValue(Root) ?? Path.Combine(folder, "site.root"))));
    }

    /// <summary>Who went where stands in this file, so that its owner alone may read it; what SQLite puts beside it takes the same rights.</summary>
    private static DatabaseSettings SqliteIn(string folder)
    {
        string path = Path.Combine(folder, "keyserver.db");
        OwnerFile.Open(path, FileMode.OpenOrCreate).Dispose();
        return DatabaseSettings.File(path);
    }
}
