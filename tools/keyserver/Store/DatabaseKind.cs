namespace DoorController.KeyServer.Store;

/// <summary>The two databases that the one set of SQL runs on.</summary>
public enum DatabaseKind
{
    /// <summary>One file, one server process.</summary>
    Sqlite,

    /// <summary>Any number of server processes.</summary>
    PostgreSql,
}
