using System.Data.Common;

namespace DoorController.KeyServer.Store;

/// <summary>One transaction, or one statement outside of any, on one connection. Used by one caller at a time.</summary>
public sealed class Session
{
    private readonly PooledConnection _connection;
    private readonly DbTransaction? _transaction;
    private readonly CancellationToken _cancel;
    private int _events;

    internal Session(PooledConnection connection, DbTransaction? transaction, long nowUs, CancellationToken cancel)
    {
        _connection = connection;
        _transaction = transaction;
        NowUs = nowUs;
        _cancel = cancel;
    }

    /// <summary>The one time of this transaction, in microseconds since 1970.</summary>
    public long NowUs { get; }

    /// <summary>The one time of this transaction, in seconds since 1970.</summary>
    public uint NowS => (uint)(NowUs / 1_000_000);

    /// <summary>False while <see cref="TrustedClock"/> does not believe the clock: nothing is done that cannot be undone.</summary>
    public bool IsTimeTrusted { get; internal init; }

    /// <summary>Number of this change in the one order of all; 0 outside of <see cref="Database.WriteAsync{T}"/>.</summary>
    public long Change { get; internal set; }

    /// <summary>True when an event was made within this change.</summary>
    public bool HasEvents => _events > 0;

    /// <summary>The next number for an event within this change, from 0.</summary>
    public int NextEvent() => _events++;

    /// <summary>Runs a statement.</summary>
    /// <returns>Rows that it touched.</returns>
    public async Task<int> ExecuteAsync(string sql, params (string Name, object? Value)[] values)
    {
        DbCommand command = Prepare(sql, values);
        return await command.ExecuteNonQueryAsync(_cancel);
    }

    /// <summary>Reads all rows. The statement bounds how many.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> map, params (string Name, object? Value)[] values)
    {
        List<T> rows = [];
        DbCommand command = Prepare(sql, values);
        await using DbDataReader reader = await command.ExecuteReaderAsync(_cancel);
        while (await reader.ReadAsync(_cancel))
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>Reads the first row.</summary>
    /// <returns>The default of the type when there is none.</returns>
    public async Task<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> map, params (string Name, object? Value)[] values)
    {
        DbCommand command = Prepare(sql, values);
        await using DbDataReader reader = await command.ExecuteReaderAsync(_cancel);
        return await reader.ReadAsync(_cancel) ? map(reader) : default;
    }

    /// <summary>Reads one whole number.</summary>
    /// <returns>Null when there is no row, or NULL in it.</returns>
    public async Task<long?> NumberAsync(string sql, params (string Name, object? Value)[] values)
    {
        DbCommand command = Prepare(sql, values);
        object? value = await command.ExecuteScalarAsync(_cancel);
        return value is null or DBNull ? null : Convert.ToInt64(value, null);
    }

    private DbCommand Prepare(string sql, (string Name, object? Value)[] values)
    {
        DbCommand command = _connection.Command(sql, _transaction);
        command.Parameters.Clear();
        foreach ((string name, object? value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Plain(value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Both drivers are given long, string and byte[] only, so that both store the same.</summary>
    private static object Plain(object? value) => value switch
    {
        null => DBNull.Value,
        bool b => b ? 1L : 0L,
        int i => (long)i,
        uint u => (long)u,
        ulong m => unchecked((long)m),
        long or string or byte[] => value,
        Guid id => id.ToString(),
        _ => throw new ArgumentException("wanted a number, text, bytes or an id, is a " + value.GetType().Name, nameof(value)),
    };
}
