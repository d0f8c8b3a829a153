using System.Data.Common;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Look;
using DoorController.KeyServer.Redeem;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Seam;

/// <summary>/user_identities/generate_instant_key and /instant_keys/…</summary>
internal static class InstantKeyRoutes
{
    private const string Columns =
        "instant_key_id, workspace_id, client_session_id, user_identity_id, created_us, expires_us, customization_profile_id";

    private const int MaxUses = 1000;
    private const int MaxListed = 10000;

    private static readonly object[] NoRights =
    [
        new { warning_code = "user_identity_has_no_rights", message = "the link opens nothing until the user identity has a right: /rights/assign" },
    ];

    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], "/user_identities/generate_instant_key", GenerateAsync);
        app.MapApi(["GET", "POST"], "/instant_keys/get", GetAsync);
        app.MapApi(["GET", "POST"], "/instant_keys/list", ListAsync);
        app.MapApi(["DELETE", "POST"], "/instant_keys/delete", DeleteAsync);
    }

    private static async Task<object> GenerateAsync(Call call)
    {
        Guid? identity = call.Parameters.Id("user_identity_id", required: true);
        long uses = call.Parameters.Number("max_use_count", 1, MaxUses) ?? 1;
        Guid? profile = call.Parameters.Id("customization_profile_id");
        call.Parameters.Check();
        Idempotency.Check(call);
        (InstantKeyRow row, bool hasRights, CustomizationProfile? look) = await call.Database.WriteAsync(
            async s =>
            {
                long? ends = await RightsEndAsync(s, identity!.Value);
                InstantKeyRow? known = await Idempotency.FindAsync(s, call) is string id
                    ? await FindAsync(s, call.WorkspaceId, "instant_key_id", id) ?? throw ApiException.NotFound("instant_key")
                    : null;
                InstantKeyRow key = known ?? await MakeAsync(s, call, identity.Value, ends, profile, uses);
                return (key, ends != null, await LookBook.FindAsync(s, key.CustomizationProfileId));
            },
            call.Cancel);
        return new { instant_key = Show(call, row, look), warnings = hasRights ? [] : NoRights };
    }

    private static async Task<InstantKeyRow> MakeAsync(Session s, Call call, Guid identity, long? rightsEndS, Guid? profile, long uses)
    {
        if (profile is Guid look)
        {
            await LookBook.GetAsync(s, call.WorkspaceId, look);
        }

        TimeSpan life = call.Http.RequestServices.GetRequiredService<KeyServerSettings>().DefaultLife;
        long expiresUs = rightsEndS * 1_000_000 ?? s.NowUs + (life.Ticks / TimeSpan.TicksPerMicrosecond);
        LinkOwner owner = new(Guid.NewGuid().ToString(), identity.ToString(), null, (uint)(expiresUs / 1_000_000));
        await InstantKeyBook.MakeAsync(s, call.Site.Keys, call.WorkspaceId, owner, expiresUs, profile?.ToString(), uses);
        await Idempotency.NoteAsync(s, call, owner.InstantKeyId);
        return (await FindAsync(s, call.WorkspaceId, "instant_key_id", owner.InstantKeyId))!;
    }

    /// <summary>A key lives as long as the person's rights. There is no parameter for it.</summary>
    /// <returns>Unix seconds; null without a right.</returns>
    private static Task<long?> RightsEndAsync(Session s, Guid identity) => s.NumberAsync(
        "SELECT MAX(ends_s) FROM rights WHERE user_identity_id = @id AND closed_us IS NULL AND ends_s > @now", ("id", identity), ("now", s.NowS));

    private static Task<InstantKeyRow?> FindAsync(Session s, string workspaceId, string column, object value) => s.FirstAsync(
        $"SELECT {Columns} FROM instant_keys WHERE {column} = @value AND workspace_id = @workspace AND deleted_us IS NULL",
        Read,
        ("value", value), ("workspace", workspaceId));

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("instant_key_id");
        string? url = call.Parameters.Text("instant_key_url");
        if (call.Parameters.Has("instant_key_id") == call.Parameters.Has("instant_key_url"))
        {
            call.Parameters.Refuse("instant_key_id", "wanted either this or instant_key_url");
        }

        call.Parameters.Check();
        object value = id != null ? id.Value.ToString() : SiteKeys.Hash(Links.FindCode(url!) ?? string.Empty);
        return await call.Database.ReadAsync(
            async s => new { instant_key = await ShowAsync(s, call, value, id != null ? "instant_key_id" : "link_hash") }, call.Cancel);
    }

    /// <summary>An instant key, as the API shows it.</summary>
    /// <exception cref="ApiException">404 instant_key_not_found.</exception>
    public static async Task<InstantKey> ShowAsync(Session s, Call call, object value, string column = "instant_key_id")
    {
        InstantKeyRow key = await FindAsync(s, call.WorkspaceId, column, value) ?? throw ApiException.NotFound("instant_key");
        return Show(call, key, await LookBook.FindAsync(s, key.CustomizationProfileId));
    }

    private static async Task<object> ListAsync(Call call)
    {
        Guid? identity = call.Parameters.Id("user_identity_id");
        call.Parameters.Check();
        string sql = identity == null
            ? $"SELECT {Columns} FROM instant_keys WHERE workspace_id = @workspace AND deleted_us IS NULL ORDER BY created_us, instant_key_id LIMIT @limit"
            : $"SELECT {Columns} FROM instant_keys WHERE workspace_id = @workspace AND user_identity_id = @identity AND deleted_us IS NULL ORDER BY created_us, instant_key_id LIMIT @limit";
        List<(string, object?)> values = [("workspace", call.WorkspaceId), ("limit", MaxListed + 1)];
        if (identity != null)
        {
            values.Add(("identity", identity.Value));
        }

        (List<InstantKeyRow> rows, Dictionary<string, CustomizationProfile> looks) = await call.Database.ReadAsync(
            async s => (await s.QueryAsync(sql, Read, [.. values]), (await LookBook.ListAsync(s, call.WorkspaceId)).ToDictionary(look => look.Id)), call.Cancel);
        if (rows.Count > MaxListed)
        {
            throw ApiException.Invalid("user_identity_id", $"Required: the workspace has more than {MaxListed} instant keys, and this list has no pages");
        }

        return new { instant_keys = rows.Select(row => Show(call, row, looks.GetValueOrDefault(row.CustomizationProfileId ?? string.Empty))) };
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Guid? id = call.Parameters.Id("instant_key_id", required: true);
        call.Parameters.Check();
        bool isDone = await call.Database.WriteAsync(s => InstantKeyBook.EndAsync(s, id!.Value.ToString(), call.WorkspaceId), call.Cancel);
        return isDone ? new { } : throw ApiException.NotFound("instant_key");
    }

    private static InstantKey Show(Call call, InstantKeyRow row, CustomizationProfile? look) => row.Show(call.Http.RequestServices.GetRequiredService<Links>(), look);

    private static InstantKeyRow Read(DbDataReader row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Long(4), row.Long(5), row.TextOrNull(6));

    private sealed record InstantKeyRow(
        string InstantKeyId, string WorkspaceId, string ClientSessionId, string UserIdentityId, long CreatedUs, long ExpiresUs, string? CustomizationProfileId)
    {
        public InstantKey Show(Links links, CustomizationProfile? look) => new(
            InstantKeyId, WorkspaceId, ClientSessionId, UserIdentityId, IsoTime.FromUs(CreatedUs), IsoTime.FromUs(ExpiresUs),
            links.Make(InstantKeyId), look?.Id, look == null ? null : new Customization(links.MakeLogo(look.LogoHash), look.PrimaryColor, look.SecondaryColor));
    }
}
