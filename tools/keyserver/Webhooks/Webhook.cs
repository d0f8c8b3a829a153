using System.Data.Common;
using System.Text.Json;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Webhooks;

/// <summary>An address that is told of events.</summary>
/// <param name="EventTypes">Which ones; <see cref="AllTypes"/> among them: all.</param>
/// <param name="CreatedUs">In microseconds since 1970.</param>
/// <param name="Ordinal">Orders those of a workspace.</param>
/// <param name="Told">The last event that it was told, or that was not for it.</param>
/// <param name="Failures">Tries in a row that failed.</param>
/// <param name="FailingUs">Since when it fails; null: it does not.</param>
/// <param name="DisabledUs">Since when it is told nothing more; null: it is told.</param>
internal sealed record Webhook(
    string Id, string WorkspaceId, string Url, IReadOnlyList<string> EventTypes, long CreatedUs, long Ordinal, EventPlace Told, int Failures, long? FailingUs, long? DisabledUs)
{
    /// <summary>Stands for all types.</summary>
    public const string AllTypes = "*";

    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns =
        "webhook_id, workspace_id, url, event_types, created_us, ordinal, told_change, told_part, failures, failing_us, disabled_us";

    /// <summary>Reads the columns.</summary>
    public static Webhook Read(DbDataReader row) => new(
        row.Text(0), row.Text(1), row.Text(2), JsonSerializer.Deserialize<string[]>(row.Text(3)) ?? [], row.Long(4), row.Long(5), new EventPlace(row.Long(6), row.Long(7)),
        row.Int(8), row.LongOrNull(9), row.LongOrNull(10));

    /// <summary>True for an event that it is told of.</summary>
    public bool Wants(string type) => EventTypes.Contains(AllTypes) || EventTypes.Contains(type);
}

/// <summary>Where an event stands in the one order of all.</summary>
/// <param name="Change">Number of the change that made it.</param>
/// <param name="Part">Which of the change's.</param>
internal sealed record EventPlace(long Change, long Part);

/// <summary>An event that is to be told.</summary>
/// <param name="Json">As /events/get shows it.</param>
internal sealed record TellableEvent(EventPlace Place, string Id, string Type, string Json);
