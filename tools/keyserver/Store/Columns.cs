using System.Data.Common;

namespace DoorController.KeyServer.Store;

/// <summary>Reads columns as the types that the code works with.</summary>
internal static class Columns
{
    public static uint U32(this DbDataReader row, int column) => checked((uint)row.GetInt64(column));

    public static int Int(this DbDataReader row, int column) => checked((int)row.GetInt64(column));

    public static int? IntOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Int(column);

    public static long Long(this DbDataReader row, int column) => row.GetInt64(column);

    public static long? LongOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>64 bits of a mask.</summary>
    public static ulong Mask(this DbDataReader row, int column) => unchecked((ulong)row.GetInt64(column));

    public static string Text(this DbDataReader row, int column) => row.GetString(column);

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[] Blob(this DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    public static byte[]? BlobOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);
}
