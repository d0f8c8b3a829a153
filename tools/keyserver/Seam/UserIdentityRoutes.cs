using System.Globalization;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/user_identities/…</summary>
internal static class UserIdentityRoutes
{
    private const int MaxPage = 500;
    private const int MaxIds = 200;

    /// <summary>By the index, which has the begin of a key only.</summary>
    private const string KeyIs = "substr(user_identity_key, 1, 100) = substr(@value, 1, 100) AND user_identity_key = @value";

    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], "/user_identities/create", CreateAsync);
        app.MapApi(["GET", "POST"], "/user_identities/get", GetAsync);
        app.MapApi(["GET", "POST"], "/user_identities/list", ListAsync);
        app.MapApi(["PATCH", "POST"], "/user_identities/update", UpdateAsync);
        app.MapApi(["DELETE", "POST"], "/user_identities/delete", DeleteAsync);
    }

    private static async Task<object> CreateAsync(Call call)
    {
        Func<Session, UserIdentity> identity = Read(call.Parameters, call.WorkspaceId);
        if (call.Parameters.Texts("acs_system_ids", MaxIds) is { Count: > 0 })
        {
            call.Parameters.Refuse("acs_system_ids", "there are no other access systems here");
        }

        call.Parameters.Check();
        return new { user_identity = await call.Database.WriteAsync(s => InsertAsync(s, identity(s)), call.Cancel) };
    }

    /// <summary>Reads a new person; what is wrong is noted in the parameters.</summary>
    public static Func<Session, UserIdentity> Read(Parameters p, string workspaceId)
    {
        string? key = p.Text("user_identity_key");
        string? name = p.Text("full_name");
        (string? email, string? phone) = (Email(p), Phone(p));
        return s => new UserIdentity(Guid.NewGuid().ToString(), key, name, email, phone, IsoTime.FromUs(s.NowUs), workspaceId);
    }

    private static string? Email(Parameters p)
    {
        string? email = p.Text("email_address", max: 254);
        if (email != null && (email.IndexOf('@') is var at && (at < 1 || at == email.Length - 1)))
        {
            p.Refuse("email_address", "wanted an address such as name@example.com");
        }

        return email;
    }

    private static string? Phone(Parameters p)
    {
        string? phone = p.Text("phone_number", max: 20);
        if (phone != null && (phone[0] != '+' || phone.Length < 6 || !phone.AsSpan(1).ContainsAnyInRange('0', '9') || phone.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
        {
            p.Refuse("phone_number", "wanted a number in E.164 form, such as +15555550100");
        }

        return phone;
    }

    /// <summary>Changes what is named; null takes away.</summary>
    private static async Task<object> UpdateAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? id = p.Id("user_identity_id", required: true);
        Func<Session, UserIdentity> wanted = Read(p, call.WorkspaceId);
        p.Check();
        await call.Database.WriteAsync(
            async s =>
            {
                (UserIdentity now, UserIdentity next) = (await GetAsync(s, call.WorkspaceId, id!.Value.ToString()), wanted(s));
                await ChangeAsync(s, now with
                {
                    UserIdentityKey = p.Has("user_identity_key") ? next.UserIdentityKey : now.UserIdentityKey,
                    FullName = p.Has("full_name") ? next.FullName : now.FullName,
                    EmailAddress = p.Has("email_address") ? next.EmailAddress : now.EmailAddress,
                    PhoneNumber = p.Has("phone_number") ? next.PhoneNumber : now.PhoneNumber,
                });
                return 0;
            },
            call.Cancel);
        return new { };
    }

    private static async Task ChangeAsync(Session s, UserIdentity identity)
    {
        await CheckKeyAsync(s, identity);
        await s.ExecuteAsync(
            """
            UPDATE user_identities SET user_identity_key = @key, full_name = @name, email_address = @email, phone_number = @phone, folded = @folded
            WHERE user_identity_id = @id
            """,
            ("id", identity.UserIdentityId), ("key", identity.UserIdentityKey), ("name", identity.FullName), ("email", identity.EmailAddress),
            ("phone", identity.PhoneNumber), ("folded", Folded(identity)));
    }

    private static string Folded(UserIdentity identity) =>
        SearchText.Row(identity.FullName, identity.EmailAddress, identity.PhoneNumber, identity.UserIdentityKey);

    private static async Task CheckKeyAsync(Session s, UserIdentity identity)
    {
        if (identity.UserIdentityKey != null && await s.NumberAsync(
            $"SELECT 1 FROM user_identities WHERE workspace_id = @workspace AND user_identity_id <> @own AND {KeyIs}",
            ("workspace", identity.WorkspaceId), ("own", identity.UserIdentityId), ("value", identity.UserIdentityKey)) != null)
        {
            throw ApiException.Invalid("user_identity_key", "is that of another user identity of this workspace");
        }
    }

    /// <summary>Reads a person.</summary>
    /// <exception cref="ApiException">404 user_identity_not_found.</exception>
    public static async Task<UserIdentity> GetAsync(Session s, string workspaceId, string id) => await s.FirstAsync(
        $"SELECT {UserIdentity.Columns} FROM user_identities WHERE workspace_id = @workspace AND user_identity_id = @id",
        UserIdentity.Map,
        ("workspace", workspaceId), ("id", id)) ?? throw ApiException.NotFound("user_identity");

    /// <summary>No two changes run at once, so that nobody takes the same key between the look and the row.</summary>
    public static async Task<UserIdentity> InsertAsync(Session s, UserIdentity identity)
    {
        await CheckKeyAsync(s, identity);
        await s.ExecuteAsync(
            $"""
            INSERT INTO user_identities ({UserIdentity.Columns}, ordinal, folded)
            VALUES (@id, @key, @name, @email, @phone, @now, @workspace, @change, @folded)
            """,
            ("id", identity.UserIdentityId), ("key", identity.UserIdentityKey), ("name", identity.FullName), ("email", identity.EmailAddress),
            ("phone", identity.PhoneNumber), ("now", s.NowUs), ("workspace", identity.WorkspaceId), ("change", s.Change),
            ("folded", Folded(identity)));
        return identity;
    }

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("user_identity_id");
        string? key = call.Parameters.Text("user_identity_key");
        if (call.Parameters.Has("user_identity_id") == call.Parameters.Has("user_identity_key"))
        {
            call.Parameters.Refuse("user_identity_id", "wanted either this or user_identity_key");
        }

        call.Parameters.Check();
        string isIt = id != null ? "user_identity_id = @value" : KeyIs;
        UserIdentity? found = await call.Database.QueryAsync(
            s => s.FirstAsync(
                $"SELECT {UserIdentity.Columns} FROM user_identities WHERE workspace_id = @workspace AND {isIt}",
                UserIdentity.Map,
                ("workspace", call.WorkspaceId), ("value", id?.ToString() ?? key)),
            call.Cancel);
        return new { user_identity = found ?? throw ApiException.NotFound("user_identity") };
    }

    private static async Task<object> ListAsync(Call call)
    {
        Parameters p = call.Parameters;
        long limit = p.Number("limit", 1, MaxPage) ?? MaxPage;
        long? before = p.TimeUs("created_before");
        string? search = p.Text("search", max: 200);
        IReadOnlyList<string>? ids = p.Texts("user_identity_ids", MaxIds, max: 36);
        long? after = p.Cursor(1)?[0];
        p.Check();
        string sql = $"""
            SELECT {UserIdentity.Columns}, ordinal FROM user_identities WHERE workspace_id = @workspace
            {(before == null ? string.Empty : "AND created_us < @before")}
            {(search == null ? string.Empty : "AND folded LIKE @search ESCAPE '!'")}
            {(ids == null ? string.Empty : $"AND user_identity_id IN ({string.Join(", ", ids.Select((_, i) => "@id" + i.ToString(CultureInfo.InvariantCulture)))})")}
            {(after == null ? string.Empty : "AND ordinal > @after")}
            ORDER BY ordinal LIMIT @limit
            """;
        List<(string, object?)> values = [("workspace", call.WorkspaceId), ("limit", limit + 1)];
        AddIf(values, before != null, ("before", before));
        AddIf(values, search != null, ("search", search == null ? null : SearchText.Pattern(search)));
        AddIf(values, after != null, ("after", after));
        values.AddRange((ids ?? []).Select((id, i) => ("id" + i.ToString(CultureInfo.InvariantCulture), (object?)id)));
        List<(UserIdentity Identity, long Ordinal)> rows = ids is { Count: 0 } ? [] : await call.Database.QueryAsync(
            s => s.QueryAsync(sql, row => (UserIdentity.Map(row), row.Long(7)), [.. values]), call.Cancel);
        (List<(UserIdentity Identity, long Ordinal)> page, Pagination pagination) = Pagination.Cut(rows, limit, row => [row.Ordinal]);
        return new { user_identities = page.Select(r => r.Identity), pagination };
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Guid? id = call.Parameters.Id("user_identity_id", required: true);
        call.Parameters.Check();
        bool isDone = await call.Database.WriteAsync(s => IdentityBook.EndAsync(s, id!.Value.ToString(), call.WorkspaceId), call.Cancel);
        return isDone ? new { } : throw ApiException.NotFound("user_identity");
    }

    private static void AddIf(List<(string, object?)> values, bool condition, params (string, object?)[] more)
    {
        if (condition)
        {
            values.AddRange(more);
        }
    }
}
