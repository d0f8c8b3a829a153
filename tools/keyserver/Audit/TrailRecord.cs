using System.Data.Common;
using DoorController.KeyServer.Store;
using DoorController.Wire;

namespace DoorController.KeyServer.Audit;

/// <summary>A record of a door's audit trail whose event is to be made.</summary>
/// <param name="Quality">One of <see cref="ClockQuality"/>.</param>
/// <param name="TimeS">The door's time, in Unix seconds.</param>
/// <param name="ReceivedUs">When it came, in microseconds since 1970.</param>
/// <param name="Key">The key number that it is about; null when it is about none of this site's.</param>
internal sealed record TrailRecord(
    string WorkspaceId, uint DoorId, uint Epoch, uint Sequence, int Event, int Verdict, int Quality, bool IsCount, int Detail, int ScopeId, uint TimeS, uint Argument,
    long ReceivedUs, TrailKey? Key)
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns =
        "a.workspace_id, a.door_id, a.epoch, a.sequence, a.event, a.verdict, a.quality, a.detail, a.scope_id, a.time_s, a.argument, a.received_us,"
        + " r.user_identity_id, k.key_id, COALESCE(r.access_grant_id, r.right_id), COALESCE(m.access_method_id, k.key_id)";

    /// <summary>The tables. A number of another workspace's is nobody's.</summary>
    public const string Tables =
        "audit_records a LEFT JOIN keys k ON a.event = 16 AND k.scope_id = a.scope_id AND k.key_number = a.key_number"
        + " LEFT JOIN rights r ON r.right_id = k.right_id AND r.workspace_id = a.workspace_id LEFT JOIN access_methods m ON m.instant_key_id = k.instant_key_id";

    /// <summary>How often what it says happened.</summary>
    public uint Times => IsCount ? Math.Max(1, Argument) : 1;

    /// <summary>Reads the columns.</summary>
    public static TrailRecord Read(DbDataReader row) => new(
        row.Text(0), row.U32(1), row.U32(2), row.U32(3), row.Int(4), row.Int(5), row.Int(6) & 3, (row.Int(6) & AuditRecord.Aggregated) != 0, row.Int(7), row.Int(8), row.U32(9),
        row.U32(10), row.Long(11), row.TextOrNull(12) is string person ? new TrailKey(person, row.Text(13), row.Text(14), row.Text(15)) : null);
}

/// <summary>Whose key number a record is about.</summary>
/// <param name="GrantId">The access grant; of a right that is of none, the right's own id.</param>
/// <param name="MethodId">The access method; of a right that is of no grant, the key number's own id.</param>
internal sealed record TrailKey(string UserIdentityId, string CredentialId, string GrantId, string MethodId);
