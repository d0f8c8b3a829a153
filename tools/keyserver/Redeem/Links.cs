using System.Net;
using DoorController.Issuer;
using DoorController.KeyServer.Look;
using DoorController.KeyServer.Root;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DoorController.KeyServer.Redeem;

/// <summary>Writes and reads the links of instant keys. What a link begins with is never taken from a request.</summary>
/// <param name="settings">The public address.</param>
/// <param name="server">Knows the address that is listened on.</param>
/// <param name="site">Makes the codes.</param>
internal sealed class Links(KeyServerSettings settings, IServer server, Site site)
{
    /// <summary>The link of an instant key.</summary>
    public string Make(string instantKeyId) => Begin() + LinkAddress.Path + site.Keys.LinkCode(Guid.Parse(instantKeyId));

    /// <summary>Address of a logo; null without one.</summary>
    public string? MakeLogo(string? hash) => hash == null ? null : Begin() + LogoRoute.Path + hash;

    /// <summary>The code in a link: its last part.</summary>
    /// <returns>Null when it has not the form of one.</returns>
    public static string? FindCode(string link) => Check(link[(link.LastIndexOf('/') + 1)..]);

    /// <summary>The code itself, when it has the form of one.</summary>
    public static string? Check(string code) =>
        code.Length == SiteKeys.LinkLength && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? code : null;

    private string Begin() => settings.PublicUrl?.ToString().TrimEnd('/') ?? (settings.CertificateFile == null ? "http://" : "https://") + new IPEndPoint(settings.Listen.Address, Port());

    /// <summary>The port that the system chose where the command line left that to it.</summary>
    private int Port() => settings.Listen.Port != 0
        ? settings.Listen.Port
        : new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
}
