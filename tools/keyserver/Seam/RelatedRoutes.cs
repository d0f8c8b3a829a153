using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/spaces/get_related, /access_grants/get_related and /access_methods/get_related.</summary>
internal static class RelatedRoutes
{
    private static readonly string[] Read = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(Read, "/spaces/get_related", OfSpacesAsync);
        app.MapApi(Read, "/access_grants/get_related", OfGrantsAsync);
        app.MapApi(Read, "/access_methods/get_related", OfMethodsAsync);
    }

    private static async Task<object> OfSpacesAsync(Call call)
    {
        (IReadOnlyList<string> ids, IReadOnlyList<string> keys) = Related.ReadSeeds(call.Parameters, "space");
        IReadOnlyList<string> kinds = Related.Read(call.Parameters, Related.OfSpaces);
        call.Parameters.Check();
        return await call.Database.ReadAsync(
            async s =>
            {
                List<Space> spaces = await SpaceBook.GetAsync(s, call.WorkspaceId, ids);
                foreach (string key in keys.Distinct())
                {
                    spaces.Add(await SpaceBook.GetByKeyAsync(s, call.WorkspaceId, key));
                }

                List<Entrance> entrances = [];
                List<AccessMethod> methods = [];
                foreach (Space space in spaces)
                {
                    entrances.AddRange((await EntranceBook.PageAsync(s, call.WorkspaceId, new EntranceFilter(SpaceId: space.Id), null, long.MaxValue)).ConvertAll(row => row.Entrance));
                    methods.AddRange(kinds.Contains("access_methods") ? await MethodsOfAsync(s, space) : []);
                }

                Seeds seeds = new([.. spaces.Select(space => space.Id)], entrances, [], [.. methods.DistinctBy(method => method.Id)]);
                return await Related.MakeAsync(s, call, seeds, kinds);
            },
            call.Cancel);
    }

    private static async Task<object> OfGrantsAsync(Call call)
    {
        (IReadOnlyList<string> ids, IReadOnlyList<string> keys) = Related.ReadSeeds(call.Parameters, "access_grant");
        IReadOnlyList<string> kinds = Related.Read(call.Parameters, Related.OfGrants);
        call.Parameters.Check();
        return await call.Database.ReadAsync(
            async s =>
            {
                List<AccessGrant> grants = await GrantsAsync(s, call, ids);
                foreach (string key in keys.Distinct())
                {
                    grants.Add(await GrantBook.GetByKeyAsync(s, call.WorkspaceId, key));
                }

                return await Related.MakeAsync(s, call, await AroundAsync(s, grants, [.. grants.SelectMany(grant => grant.Methods)]), kinds);
            },
            call.Cancel);
    }

    private static async Task<object> OfMethodsAsync(Call call)
    {
        IReadOnlyList<string>? ids = call.Parameters.Ids("access_method_ids", Related.MaxSeeds, required: true);
        IReadOnlyList<string> kinds = Related.Read(call.Parameters, Related.OfMethods);
        call.Parameters.Check();
        return await call.Database.ReadAsync(
            async s =>
            {
                List<AccessMethod> methods = [];
                foreach (string id in ids!)
                {
                    methods.Add(await AccessMethodRoutes.GetAsync(s, call, Guid.Parse(id)));
                }

                List<AccessGrant> grants = await GrantsAsync(s, call, methods.Select(method => method.GrantId).Distinct());
                return await Related.MakeAsync(s, call, await AroundAsync(s, grants, methods), kinds);
            },
            call.Cancel);
    }

    private static async Task<List<AccessGrant>> GrantsAsync(Session s, Call call, IEnumerable<string> ids)
    {
        List<AccessGrant> grants = [];
        foreach (string id in ids)
        {
            grants.Add(await GrantBook.GetAsync(s, call.WorkspaceId, id));
        }

        return grants;
    }

    private static async Task<Seeds> AroundAsync(Session s, List<AccessGrant> grants, List<AccessMethod> methods)
    {
        List<Entrance> entrances = [];
        foreach (AccessGrant grant in grants)
        {
            entrances.AddRange(await GrantSettler.ReachedAsync(s, grant));
        }

        return new Seeds([.. grants.SelectMany(grant => grant.SpaceIds)], entrances, grants, methods);
    }

    /// <summary>Methods of the grants that name a space.</summary>
    private static async Task<List<AccessMethod>> MethodsOfAsync(Session s, Space space)
    {
        List<AccessMethod> methods = await GrantBook.MethodsAsync(
            s, "m.access_grant_id IN (SELECT access_grant_id FROM grant_spaces WHERE space_id = @space)", ("space", space.Id));
        return methods.Count <= MaxMethods
            ? methods
            : throw ApiException.Invalid("exclude", $"wanted access_methods: there are more than {MaxMethods} in {space.Name}, and a batch has no pages");
    }

    private const int MaxMethods = 10_000;
}
