using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Root;

/// <summary>Keeps the file of marks up with the database, and says when the database is behind the file.</summary>
internal sealed class Marks : IDisposable
{
    private const int ExpiryMarginS = 3600;

    private readonly Database _database;
    private readonly MarksFile _file;
    private readonly string _fingerprint;
    private readonly SemaphoreSlim _one = new(1);
    private long _change;

    /// <summary>Takes a file that was read.</summary>
    /// <exception cref="KeyServerException">The marks are those of another site.</exception>
    public Marks(Database database, MarksFile file, string fingerprint)
    {
        if (file.Fingerprint != null && file.Fingerprint != fingerprint)
        {
            throw new KeyServerException("the marks beside the site root are those of another site", "put the file there that belongs to this root");
        }

        _database = database;
        _file = file;
        _fingerprint = fingerprint;
        _change = file.Change;
    }

    /// <summary>Highest change that is in the file.</summary>
    public long Change => Volatile.Read(ref _change);

    /// <summary>Names this process among all on the site.</summary>
    public string ProcessName => _file.ProcessName;

    /// <summary>True when no file of marks was there.</summary>
    public bool WereMissing => _file.IsNew;

    /// <summary>
    /// Marks of the file that the database does not have, or has lower: they were lost with what a backup did not hold. Those that were forgotten on purpose
    /// do not count, and what was is in the file: the clock of this moment is not asked.
    /// </summary>
    /// <param name="nowS">Unix seconds, for a site that never forgot any.</param>
    public async Task<IReadOnlyList<Mark>> FindLostAsync(long nowS, CancellationToken cancel = default)
    {
        List<Mark> rows = await _database.QueryAsync(s => s.QueryAsync("SELECT kind, id, value, until_s, change FROM marks", Map), cancel);
        Dictionary<(string, string), long> known = rows.ToDictionary(m => (m.Kind, m.Id), m => m.Value);
        long? pruned = Later(_file.PrunedS, known.TryGetValue((MarkKind.Pruned, "site"), out long here) ? here : null);
        long from = pruned ?? nowS + ExpiryMarginS;
        return [.. _file.All.Where(m => (m.UntilS == 0 || m.UntilS >= from)
            && (!known.TryGetValue((m.Kind, m.Id), out long value) || value < m.Value))];
    }

    /// <summary>Refuses a database that is behind the file.</summary>
    /// <exception cref="KeyServerException">It is.</exception>
    public async Task CheckAsync(long change, long nowS, CancellationToken cancel = default)
    {
        IReadOnlyList<Mark> lost = await FindLostAsync(nowS, cancel);
        if (change < Change || lost.Count > 0)
        {
            throw new KeyServerException(
                $"the database is older than the marks beside the site root (change {change} of {Change}, {lost.Count} marks lost)",
                "if it came from a backup on purpose, run restore: it goes past everything that was given out since");
        }
    }

    /// <summary>Makes room for the marks of a change before it begins.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public async Task PrepareAsync()
    {
        if (_file.IsPrepared)
        {
            return;
        }

        await _one.WaitAsync();
        try
        {
            _file.Prepare(_fingerprint);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Returns when everything up to a change is durable in the file. One write serves all who wait.</summary>
    public async Task CatchUpAsync(long change)
    {
        if (Change >= change)
        {
            return;
        }

        await _one.WaitAsync();
        try
        {
            if (Change < change)
            {
                await AppendAsync();
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _one.Dispose();
    }

    private async Task AppendAsync()
    {
        (long newest, List<Mark> marks) = await _database.ReadAsync(async s => (
            await s.NumberAsync("SELECT change FROM site WHERE site_id = 1") ?? 0,
            await s.QueryAsync(
                "SELECT kind, id, value, until_s, change FROM marks WHERE change > @change ORDER BY change", Map, ("change", Change))));
        _file.Append(_fingerprint, marks, newest);
        Volatile.Write(ref _change, _file.Change);
    }

    private static long? Later(long? one, long? other) => one == null ? other : other == null ? one : Math.Max(one.Value, other.Value);

    private static Mark Map(System.Data.Common.DbDataReader row) => new(row.Text(0), row.Text(1), row.Long(2), row.Long(3), row.Long(4));
}
