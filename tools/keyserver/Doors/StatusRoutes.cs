using System.Text.Json.Nodes;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;
using DoorController.Wire;

namespace DoorController.KeyServer.Doors;

/// <summary>How fresh each door is: what it last said, and how far its lists are behind.</summary>
internal static class StatusRoutes
{
    public static void Map(WebApplication app) => app.MapApi(["GET", "POST"], "/doors/status", StatusAsync);

    private static async Task<object> StatusAsync(Call call)
    {
        uint? one = DoorRoutes.DoorId(call.Parameters, required: false);
        uint after = (uint?)call.Parameters.Number("after_door_id", 0, uint.MaxValue) ?? 0;
        call.Parameters.Check();
        await call.Http.RequestServices.GetRequiredService<SeenBook>().FlushAsync(call.Cancel);
        List<JsonObject> doors = await call.Database.ReadAsync(
            async s =>
            {
                List<DoorRow> rows = one == null
                    ? await DoorBook.ListAsync(s, call.WorkspaceId, after)
                    : [await DoorBook.GetAsync(s, call.WorkspaceId, one.Value)];
                List<JsonObject> shapes = [];
                foreach (DoorRow row in rows)
                {
                    shapes.Add(await ShapeAsync(s, row));
                }

                return shapes;
            },
            call.Cancel);
        return new { doors };
    }

    private static async Task<JsonObject> ShapeAsync(Session s, DoorRow door)
    {
        JsonObject shape = new()
        {
            ["door_id"] = door.Id,
            ["name"] = door.Name,
            ["is_retired"] = door.IsRetired,
            ["newest_bundle_version"] = door.BundleVersion,
            ["lists"] = new JsonArray([.. await ListsAsync(s, door.Id)]),
            ["alarms"] = new JsonArray([.. await Alarms.ListAsync(s, door.WorkspaceId, door.Id)]),
        };
        JsonObject? said = await s.FirstAsync(
            """
            SELECT seen_us, way, firmware_version, flags, list_lost, time_floor_s, bundle_version, audit_epoch, audit_sequence, audit_next, uptime_s,
                radio_restarts, reboots, records_lost
            FROM sync_state WHERE door_id = @door
            """,
            Said,
            ("door", door.Id));
        shape["last_said"] = said;
        shape["records_came_at"] = await s.NumberAsync(
            "SELECT MAX(received_us) FROM audit_records WHERE door_id = @door", ("door", door.Id)) is long us ? IsoTime.FromUs(us) : null;
        return shape;
    }

    private static Task<List<JsonNode>> ListsAsync(Session s, uint doorId) => s.QueryAsync(
        """
        SELECT m.scope_id, c.list_version, l.list_version, l.way, l.seen_us
        FROM scope_members m JOIN scopes c ON c.scope_id = m.scope_id AND c.generation = m.generation
        LEFT JOIN door_lists l ON l.door_id = m.door_id AND l.scope_id = m.scope_id
        WHERE m.door_id = @door AND m.removed_us IS NULL ORDER BY m.slot
        """,
        row => (JsonNode)new JsonObject
        {
            ["scope_id"] = row.Int(0),
            ["newest_version"] = row.U32(1),
            ["known_version"] = row.LongOrNull(2),
            ["is_current"] = row.LongOrNull(2) == row.Long(1),
            ["way"] = row.TextOrNull(3),
            ["known_since"] = row.LongOrNull(4) is long us ? IsoTime.FromUs(us) : null,
        },
        ("door", doorId));

    private static JsonObject Said(System.Data.Common.DbDataReader row)
    {
        int flags = row.Int(3);
        int lost = row.Int(4);
        return new JsonObject
        {
            ["at"] = IsoTime.FromUs(row.Long(0)),
            ["way"] = row.Text(1),
            ["firmware_version"] = row.Int(2),
            ["clock_quality"] = (flags & 3) switch { ClockQuality.Proven => "proven", ClockQuality.Restored => "restored", _ => "unknown" },
            ["has_lost_keys"] = (flags & 8) != 0,
            ["lost_list_slots"] = new JsonArray([.. Enumerable.Range(0, Limits.Scopes).Where(i => (lost & (1 << i)) != 0).Select(i => (JsonNode)i)]),
            ["time_floor"] = IsoTime.FromS(row.U32(5)),
            ["bundle_version"] = row.U32(6),
            ["audit_epoch"] = row.U32(7),
            ["audit_acknowledged"] = row.U32(8),
            ["audit_waiting"] = row.U32(9) - 1 - row.U32(8),
            ["uptime_s"] = row.U32(10),
            ["radio_restarts"] = row.Int(11),
            ["last_reboot"] = row.Int(12),
            ["audit_records_lost"] = row.U32(13),
        };
    }
}
