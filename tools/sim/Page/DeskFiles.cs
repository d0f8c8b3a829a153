using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DoorController.Sim.Page;

/// <summary>The files of the desk's own page, which are in the program.</summary>
internal static class DeskFiles
{
    private const string Prefix = "desk/";

    /// <summary>The script that stands for the browser's Bluetooth on the guest's page.</summary>
    public const string Radio = "desk-radio.js";

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Serves them.</summary>
    public static void Map(WebApplication app)
    {
        app.MapGet("/", http => WriteAsync(http, "desk.html", "text/html"));
        app.MapGet("/desk.css", http => WriteAsync(http, "desk.css", "text/css"));
        app.MapGet("/desk.js", http => WriteAsync(http, "desk.js", "text/javascript"));
        app.MapGet("/" + Radio, http => WriteAsync(http, Radio, "text/javascript"));
    }

    private static async Task WriteAsync(HttpContext http, string name, string kind)
    {
        http.Response.ContentType = kind + "; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = Policy;
        using Stream file = typeof(DeskFiles).Assembly.GetManifestResourceStream(Prefix + name)!;
        await file.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
