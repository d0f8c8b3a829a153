using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using DoorController.Issuer;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using Microsoft.AspNetCore.Connections;

namespace DoorController.KeyServer;

/// <summary>The command that serves: its options, and what it says when it cannot.</summary>
internal static class Serving
{
    private static readonly Option<string> ListenAt = new("--listen")
    {
        Description = "Address and port. Another one than this machine's own wants a proxy with TLS in front for everything but /door/",
        DefaultValueFactory = _ => "127.0.0.1:8080",
    };

    private static readonly Option<string?> ListenDoors = new("--listen-doors")
    {
        Description = "Address and port for doors alone, such as 0.0.0.0:8080: nothing but /door/ is served there",
    };

    private static readonly Option<string?> PublicUrl = new("--public-url") { Description = "What links begin with, such as https://keys.example.com" };

    private static readonly Option<string?> Certificate = new("--certificate")
    {
        Description = "PEM file with a certificate, its chain and its key: TLS on --listen. Read again when it was renewed",
    };

    private static readonly Option<int> Retention = new("--retention-days")
    {
        Description = "Days for which audit records and events are kept",
        DefaultValueFactory = _ => 90,
    };

    private static readonly Option<int> Silent = new("--silent-after-minutes")
    {
        Description = "After so long without a sync a door that used to sync is told of as silent",
        DefaultValueFactory = _ => 15,
    };

    private static readonly Option<string> LogFormat = new("--log-format")
    {
        Description = "text or json: one line, or one JSON object, for each thing that is logged",
        DefaultValueFactory = _ => "text",
    };

    private static readonly Option<bool> Proxy = new("--behind-proxy")
    {
        Description = "Clients are told apart by the last entry of X-Forwarded-For or Forwarded: only behind your own proxy",
    };

    private static readonly Option<bool> Private = new("--allow-private-addresses")
    {
        Description = "On a test bench: logos may come from private addresses, webhooks go there, and both by http",
    };

    /// <summary>What the command line may say beside where the site is.</summary>
    public static Option[] Options { get; } = [ListenAt, ListenDoors, PublicUrl, Certificate, Retention, Silent, LogFormat, Proxy, Private];

    /// <summary>Takes the options over.</summary>
    /// <exception cref="KeyServerException">One of them is none.</exception>
    public static KeyServerSettings Read(ParseResult parsed, KeyServerSettings settings)
    {
        settings = settings with
        {
            Listen = Endpoint(ListenAt.Name, parsed.GetValue(ListenAt)!),
            ListenDoors = parsed.GetValue(ListenDoors) is string doors ? Endpoint(ListenDoors.Name, doors) : null,
            PublicUrl = ParsePublicUrl(parsed.GetValue(PublicUrl)),
            CertificateFile = parsed.GetValue(Certificate) is string file ? Path.GetFullPath(file) : null,
            RetentionDays = parsed.GetValue(Retention) is int days and > 0 and <= 3650
                ? days
                : throw new KeyServerException("--retention-days is out of range", "give 1 to 3650"),
            SilentAfter = parsed.GetValue(Silent) is int minutes and >= 2 and <= 1440
                ? TimeSpan.FromMinutes(minutes)
                : throw new KeyServerException("--silent-after-minutes is out of range", "give 2 to 1440"),
            IsLogJson = parsed.GetValue(LogFormat) switch
            {
                "text" => false,
                "json" => true,
                _ => throw new KeyServerException("--log-format is none", "give text or json"),
            },
            IsBehindProxy = parsed.GetValue(Proxy),
            IsPrivateAllowed = parsed.GetValue(Private),
        };
        if (settings.PublicUrl == null && !IPAddress.IsLoopback(settings.Listen.Address))
        {
            throw new KeyServerException("links would begin with an address that is no name", "give --public-url; for doors alone there is --listen-doors");
        }

        CheckCertificate(settings);
        return settings.Listen.Equals(settings.ListenDoors)
            ? throw new KeyServerException("--listen-doors is the address of --listen, which serves doors too", "leave it out, or give another one")
            : settings;
    }

    /// <summary>Doors speak no TLS, so that they want a port of their own beside it.</summary>
    private static void CheckCertificate(KeyServerSettings settings)
    {
        if (settings.CertificateFile == null)
        {
            return;
        }

        CertificateFile.Load(settings.CertificateFile).TargetCertificate.Dispose();
        if (settings.ListenDoors is IPEndPoint doors && DoorListener.IsShared(settings.Listen, doors))
        {
            throw new KeyServerException("--listen-doors has the port of --listen, which speaks TLS with --certificate", "give doors another port");
        }
    }

    /// <summary>Serves until it is told to stop.</summary>
    /// <exception cref="KeyServerException">An address cannot be listened on.</exception>
    public static async Task RunAsync(KeyServerSettings settings, Site site, CancellationToken cancel)
    {
        if (site.HasLostMarks)
        {
            await TellLostMarksAsync(settings, site, cancel);
        }

        await using WebApplication app = KeyServerApp.Build(settings, site);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception e) when (e is IOException { InnerException: AddressInUseException } or SocketException or IOException { InnerException: SocketException })
        {
            throw CannotListen(settings, e);
        }

        Console.WriteLine($"listening on {string.Join(", ", app.Urls)}{(settings.ListenDoors is IPEndPoint doors ? $"; for doors alone on {doors}" : string.Empty)}");
        await app.WaitForShutdownAsync(cancel);
    }

    private static KeyServerException CannotListen(KeyServerSettings settings, Exception e)
    {
        string where = settings.ListenDoors == null ? $"{settings.Listen}" : $"{settings.Listen} or {settings.ListenDoors}";
        return e.InnerException is AddressInUseException || e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
            ? new KeyServerException($"{where} is in use by another program", "stop that, or give another port with --listen")
            : new KeyServerException($"{where} cannot be listened on ({e.Message})", "give an address of this machine, and a port that this user may have");
    }

    /// <summary>On a further machine beside PostgreSQL this is said once; anywhere else a file went.</summary>
    private static async Task TellLostMarksAsync(KeyServerSettings settings, Site site, CancellationToken cancel)
    {
        Console.Error.WriteLine(
            $"warning: {settings.Files.Marks} is gone and was begun anew: a database from an old backup would not be noticed; if it was put back, stop and run restore with the marks of a backup");
        await site.Database.AppendAsync(
            async s =>
            {
                await Alarms.RaiseEverywhereAsync(s, Alarms.MarksLost, "the file of marks was gone when the server started, and was begun anew");
                return 0;
            },
            cancel);
    }

    private static IPEndPoint Endpoint(string option, string text) => IPEndPoint.TryParse(text, out IPEndPoint? endpoint) && text.EndsWith($":{endpoint.Port}", StringComparison.Ordinal)
        ? endpoint
        : throw new KeyServerException($"{option} is no address and port", "write it as 127.0.0.1:8080 or [::1]:8080");

    /// <summary>A path is kept: it stands before /ik/ in links and in their cookies, and the proxy takes it away.</summary>
    private static Uri? ParsePublicUrl(string? text) => text == null ? null : LinkAddress.Parse(text)
        ?? throw new KeyServerException("--public-url carries keys", "give an https address without a query, a fragment or a name of a user");
}
