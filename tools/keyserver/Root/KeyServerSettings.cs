using System.Net;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Root;

/// <summary>All that the command line says.</summary>
/// <param name="Database">Which database.</param>
/// <param name="Files">Where the secrets are.</param>
public sealed record KeyServerSettings(DatabaseSettings Database, SiteFiles Files)
{
    /// <summary>Address and port that the server listens on.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>PEM file with a certificate and its key, for TLS on <see cref="Listen"/>; null: plain HTTP.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>A second address and port, on which /door/ alone is served; null: none.</summary>
    public IPEndPoint? ListenDoors { get; init; }

    /// <summary>What the links of instant keys begin with; null: the address that the server listens on.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Life of an instant key whose person has no rights yet.</summary>
    public TimeSpan DefaultLife { get; init; } = TimeSpan.FromHours(48);

    /// <summary>Days for which audit records and events are kept.</summary>
    public int RetentionDays { get; init; } = 90;

    /// <summary>After so long without a sync a door that used to is silent.</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The address of a client comes from the last entry of X-Forwarded-For or Forwarded: right only behind one's own proxy.</summary>
    public bool IsBehindProxy { get; init; }

    /// <summary>Log lines are JSON objects.</summary>
    public bool IsLogJson { get; init; }

    /// <summary>What others name is fetched from private addresses and sent there too, and by http: right only on a test bench.</summary>
    public bool IsPrivateAllowed { get; init; }
}
