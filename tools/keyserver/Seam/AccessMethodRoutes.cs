using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/access_methods/…</summary>
internal static class AccessMethodRoutes
{
    private static readonly string[] Read = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(Read, "/access_methods/get", GetAsync);
        app.MapApi(Read, "/access_methods/list", ListAsync);
        app.MapApi(["DELETE", "POST"], "/access_methods/delete", DeleteAsync);
    }

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("access_method_id", required: true);
        call.Parameters.Check();
        return new { access_method = Show(call, await call.Database.QueryAsync(s => GetAsync(s, call, id!.Value), call.Cancel)) };
    }

    private static async Task<object> ListAsync(Call call)
    {
        Guid? grant = call.Parameters.Id("access_grant_id", required: true);
        call.Parameters.Check();
        List<AccessMethod> methods = await call.Database.ReadAsync(
            async s => (await GrantBook.GetAsync(s, call.WorkspaceId, grant!.Value.ToString())).Methods.ToList(), call.Cancel);
        return new { access_methods = methods.Select(method => Show(call, method)) };
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Guid? id = call.Parameters.Id("access_method_id", required: true);
        call.Parameters.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                await GrantBook.EndMethodAsync(s, await GetAsync(s, call, id!.Value));
                return 0;
            },
            call.Cancel);
        return new { };
    }

    /// <summary>Reads a method.</summary>
    /// <exception cref="ApiException">404 access_method_not_found.</exception>
    public static async Task<AccessMethod> GetAsync(Session s, Call call, Guid id) => (await GrantBook.MethodsAsync(
        s, "m.access_method_id = @id AND k.workspace_id = @workspace", ("id", id), ("workspace", call.WorkspaceId))).FirstOrDefault()
        ?? throw ApiException.NotFound("access_method");

    private static object Show(Call call, AccessMethod method) => AccessGrantShape.For(call).Show(method);
}
