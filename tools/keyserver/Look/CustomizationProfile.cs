namespace DoorController.KeyServer.Look;

/// <summary>How the guest's page looks for the keys of a customization profile.</summary>
/// <param name="Id">UUID.</param>
/// <param name="PrimaryColor">#rrggbb, or null.</param>
/// <param name="SecondaryColor">#rrggbb, or null.</param>
/// <param name="LogoHash">32 hex digits, which name the logo; null without one.</param>
public sealed record CustomizationProfile(
    string Id, string WorkspaceId, string? Name, string? PrimaryColor, string? SecondaryColor, string? LogoHash, long CreatedUs);

/// <summary>A logo as it was fetched.</summary>
/// <param name="Bytes">At most <see cref="LogoFetcher.MaxBytes"/>.</param>
/// <param name="Kind">Its media type.</param>
public sealed record Logo(byte[] Bytes, string Kind)
{
    /// <summary>What it is called: another picture has another address, so that browsers keep each for good.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Bytes), 0, 16);
}
