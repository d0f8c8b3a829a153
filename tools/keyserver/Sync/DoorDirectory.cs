using System.Collections.Concurrent;
using System.Globalization;
using DoorController.Issuer;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Sync;

/// <summary>What a sync needs of a door, as of one change.</summary>
/// <param name="Row">The door.</param>
/// <param name="ScopeIds">In the order of its bundle.</param>
/// <param name="HasFloorReset">A floor reset waits for it.</param>
/// <param name="AsOf">Change that it was read at.</param>
internal sealed record DoorEntry(DoorRow Row, IReadOnlyList<int> ScopeIds, bool HasFloorReset, long AsOf)
{
    /// <summary>What a request is sealed under; made from the root once, like the next one.</summary>
    public required byte[] RequestKey { get; init; }

    /// <summary>What a reply is sealed under.</summary>
    public required byte[] ReplyKey { get; init; }
}

/// <summary>What a sync needs of a scope, as of one change.</summary>
/// <param name="ListVersion">Newest version.</param>
/// <param name="FullSince">Deltas are made from this version on.</param>
/// <param name="AsOf">Change that it was read at.</param>
internal sealed record ScopeEntry(int Id, uint ListVersion, uint FullSince, long AsOf)
{
    private const int MaxBodies = 32;

    private readonly ConcurrentDictionary<uint, Lazy<Task<byte[]>>> _bodies = new();

    /// <summary>The body of the list for a base version, made once for all doors that have it.</summary>
    /// <param name="baseVersion">0 for the full form.</param>
    public Task<byte[]> BodyAsync(uint baseVersion, Func<Task<byte[]>> make)
    {
        if (_bodies.Count >= MaxBodies && !_bodies.ContainsKey(baseVersion))
        {
            return make();
        }

        Task<byte[]> body = _bodies.GetOrAdd(baseVersion, _ => new Lazy<Task<byte[]>>(make)).Value;
        if (body.IsFaulted || body.IsCanceled)
        {
            _bodies.TryRemove(baseVersion, out _);
        }

        return body;
    }
}

/// <summary>
/// Doors and scopes in memory, never staler than the last commit when a request came in. Each change notes in the marks what it touched;
/// what was read before that is read again.
/// </summary>
internal sealed class DoorDirectory : IDisposable
{
    /// <summary>Picked here and not by the statement: with both, SQLite looks through every mark of these kinds.</summary>
    private static readonly string[] Watched =
    [
        MarkKind.ListVersion, MarkKind.Watermark, MarkKind.ScopeGeneration, MarkKind.MinimumGeneration, MarkKind.DoorIndex,
        MarkKind.DoorGeneration, MarkKind.BundleVersion, MarkKind.DoorRetired,
    ];

    private readonly Database _database;
    private readonly SiteRoot _root;
    private readonly ChangeReader[] _readers;
    private readonly Freshness _freshness;
    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<uint, DoorEntry> _doors = new();
    private readonly ConcurrentDictionary<int, ScopeEntry> _scopes = new();
    private readonly ConcurrentDictionary<uint, long> _doorChanged = new();
    private readonly ConcurrentDictionary<int, long> _scopeChanged = new();
    private long _change = -1;

    /// <summary>An empty directory.</summary>
    public DoorDirectory(Database database, SiteRoot root)
    {
        _database = database;
        _root = root;
        _readers = [.. Enumerable.Range(0, database.Kind == DatabaseKind.Sqlite ? 1 : 2).Select(_ => new ChangeReader(database))];
        _freshness = new Freshness([.. _readers.Select(reader => (Func<long>)reader.Read)]);
    }

    /// <summary>Looks at the database so far.</summary>
    public long Reads => _freshness.Reads;

    /// <summary>Brings the directory up to everything that was committed when this was called. Before any other call of a request.</summary>
    public async ValueTask FreshenAsync(CancellationToken cancel)
    {
        long change = await _freshness.ReadAsync();
        if (Volatile.Read(ref _change) >= change)
        {
            return;
        }

        await _one.WaitAsync(cancel);
        try
        {
            if (_change < change)
            {
                await CatchUpAsync(cancel);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A door that was read before, however long ago: good for its keys only, which never change within a generation.</summary>
    public DoorEntry? Known(uint doorId, int generation) =>
        _doors.TryGetValue(doorId, out DoorEntry? known) && known.Row.Generation == generation ? known : null;

    /// <summary>A door that is not retired; null when there is none.</summary>
    public async ValueTask<DoorEntry?> DoorAsync(uint doorId, CancellationToken cancel)
    {
        if (_doors.TryGetValue(doorId, out DoorEntry? known) && known.AsOf >= _doorChanged.GetValueOrDefault(doorId))
        {
            return known;
        }

        DoorEntry? entry = await _database.ReadAsync(s => ReadDoorAsync(s, doorId), cancel);
        if (entry != null)
        {
            _doors[doorId] = entry;
        }
        else
        {
            _doors.TryRemove(doorId, out _);
        }

        return entry;
    }

    /// <summary>A scope of a door.</summary>
    public async ValueTask<ScopeEntry> ScopeAsync(int scopeId, CancellationToken cancel)
    {
        if (_scopes.TryGetValue(scopeId, out ScopeEntry? known) && known.AsOf >= _scopeChanged.GetValueOrDefault(scopeId))
        {
            return known;
        }

        ScopeEntry entry = await _database.ReadAsync(
            async s =>
            {
                long asOf = await ChangeAsync(s);
                return await s.FirstAsync(
                    "SELECT list_version, full_since FROM scopes WHERE scope_id = @scope",
                    row => new ScopeEntry(scopeId, row.U32(0), row.U32(1), asOf),
                    ("scope", scopeId)) ?? throw ApiException.NotFound("scope");
            },
            cancel);
        _scopes[scopeId] = entry;
        return entry;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _freshness.Dispose();
        foreach (ChangeReader reader in _readers)
        {
            reader.Dispose();
        }

        _one.Dispose();
    }

    private async Task CatchUpAsync(CancellationToken cancel)
    {
        (long change, List<(string Kind, string Id, long Change)> touched) = await _database.ReadAsync(
            async s => (
                await ChangeAsync(s),
                await s.QueryAsync(
                    "SELECT kind, id, change FROM marks WHERE change > @change",
                    row => (row.Text(0), row.Text(1), row.Long(2)),
                    ("change", _change < 0 ? long.MaxValue : _change))),
            cancel);
        foreach ((string kind, string id, long at) in touched.Where(t => Watched.Contains(t.Kind)))
        {
            long number = long.Parse(id, CultureInfo.InvariantCulture);
            if (kind is MarkKind.DoorGeneration or MarkKind.BundleVersion or MarkKind.DoorRetired)
            {
                _doorChanged[(uint)number] = at;
            }
            else
            {
                _scopeChanged[(int)number] = at;
            }
        }

        Volatile.Write(ref _change, change);
    }

    private async Task<DoorEntry?> ReadDoorAsync(Session s, uint doorId)
    {
        long asOf = await ChangeAsync(s);
        string? workspace = await s.FirstAsync(
            "SELECT workspace_id FROM doors WHERE door_id = @door AND retired_us IS NULL", row => row.Text(0), ("door", doorId));
        if (workspace == null)
        {
            return null;
        }

        DoorRow row = await DoorBook.GetAsync(s, workspace, doorId);
        List<int> scopes = (await DoorBook.ScopesAsync(s, doorId)).ConvertAll(m => m.ScopeId);
        return new DoorEntry(row, scopes, await PendingBlobs.FloorResetAsync(s, doorId) != null, asOf)
        {
            RequestKey = _root.SubKey(doorId, row.Generation, DoorController.Wire.Keys.Request),
            ReplyKey = _root.SubKey(doorId, row.Generation, DoorController.Wire.Keys.Reply),
        };
    }

    private static async Task<long> ChangeAsync(Session s) => await s.NumberAsync("SELECT change FROM site WHERE site_id = 1") ?? 0;
}
