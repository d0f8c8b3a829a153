using System.Text.Json.Nodes;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>The events that an integrator's program reads.</summary>
public static class Events
{
    /// <summary>A session of a person ended: the instant key was deleted.</summary>
    public const string ClientSessionDeleted = "client_session.deleted";

    /// <summary>A key number was revoked.</summary>
    public const string AccessMethodRevoked = "access_method.revoked";

    /// <summary>A key number was revoked, and will not be replaced.</summary>
    public const string AccessMethodDeleted = "access_method.deleted";

    /// <summary>A credential that a phone may still hold is no longer good.</summary>
    public const string CredentialInvalidated = "acs_credential.invalidated";

    /// <summary>A credential is no longer good, and will not be replaced.</summary>
    public const string CredentialDeleted = "acs_credential.deleted";

    /// <summary>The link of an access method was made.</summary>
    public const string AccessMethodIssued = "access_method.issued";

    /// <summary>An access grant was made.</summary>
    public const string GrantCreated = "access_grant.created";

    /// <summary>An access grant reaches an entrance.</summary>
    public const string GrantDoorGained = "access_grant.access_granted_to_door";

    /// <summary>An access grant reaches all its entrances.</summary>
    public const string GrantAllDoorsGained = "access_grant.access_granted_to_all_doors";

    /// <summary>An access grant, or a right, was taken away.</summary>
    public const string GrantDeleted = "access_grant.deleted";

    /// <summary>A right lost a door.</summary>
    public const string GrantDoorLost = "access_grant.access_to_door_lost";

    /// <summary>A right's times changed.</summary>
    public const string GrantTimesChanged = "access_grant.access_times_changed";

    /// <summary>A phone that redeemed a link may renew no more.</summary>
    public const string PhoneDeactivated = "phone.deactivated";

    /// <summary>Every type there is.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        ClientSessionDeleted, AccessMethodIssued, AccessMethodRevoked, AccessMethodDeleted, CredentialInvalidated, CredentialDeleted,
        GrantCreated, GrantDoorGained, GrantAllDoorsGained,
        GrantDeleted, GrantDoorLost, GrantTimesChanged, PhoneDeactivated,
    ];

    /// <summary>
    /// Adds an event within a change. No two events of a workspace have one time, and a later one has a later time whatever the clock did: a program
    /// that asks for what came since its last one misses none.
    /// </summary>
    /// <param name="properties">What is special to the type.</param>
    public static Task AddEventAsync(this Session s, string workspaceId, string type, JsonObject properties) => s.ExecuteAsync(
        """
        INSERT INTO events (change, part, event_id, workspace_id, event_type, created_us, body)
        VALUES (@change, @part, @id, @workspace, @type,
            CASE WHEN COALESCE((SELECT MAX(created_us) FROM events WHERE workspace_id = @workspace), 0) < @now THEN @now
            ELSE (SELECT MAX(created_us) FROM events WHERE workspace_id = @workspace) + 1 END, @body)
        """,
        ("change", s.Change), ("part", s.NextEvent()), ("id", Guid.NewGuid()), ("workspace", workspaceId), ("type", type), ("now", s.NowUs),
        ("body", properties.ToJsonString()));
}
