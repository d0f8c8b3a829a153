using System.Data.Common;

namespace DoorController.KeyServer.Store;

/// <summary>
/// Reads the number of the newest change over a connection of its own, as often as it is asked and without any thread but the caller's. After a
/// failure the next read begins with another connection.
/// </summary>
internal sealed class ChangeReader(Database database) : IDisposable
{
    private DbConnection? _connection;
    private DbCommand? _command;

    /// <summary>The newest change that was committed when this was called.</summary>
    public long Read()
    {
        try
        {
            return Convert.ToInt64((_command ??= Open()).ExecuteScalar(), null);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _command?.Dispose();
        _connection?.Dispose();
        _command = null;
        _connection = null;
    }

    private DbCommand Open()
    {
        _connection = database.OpenOwn();
        DbCommand command = _connection.CreateCommand();
        command.CommandText = "SELECT change FROM site WHERE site_id = 1";
        command.Prepare();
        return command;
    }
}
