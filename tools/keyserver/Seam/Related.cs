using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>What a batch begins with; what it has besides follows from these.</summary>
internal sealed record Seeds(
    IReadOnlyList<string> SpaceIds, IReadOnlyList<Entrance> Entrances, IReadOnlyList<AccessGrant> Grants, IReadOnlyList<AccessMethod> Methods);

/// <summary>Resources and what they speak of, each thing once: the batch of a get_related.</summary>
internal static class Related
{
    /// <summary>Resources that one request may begin with.</summary>
    public const int MaxSeeds = 100;

    /// <summary>Kinds around spaces.</summary>
    public static readonly string[] OfSpaces = ["spaces", "acs_entrances", "acs_systems", "access_methods", "devices", "connected_accounts"];

    /// <summary>Kinds around access grants.</summary>
    public static readonly string[] OfGrants =
        ["spaces", "acs_entrances", "acs_systems", "user_identities", "access_methods", "devices", "connected_accounts", "acs_access_groups"];

    /// <summary>Kinds around access methods.</summary>
    public static readonly string[] OfMethods =
        ["spaces", "acs_entrances", "access_grants", "access_methods", "instant_keys", "client_sessions", "acs_credentials", "devices"];

    /// <summary>Kinds that exist in the API and not here: there is never one.</summary>
    private static readonly string[] Absent = ["devices", "connected_accounts", "acs_access_groups"];

    /// <summary>Reads which kinds are asked for.</summary>
    /// <param name="kinds">Those that there are around what is asked about.</param>
    public static IReadOnlyList<string> Read(Parameters p, string[] kinds)
    {
        IReadOnlyList<string>? include = p.Texts("include", kinds.Length);
        IReadOnlyList<string> exclude = p.Texts("exclude", kinds.Length) ?? [];
        foreach ((string name, IReadOnlyList<string> asked) in new[] { ("include", include ?? []), ("exclude", exclude) })
        {
            if (asked.Except(kinds).Any())
            {
                p.Refuse(name, "wanted some of " + string.Join(", ", kinds));
            }
        }

        return [.. (include ?? kinds).Distinct().Except(exclude).Except(Absent)];
    }

    /// <summary>Ids, or the integrator's own keys, of what is asked about.</summary>
    /// <param name="thing">Such as space.</param>
    public static (IReadOnlyList<string> Ids, IReadOnlyList<string> Keys) ReadSeeds(Parameters p, string thing)
    {
        IReadOnlyList<string> ids = p.Ids(thing + "_ids", MaxSeeds) ?? [];
        IReadOnlyList<string> keys = p.Texts(thing + "_keys", MaxSeeds) ?? [];
        if (p.Has(thing + "_ids") == p.Has(thing + "_keys"))
        {
            p.Refuse(thing + "_ids", $"wanted either this or {thing}_keys");
        }

        return (ids, keys);
    }

    /// <summary>Collects them.</summary>
    public static async Task<object> MakeAsync(Session s, Call call, Seeds seeds, IReadOnlyList<string> kinds)
    {
        Dictionary<string, object> batch = [];
        foreach (string kind in kinds.Where(kind => kind != "instant_keys" || call.Role != Role.Read))
        {
            batch[kind] = await CollectAsync(s, call, seeds, kind);
        }

        return new { batch };
    }

    private static async Task<IEnumerable<object>> CollectAsync(Session s, Call call, Seeds seeds, string kind)
    {
        switch (kind)
        {
            case "spaces":
                return (await SpaceBook.GetAsync(s, call.WorkspaceId, [.. seeds.SpaceIds.Distinct()])).Select(SpaceRoutes.Show);
            case "acs_entrances":
                ILookup<string, string> spaces = await SpaceBook.OfEntrancesAsync(s, call.WorkspaceId);
                return seeds.Entrances.DistinctBy(e => e.Id).Select(e => AcsRoutes.Show(call.WorkspaceId, e, spaces));
            case "acs_systems":
                return [await AcsRoutes.SystemAsync(s, call.WorkspaceId)];
            case "user_identities":
                return await EachAsync(
                    seeds.Grants.Select(g => g.UserIdentityId).Distinct(), async id => [await UserIdentityRoutes.GetAsync(s, call.WorkspaceId, id)]);
            case "access_grants":
                return await EachAsync(seeds.Grants, async grant => [await AccessGrantRoutes.ShowAsync(s, call, grant)]);
            case "access_methods":
                return seeds.Methods.Select(AccessGrantShape.For(call).Show);
            case "instant_keys":
                return await EachAsync(seeds.Methods, async method => [await InstantKeyRoutes.ShowAsync(s, call, method.InstantKeyId)]);
            case "client_sessions":
                return await EachAsync(seeds.Methods, method => SessionRoutes.OfKeyAsync(s, call.WorkspaceId, method.InstantKeyId));
            default:
                return await EachAsync(seeds.Methods, method => CredentialRoutes.OfKeyAsync(s, call.WorkspaceId, method.InstantKeyId));
        }
    }

    private static async Task<List<object>> EachAsync<T>(IEnumerable<T> seeds, Func<T, Task<IReadOnlyList<object>>> collect)
    {
        List<object> all = [];
        foreach (T seed in seeds)
        {
            all.AddRange(await collect(seed));
        }

        return all;
    }
}
