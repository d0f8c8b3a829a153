using DoorController.Issuer;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;

namespace DoorController.KeyServer.Look;

/// <summary>Serves logos to the guest's page, from the address of the page itself: it asks no other host.</summary>
internal static class LogoRoute
{
    /// <summary>Address of a logo as the page asks for it, before its hash.</summary>
    public const string Beside = "logo/";

    /// <summary>Path of every logo, before its hash.</summary>
    public const string Path = LinkAddress.Path + Beside;

    private const int HashLength = 32;

    public static void Map(WebApplication app) => app.MapMethods(Path + "{hash}", ["GET"], ServeAsync);

    private static async Task ServeAsync(HttpContext http)
    {
        string hash = (string)http.Request.RouteValues["hash"]!;
        Site site = http.RequestServices.GetRequiredService<Site>();
        Logo logo = (hash.Length == HashLength ? await site.Database.QueryAsync(s => LookBook.LogoAsync(s, hash), http.RequestAborted) : null)
            ?? throw ApiException.NotFound("logo");
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.ContentType = logo.Kind;
        http.Response.ContentLength = logo.Bytes.Length;
        await http.Response.BodyWriter.WriteAsync(logo.Bytes, http.RequestAborted);
    }
}
