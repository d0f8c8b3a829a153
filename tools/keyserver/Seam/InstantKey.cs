namespace DoorController.KeyServer.Seam;

/// <summary>An instant key as the API shows it; a customization profile that nobody named is left out.</summary>
public sealed record InstantKey(
    string InstantKeyId,
    string WorkspaceId,
    string ClientSessionId,
    string UserIdentityId,
    string CreatedAt,
    string ExpiresAt,
    string InstantKeyUrl,
    string? CustomizationProfileId,
    Customization? Customization);
