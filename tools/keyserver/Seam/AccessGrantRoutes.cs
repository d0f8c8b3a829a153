using System.Text.Json;
using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/access_grants/…: Seam's own way to an instant key.</summary>
internal static class AccessGrantRoutes
{
    private const int MaxPage = 500;

    private static readonly string[] Read = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], "/access_grants/create", CreateAsync);
        app.MapApi(Read, "/access_grants/get", GetAsync);
        app.MapApi(Read, "/access_grants/list", ListAsync);
        app.MapApi(["PATCH", "POST"], "/access_grants/update", UpdateAsync);
        app.MapApi(["POST"], "/access_grants/request_access_methods", RequestAsync);
        app.MapApi(["DELETE", "POST"], "/access_grants/delete", DeleteAsync);
    }

    private static async Task<object> CreateAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? id = p.Id("user_identity_id");
        JsonElement? inline = p.Json("user_identity");
        Func<Session, GrantWish> wish = GrantParameters.Wish(p);
        List<long> methods = GrantParameters.Methods(p);
        if (p.Has("user_identity_id") == p.Has("user_identity"))
        {
            p.Refuse("user_identity_id", "wanted either this or user_identity");
        }

        p.Check();
        Func<Session, UserIdentity>? person = inline is JsonElement wanted
            ? GrantParameters.Within("user_identity", wanted, inner => UserIdentityRoutes.Read(inner, call.WorkspaceId)) : null;
        return await call.Database.WriteAsync(
            async s =>
            {
                UserIdentity whose = person != null
                    ? await UserIdentityRoutes.InsertAsync(s, person(s)) : await UserIdentityRoutes.GetAsync(s, call.WorkspaceId, id!.Value.ToString());
                AccessGrant grant = await GrantBook.CreateAsync(s, call.WorkspaceId, whose.UserIdentityId, wish(s));
                return await WithMethodsAsync(s, call, grant, methods);
            },
            call.Cancel);
    }

    private static async Task<object> RequestAsync(Call call)
    {
        Guid? id = call.Parameters.Id("access_grant_id", required: true);
        List<long> methods = GrantParameters.Methods(call.Parameters);
        call.Parameters.Check();
        return await call.Database.WriteAsync(
            async s => await WithMethodsAsync(s, call, await GrantBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString()), methods), call.Cancel);
    }

    private static async Task<object> WithMethodsAsync(Session s, Call call, AccessGrant grant, List<long> methods)
    {
        for (int i = 0; i < methods.Count; i++)
        {
            await GrantBook.AddMethodAsync(s, call.Site.Keys, grant, methods[i], i);
        }

        return new { access_grant = await ShowAsync(s, call, await GrantBook.GetAsync(s, call.WorkspaceId, grant.Id)) };
    }

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("access_grant_id");
        string? key = call.Parameters.Text("access_grant_key");
        if (call.Parameters.Has("access_grant_id") == call.Parameters.Has("access_grant_key"))
        {
            call.Parameters.Refuse("access_grant_id", "wanted either this or access_grant_key");
        }

        call.Parameters.Check();
        return await call.Database.ReadAsync(
            async s => new
            {
                access_grant = await ShowAsync(s, call, id != null
                    ? await GrantBook.GetAsync(s, call.WorkspaceId, id.Value.ToString()) : await GrantBook.GetByKeyAsync(s, call.WorkspaceId, key!)),
            },
            call.Cancel);
    }

    private static async Task<object> ListAsync(Call call)
    {
        Parameters p = call.Parameters;
        GrantQuery query = GrantQuery.Read(p);
        long limit = p.Number("limit", 1, MaxPage) ?? MaxPage;
        long after = p.Cursor(1)?[0] ?? long.MinValue;
        p.Check();
        return await call.Database.ReadAsync(
            async s =>
            {
                List<AccessGrant> rows = await GrantBook.PageAsync(s, call.WorkspaceId, query.Where, query.Values, after, limit + 1);
                (List<AccessGrant> page, Pagination pagination) = Pagination.Cut(rows, limit, grant => [grant.Ordinal]);
                List<object> shown = [];
                foreach (AccessGrant grant in page)
                {
                    shown.Add(await ShowAsync(s, call, grant));
                }

                return new { access_grants = shown, pagination };
            },
            call.Cancel);
    }

    private static async Task<object> UpdateAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? id = p.Id("access_grant_id", required: true);
        string? name = p.Text("name", max: 100);
        long? starts = p.TimeUs("starts_at") / 1_000_000;
        long? ends = p.TimeUs("ends_at") / 1_000_000;
        (bool hasName, bool hasEnds) = (p.Has("name"), p.Has("ends_at"));
        p.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                AccessGrant present = await GrantBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString());
                uint from = (uint)(starts ?? present.StartsS);
                uint? to = hasEnds || starts != null ? GrantParameters.End(s, from, hasEnds ? ends : present.EndsS) : present.EndsS;
                await GrantBook.ChangeAsync(s, present, hasName ? name : present.Name, from, to);
                return 0;
            },
            call.Cancel);
        return new { };
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Guid? id = call.Parameters.Id("access_grant_id", required: true);
        call.Parameters.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                await GrantBook.EndAsync(s, await GrantBook.GetAsync(s, call.WorkspaceId, id!.Value.ToString()));
                return 0;
            },
            call.Cancel);
        return new { };
    }

    /// <summary>A grant, as the API shows it.</summary>
    public static async Task<object> ShowAsync(Session s, Call call, AccessGrant grant)
    {
        UserIdentity person = await UserIdentityRoutes.GetAsync(s, grant.WorkspaceId, grant.UserIdentityId);
        return AccessGrantShape.For(call).Show(grant, person.DisplayName);
    }
}
