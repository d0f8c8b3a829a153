using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Grants;

/// <summary>Makes the rights behind an access grant what its entrances, spaces and times say. Only within <see cref="Database.WriteAsync{T}"/>.</summary>
internal static class GrantSettler
{
    /// <summary>Changes, gives and takes away rights, and tells of entrances that it reaches from now on, or no more.</summary>
    /// <exception cref="ApiException">400: a door is in no guests' scope, or the grant reaches too many; 409: the person has too many rights.</exception>
    public static async Task SettleAsync(Session s, AccessGrant grant)
    {
        List<Entrance> entrances = await ReachedAsync(s, grant);
        List<GrantPart> parts = GrantParts.Cut(await ReachesAsync(s, entrances));
        List<Right> rights = await RightsBook.OfGrantAsync(s, grant.Id);
        HashSet<string> before = await EntrancesOfAsync(s, rights);
        foreach (GrantPart part in parts)
        {
            RightTerms terms = new(part.Doors, part.Floors, grant.StartsS, grant.LastS);
            Right? present = rights.Where(r => r.ScopeId == part.ScopeId && (r.Terms.Floors == null) == (part.Floors == null))
                .MaxBy(r => r.Terms.Doors.Intersect(part.Doors).Count());
            if (present == null)
            {
                await RightsBook.AssignAsync(s, grant.WorkspaceId, grant.UserIdentityId, part.ScopeId, terms, grant.Id);
                continue;
            }

            rights.Remove(present);
            if (!IsSame(present.Terms, terms))
            {
                await RightsBook.ChangeAsync(s, grant.WorkspaceId, present, terms, tells: false);
            }
        }

        foreach (Right surplus in rights)
        {
            await RightsBook.CloseAsync(s, grant.WorkspaceId, surplus, tells: false);
        }

        await TellAsync(s, grant, before, [.. entrances.Select(e => e.Id)]);
    }

    /// <summary>The entrances that a grant reaches: those that it names, and those of its spaces.</summary>
    /// <returns>One more than a grant may reach, should there be so many.</returns>
    public static async Task<List<Entrance>> ReachedAsync(Session s, AccessGrant grant) => (await EntranceBook.PageAsync(
        s, grant.WorkspaceId, new EntranceFilter(GrantId: grant.Id), null, GrantBook.MaxEntrances + 1)).ConvertAll(row => row.Entrance);

    private static async Task<List<Reach>> ReachesAsync(Session s, List<Entrance> entrances)
    {
        if (entrances.Count > GrantBook.MaxEntrances)
        {
            throw ApiException.Invalid("acs_entrance_ids", $"wanted at most {GrantBook.MaxEntrances} entrances, those of the spaces among them");
        }

        List<Reach> reaches = [];
        foreach (IGrouping<uint, Entrance> door in entrances.GroupBy(e => e.DoorId))
        {
            ulong? floors = door.First().Floor == null ? null : door.Aggregate(0ul, (mask, e) => mask | (1ul << e.Floor!.Value));
            List<int> scopes = await s.QueryAsync(
                """
                SELECT m.scope_id FROM scope_members m JOIN scopes c ON c.scope_id = m.scope_id AND c.generation = m.generation
                WHERE m.door_id = @door AND m.removed_us IS NULL AND c.kind IN ('door', 'bank') ORDER BY CASE WHEN c.kind = 'door' THEN 0 ELSE 1 END, m.slot
                """,
                row => row.Int(0),
                ("door", door.Key));
            reaches.Add(scopes.Count > 0 ? new Reach(door.Key, floors, scopes) : throw ApiException.Invalid(
                "acs_entrance_ids", $"{door.First().DisplayName} is in no scope of the kind door or bank: guests have no keys there"));
        }

        return reaches;
    }

    private static async Task<HashSet<string>> EntrancesOfAsync(Session s, List<Right> rights)
    {
        HashSet<string> ids = [];
        foreach (Right right in rights)
        {
            ids.UnionWith(await RightsBook.EntrancesAsync(s, right.Terms.Doors, right.Terms.Floors));
        }

        return ids;
    }

    private static bool IsSame(RightTerms one, RightTerms other) => one.Floors == other.Floors && one.StartsS == other.StartsS && one.EndsS == other.EndsS
        && one.Doors.ToHashSet().SetEquals(other.Doors);

    private static async Task TellAsync(Session s, AccessGrant grant, HashSet<string> before, HashSet<string> after)
    {
        foreach (string entrance in before.Except(after))
        {
            await s.AddEventAsync(grant.WorkspaceId, Events.GrantDoorLost, new() { ["access_grant_id"] = grant.Id, ["acs_entrance_id"] = entrance });
        }

        foreach (string entrance in after.Except(before))
        {
            await s.AddEventAsync(grant.WorkspaceId, Events.GrantDoorGained, new() { ["access_grant_id"] = grant.Id, ["acs_entrance_id"] = entrance });
        }

        if (after.Except(before).Any())
        {
            await s.AddEventAsync(grant.WorkspaceId, Events.GrantAllDoorsGained, new() { ["access_grant_id"] = grant.Id });
        }
    }
}
