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

    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], "/user_identities/create", CreateAsync);
        app.MapApi(["GET", "POST"], "/user_identities/get", GetAsync);
        app.MapApi(["GET", "POST"], "/user_identities/list", ListAsync);
        app.MapApi(["DELETE", "POST"], "/user_identities/delete", DeleteAsync);
    }

    private static async Task<object> CreateAsync(Call call)
    {
        Parameters p = call.Parameters;
        string? key = p.Text("user_identity_key");
        string? name = p.Text("full_name");
        string? email = p.Text("email_address", max: 254);
        string? phone = p.Text("phone_number", max: 20);
        if (email != null && (email.IndexOf('@') is var at && (at < 1 || at == email.Length - 1)))
        {
            p.Refuse("email_address", "wanted an address such as name@example.com");
        }

        if (phone != null && (phone[0] != '+' || phone.Length < 6 || !phone.AsSpan(1).ContainsAnyInRange('0', '9') || phone.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
        {
            p.Refuse("phone_number", "wanted a number in E.164 form, such as +15555550100");
        }

        if (p.Texts("acs_system_ids", MaxIds) is { Count: > 0 })
        {
            p.Refuse("acs_system_ids", "there are no other access systems here");
        }

        p.Check();
        UserIdentity created = await call.Database.WriteAsync(
            s => InsertAsync(s, new UserIdentity(Guid.NewGuid().ToString(), key, name, email, phone, IsoTime.FromUs(s.NowUs), call.WorkspaceId)),
            call.Cancel);
        return new { user_identity = created };
    }

    private static async Task<UserIdentity> InsertAsync(Session s, UserIdentity identity)
    {
        int rows = await s.ExecuteAsync(
            $"""
            INSERT INTO user_identities ({UserIdentity.Columns}) VALUES (@id, @key, @name, @email, @phone, @now, @workspace)
            ON CONFLICT (workspace_id, user_identity_key) DO NOTHING
            """,
            ("id", identity.UserIdentityId), ("key", identity.UserIdentityKey), ("name", identity.FullName), ("email", identity.EmailAddress),
            ("phone", identity.PhoneNumber), ("now", s.NowUs), ("workspace", identity.WorkspaceId));
        return rows == 1 ? identity : throw ApiException.Invalid("user_identity_key", "is that of another user identity of this workspace");
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
        string column = id != null ? "user_identity_id" : "user_identity_key";
        UserIdentity? found = await call.Database.QueryAsync(
            s => s.FirstAsync(
                $"SELECT {UserIdentity.Columns} FROM user_identities WHERE workspace_id = @workspace AND {column} = @value",
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
        (long Us, string Id)? after = ParseCursor(p, p.Text("page_cursor", max: 80));
        p.Check();
        string sql = $"""
            SELECT {UserIdentity.Columns} FROM user_identities WHERE workspace_id = @workspace
            {(before == null ? string.Empty : "AND created_us < @before")}
            {(search == null ? string.Empty : "AND (lower(full_name) LIKE @search ESCAPE '!' OR lower(email_address) LIKE @search ESCAPE '!' OR phone_number LIKE @search ESCAPE '!' OR lower(user_identity_key) LIKE @search ESCAPE '!')")}
            {(ids == null ? string.Empty : $"AND user_identity_id IN ({string.Join(", ", ids.Select((_, i) => "@id" + i.ToString(CultureInfo.InvariantCulture)))})")}
            {(after == null ? string.Empty : "AND (created_us > @afterUs OR (created_us = @afterUs AND user_identity_id > @afterId))")}
            ORDER BY created_us, user_identity_id LIMIT @limit
            """;
        List<(string, object?)> values = [("workspace", call.WorkspaceId), ("limit", limit + 1)];
        AddIf(values, before != null, ("before", before));
        AddIf(values, search != null, ("search", search == null ? null : '%' + Escape(search) + '%'));
        AddIf(values, after != null, ("afterUs", after?.Us), ("afterId", after?.Id));
        values.AddRange((ids ?? []).Select((id, i) => ("id" + i.ToString(CultureInfo.InvariantCulture), (object?)id)));
        List<(UserIdentity Identity, long Us)> rows = ids is { Count: 0 } ? [] : await call.Database.QueryAsync(
            s => s.QueryAsync(sql, row => (UserIdentity.Map(row), row.Long(5)), [.. values]), call.Cancel);
        bool hasMore = rows.Count > limit;
        List<(UserIdentity Identity, long Us)> page = hasMore ? rows[..(int)limit] : rows;
        return new { user_identities = page.Select(r => r.Identity), pagination = new Pagination(hasMore, hasMore ? MakeCursor(page[^1]) : null) };
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

    private static string Escape(string search) => search.ToLowerInvariant()
        .Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);

    private static string MakeCursor((UserIdentity Identity, long Us) row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Us}.{row.Identity.UserIdentityId}");

    private static (long Us, string Id)? ParseCursor(Parameters p, string? cursor)
    {
        if (cursor == null)
        {
            return null;
        }

        string[] parts = cursor.Split('.');
        if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long us) && Guid.TryParse(parts[1], out Guid id))
        {
            return (us, id.ToString());
        }

        p.Refuse("page_cursor", "wanted the next_page_cursor of an answer");
        return null;
    }
}
