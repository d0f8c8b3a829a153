using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Carry;

/// <summary>A door that a phone may carry for.</summary>
/// <param name="Door">The door.</param>
/// <param name="Scopes">Scopes of the rights that let it: their lists come first.</param>
/// <param name="IsTechnicians">One of these rights is a technician's.</param>
internal sealed record PhoneDoor(DoorRow Door, IReadOnlyList<int> Scopes, bool IsTechnicians);

/// <summary>Which doors a phone may carry for: those of a living right of its person.</summary>
internal static class PhoneBook
{
    private const int MaxKeys = 200;

    /// <summary>Finds a door.</summary>
    /// <param name="tokenHash">SHA-256 of the phone's token.</param>
    /// <exception cref="ApiException">
    /// 401: no phone redeemed with that token; 410: its keys have ended, or the right to this door has; 404: any other door, whether it is there or not.
    /// </exception>
    public static async Task<PhoneDoor> FindAsync(Session s, byte[] tokenHash, uint doorId)
    {
        List<(string Workspace, LinkOwner Link, bool IsOver)> keys = await s.QueryAsync(
            $"""
            SELECT k.workspace_id, k.user_identity_id, k.deleted_us, k.expires_us, k.instant_key_id, k.access_grant_id, r.deactivated_us FROM redeem_sessions r JOIN instant_keys k ON k.instant_key_id = r.instant_key_id
            WHERE r.token_hash = @hash ORDER BY k.created_us DESC LIMIT {MaxKeys}
            """,
            row => (row.Text(0), new LinkOwner(row.Text(4), row.Text(1), row.TextOrNull(5), (uint)(row.Long(3) / 1_000_000)), !row.IsDBNull(2) || row.Long(3) <= s.NowUs || !row.IsDBNull(6)),
            ("hash", tokenHash));
        if (keys.Count == 0)
        {
            throw new ApiException(401, "unauthorized", "no link was redeemed with this token");
        }

        if (keys.All(key => key.IsOver))
        {
            throw new ApiException(410, "instant_key_expired", "this phone's keys have ended");
        }

        foreach ((string workspace, LinkOwner link, bool _) in keys.Where(key => !key.IsOver).DistinctBy(key => (key.Link.UserIdentityId, key.Link.GrantId)))
        {
            if (await OfLinkAsync(s, workspace, link, doorId) is PhoneDoor found)
            {
                return found;
            }
        }

        throw await HadAsync(s, keys.Select(key => key.Link.UserIdentityId).Distinct(), doorId)
            ? new ApiException(410, "right_ended", "the right to this door has ended")
            : ApiException.NotFound("door");
    }

    private static async Task<PhoneDoor?> OfLinkAsync(Session s, string workspace, LinkOwner link, uint doorId)
    {
        Right[] rights =
        [
            .. (await RightsBook.ListAsync(s, link.UserIdentityId, s.NowS)).Where(right => link.Reaches(right) && right.Terms.AvailableS <= s.NowS && right.Terms.Doors.Contains(doorId)),
        ];
        if (rights.Length == 0)
        {
            return null;
        }

        DoorRow door = await DoorBook.GetAsync(s, workspace, doorId);
        return door.IsRetired ? null : new PhoneDoor(door, [.. rights.Select(right => right.ScopeId).Distinct()], rights.Any(right => right.Terms.IsTechnician));
    }

    private static async Task<bool> HadAsync(Session s, IEnumerable<string> identities, uint doorId)
    {
        foreach (string identity in identities)
        {
            if (await s.NumberAsync(
                """
                SELECT COUNT(*) FROM rights r JOIN right_doors d ON d.right_id = r.right_id
                WHERE r.user_identity_id = @id AND d.door_id = @door AND (r.closed_us IS NOT NULL OR r.ends_s <= @now)
                """,
                ("id", identity), ("door", doorId), ("now", s.NowS)) > 0)
            {
                return true;
            }
        }

        return false;
    }
}
