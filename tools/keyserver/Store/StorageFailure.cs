using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DoorController.KeyServer.Store;

/// <summary>Failures of what the server writes to: whoever repairs it wants to read "full" and not the name of a type.</summary>
internal static class StorageFailure
{
    private const int SqliteIo = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int UnixNoSpace = 28;
    private const int UnixQuota = 122;
    private const int MacQuota = 69;
    private const int WindowsFull = unchecked((int)0x80070070);
    private const int WindowsHandleFull = unchecked((int)0x80070027);

    /// <summary>True when a disk is full, or the quota of its user.</summary>
    public static bool IsFull(Exception? e) => e switch
    {
        null => false,
        SqliteException { SqliteErrorCode: SqliteFull } or PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
        IOException { HResult: UnixNoSpace or UnixQuota or MacQuota or WindowsFull or WindowsHandleFull } => true,
        _ => IsFull(e.InnerException),
    };

    /// <summary>True when the same may succeed later: the database is away, busy, or its disk has trouble.</summary>
    public static bool MayPass(DbException e) => e.IsTransient || LostAgainstAnother(e) || e is SqliteException { SqliteErrorCode: SqliteIo or SqliteCannotOpen };

    /// <summary>True for a failure of this one try: the same transaction may succeed when it is run again.</summary>
    public static bool LostAgainstAnother(Exception e) => e switch
    {
        PostgresException p => p.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
        SqliteException s => s.SqliteErrorCode is 5 or 6, // SQLITE_BUSY, SQLITE_LOCKED
        _ => false,
    };

    /// <summary>What a log says of it.</summary>
    public static string Name(Exception e) => IsFull(e) ? "the disk is full" : e.GetType().Name;
}
