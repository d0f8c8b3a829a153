using System.Net;
using DoorController.Issuer;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;

namespace DoorController.KeyServer.Redeem;

/// <summary>
/// The link itself. Opening it changes nothing, and says the same for every code; a POST redeems it. A phone names itself by a token of
/// its own or by the cookie it was given: the same phone may ask as often as it likes, also when an answer was lost.
/// </summary>
internal static class RedeemRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapMethods(LinkAddress.Path + "{code}", ["POST"], RedeemAsync);
        app.MapApi(["GET", "POST"], "/links/status", ShowGuardAsync);
    }

    /// <summary>What a program is told that opens a link.</summary>
    public static Task OpenAsync(HttpContext http)
    {
        Hide(http);
        return Api.WriteAsync(http, 200, new { redeem = "POST to this same address, with a session token or the cookie of an earlier answer" });
    }

    private static async Task RedeemAsync(HttpContext http)
    {
        Hide(http);
        await Api.ReadBodyAsync(http, 0);
        string? code = Links.Check((string)http.Request.RouteValues["code"]!);
        Redeemer redeemer = http.RequestServices.GetRequiredService<Redeemer>();
        if (code == null || !await redeemer.IsLinkAsync(code, http.RequestAborted))
        {
            throw Wrong(http);
        }

        string token = PhoneToken.Find(http);
        Redemption redemption = await redeemer.RedeemAsync(code, token, http.RequestAborted);
        KeyServerSettings settings = http.RequestServices.GetRequiredService<KeyServerSettings>();
        http.Response.Cookies.Append(PhoneToken.Cookie, token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps || settings.PublicUrl?.Scheme == Uri.UriSchemeHttps,
            Path = (settings.PublicUrl?.AbsolutePath.TrimEnd('/') ?? string.Empty) + LinkAddress.Path + code,
            Expires = DateTimeOffset.UnixEpoch.AddTicks(redemption.ExpiresUs * TimeSpan.TicksPerMicrosecond),
        });
        await Api.WriteAsync(http, 200, new { redeemed = RedeemAnswer.Make(redemption, token) });
    }

    private static async Task<object> ShowGuardAsync(Call call)
    {
        call.Parameters.Check();
        LinkGuard guard = call.Http.RequestServices.GetRequiredService<LinkGuard>();
        return await Task.FromResult(new { wrong_codes = guard.Wrong, refused = guard.Refused });
    }

    /// <summary>Nobody on the way keeps, indexes or tells on what a link leads to.</summary>
    public static void Hide(HttpContext http)
    {
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
        http.Response.Headers["X-Content-Type-Options"] = "nosniff";
    }

    /// <summary>Counts a wrong code. A right one is never refused for what others send: the code itself cannot be guessed.</summary>
    private static ApiException Wrong(HttpContext http)
    {
        LinkGuard guard = http.RequestServices.GetRequiredService<LinkGuard>();
        bool isBehindProxy = http.RequestServices.GetRequiredService<KeyServerSettings>().IsBehindProxy;
        IPAddress? address = isBehindProxy ? ClientAddress.Find(http) : http.Connection.RemoteIpAddress;
        guard.Check(address);
        guard.Count(address);
        return new ApiException(404, "instant_key_not_found", "no such link");
    }
}
