using System.Text.Json.Nodes;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;
using DoorController.Wire;

namespace DoorController.KeyServer.Audit;

/// <summary>The audit trail by person, door and time.</summary>
internal static class AuditRoutes
{
    public static void Map(WebApplication app) => app.MapApi(["GET", "POST"], "/audit/list", ListAsync);

    private static async Task<object> ListAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? person = p.Id("user_identity_id");
        uint? door = DoorRoutes.DoorId(p, required: false);
        (long From, long To)? between = p.TimesUs("between");
        long? since = p.TimeUs("since");
        int limit = (int)(p.Number("limit", 1, 1000) ?? 500);
        long[]? after = p.Cursor(4);
        p.Check();
        long from = (between?.From ?? since ?? 0) / 1_000_000;
        long to = between == null ? uint.MaxValue : (between.Value.To + 999_999) / 1_000_000;
        List<(JsonObject Record, long[] Place)> rows = await call.Database.QueryAsync(
            s => s.QueryAsync(
                """
                SELECT a.door_id, a.epoch, a.sequence, a.event, a.verdict, a.quality, a.detail, a.scope_id, a.key_number, a.time_s, a.argument,
                    a.user_identity_id, a.received_us, a.way, d.name
                FROM audit_records a JOIN doors d ON d.door_id = a.door_id
                WHERE a.workspace_id = @workspace AND a.time_s >= @from AND a.time_s <= @to
                    AND (CAST(@door AS BIGINT) IS NULL OR a.door_id = @door)
                    AND (CAST(@person AS TEXT) IS NULL OR a.user_identity_id = @person)
                    AND (CAST(@time AS BIGINT) IS NULL OR a.time_s < @time OR (a.time_s = @time AND (a.door_id > @afterDoor
                        OR (a.door_id = @afterDoor AND (a.epoch > @epoch OR (a.epoch = @epoch AND a.sequence < @sequence))))))
                ORDER BY a.time_s DESC, a.door_id, a.epoch, a.sequence DESC LIMIT @limit
                """,
                row => (Shape(row), (long[])[row.Long(9), row.Long(0), row.Long(1), row.Long(2)]),
                ("workspace", call.WorkspaceId), ("from", from), ("to", to), ("door", door), ("person", person), ("limit", limit + 1),
                ("time", after?[0]), ("afterDoor", after?[1] ?? 0), ("epoch", after?[2] ?? 0), ("sequence", after?[3] ?? 0)),
            call.Cancel);
        (List<(JsonObject Record, long[] Place)> page, Pagination pagination) = Pagination.Cut(rows, limit, row => row.Place);
        return new { records = page.Select(row => row.Record), pagination };
    }

    /// <summary>How sure a door was of its time.</summary>
    /// <param name="quality">One of <see cref="ClockQuality"/>.</param>
    public static string QualityName(int quality) => quality switch { ClockQuality.Proven => "proven", ClockQuality.Restored => "restored", _ => "unknown" };

    private static JsonObject Shape(System.Data.Common.DbDataReader row)
    {
        bool isCount = (row.Int(5) & AuditRecord.Aggregated) != 0;
        int scope = row.Int(7);
        return new JsonObject
        {
            ["door_id"] = row.U32(0),
            ["door_name"] = row.Text(14),
            ["epoch"] = row.U32(1),
            ["sequence"] = row.U32(2),
            ["event"] = AuditEvent.Name(row.Int(3)),
            ["verdict"] = row.Int(4) == 0 ? null : Verdict.Name(row.Int(4)),
            ["clock_quality"] = QualityName(row.Int(5) & 3),
            ["detail"] = row.Int(6),
            ["scope_id"] = scope == 0 ? null : scope,
            ["key_number"] = row.U32(8) == 0 ? null : row.U32(8),
            ["occurred_at"] = IsoTime.FromS(row.U32(9)),
            ["argument"] = row.U32(10),
            ["times"] = isCount ? row.U32(10) : 1,
            ["user_identity_id"] = row.TextOrNull(11),
            ["received_at"] = IsoTime.FromUs(row.Long(12)),
            ["way"] = row.Text(13),
        };
    }
}
