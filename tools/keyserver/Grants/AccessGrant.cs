namespace DoorController.KeyServer.Grants;

/// <summary>A person's access to entrances and spaces for a time.</summary>
/// <param name="Key">The integrator's own name for it, one of a kind in the workspace; null: none.</param>
/// <param name="Name">What a person calls it; null: nothing.</param>
/// <param name="StartsS">Unix seconds.</param>
/// <param name="EndsS">Unix seconds; null: no end is known, and the rights behind it last <see cref="GrantBook.MaxYears"/>.</param>
/// <param name="ProfileId">How the pages of its links look; null: as without a profile.</param>
/// <param name="Ordinal">Orders the grants of a workspace.</param>
public sealed record AccessGrant(
    string Id, string WorkspaceId, string UserIdentityId, string? Key, string? Name, uint StartsS, uint? EndsS, string? ProfileId, long CreatedUs, long Ordinal)
{
    /// <summary>Entrances that are named.</summary>
    public IReadOnlyList<string> EntranceIds { get; init; } = [];

    /// <summary>Spaces that are named.</summary>
    public IReadOnlyList<string> SpaceIds { get; init; } = [];

    /// <summary>What it is used with, in the order in which it was asked for.</summary>
    public IReadOnlyList<AccessMethod> Methods { get; init; } = [];

    /// <summary>When the rights behind it end, in Unix seconds.</summary>
    public uint LastS => EndsS ?? (uint)Math.Min(uint.MaxValue, StartsS + GrantBook.MaxLifeS);
}

/// <summary>A link with which an access grant is used.</summary>
/// <param name="InstantKeyId">The instant key that the link is of.</param>
/// <param name="EndedUs">When it was deleted, in microseconds since 1970; null: it was not.</param>
public sealed record AccessMethod(string Id, string WorkspaceId, string GrantId, string InstantKeyId, long CreatedUs, string? ProfileId, long? EndedUs);

/// <summary>What is asked for with a new access grant.</summary>
public sealed record GrantWish(
    IReadOnlyList<string> EntranceIds, IReadOnlyList<string> SpaceIds, uint StartsS, uint? EndsS, string? Key, string? Name, string? ProfileId);
