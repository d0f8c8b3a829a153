namespace DoorController.Issuer;

/// <summary>What the links of instant keys, the guest's page and the stickers of doors begin with.</summary>
public static class LinkAddress
{
    /// <summary>Path of the page, and of every link before its code.</summary>
    public const string Path = "/ik/";

    /// <summary>Reads the part before <see cref="Path"/>: https, or http on this machine, where a page may use Bluetooth too; a path is kept.</summary>
    /// <returns>Null when it is none, or carries a query, a fragment or a user's name.</returns>
    public static Uri? Parse(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? url
            : null;
}
