using System.Data.Common;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>A key number that was given out.</summary>
/// <param name="ScopeId">24 bits.</param>
/// <param name="Number">Of the scope.</param>
/// <param name="KeyId">Names it in events.</param>
/// <param name="ExpiresS">"Expires at" of its newest credential, in Unix seconds.</param>
/// <param name="RightId">What it was given for.</param>
internal sealed record KeyRow(int ScopeId, uint Number, string KeyId, long ExpiresS, string RightId)
{
    /// <summary>Reads the columns scope_id, key_number, key_id, expires_s, right_id.</summary>
    public static KeyRow Read(DbDataReader row) => new(row.Int(0), row.U32(1), row.Text(2), row.Long(3), row.Text(4));
}
