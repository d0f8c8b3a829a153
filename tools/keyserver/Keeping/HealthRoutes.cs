using DoorController.KeyServer.Measure;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Keeping;

/// <summary>/health, /health/ready and /metrics: for who runs the server.</summary>
internal static class HealthRoutes
{
    /// <summary>Where figures are.</summary>
    public const string MetricsPath = "/metrics";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void Map(WebApplication app)
    {
        app.MapGet("/health", http => Api.WriteAsync(http, 200, new { is_alive = true }));
        app.MapGet("/health/ready", ReadyAsync);
        app.MapPrometheusScrapingEndpoint(MetricsPath).Add(endpoint =>
        {
            RequestDelegate export = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = http => MeasureAsync(http, export);
        });
    }

    /// <summary>Ready: the database answers, and is not behind what was acknowledged.</summary>
    private static async Task ReadyAsync(HttpContext http)
    {
        Site site = http.RequestServices.GetRequiredService<Site>();
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(Patience);
        string? problem = null;
        try
        {
            long change = await site.Database.QueryAsync(s => s.NumberAsync("SELECT change FROM site WHERE site_id = 1"), patience.Token) ?? 0;
            problem = change < site.Marks.Change ? "the database went back: stop the server and run restore" : null;
        }
        catch (Exception e) when (e is System.Data.Common.DbException or OperationCanceledException or TimeoutException && !http.RequestAborted.IsCancellationRequested)
        {
            problem = "the database does not answer";
        }

        await Api.WriteAsync(http, problem == null ? 200 : 503, new { is_ready = problem == null, problem });
    }

    private static async Task MeasureAsync(HttpContext http, RequestDelegate export)
    {
        Site site = http.RequestServices.GetRequiredService<Site>();
        (_, Role role) = await ApiKeys.AuthenticateAsync(site, http);
        Roles.Check(role, MetricsPath);
        http.RequestServices.GetRequiredService<Meters>().Now = await site.Database.ReadAsync(ReadAsync, http.RequestAborted);
        await export(http);
    }

    private static async Task<Gauges> ReadAsync(Session s)
    {
        long? oldestUs = await s.NumberAsync(
            """
            SELECT MIN(e.created_us) FROM webhooks w JOIN events e ON e.workspace_id = w.workspace_id
                AND (e.change > w.told_change OR (e.change = w.told_change AND e.part > w.told_part)) WHERE w.disabled_us IS NULL
            """);
        return new Gauges(
            await CountAsync(s, "doors WHERE retired_us IS NULL"),
            await CountAsync(s, "sync_state WHERE silent_us IS NOT NULL"),
            await CountAsync(s, "alarms"),
            await CountAsync(s, "webhooks WHERE disabled_us IS NOT NULL"),
            oldestUs == null ? 0 : Math.Max(0, s.NowUs - oldestUs.Value) / 1e6,
            (double)(await s.NumberAsync("SELECT MAX(next_key_number - watermark) FROM scopes") ?? 0) / Limits.WindowKeys);
    }

    private static async Task<long> CountAsync(Session s, string which) => await s.NumberAsync("SELECT COUNT(*) FROM " + which) ?? 0;
}
