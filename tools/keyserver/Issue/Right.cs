namespace DoorController.KeyServer.Issue;

/// <summary>What a person may open: some doors of one scope, or floors at some cars of one scope.</summary>
/// <param name="Id">UUID.</param>
/// <param name="UserIdentityId">The person.</param>
/// <param name="ScopeId">The scope whose keys it uses.</param>
/// <param name="Terms">What and when.</param>
/// <param name="Revision">Grows with each change.</param>
/// <param name="GrantId">The access grant that it is of; null: one of its own.</param>
public sealed record Right(string Id, string UserIdentityId, int ScopeId, RightTerms Terms, int Revision, string? GrantId = null)
{
    /// <summary>What events call it: the access grant, or the right itself.</summary>
    public string ShownId => GrantId ?? Id;
}

/// <summary>What and when.</summary>
/// <param name="Doors">Door ids; doors or cars, never both in one right.</param>
/// <param name="Floors">Bit i is floor i; null for doors.</param>
/// <param name="StartsS">Unix seconds.</param>
/// <param name="EndsS">Unix seconds, later than the start.</param>
/// <param name="EarlyHours">Hours before the start from which on a credential is given out; null: at once.</param>
/// <param name="OfflineHours">Hours for which a credential opens without a network, 1 to <see cref="OfflineLife.MaxNamedHours"/>; null: as the scope says.</param>
/// <param name="IsTechnician">The phone may bring these doors a floor reset.</param>
public sealed record RightTerms(
    IReadOnlyList<uint> Doors, ulong? Floors, uint StartsS, uint EndsS, int? EarlyHours = null, int? OfflineHours = null, bool IsTechnician = false)
{
    /// <summary>Unix seconds from which on a credential is given out: nobody comes early with a key that he does not hold yet.</summary>
    public uint AvailableS => EarlyHours is int hours ? (uint)Math.Max(0, StartsS - (hours * 3600L)) : 0;

    /// <summary>True when a credential for these terms allows something that other terms do not, or was given out earlier than they let.</summary>
    public bool AllowsMoreThan(RightTerms other) => LosesDoors(other) || LosesTimes(other) || AvailableS < other.AvailableS
        || (Floors == null) != (other.Floors == null) || ((Floors ?? 0) & ~(other.Floors ?? 0)) != 0;

    /// <summary>True when a door of these terms is not among those of others.</summary>
    public bool LosesDoors(RightTerms other) => Doors.Except(other.Doors).Any();

    /// <summary>True when some of this time is not within that of others.</summary>
    public bool LosesTimes(RightTerms other) => StartsS < other.StartsS || EndsS > other.EndsS;
}
