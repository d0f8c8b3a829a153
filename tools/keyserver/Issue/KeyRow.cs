using System.Data.Common;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>A key number that was given out.</summary>
/// <param name="ScopeId">24 bits.</param>
/// <param name="Number">Of the scope.</param>
/// <param name="KeyId">Names it in events.</param>
/// <param name="ExpiresS">"Expires at" of its newest credential, in Unix seconds.</param>
/// <param name="MethodId">The access method that it is of; of a right of its own, the key's own id.</param>
/// <param name="GrantId">The access grant, or the right, that it was given for.</param>
internal sealed record KeyRow(int ScopeId, uint Number, string KeyId, long ExpiresS, string MethodId, string GrantId)
{
    /// <summary>What <see cref="Read"/> reads, of the tables k, r and m.</summary>
    public const string Columns =
        "k.scope_id, k.key_number, k.key_id, k.expires_s, COALESCE(m.access_method_id, k.key_id), COALESCE(r.access_grant_id, k.right_id)";

    /// <summary>The tables.</summary>
    public const string Tables =
        "keys k LEFT JOIN rights r ON r.right_id = k.right_id LEFT JOIN access_methods m ON m.instant_key_id = k.instant_key_id";

    /// <summary>Reads the columns.</summary>
    public static KeyRow Read(DbDataReader row) => new(row.Int(0), row.U32(1), row.Text(2), row.Long(3), row.Text(4), row.Text(5));
}
