using System.Globalization;
using System.Text.Json.Nodes;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/events/list and /events/get.</summary>
internal static class EventRoutes
{
    private const int MaxEvents = 500;
    private const int MaxTypes = 50;
    private const int MaxIds = 100;

    /// <summary>Ids by which a list is narrowed. An id stands in the events that are about it, and in no others.</summary>
    private static readonly string[] Ids =
    [
        "access_grant_id", "access_method_id", "acs_credential_id", "acs_entrance_id", "acs_system_id", "client_session_id", "device_id", "space_id",
        "user_identity_id", "connected_account_id",
    ];

    private static readonly string[] ListsOfIds = ["access_grant_ids", "access_method_ids", "acs_system_ids", "device_ids", "space_ids"];

    public static void Map(WebApplication app)
    {
        app.MapApi(["GET", "POST"], "/events/list", ListAsync);
        app.MapApi(["GET", "POST"], "/events/get", GetAsync);
    }

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("event_id", required: true);
        call.Parameters.Check();
        JsonObject? found = await call.Database.QueryAsync(
            s => s.FirstAsync(
                $"SELECT {EventShape.Columns} FROM events WHERE workspace_id = @workspace AND event_id = @id",
                EventShape.Read,
                ("workspace", call.WorkspaceId), ("id", id!.Value)),
            call.Cancel);
        return new { @event = found ?? throw ApiException.NotFound("event") };
    }

    /// <summary>Each filter is one more condition; of a list of ids one is enough.</summary>
    private static string Narrow(Parameters p, List<(string, object?)> values)
    {
        string where = string.Empty;
        foreach (string name in Ids.Concat(ListsOfIds))
        {
            IReadOnlyList<string>? ids = Ids.Contains(name) ? (p.Id(name) is Guid id ? [id.ToString()] : null) : p.Ids(name, MaxIds);
            if (ids != null)
            {
                int first = values.Count;
                values.AddRange(ids.Select((one, i) => ("is" + (first + i).ToString(CultureInfo.InvariantCulture), (object?)$"%\"{one}\"%")));
                where += $" AND ({string.Join(" OR ", Enumerable.Range(first, ids.Count).Select(i => $"body LIKE @is{i}").DefaultIfEmpty("1 = 0"))})";
            }
        }

        if (p.Ids("event_ids", MaxIds) is IReadOnlyList<string> events)
        {
            values.AddRange(events.Select((one, i) => ("event" + i.ToString(CultureInfo.InvariantCulture), (object?)one)));
            where += events.Count == 0 ? " AND 1 = 0" : $" AND event_id IN ({string.Join(", ", events.Select((_, i) => $"@event{i}"))})";
        }

        return where;
    }

    private static async Task<object> ListAsync(Call call)
    {
        Parameters p = call.Parameters;
        long? since = p.TimeUs("since");
        (long From, long To)? between = p.TimesUs("between");
        string? type = p.Text("event_type", max: 100);
        IReadOnlyList<string>? types = p.Texts("event_types", MaxTypes, max: 100);
        long limit = p.Number("limit", 1, MaxEvents) ?? MaxEvents;
        long[]? after = p.Cursor(2);
        List<(string, object?)> values = [];
        string narrow = Narrow(p, values);
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
        values.AddRange(
            [("workspace", call.WorkspaceId), ("from", since ?? between?.From ?? 0), ("to", between?.To ?? long.MaxValue), ("limit", limit + 1),
                ("change", after?[0] ?? 0), ("part", after?[1] ?? 0)]);
        values.AddRange((wanted ?? []).Select((name, i) => (Name(i), (object?)name)));
        string sql = $"""
            SELECT {EventShape.Columns} FROM events
            WHERE workspace_id = @workspace AND created_us {(since == null ? ">" : ">=")} @from AND created_us < @to
            {(wanted is { Count: > 0 } ? $"AND event_type IN ({string.Join(", ", wanted.Select((_, i) => '@' + Name(i)))})" : string.Empty)}
            {narrow}
            AND (change > @change OR (change = @change AND part > @part)) ORDER BY change, part LIMIT @limit
            """;
        List<(JsonObject Event, long Change, long Part)> rows = await call.Database.QueryAsync(
            s => s.QueryAsync(sql, row => (EventShape.Read(row), row.Long(EventShape.Change), row.Long(EventShape.Part)), [.. values]), call.Cancel);
        (List<(JsonObject Event, long Change, long Part)> page, Pagination pagination) = Pagination.Cut(rows, limit, row => [row.Change, row.Part]);
        return new { events = page.Select(row => row.Event), pagination };
    }

    private static string Name(int index) => "type" + index.ToString(CultureInfo.InvariantCulture);
}
