using System.Data.Common;
using System.Text.Json.Nodes;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>An event, as lists show it and webhooks are told it.</summary>
internal static class EventShape
{
    /// <summary>What <see cref="Read"/> reads; change and part stand behind it.</summary>
    public const string Columns = "event_id, event_type, workspace_id, created_us, body, change, part";

    /// <summary>Number of the column of the change.</summary>
    public const int Change = 5;

    /// <summary>Number of the column of the part.</summary>
    public const int Part = 6;

    /// <summary>Reads the columns. An event that does not say when it occurred did when it was made.</summary>
    public static JsonObject Read(DbDataReader row)
    {
        JsonObject shown = new()
        {
            ["event_id"] = row.Text(0),
            ["event_type"] = row.Text(1),
            ["workspace_id"] = row.Text(2),
            ["created_at"] = IsoTime.FromUs(row.Long(3)),
            ["occurred_at"] = IsoTime.FromUs(row.Long(3)),
        };
        foreach (KeyValuePair<string, JsonNode?> property in JsonNode.Parse(row.Text(4))!.AsObject())
        {
            shown[property.Key] = property.Value?.DeepClone();
        }

        return shown;
    }
}
