using System.Text.Json.Nodes;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.Wire;

namespace DoorController.KeyServer.Audit;

/// <summary>What a record of a door's trail is as an event: who opened, who was refused, and what a person has to look at.</summary>
internal static class TrailEvents
{
    private const int StrikeCommand = 1;

    /// <summary>The type of the event that a record is; null when it is none.</summary>
    public static string? TypeOf(int auditEvent, int verdict, int detail) => auditEvent switch
    {
        AuditEvent.Credential => verdict == Verdict.Granted ? Events.Unlocked : Events.AccessDenied,
        AuditEvent.Rex => verdict == Verdict.Granted ? Events.Unlocked : Events.StrikeFault,
        AuditEvent.Technician => verdict == Verdict.Granted ? (detail == StrikeCommand ? Events.Unlocked : null)
            : verdict == Verdict.StrikeFault ? Events.StrikeFault : Events.AccessDenied,
        AuditEvent.Unproven or AuditEvent.OtherRefusals => Events.AccessDenied,
        AuditEvent.ForcedOpen => Events.ForcedOpen,
        AuditEvent.HeldOpen => Events.HeldOpen,
        AuditEvent.Tamper => Events.Tampered,
        AuditEvent.FireAlarm => Events.FireAlarm,
        AuditEvent.ListLost => Events.ListLost,
        _ => null,
    };

    /// <summary>What the event says.</summary>
    /// <param name="entrances">Those of the door.</param>
    public static JsonObject Body(TrailRecord record, List<Entrance> entrances)
    {
        JsonObject body = new()
        {
            ["occurred_at"] = OccurredAt(record),
            ["clock_quality"] = AuditRoutes.QualityName(record.Quality),
            ["device_id"] = SystemIds.Device(record.WorkspaceId, record.DoorId),
            ["connected_account_id"] = SystemIds.Account(record.WorkspaceId),
            ["acs_system_id"] = SystemIds.System(record.WorkspaceId),
            ["door_id"] = record.DoorId,
            ["audit_epoch"] = record.Epoch,
            ["audit_sequence"] = record.Sequence,
        };
        if (record.Key is TrailKey key)
        {
            body["user_identity_id"] = key.UserIdentityId;
            body["acs_credential_id"] = key.CredentialId;
            body["access_grant_id"] = key.GrantId;
            body["access_method_id"] = key.MethodId;
        }

        AddEntrances(body, record, entrances);
        AddManner(body, record);
        return body;
    }

    /// <summary>The door's own time, when it was proven or restored, and never later than the arrival; else the arrival.</summary>
    private static string OccurredAt(TrailRecord record)
    {
        long doorUs = record.TimeS * 1_000_000L;
        return IsoTime.FromUs(record.Quality == ClockQuality.Unknown || doorUs > record.ReceivedUs ? record.ReceivedUs : doorUs);
    }

    /// <summary>The one entrance of a door; of a car the floors that were set free. Which of several a guest took is not known: then all are named, and none is the one.</summary>
    private static void AddEntrances(JsonObject body, TrailRecord record, List<Entrance> entrances)
    {
        bool isCar = entrances.Exists(e => e.Floor != null);
        bool hasFloors = record is { Event: AuditEvent.Credential, Verdict: Verdict.Granted };
        string[] ids = [.. entrances.Where(e => !isCar || (hasFloors && e.Floor < 32 && (record.Argument >> e.Floor!.Value & 1) == 1)).Select(e => e.Id)];
        if (ids.Length == 1)
        {
            body["acs_entrance_id"] = ids[0];
        }

        if (isCar && hasFloors)
        {
            body["acs_entrance_ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]);
        }
    }

    private static void AddManner(JsonObject body, TrailRecord record)
    {
        switch (TypeOf(record.Event, record.Verdict, record.Detail))
        {
            case Events.Unlocked:
                body["method"] = record.Event switch { AuditEvent.Credential => "remote", AuditEvent.Rex => "manual", _ => "unknown" };
                body["is_via_bluetooth"] = record.Event == AuditEvent.Credential;
                break;
            case Events.AccessDenied:
                body["reason"] = new JsonObject { ["reason_code"] = ReasonCode(record), ["message"] = record.Verdict == 0 ? "refused" : Verdict.Name(record.Verdict) };
                body["times"] = record.Times;
                break;
            case Events.ListLost:
                body["scope_id"] = record.ScopeId;
                break;
        }

        if (record.Event == AuditEvent.Technician)
        {
            body["is_technician"] = true;
        }
    }

    private static string ReasonCode(TrailRecord record) => record.Verdict switch
    {
        Verdict.Expired => "expired_code",
        Verdict.Revoked or Verdict.KeyDead or Verdict.NotListed or Verdict.GenerationRetired => "blocklisted_code",
        Verdict.NotProven or Verdict.UnknownScope or Verdict.UnknownGeneration => "unknown_code",
        _ => "credential_error",
    };
}
