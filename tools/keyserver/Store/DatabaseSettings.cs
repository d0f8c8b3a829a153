using Microsoft.Data.Sqlite;
using Npgsql;

namespace DoorController.KeyServer.Store;

/// <summary>Which database, and how to reach it.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="ConnectionString">Of the driver. May hold a password: never printed.</param>
public sealed record DatabaseSettings(DatabaseKind Kind, string ConnectionString)
{
    /// <summary>Connections that one process holds at most.</summary>
    public const int MaxConnections = 32;

    /// <summary>How connections name themselves to PostgreSQL.</summary>
    public const string ApplicationName = "door-keyserver";

    /// <summary>A statement that takes longer is given up, in seconds.</summary>
    public const int StatementSeconds = 30;

    /// <summary>A file of SQLite.</summary>
    public static DatabaseSettings File(string path) => new(DatabaseKind.Sqlite, new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Pooling = false,
        ForeignKeys = true,
        DefaultTimeout = StatementSeconds,
    }.ConnectionString);

    /// <summary>A PostgreSQL database by the connection string of Npgsql.</summary>
    /// <exception cref="KeyServerException">The string is none.</exception>
    public static DatabaseSettings Server(string connectionString)
    {
        try
        {
            NpgsqlConnectionStringBuilder builder = new(connectionString)
            {
                MaxPoolSize = MaxConnections,
                CommandTimeout = StatementSeconds,
                MaxAutoPrepare = 200,
                AutoPrepareMinUsages = 2,
                IncludeErrorDetail = false,
                LogParameters = false,
                ApplicationName = ApplicationName,
            };
            return new(DatabaseKind.PostgreSql, builder.ConnectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new KeyServerException("the PostgreSQL connection string is none", "write it as Host=…;Database=…;Username=…");
        }
    }

    /// <summary>Never tells the connection string.</summary>
    public override string ToString() => Kind.ToString();
}
