using System.Net;
using System.Net.Sockets;

namespace DoorController.KeyServer.Outside;

/// <summary>
/// Requests to addresses that others name. A private address is refused when the connection is made, after the name was looked up and at each redirect:
/// what a name says a moment earlier counts for nothing.
/// </summary>
internal static class OutsideHttp
{
    /// <summary>Seconds that a whole request may take.</summary>
    public const int TimeoutS = 5;

    private const int MaxRedirects = 3;
    private const int MaxHeadersKB = 16;

    /// <summary>Bytes of a body that are taken off a connection so that it can be used again; a longer one ends it.</summary>
    private const int MaxDrained = 4096;

    /// <summary>A client whose requests go to some addresses alone.</summary>
    /// <param name="mayReach">Usually <see cref="PublicAddress.IsPublic"/>; a name with one address that it refuses is not connected to.</param>
    public static HttpClient Make(Func<IPAddress, bool> mayReach)
    {
        SocketsHttpHandler handler = Handler(mayReach);
        handler.MaxAutomaticRedirections = MaxRedirects;
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(TimeoutS) };
    }

    /// <summary>A client for what is sent again and again to the same hosts: it follows no redirect, reads no body, and looks names up anew every minute.</summary>
    /// <param name="timeout">For a whole request.</param>
    public static HttpClient MakeForPosts(Func<IPAddress, bool> mayReach, TimeSpan timeout)
    {
        SocketsHttpHandler handler = Handler(mayReach);
        handler.AllowAutoRedirect = false;
        handler.MaxResponseDrainSize = MaxDrained;
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(1);
        return new HttpClient(handler) { Timeout = timeout };
    }

    private static SocketsHttpHandler Handler(Func<IPAddress, bool> mayReach) => new()
    {
        MaxResponseHeadersLength = MaxHeadersKB,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = (context, cancel) => ConnectAsync(context.DnsEndPoint, mayReach, cancel),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint where, Func<IPAddress, bool> mayReach, CancellationToken cancel)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(where.Host, cancel);
        if (addresses.Length == 0 || !addresses.All(mayReach))
        {
            throw new HttpRequestException($"{where.Host} is at an address that this server does not fetch from");
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, where.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
