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

    /// <summary>An access method was made.</summary>
    public const string AccessMethodCreated = "access_method.created";

    /// <summary>A key number was given out.</summary>
    public const string CredentialIssued = "acs_credential.issued";

    /// <summary>A door, or the floor of a car, was registered.</summary>
    public const string EntranceAdded = "acs_entrance.added";

    /// <summary>A door, or the floor of a car, is gone for good.</summary>
    public const string EntranceRemoved = "acs_entrance.removed";

    /// <summary>A space was made.</summary>
    public const string SpaceCreated = "space.created";

    /// <summary>A space has other entrances than before.</summary>
    public const string SpaceChanged = "space.device_membership_changed";

    /// <summary>A space was deleted.</summary>
    public const string SpaceDeleted = "space.deleted";

    /// <summary>A door opened: for a key, by its REX input, or for a technician.</summary>
    public const string Unlocked = "lock.unlocked";

    /// <summary>A door refused.</summary>
    public const string AccessDenied = "lock.access_denied";

    /// <summary>The tamper input of a door.</summary>
    public const string Tampered = "device.tampered";

    /// <summary>A door that used to sync is silent.</summary>
    public const string DoorSilent = "device.disconnected";

    /// <summary>A door that was silent syncs again.</summary>
    public const string DoorBack = "device.connected";

    /// <summary>A door was opened that nothing had released. Not of Seam's API, as all that begin with door.</summary>
    public const string ForcedOpen = "door.forced_open";

    /// <summary>A door stands open for longer than it may.</summary>
    public const string HeldOpen = "door.held_open";

    /// <summary>The fire alarm input of a door.</summary>
    public const string FireAlarm = "door.fire_alarm";

    /// <summary>A door has lost the list of a scope, and opens for nobody of that scope.</summary>
    public const string ListLost = "door.list_lost";

    /// <summary>A door should have opened, and its strike did not work.</summary>
    public const string StrikeFault = "door.strike_fault";

    /// <summary>A webhook could not be told anything for days, and is told nothing more.</summary>
    public const string WebhookDisabled = "webhook.disabled";

    /// <summary>Every type there is.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        ClientSessionDeleted, AccessMethodIssued, AccessMethodRevoked, AccessMethodDeleted, CredentialInvalidated, CredentialDeleted,
        GrantCreated, GrantDoorGained, GrantAllDoorsGained,
        GrantDeleted, GrantDoorLost, GrantTimesChanged, PhoneDeactivated,
        AccessMethodCreated, CredentialIssued, EntranceAdded, EntranceRemoved, SpaceCreated, SpaceChanged, SpaceDeleted,
        Unlocked, AccessDenied, Tampered, DoorSilent, DoorBack, ForcedOpen, HeldOpen, FireAlarm, ListLost, StrikeFault, WebhookDisabled,
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
