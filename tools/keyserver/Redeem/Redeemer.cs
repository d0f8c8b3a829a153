using DoorController.Issuer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Lists;
using DoorController.KeyServer.Look;
using DoorController.KeyServer.Measure;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Redeem;

/// <summary>Turns a link code and the token of a phone into credentials.</summary>
/// <param name="site">Database and keys.</param>
/// <param name="meters">Counts what is given out.</param>
public sealed class Redeemer(Site site, Meters meters)
{
    /// <summary>True when a link has this code, whatever became of it. Changes nothing and waits for no change.</summary>
    /// <param name="code">In the form of a link code.</param>
    public async Task<bool> IsLinkAsync(string code, CancellationToken cancel) => await site.Database.QueryAsync(
        s => s.NumberAsync("SELECT COUNT(*) FROM instant_keys WHERE link_hash = @hash", ("hash", SiteKeys.Hash(code))), cancel) > 0;

    /// <summary>Redeems, or renews for a phone that redeemed before.</summary>
    /// <param name="code">In the form of a link code.</param>
    /// <param name="token">Of the phone; the first time with a token counts as a use of the link.</param>
    /// <exception cref="ApiException">No link has that code, it is used up, expired or deleted, or a scope is full.</exception>
    public async Task<Redemption> RedeemAsync(string code, string token, CancellationToken cancel)
    {
        byte[] linkHash = SiteKeys.Hash(code);
        Redemption redemption = await site.Database.WriteAsync(
            async s =>
            {
                Link link = await JudgeAsync(s, linkHash);
                await UseAsync(s, link, SiteKeys.Hash(token));
                (IReadOnlyList<IssuedKey> keys, uint? nextS) = await CredentialIssue.IssueAsync(
                    s, site.Keys.Root, new LinkOwner(link.InstantKeyId, link.UserIdentityId, link.GrantId, (uint)(link.ExpiresUs / 1_000_000)));
                return new Redemption(
                    link.InstantKeyId, link.ExpiresUs, s.NowS, keys, await CollectListsAsync(s, keys), await LookBook.FindAsync(s, link.ProfileId), nextS);
            },
            cancel);
        meters.Issued(redemption.Keys.Count);
        return redemption;
    }

    private static async Task<Link> JudgeAsync(Session s, byte[] linkHash)
    {
        Link link = await s.FirstAsync(
            "SELECT instant_key_id, user_identity_id, expires_us, max_use_count, use_count, deleted_us, customization_profile_id, access_grant_id FROM instant_keys WHERE link_hash = @hash",
            row => new Link(row.Text(0), row.Text(1), row.Long(2), row.Long(3), row.Long(4), row.LongOrNull(5) != null, row.TextOrNull(6), row.TextOrNull(7)),
            ("hash", linkHash)) ?? throw ApiException.NotFound("instant_key");
        if (link.IsDeleted)
        {
            throw new ApiException(410, "instant_key_deleted", "this key was taken back");
        }

        return link.ExpiresUs > s.NowUs ? link : throw new ApiException(410, "instant_key_expired", "this key has expired");
    }

    private static async Task UseAsync(Session s, Link link, byte[] tokenHash)
    {
        (bool isKnown, bool isDeactivated) = await s.FirstAsync(
            "SELECT deactivated_us FROM redeem_sessions WHERE instant_key_id = @id AND token_hash = @hash",
            row => (true, row.LongOrNull(0) != null),
            ("id", link.InstantKeyId), ("hash", tokenHash));
        if (isDeactivated)
        {
            throw new ApiException(410, "phone_deactivated", "this phone was deactivated");
        }

        if (isKnown)
        {
            return;
        }

        if (link.Uses >= link.MaxUses)
        {
            throw new ApiException(403, "instant_key_used_up", "this link was redeemed by as many phones as it is good for");
        }

        await s.ExecuteAsync(
            "INSERT INTO redeem_sessions (redeem_session_id, instant_key_id, token_hash, created_us) VALUES (@id, @key, @hash, @now)",
            ("id", Guid.NewGuid()), ("key", link.InstantKeyId), ("hash", tokenHash), ("now", s.NowUs));
        await s.ExecuteAsync("UPDATE instant_keys SET use_count = use_count + 1 WHERE instant_key_id = @id", ("id", link.InstantKeyId));
        await s.MarkAsync(MarkKind.LinkUses, link.InstantKeyId, link.Uses + 1, (link.ExpiresUs / 1_000_000) + 86400);
    }

    /// <summary>A phone brings a door the lists of all its scopes, also those that its own key is not of.</summary>
    private async Task<IReadOnlyList<CarriedList>> CollectListsAsync(Session s, IReadOnlyList<IssuedKey> keys)
    {
        SortedDictionary<int, List<IssuedDoor>> scopes = [];
        foreach (IssuedDoor door in keys.SelectMany(k => k.Doors).DistinctBy(d => d.DoorId))
        {
            foreach (int scope in await s.QueryAsync(
                """
                SELECT m.scope_id FROM scope_members m JOIN scopes c ON c.scope_id = m.scope_id AND c.generation = m.generation
                WHERE m.door_id = @door AND m.removed_us IS NULL ORDER BY m.slot
                """,
                row => row.Int(0),
                ("door", door.DoorId)))
            {
                (scopes.TryGetValue(scope, out List<IssuedDoor>? doors) ? doors : scopes[scope] = []).Add(door);
            }
        }

        List<CarriedList> lists = [];
        foreach ((int scope, List<IssuedDoor> doors) in scopes)
        {
            byte[] body = await ListBodies.FullAsync(s, scope);
            lists.Add(new CarriedList(
                scope, body, doors.ToDictionary(d => d.DoorId, d => ListBlob.Tag(site.Keys.Root, d.DoorId, d.Generation, body))));
        }

        return lists;
    }

    private sealed record Link(string InstantKeyId, string UserIdentityId, long ExpiresUs, long MaxUses, long Uses, bool IsDeleted, string? ProfileId, string? GrantId);
}
