using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/client_sessions/… and /phones/…: each instant key has one session, and each phone that redeemed it is one.</summary>
internal static class SessionRoutes
{
    private const int MaxListed = 10_000;

    private const string SessionSql =
        "SELECT c.client_session_id, c.user_identity_id, c.created_us, k.expires_us, u.user_identity_key FROM client_sessions c"
        + " JOIN instant_keys k ON k.client_session_id = c.client_session_id LEFT JOIN user_identities u ON u.user_identity_id = c.user_identity_id"
        + " WHERE c.workspace_id = @workspace AND c.deleted_us IS NULL";

    private const string PhoneSql =
        "SELECT r.redeem_session_id, r.created_us, k.instant_key_id FROM redeem_sessions r JOIN instant_keys k ON k.instant_key_id = r.instant_key_id"
        + " WHERE k.workspace_id = @workspace AND k.deleted_us IS NULL AND r.deactivated_us IS NULL";

    private static readonly string[] Read = ["GET", "POST"];
    private static readonly string[] Delete = ["DELETE", "POST"];

    public static void Map(WebApplication app)
    {
        app.MapApi(Read, "/client_sessions/get", GetSessionAsync);
        app.MapApi(Read, "/client_sessions/list", ListSessionsAsync);
        app.MapApi(Delete, "/client_sessions/delete", EndSessionAsync);
        app.MapApi(["POST"], "/client_sessions/revoke", EndSessionAsync);
        app.MapApi(Read, "/phones/get", GetPhoneAsync);
        app.MapApi(Read, "/phones/list", ListPhonesAsync);
        app.MapApi(Delete, "/phones/deactivate", DeactivateAsync);
    }

    private static async Task<object> GetSessionAsync(Call call)
    {
        Guid? id = call.Parameters.Id("client_session_id", required: true);
        call.Parameters.Check();
        List<object> found = await call.Database.QueryAsync(s => SessionsAsync(s, call.WorkspaceId, " AND c.client_session_id = @id", ("id", id!.Value)), call.Cancel);
        return new { client_session = found.FirstOrDefault() ?? throw ApiException.NotFound("client_session") };
    }

    private static async Task<object> ListSessionsAsync(Call call)
    {
        (Guid? id, Guid? person) = (call.Parameters.Id("client_session_id"), call.Parameters.Id("user_identity_id"));
        string? key = call.Parameters.Text("user_identifier_key");
        call.Parameters.Check();
        (string Where, (string, object?) Value)[] filters =
        [
            (" AND c.client_session_id = @id", ("id", id)), (" AND c.user_identity_id = @person", ("person", person)), (" AND u.user_identity_key = @key", ("key", key)),
        ];
        (string Where, (string, object?) Value)[] asked = [.. filters.Where(f => f.Value.Item2 != null)];
        return new
        {
            client_sessions = await call.Database.QueryAsync(
                s => SessionsAsync(s, call.WorkspaceId, string.Concat(asked.Select(f => f.Where)), [.. asked.Select(f => f.Value)]), call.Cancel),
        };
    }

    /// <summary>A session is an instant key's: with it end its link, its phones and its key numbers.</summary>
    private static async Task<object> EndSessionAsync(Call call)
    {
        Guid? id = call.Parameters.Id("client_session_id", required: true);
        call.Parameters.Check();
        bool isDone = await call.Database.WriteAsync(
            async s =>
            {
                string? key = await s.FirstAsync(
                    "SELECT instant_key_id FROM instant_keys WHERE client_session_id = @id AND workspace_id = @workspace AND deleted_us IS NULL",
                    row => row.Text(0),
                    ("id", id!.Value), ("workspace", call.WorkspaceId));
                return key != null && await InstantKeyBook.EndAsync(s, key, call.WorkspaceId);
            },
            call.Cancel);
        return isDone ? new { } : throw ApiException.NotFound("client_session");
    }

    private static async Task<object> GetPhoneAsync(Call call)
    {
        Guid? id = call.Parameters.Id("device_id", required: true);
        call.Parameters.Check();
        List<object> found = await call.Database.QueryAsync(s => PhonesAsync(s, call.WorkspaceId, " AND r.redeem_session_id = @id", ("id", id!.Value)), call.Cancel);
        return new { phone = found.FirstOrDefault() ?? throw ApiException.NotFound("phone") };
    }

    private static async Task<object> ListPhonesAsync(Call call)
    {
        Guid? person = call.Parameters.Id("owner_user_identity_id");
        Guid? credential = call.Parameters.Id("acs_credential_id");
        call.Parameters.Check();
        string where = (person == null ? string.Empty : " AND k.user_identity_id = @person")
            + (credential == null ? string.Empty : " AND k.instant_key_id IN (SELECT instant_key_id FROM keys WHERE key_id = @credential)");
        (string, object?)[] values = [.. new (string Name, object? Value)[] { ("person", person), ("credential", credential) }.Where(v => v.Value != null)];
        return new { phones = await call.Database.QueryAsync(s => PhonesAsync(s, call.WorkspaceId, where, values), call.Cancel) };
    }

    private static async Task<object> DeactivateAsync(Call call)
    {
        Guid? id = call.Parameters.Id("device_id", required: true);
        call.Parameters.Check();
        bool isDone = await call.Database.WriteAsync(s => InstantKeyBook.DeactivateAsync(s, call.WorkspaceId, id!.Value.ToString()), call.Cancel);
        return isDone ? new { } : throw ApiException.NotFound("phone");
    }

    /// <summary>The session of an instant key, as the API shows it.</summary>
    public static async Task<IReadOnlyList<object>> OfKeyAsync(Session s, string workspaceId, string instantKeyId) =>
        await SessionsAsync(s, workspaceId, " AND k.instant_key_id = @key", ("key", instantKeyId));

    private static Task<List<object>> SessionsAsync(Session s, string workspaceId, string where, params (string, object?)[] values) => s.QueryAsync(
        $"{SessionSql}{where} ORDER BY c.created_us, c.client_session_id LIMIT {MaxListed}",
        row => (object)new ClientSessionShape(
            row.Text(0), workspaceId, IsoTime.FromUs(row.Long(2)), IsoTime.FromUs(row.Long(3)), string.Empty, row.TextOrNull(4), 0, [], [], [row.Text(1)], row.Text(1)),
        [("workspace", workspaceId), .. values]);

    private static Task<List<object>> PhonesAsync(Session s, string workspaceId, string where, params (string, object?)[] values) => s.QueryAsync(
        $"{PhoneSql}{where} ORDER BY r.created_us, r.redeem_session_id LIMIT {MaxListed}",
        row => (object)new
        {
            device_id = row.Text(0),
            workspace_id = workspaceId,
            display_name = "Phone with a browser",
            created_at = IsoTime.FromUs(row.Long(1)),
            device_type = "android_phone",
            custom_metadata = new { },
            properties = new { },
            errors = Array.Empty<object>(),
            warnings = Array.Empty<object>(),
        },
        [("workspace", workspaceId), .. values]);

    /// <summary>A client session. Its token is for Seam's own app: there is none here, the page has a token of its own.</summary>
    private sealed record ClientSessionShape(
        string ClientSessionId,
        string WorkspaceId,
        string CreatedAt,
        string ExpiresAt,
        string Token,
        [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] string? UserIdentifierKey,
        int DeviceCount,
        string[] ConnectedAccountIds,
        string[] ConnectWebviewIds,
        string[] UserIdentityIds,
        string UserIdentityId);
}
