using System.Globalization;
using System.Text.Json.Nodes;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Doors;

/// <summary>/alarms/…</summary>
internal static class AlarmRoutes
{
    private const int MaxPage = 500;

    public static void Map(WebApplication app)
    {
        app.MapApi(["GET", "POST"], "/alarms/list", ListAsync);
        app.MapApi(["POST"], "/alarms/delete", DeleteAsync);
    }

    private static async Task<object> ListAsync(Call call)
    {
        uint? door = DoorRoutes.DoorId(call.Parameters, required: false);
        (uint Door, int Scope, string Kind)? after = Cursor(call.Parameters);
        call.Parameters.Check();
        List<JsonObject> rows = await call.Database.QueryAsync(s => Alarms.ListAsync(s, call.WorkspaceId, door, after, MaxPage + 1), call.Cancel);
        bool hasMore = rows.Count > MaxPage;
        List<JsonObject> page = hasMore ? rows[..MaxPage] : rows;
        return new { alarms = page, pagination = new Pagination(hasMore, hasMore ? Cursor(page[^1]) : null) };
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? kind = p.Text("kind", required: true);
        uint door = DoorRoutes.DoorId(p, required: false) ?? 0;
        int scope = DoorRoutes.ScopeId(p, required: false) ?? 0;
        p.Check();
        if (kind == Alarms.ClockNotTrusted)
        {
            call.Database.Clock.Accept();
        }

        int rows = await call.Database.AppendAsync(s => Alarms.EndAsync(s, call.WorkspaceId, kind!, door, scope), call.Cancel);
        return rows > 0 ? new { } : throw ApiException.NotFound("alarm");
    }

    private static string Cursor(JsonObject alarm) => string.Create(
        CultureInfo.InvariantCulture, $"{(long?)alarm["door_id"] ?? 0}.{(int?)alarm["scope_id"] ?? 0}.{(string?)alarm["kind"]}");

    private static (uint Door, int Scope, string Kind)? Cursor(Parameters p)
    {
        if (p.Text(Pagination.Parameter, max: Pagination.MaxCursor) is not string text)
        {
            return null;
        }

        string[] parts = text.Split('.', 3);
        if (parts.Length == 3 && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint door)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int scope))
        {
            return (door, scope, parts[2]);
        }

        p.Refuse(Pagination.Parameter, Pagination.WantedCursor);
        return null;
    }
}
