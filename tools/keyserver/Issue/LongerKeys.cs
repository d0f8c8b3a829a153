namespace DoorController.KeyServer.Issue;

/// <summary>What becomes of the keys in use when <see cref="OfflineLife"/> is lowered.</summary>
public enum KeysInUse
{
    /// <summary>They open as long as they were given for: the new value is that of the next renewal.</summary>
    Keep,

    /// <summary>Those that open for longer are revoked, and the next renewal takes another number.</summary>
    Revoke,
}

/// <summary>Keys in use that open for longer than is wanted from now on.</summary>
/// <param name="Count">How many.</param>
/// <param name="LastS">When the last of them expires, in Unix seconds: a door that hears nothing lets it in until then. Null when there is none.</param>
/// <param name="AreRevoked">False when they were kept.</param>
public sealed record LongerKeys(int Count, long? LastS, bool AreRevoked);
