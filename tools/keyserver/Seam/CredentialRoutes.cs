using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/acs/credentials/…: key numbers that are in use.</summary>
internal static class CredentialRoutes
{
    private const int MaxPage = 500;

    private const string Sql =
        "SELECT k.key_id, k.issued_s, k.expires_s, r.starts_s, r.user_identity_id, k.scope_id, k.key_number FROM keys k JOIN rights r ON r.right_id = k.right_id"
        + " WHERE r.workspace_id = @workspace AND k.revoked_us IS NULL";

    private static readonly string[] Read = ["GET", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(Read, "/acs/credentials/get", GetAsync);
        app.MapApi(Read, "/acs/credentials/list", ListAsync);
    }

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("acs_credential_id", required: true);
        call.Parameters.Check();
        return new { acs_credential = await call.Database.QueryAsync(s => GetAsync(s, call.WorkspaceId, id!.Value.ToString()), call.Cancel) };
    }

    /// <summary>A key number, as the API shows it.</summary>
    /// <exception cref="ApiException">404 acs_credential_not_found.</exception>
    public static async Task<object> GetAsync(Session s, string workspaceId, string id) =>
        await FindAsync(s, workspaceId, " AND k.key_id = @id", ("id", id)) is [object found] ? found : throw ApiException.NotFound("acs_credential");

    private static async Task<object> ListAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? person = p.Id("user_identity_id");
        Guid? system = p.Id("acs_system_id");
        long limit = p.Number("limit", 1, MaxPage) ?? MaxPage;
        long[] after = p.Cursor(2) ?? [0, -1];
        p.Check();
        AcsRoutes.Check("acs_system", system, SystemIds.System(call.WorkspaceId));
        List<(string, object?)> values = [("workspace", call.WorkspaceId), ("scope", after[0]), ("number", after[1]), ("limit", limit + 1)];
        string where = " AND (k.scope_id > @scope OR (k.scope_id = @scope AND k.key_number > @number))";
        if (person != null)
        {
            where += " AND r.user_identity_id = @person";
            values.Add(("person", person));
        }

        List<(object Shape, long[] Place)> rows = await call.Database.QueryAsync(
            s => s.QueryAsync($"{Sql}{where} ORDER BY k.scope_id, k.key_number LIMIT @limit", row => Show(row, call.WorkspaceId), [.. values]), call.Cancel);
        (List<(object Shape, long[] Place)> page, Pagination pagination) = Pagination.Cut(rows, limit, row => row.Place);
        return new { acs_credentials = page.Select(row => row.Shape), pagination };
    }

    /// <summary>The key numbers of an instant key's link, as the API shows them.</summary>
    public static Task<IReadOnlyList<object>> OfKeyAsync(Session s, string workspaceId, string instantKeyId) => FindAsync(
        s, workspaceId, " AND k.instant_key_id = @key ORDER BY k.scope_id, k.key_number", ("key", instantKeyId));

    private static async Task<IReadOnlyList<object>> FindAsync(Session s, string workspaceId, string where, params (string, object?)[] values) =>
        await s.QueryAsync(Sql + where, row => Show(row, workspaceId).Shape, [("workspace", workspaceId), .. values]);

    private static (object Shape, long[] Place) Show(System.Data.Common.DbDataReader row, string workspaceId) => (
        new
        {
            acs_credential_id = row.Text(0),
            acs_system_id = SystemIds.System(workspaceId),
            connected_account_id = SystemIds.Account(workspaceId),
            workspace_id = workspaceId,
            user_identity_id = row.Text(4),
            display_name = $"Key {row.Long(6)} of scope {row.Long(5)}",
            access_method = AccessGrantShape.MobileKey,
            created_at = IsoTime.FromS(row.Long(1)),
            is_issued = true,
            issued_at = IsoTime.FromS(row.Long(1)),
            starts_at = IsoTime.FromS(row.Long(3)),
            ends_at = IsoTime.FromS(row.Long(2)),
            is_managed = true,
            errors = Array.Empty<object>(),
            warnings = Array.Empty<object>(),
        },
        [row.Long(5), row.Long(6)]);
}
