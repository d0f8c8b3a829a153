namespace DoorController.KeyServer.Issue;

/// <summary>A credential and what opens with it, as a phone gets it.</summary>
/// <param name="ScopeId">24 bits.</param>
/// <param name="KeyNumber">Of the scope.</param>
/// <param name="Credential">52 bytes.</param>
/// <param name="StartsS">Unix seconds from which on it opens.</param>
/// <param name="ExpiresS">Unix seconds from which on it opens no more.</param>
/// <param name="EndsS">Until when it can be renewed: when the person's right ends, or the link does.</param>
/// <param name="Floors">Floors it is good for; null at doors.</param>
/// <param name="Doors">The doors it opens, with a key for each.</param>
public sealed record IssuedKey(
    int ScopeId, uint KeyNumber, byte[] Credential, uint StartsS, uint ExpiresS, uint EndsS, ulong? Floors, IReadOnlyList<IssuedDoor> Doors);

/// <summary>A door that a credential opens.</summary>
/// <param name="DoorId">The door.</param>
/// <param name="Generation">Of its key, for tags of lists.</param>
/// <param name="Name">As it advertises itself.</param>
/// <param name="FormerNames">As it advertised itself in the last 90 days, the newest first.</param>
/// <param name="CredentialKey">32 bytes, secret.</param>
public sealed record IssuedDoor(uint DoorId, int Generation, string Name, IReadOnlyList<string> FormerNames, byte[] CredentialKey);
