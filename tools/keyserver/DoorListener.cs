using System.Net;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DoorController.KeyServer;

/// <summary>
/// What is listened on: one address for everything, and one for doors alone, which serves /door/ and nothing else. What doors say is sealed and
/// they speak no TLS; the API and the links stay on this machine or behind TLS.
/// </summary>
internal static class DoorListener
{
    private const string DoorPath = "/door";

    /// <summary>Listens. Where the doors' address is every address of the port that the other one has too, one socket has both.</summary>
    public static void Listen(KestrelServerOptions options, KeyServerSettings settings, CertificateFile? certificate)
    {
        if (settings.ListenDoors is not IPEndPoint doors)
        {
            ListenToAll(options, settings, certificate);
            return;
        }

        bool isShared = IsShared(settings.Listen, doors);
        if (!isShared)
        {
            ListenToAll(options, settings, certificate);
        }

        options.Listen(doors, listen => listen.Use(next => connection =>
        {
            if (!isShared || !IsAt(connection.LocalEndPoint, settings.Listen.Address))
            {
                connection.Features.Set(DoorsOnly.Instance);
            }

            return next(connection);
        }));
    }

    /// <summary>True when both addresses want one socket.</summary>
    public static bool IsShared(IPEndPoint all, IPEndPoint doors) =>
        all.Port == doors.Port && all.Port != 0 && (doors.Address.Equals(IPAddress.Any) || doors.Address.Equals(IPAddress.IPv6Any));

    /// <summary>Refuses what is not for doors on the doors' address.</summary>
    /// <exception cref="ApiException">404, as for a route that there is not.</exception>
    public static Task Guard(HttpContext http, RequestDelegate next) =>
        http.Features.Get<DoorsOnly>() == null || http.Request.Path.StartsWithSegments(DoorPath, StringComparison.Ordinal)
            ? next(http)
            : throw new ApiException(404, "route_not_found", "this address is for doors alone");

    private static void ListenToAll(KestrelServerOptions options, KeyServerSettings settings, CertificateFile? certificate) =>
        options.Listen(settings.Listen, listen => certificate?.Use(listen));

    private static bool IsAt(EndPoint? local, IPAddress address) => local is IPEndPoint here
        && (here.Address.IsIPv4MappedToIPv6 ? here.Address.MapToIPv4() : here.Address).Equals(address);

    /// <summary>Marks a connection to the doors' address.</summary>
    private sealed class DoorsOnly
    {
        public static DoorsOnly Instance { get; } = new();
    }
}
