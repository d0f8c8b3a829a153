using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DoorController.KeyServer.Store;

/// <summary>
/// One set of SQL on SQLite and on PostgreSQL. What was written is durable when the task of the write is done: SQLite commits with
/// synchronous=FULL, PostgreSQL as it is set up, and a failure in between is an exception and never an acknowledgement.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>Tries of a transaction that lost against another one.</summary>
    public const int MaxTries = 8;

    private readonly ConcurrentBag<PooledConnection> _idle = [];
    private readonly SemaphoreSlim _connections = new(DatabaseSettings.MaxConnections);
    private readonly SemaphoreSlim _writer = new(1);
    private readonly NpgsqlDataSource? _source;
    private readonly DatabaseSettings _settings;

    /// <summary>Opens nothing yet: connections come when they are needed.</summary>
    public Database(DatabaseSettings settings, TimeProvider clock)
    {
        _settings = settings;
        Clock = clock as TrustedClock ?? new TrustedClock(clock);
        _source = settings.Kind == DatabaseKind.PostgreSql ? NpgsqlDataSource.Create(settings.ConnectionString) : null;
    }

    /// <summary>Which of the two.</summary>
    public DatabaseKind Kind => _settings.Kind;

    /// <summary>The time of every change, and whether it may be believed.</summary>
    public TrustedClock Clock { get; }

    /// <summary>Called before a change begins: a failure here leaves everything as it is.</summary>
    internal Func<Task>? BeforeChange { get; set; }

    /// <summary>Called with the number of each change after it is durable and before its caller hears of it.</summary>
    internal Func<long, Task>? AfterChange { get; set; }

    /// <summary>Called when a change that made events is durable.</summary>
    internal Action? EventsMade { get; set; }

    /// <summary>Highest change that was ever acknowledged here: a database that goes back behind it was exchanged under the server.</summary>
    internal Func<long>? HighestChange { get; set; }

    /// <summary>One statement, which sees everything that was committed when it began.</summary>
    public Task<T> QueryAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel = default) => UseAsync(
        connection => work(NewSession(connection, null, cancel)), cancel);

    /// <summary>Several statements that see one and the same state: everything that was committed when the first began.</summary>
    public Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel = default) => UseAsync(
        connection => TransactAsync(connection, work, write: false, lockSite: false, cancel), cancel);

    /// <summary>
    /// A change that takes its place in the one order of all changes: whatever issues, revokes or numbers something. Writers of
    /// this kind wait for each other, in every process on the database.
    /// </summary>
    /// <param name="work">Runs again, from the start, when the transaction lost against another one.</param>
    public async Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel = default)
    {
        if (BeforeChange != null)
        {
            await BeforeChange();
        }

        Session? last = null;
        T result = await RetryAsync(
            async session =>
            {
                last = session;
                return await work(session);
            },
            lockSite: true,
            cancel);
        long change = last!.Change;
        if (last.IsTimeTrusted)
        {
            Clock.Note(last.NowUs);
        }

        if (AfterChange != null)
        {
            await AfterChange(change);
        }

        if (last.HasEvents)
        {
            EventsMade?.Invoke();
        }

        return result;
    }

    /// <summary>A durable write that numbers nothing, such as records and states that doors report: it does not wait for the order of changes.</summary>
    /// <param name="work">Runs again, from the start, when the transaction lost against another one.</param>
    public Task<T> AppendAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel = default) => RetryAsync(work, lockSite: false, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out PooledConnection? connection))
        {
            await connection.DisposeAsync();
        }

        if (_source != null)
        {
            await _source.DisposeAsync();
        }

        _connections.Dispose();
        _writer.Dispose();
    }

    /// <summary>Opens a connection that its caller keeps and disposes of.</summary>
    internal DbConnection OpenOwn()
    {
        if (_source != null)
        {
            return _source.OpenConnection();
        }

        SqliteConnection connection = new(_settings.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>Runs a script of several statements in one transaction, for migrations.</summary>
    internal Task ScriptAsync(string sql, CancellationToken cancel) => RetryAsync(
        async session =>
        {
            foreach (string statement in sql.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                await session.ExecuteAsync(Kind == DatabaseKind.Sqlite
                    ? statement.Replace(" BYTES", " BLOB", StringComparison.Ordinal)
                    : statement.Replace(" BYTES", " BYTEA", StringComparison.Ordinal));
            }

            return 0;
        },
        lockSite: false,
        cancel);

    private async Task<T> RetryAsync<T>(Func<Session, Task<T>> work, bool lockSite, CancellationToken cancel)
    {
        // Writers that would only wait for the row of the site wait here instead, without a connection that readers need.
        bool oneWriter = lockSite || Kind == DatabaseKind.Sqlite;
        if (oneWriter)
        {
            await _writer.WaitAsync(cancel);
        }

        try
        {
            for (int tries = 1; ; tries++)
            {
                try
                {
                    return await UseAsync(c => TransactAsync(c, work, write: true, lockSite, cancel), cancel);
                }
                catch (Exception e) when (tries < MaxTries && StorageFailure.LostAgainstAnother(e))
                {
                    await Task.Delay(Random.Shared.Next(1, 10 * tries), cancel);
                }
            }
        }
        finally
        {
            if (oneWriter)
            {
                _writer.Release();
            }
        }
    }

    private async Task<T> TransactAsync<T>(
        PooledConnection connection, Func<Session, Task<T>> work, bool write, bool lockSite, CancellationToken cancel)
    {
        await using DbTransaction transaction = connection.Connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: !write)
            : await connection.Connection.BeginTransactionAsync(
                write ? IsolationLevel.ReadCommitted : IsolationLevel.RepeatableRead, cancel);
        Session session = NewSession(connection, transaction, cancel);
        if (lockSite)
        {
            session = await LockAsync(session, connection, transaction, cancel);
        }

        T result = await work(session);
        await transaction.CommitAsync(cancel);
        return result;
    }

    /// <summary>The time is read again behind the lock, so that it does not run against the order of changes.</summary>
    private async Task<Session> LockAsync(Session session, PooledConnection connection, DbTransaction transaction, CancellationToken cancel)
    {
        long seen = HighestChange?.Invoke() ?? 0;
        long? change = await session.NumberAsync(
            "UPDATE site SET change = change + 1, newest_us = CASE WHEN @trusted = 1 THEN @now ELSE newest_us END WHERE site_id = 1 RETURNING change",
            ("trusted", session.IsTimeTrusted), ("now", session.NowUs));
        if (change <= seen)
        {
            throw new KeyServerException($"the database went back to change {change} while {seen} was acknowledged", "stop the server and run restore");
        }

        Session behind = NewSession(connection, transaction, cancel);
        behind.Change = change ?? throw new KeyServerException("the database belongs to no site", "run init");
        return behind;
    }

    private async Task<T> UseAsync<T>(Func<PooledConnection, Task<T>> work, CancellationToken cancel)
    {
        await _connections.WaitAsync(cancel);
        try
        {
            PooledConnection connection = await OpenAsync(cancel);
            bool isGood = false;
            try
            {
                T result = await work(connection);
                isGood = Kind == DatabaseKind.Sqlite;
                return result;
            }
            finally
            {
                if (isGood)
                {
                    _idle.Add(connection);
                }
                else
                {
                    await connection.DisposeAsync();
                }
            }
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task<PooledConnection> OpenAsync(CancellationToken cancel)
    {
        if (_source != null)
        {
            return new PooledConnection(await _source.OpenConnectionAsync(cancel));
        }

        if (_idle.TryTake(out PooledConnection? idle))
        {
            return idle;
        }

        SqliteConnection connection = new(_settings.ConnectionString);
        await connection.OpenAsync(cancel);
        await using SqliteCommand pragmas = connection.CreateCommand();
        pragmas.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;";
        await pragmas.ExecuteNonQueryAsync(cancel);
        return new PooledConnection(connection);
    }

    private Session NewSession(PooledConnection connection, DbTransaction? transaction, CancellationToken cancel) => new(
        connection, transaction, Clock.NowUs, cancel)
    {
        IsTimeTrusted = Clock.IsTrusted,
    };
}
