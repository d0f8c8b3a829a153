namespace DoorController.Issuer;

/// <summary>A door as a phone's wallet knows it.</summary>
/// <param name="DoorId">The door.</param>
/// <param name="Name">As it advertises itself.</param>
/// <param name="FormerNames">As it did in the last 90 days.</param>
public sealed record WalletDoor(uint DoorId, string Name, IReadOnlyList<string> FormerNames);

/// <summary>What a choice leads to.</summary>
public enum ChoiceOutcome
{
    /// <summary>The door is the one that was chosen: the phone writes its Unlock.</summary>
    Unlock,

    /// <summary>Nothing of the wallet is known by this name, or has this id: the phone does not connect.</summary>
    NotInWallet,

    /// <summary>Another door answers than the one that was chosen: nothing is written.</summary>
    AnotherDoor,
}

/// <summary>
/// Choosing a door, PROTOCOL.md section 3: a name that a person chose, or the id on a sticker, is made one door id before the phone connects, and nothing is
/// tagged for another one. So who advertises a name cannot pass on the Hello of another door of the same wallet.
/// </summary>
public static class DoorChoice
{
    /// <summary>The one door that is meant by a name: the one that has it, else the one that had it. Upper and lower case are one.</summary>
    /// <returns>Null when none is, or more than one was.</returns>
    public static uint? ByName(IEnumerable<WalletDoor> wallet, string name)
    {
        WalletDoor[] present = [.. wallet.Where(d => Same(d.Name, name))];
        WalletDoor[] meant = present.Length > 0 ? present : [.. wallet.Where(d => d.FormerNames.Any(f => Same(f, name)))];
        return meant.Select(d => d.DoorId).Distinct().Count() == 1 ? meant[0].DoorId : null;
    }

    /// <summary>The door of a sticker, if there is a key for it.</summary>
    public static uint? BySticker(IEnumerable<WalletDoor> wallet, uint doorId) => wallet.Any(d => d.DoorId == doorId) ? doorId : null;

    /// <summary>Compares what was chosen with what answers.</summary>
    /// <param name="chosen">What <see cref="ByName"/> or <see cref="BySticker"/> returned.</param>
    /// <param name="helloDoorId">The door id of Hello.</param>
    public static ChoiceOutcome Judge(uint? chosen, uint helloDoorId) =>
        chosen == null ? ChoiceOutcome.NotInWallet : chosen == helloDoorId ? ChoiceOutcome.Unlock : ChoiceOutcome.AnotherDoor;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
