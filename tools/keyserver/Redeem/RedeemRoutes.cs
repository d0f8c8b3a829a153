using System.Globalization;
using System.Net;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;

namespace DoorController.KeyServer.Redeem;

/// <summary>
/// The link itself. Opening it changes nothing, and says the same for every code; a POST redeems it. A phone names itself by a token of
/// its own or by the cookie it was given: the same phone may ask as often as it likes, also when an answer was lost.
/// </summary>
internal static class RedeemRoutes
{
    private const string Cookie = "door_session";
    private const int MinToken = 32;
    private const int MaxToken = 128;

    public static void Map(WebApplication app)
    {
        app.MapMethods(Links.Path + "{code}", ["GET"], OpenAsync);
        app.MapMethods(Links.Path + "{code}", ["POST"], RedeemAsync);
        app.MapApi(["GET", "POST"], "/links/status", ShowGuardAsync);
    }

    private static Task OpenAsync(HttpContext http)
    {
        Hide(http);
        return Api.WriteAsync(http, 200, new { redeem = "POST to this same address, with a session token or the cookie of an earlier answer" });
    }

    private static async Task RedeemAsync(HttpContext http)
    {
        Hide(http);
        LinkGuard guard = http.RequestServices.GetRequiredService<LinkGuard>();
        IPAddress? address = ClientAddress(http);
        guard.Check(address);
        await Api.ReadBodyAsync(http, 0);
        string? code = Links.Check((string)http.Request.RouteValues["code"]!);
        string token = FindToken(http) ?? SiteKeys.NewSecret();
        Redeemer redeemer = http.RequestServices.GetRequiredService<Redeemer>();
        Redemption? redemption = code == null ? null : await redeemer.RedeemAsync(code, token, http.RequestAborted);
        if (redemption == null)
        {
            guard.Count(address);
            throw new ApiException(404, "instant_key_not_found", "no such link");
        }

        http.Response.Cookies.Append(Cookie, token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps || http.RequestServices.GetRequiredService<KeyServerSettings>().PublicUrl?.Scheme == Uri.UriSchemeHttps,
            Path = Links.Path + code,
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
    private static void Hide(HttpContext http)
    {
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
        http.Response.Headers["X-Content-Type-Options"] = "nosniff";
    }

    /// <exception cref="ApiException">400: the token could be guessed.</exception>
    private static string? FindToken(HttpContext http)
    {
        string? token = http.Request.Headers.Authorization.Count > 0 ? ApiKeys.Bearer(http) ?? string.Empty : http.Request.Cookies[Cookie];
        if (token == null || (token.Length is >= MinToken and <= MaxToken && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            return token;
        }

        throw ApiException.Invalid(
            "Authorization", string.Create(CultureInfo.InvariantCulture, $"wanted Bearer and a random token of {MinToken} to {MaxToken} letters, digits, - and _"));
    }

    private static IPAddress? ClientAddress(HttpContext http)
    {
        if (!http.RequestServices.GetRequiredService<KeyServerSettings>().IsBehindProxy)
        {
            return http.Connection.RemoteIpAddress;
        }

        string forwarded = http.Request.Headers["X-Forwarded-For"].ToString();
        return IPAddress.TryParse(forwarded.AsSpan(forwarded.LastIndexOf(',') + 1).Trim(), out IPAddress? address)
            ? address
            : http.Connection.RemoteIpAddress;
    }
}
