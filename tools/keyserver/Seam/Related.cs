using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>What access grants speak of, each thing once: the batch of get_related.</summary>
internal static class Related
{
    private static readonly string[] Kinds = ["spaces", "acs_entrances", "acs_systems", "user_identities"];

    /// <summary>Kinds that exist in the API and not here: there is never one.</summary>
    private static readonly string[] Absent = ["devices", "connected_accounts", "acs_access_groups"];

    /// <summary>Reads which kinds are asked for.</summary>
    public static HashSet<string> Read(Parameters p)
    {
        IReadOnlyList<string>? include = p.Texts("include", Kinds.Length + Absent.Length);
        IReadOnlyList<string> exclude = p.Texts("exclude", Kinds.Length + Absent.Length) ?? [];
        foreach ((string name, IReadOnlyList<string> kinds) in new[] { ("include", include ?? []), ("exclude", exclude) })
        {
            if (kinds.Except(Kinds).Except(Absent).Any())
            {
                p.Refuse(name, "wanted some of " + string.Join(", ", Kinds));
            }
        }

        return [.. (include ?? Kinds).Intersect(Kinds).Except(exclude)];
    }

    /// <summary>Collects them.</summary>
    public static async Task<Dictionary<string, object>> MakeAsync(Session s, string workspaceId, List<AccessGrant> grants, HashSet<string> kinds)
    {
        Dictionary<string, object> batch = [];
        if (kinds.Contains("spaces"))
        {
            batch["spaces"] = (await SpaceBook.GetAsync(s, workspaceId, [.. grants.SelectMany(g => g.SpaceIds).Distinct()])).Select(SpaceRoutes.Show);
        }

        if (kinds.Contains("acs_entrances"))
        {
            ILookup<string, string> spaces = await SpaceBook.OfEntrancesAsync(s, workspaceId);
            Dictionary<string, Entrance> entrances = [];
            foreach (AccessGrant grant in grants)
            {
                (await GrantSettler.ReachedAsync(s, grant)).ForEach(entrance => entrances[entrance.Id] = entrance);
            }

            batch["acs_entrances"] = entrances.Values.Select(entrance => AcsRoutes.Show(workspaceId, entrance, spaces));
        }

        if (kinds.Contains("acs_systems"))
        {
            batch["acs_systems"] = new[] { await AcsRoutes.SystemAsync(s, workspaceId) };
        }

        if (kinds.Contains("user_identities"))
        {
            List<UserIdentity> people = [];
            foreach (string id in grants.Select(g => g.UserIdentityId).Distinct())
            {
                people.Add(await UserIdentityRoutes.GetAsync(s, workspaceId, id));
            }

            batch["user_identities"] = people;
        }

        return batch;
    }
}
