using System.Data.Common;
using System.Text.Json.Serialization;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>A person, as the API shows one. The texts that nobody gave are null, and stay in the answer.</summary>
public sealed record UserIdentity(
    string UserIdentityId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? UserIdentityKey,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FullName,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? EmailAddress,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PhoneNumber,
    string CreatedAt,
    string WorkspaceId)
{
    internal const string Columns = "user_identity_id, user_identity_key, full_name, email_address, phone_number, created_us, workspace_id";

    /// <summary>What a list shows: the first of the texts that there is.</summary>
    public string DisplayName => FullName ?? EmailAddress ?? PhoneNumber ?? UserIdentityKey ?? UserIdentityId;

    /// <summary>Always empty: nothing here can go wrong with a person.</summary>
    public IReadOnlyList<string> Errors { get; } = [];

    /// <summary>Always empty.</summary>
    public IReadOnlyList<string> Warnings { get; } = [];

    /// <summary>Always empty: there are no other access systems here.</summary>
    public IReadOnlyList<string> AcsUserIds { get; } = [];

    internal static UserIdentity Map(DbDataReader row) => new(
        row.Text(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4), IsoTime.FromUs(row.Long(5)), row.Text(6));
}
