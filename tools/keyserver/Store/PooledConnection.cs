using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace DoorController.KeyServer.Store;

/// <summary>
/// A connection and, for SQLite, its prepared statements: that driver would parse each statement anew. Npgsql keeps its own.
/// </summary>
internal sealed class PooledConnection(DbConnection connection) : IAsyncDisposable
{
    private const int MaxStatements = 300;

    private readonly Dictionary<string, DbCommand> _commands = [];

    public DbConnection Connection { get; } = connection;

    public DbCommand Command(string sql, DbTransaction? transaction)
    {
        if (!_commands.TryGetValue(sql, out DbCommand? command))
        {
            command = Connection.CreateCommand();
#pragma warning disable CA2100 // Callers give constant texts; values are parameters. The injection tests hold that.
            command.CommandText = sql;
#pragma warning restore CA2100
            if (Connection is SqliteConnection && _commands.Count < MaxStatements)
            {
                _commands.Add(sql, command);
            }
        }

        command.Transaction = transaction;
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DbCommand command in _commands.Values)
        {
            await command.DisposeAsync();
        }

        await Connection.DisposeAsync();
    }
}
