using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/events/list</summary>
internal static class EventRoutes
{
    private const int MaxEvents = 500;
    private const int MaxTypes = 50;

    public static void Map(WebApplication app) => app.MapApi(["GET", "POST"], "/events/list", ListAsync);

    private static async Task<object> ListAsync(Call call)
    {
        Parameters p = call.Parameters;
        long? since = p.TimeUs("since");
        (long From, long To)? between = p.TimesUs("between");
        string? type = p.Text("event_type", max: 100);
        IReadOnlyList<string>? types = p.Texts("event_types", MaxTypes, max: 100);
        long limit = p.Number("limit", 1, MaxEvents) ?? MaxEvents;
        long[]? after = p.Cursor(2);
        if (p.Has("since") == p.Has("between") && (after == null || p.Has("since")))
        {
            p.Refuse("since", "wanted either this or between");
        }

        if (p.Has("event_type") && p.Has("event_types"))
        {
            p.Refuse("event_types", "wanted either this or event_type");
        }

        p.Check();
        IReadOnlyList<string>? wanted = type == null ? types : [type];
        List<(string, object?)> values =
            [("workspace", call.WorkspaceId), ("from", since ?? between?.From ?? 0), ("to", between?.To ?? long.MaxValue), ("limit", limit + 1),
                ("change", after?[0] ?? 0), ("part", after?[1] ?? 0)];
        values.AddRange((wanted ?? []).Select((name, i) => (Name(i), (object?)name)));
        string sql = $"""
            SELECT event_id, event_type, workspace_id, created_us, body, change, part FROM events
            WHERE workspace_id = @workspace AND created_us {(since == null ? ">" : ">=")} @from AND created_us < @to
            {(wanted is { Count: > 0 } ? $"AND event_type IN ({string.Join(", ", wanted.Select((_, i) => '@' + Name(i)))})" : string.Empty)}
            AND (change > @change OR (change = @change AND part > @part)) ORDER BY change, part LIMIT @limit
            """;
        List<(JsonObject Event, long Change, long Part)> rows = await call.Database.QueryAsync(
            s => s.QueryAsync(sql, row => (Read(row), row.Long(5), row.Long(6)), [.. values]), call.Cancel);
        (List<(JsonObject Event, long Change, long Part)> page, Pagination pagination) = Pagination.Cut(rows, limit, row => [row.Change, row.Part]);
        return new { events = page.Select(row => row.Event), pagination };
    }

    private static string Name(int index) => "type" + index.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Read(DbDataReader row)
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
