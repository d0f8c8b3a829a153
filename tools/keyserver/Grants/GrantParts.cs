namespace DoorController.KeyServer.Grants;

/// <summary>A door that an access grant reaches.</summary>
/// <param name="Floors">At a car, bit i is floor i; null at a door.</param>
/// <param name="Scopes">Guests' scopes that it is in, the one to take first in front.</param>
internal sealed record Reach(uint DoorId, ulong? Floors, IReadOnlyList<int> Scopes);

/// <summary>Doors of an access grant that one right serves.</summary>
internal sealed record GrantPart(int ScopeId, ulong? Floors, IReadOnlyList<uint> Doors);

/// <summary>Cuts an access grant into rights: as few as there need be, since each is a credential that the phone holds.</summary>
internal static class GrantParts
{
    /// <summary>Takes the scope that serves most doors with the same floors, until none is left.</summary>
    /// <param name="doors">Each is in one scope at least.</param>
    public static List<GrantPart> Cut(IEnumerable<Reach> doors)
    {
        List<Reach> left = [.. doors.OrderBy(door => door.DoorId)];
        List<GrantPart> parts = [];
        while (left.Count > 0)
        {
            var best = left.SelectMany(door => door.Scopes.Select((scope, rank) => (Door: door, Scope: scope, Rank: rank)))
                .GroupBy(choice => (choice.Scope, choice.Door.Floors))
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Min(choice => choice.Rank)).ThenBy(group => group.Key.Scope).First();
            Reach[] served = [.. best.Select(choice => choice.Door)];
            parts.Add(new GrantPart(best.Key.Scope, best.Key.Floors, [.. served.Select(door => door.DoorId)]));
            left.RemoveAll(served.Contains);
        }

        return parts;
    }
}
