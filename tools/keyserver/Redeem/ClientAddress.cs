using System.Net;

namespace DoorController.KeyServer.Redeem;

/// <summary>
/// Who sent a request, as one's own proxy says: the last entry of X-Forwarded-For, or of Forwarded (RFC 7239). With a port or without, in brackets or
/// quotes: proxies write it in every way.
/// </summary>
internal static class ClientAddress
{
    /// <summary>Finds it.</summary>
    /// <returns>The proxy's own address when it says nothing that is an address.</returns>
    public static IPAddress? Find(HttpContext http) =>
        Parse(Last(http.Request.Headers["X-Forwarded-For"].ToString(), ','))
        ?? Parse(For(Last(http.Request.Headers["Forwarded"].ToString(), ',')))
        ?? http.Connection.RemoteIpAddress;

    /// <summary>An address with or without a port.</summary>
    private static IPAddress? Parse(string text) =>
        IPEndPoint.TryParse(text.Trim().Trim('"').Trim(), out IPEndPoint? endpoint) ? endpoint.Address : null;

    private static string Last(string list, char separator) => list[(list.LastIndexOf(separator) + 1)..];

    private static string For(string element) => element.Split(';')
        .Select(pair => pair.Trim()).Where(pair => pair.StartsWith("for=", StringComparison.OrdinalIgnoreCase)).Select(pair => pair[4..]).FirstOrDefault() ?? string.Empty;
}
