using System.Text.Json.Nodes;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Doors;

/// <summary>/scopes/…, which the Seam-style API does not have.</summary>
internal static class ScopeRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], "/scopes/create", CreateAsync);
        app.MapApi(["GET", "POST"], "/scopes/list", ListAsync);
        app.MapApi(["PATCH", "POST"], "/scopes/update", UpdateAsync);
        app.MapApi(["POST"], "/scopes/rekey", ReKeyAsync);
    }

    private static async Task<object> CreateAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? name = p.Text("name", required: true, max: 100);
        string? kind = p.Text("kind") ?? "bank";
        bool? isAllowed = IsAllowedMode(p);
        if (!ScopeBook.Kinds.Contains(kind))
        {
            p.Refuse("kind", "wanted one of " + string.Join(", ", ScopeBook.Kinds));
        }

        int? hours = OfflineParameters.Hours(p, kind);
        if (hours == null && OfflineLife.MustBeNamed(kind))
        {
            p.Refuse("offline_hours", OfflineParameters.WantedOf(kind));
        }

        p.Check();
        ScopeRow scope = await call.Database.WriteAsync(
            s => ScopeBook.CreateAsync(s, call.WorkspaceId, name!, kind, isAllowed ?? false, hours), call.Cancel);
        return new { scope = Shape(scope) };
    }

    private static async Task<object> UpdateAsync(Call call)
    {
        Parameters p = call.Parameters;
        int? id = DoorRoutes.ScopeId(p);
        int? hours = OfflineParameters.Hours(p);
        KeysInUse? inUse = OfflineParameters.InUse(p);
        if (!p.Has("offline_hours"))
        {
            p.Refuse("offline_hours", "wanted hours, or null for the default");
        }

        p.Check();
        return await call.Database.WriteAsync(
            async s =>
            {
                ScopeRow present = await ScopeBook.GetAsync(s, call.WorkspaceId, id!.Value);
                OfflineParameters.CheckScope(present, hours);
                LongerKeys? longer = await ScopeBook.SetOfflineAsync(s, present, hours, inUse);
                return new { scope = Shape(await ScopeBook.GetAsync(s, call.WorkspaceId, present.Id)), keys_in_use = OfflineParameters.Shape(longer) };
            },
            call.Cancel);
    }

    private static async Task<object> ListAsync(Call call)
    {
        int after = (int?)call.Parameters.Number("after_scope_id", 0, ScopeBook.MaxId) ?? 0;
        call.Parameters.Check();
        (List<ScopeRow> scopes, int? next) = await call.Database.QueryAsync(s => ScopeBook.PageAsync(s, call.WorkspaceId, after), call.Cancel);
        return new { scopes = scopes.ConvertAll(Shape), next_after_scope_id = next };
    }

    private static async Task<object> ReKeyAsync(Call call)
    {
        Parameters p = call.Parameters;
        int? id = DoorRoutes.ScopeId(p);
        bool isStolen = p.Truth("is_stolen") ?? false;
        long hours = p.Number("previous_for_hours", 0, 8760) ?? 336;
        bool? isAllowed = IsAllowedMode(p);
        p.Check();
        ScopeRow scope = await call.Database.WriteAsync(
            async s =>
            {
                ScopeRow present = await ScopeBook.GetAsync(s, call.WorkspaceId, id!.Value);
                uint until = isStolen || hours == 0 ? 0 : (uint)(s.NowS + (hours * 3600));
                return await ScopeBook.ReKeyAsync(s, present, until, isAllowed ?? present.IsAllowedMode);
            },
            call.Cancel);
        return new { scope = Shape(scope) };
    }

    private static JsonObject Shape(ScopeRow scope) => new()
    {
        ["scope_id"] = scope.Id,
        ["name"] = scope.Name,
        ["kind"] = scope.Kind,
        ["generation"] = scope.Generation,
        ["list_mode"] = scope.IsAllowedMode ? "allowed" : "revoked",
        ["list_version"] = scope.ListVersion,
        ["watermark"] = scope.Watermark,
        ["offline_hours"] = scope.OfflineHours,
        ["key_window_used"] = Math.Round((scope.NextKeyNumber - scope.Watermark) / (double)Limits.WindowKeys, 4),
    };

    private static bool? IsAllowedMode(Parameters p)
    {
        string? mode = p.Text("list_mode");
        if (mode is not (null or "revoked" or "allowed"))
        {
            p.Refuse("list_mode", "wanted revoked or allowed");
        }

        return mode == null ? null : mode == "allowed";
    }
}
