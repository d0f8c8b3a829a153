using System.Text.Json.Serialization;

namespace DoorController.KeyServer.Seam;

/// <summary>A customization profile as the API shows it: a colour or a logo that it does not have is left out.</summary>
public sealed record CustomizationProfileShape(
    string CustomizationProfileId,
    string WorkspaceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Name,
    string CreatedAt,
    string? LogoUrl,
    string? PrimaryColor,
    string? SecondaryColor);

/// <summary>What an instant key shows of its profile.</summary>
public sealed record Customization(string? LogoUrl, string? PrimaryColor, string? SecondaryColor);
