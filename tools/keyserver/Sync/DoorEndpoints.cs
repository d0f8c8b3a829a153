using DoorController.KeyServer.Audit;
using DoorController.KeyServer.Measure;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Sync;

/// <summary>The two routes that doors use. They want no API key: what a door says is sealed, and what cannot be opened is answered 401 without a body.</summary>
internal static class DoorEndpoints
{
    /// <summary>Bytes of a request at most: a door sends no more.</summary>
    public const int MaxBytes = 4096;

    public static void Map(WebApplication app)
    {
        SyncDesk sync = app.Services.GetRequiredService<SyncDesk>();
        Meters meters = app.Services.GetRequiredService<Meters>();
        AuditBook audit = app.Services.GetRequiredService<AuditBook>();
        app.MapPost("/door/sync", async http =>
        {
            byte[] body = await Api.ReadBodyAsync(http, MaxBytes);
            byte[]? reply = await sync.AnswerAsync(body, http.RequestAborted);
            meters.Synced(reply != null);
            await WriteAsync(http, reply);
        });
        app.MapPost("/door/audit", async http =>
        {
            byte[] body = await Api.ReadBodyAsync(http, MaxBytes);
            string way = http.Request.QueryString.Value == "?way=phone" ? "phone" : "network";
            await WriteAsync(http, await audit.TakeAsync(body, way, http.RequestAborted));
        });
    }

    private static async Task WriteAsync(HttpContext http, byte[]? reply)
    {
        http.Response.StatusCode = reply == null ? 401 : 200;
        http.Response.ContentLength = reply?.Length ?? 0;
        if (reply is { Length: > 0 })
        {
            http.Response.ContentType = "application/octet-stream";
            await http.Response.BodyWriter.WriteAsync(reply, http.RequestAborted);
        }
    }
}
