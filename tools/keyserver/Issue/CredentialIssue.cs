using DoorController.Issuer;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>Makes the credentials of an instant key: one for each right of its person, with the number it had before, or a further one.</summary>
public static class CredentialIssue
{
    /// <summary>A name that a door had is told for 90 days, in microseconds.</summary>
    public const long FormerNamesUs = 90 * 86_400_000_000L;

    /// <summary>Issues or renews. Only within <see cref="Database.WriteAsync{T}"/>: what it gives out is durable when that returns.</summary>
    /// <param name="root">Makes the keys.</param>
    /// <param name="link">The instant key, which the caller has judged.</param>
    /// <returns>The keys; and when the next one is given out that is held back today, in Unix seconds, null when none is.</returns>
    /// <exception cref="ApiException">409: a scope has no number left.</exception>
    public static async Task<(IReadOnlyList<IssuedKey> Keys, uint? NextS)> IssueAsync(
        Session s, SiteRoot root, LinkOwner link)
    {
        List<IssuedKey> keys = [];
        List<Right> rights = [.. (await RightsBook.ListAsync(s, link.UserIdentityId, s.NowS)).Where(right => link.Reaches(right))];
        foreach (Right right in rights)
        {
            uint starts = Math.Max(s.NowS, right.Terms.StartsS);
            uint ends = Math.Min(right.Terms.EndsS, link.EndsS);
            List<Place> places = await FindPlacesAsync(s, right);
            if (ends <= starts || places.Count == 0 || s.NowS < right.Terms.AvailableS)
            {
                continue;
            }

            uint expires = (uint)Math.Min(ends, starts + (await OfflineLife.HoursAsync(s, right) * 3600L));
            uint number = await FindNumberAsync(s, right, link.InstantKeyId, expires);
            keys.Add(await MakeAsync(s, root, right, places, number, expires, ends));
        }

        return (keys, rights.Where(r => r.Terms.AvailableS > s.NowS).Min(r => (uint?)r.Terms.AvailableS));
    }

    /// <summary>The doors of a right that are in its scope today, with their indexes there.</summary>
    private static Task<List<Place>> FindPlacesAsync(Session s, Right right) => s.QueryAsync(
        """
        SELECT d.door_id, d.generation, d.name, m.door_index FROM right_doors r
        JOIN doors d ON d.door_id = r.door_id AND d.retired_us IS NULL
        JOIN scopes c ON c.scope_id = @scope
        JOIN scope_members m ON m.scope_id = c.scope_id AND m.generation = c.generation AND m.door_id = d.door_id AND m.removed_us IS NULL
        WHERE r.right_id = @right ORDER BY d.door_id
        """,
        row => new Place(row.U32(0), row.Int(1), row.Text(2), row.Int(3)),
        ("scope", right.ScopeId), ("right", right.Id));

    /// <summary>A number that was revoked, or is below the watermark by now, is never used again.</summary>
    private static async Task<uint> FindNumberAsync(Session s, Right right, string instantKeyId, uint expiresS)
    {
        long? known = await s.NumberAsync(
            """
            SELECT MAX(k.key_number) FROM keys k JOIN scopes c ON c.scope_id = k.scope_id
            WHERE k.instant_key_id = @key AND k.right_id = @right AND k.scope_id = @scope AND k.revoked_us IS NULL AND k.key_number >= c.watermark
            """,
            ("key", instantKeyId), ("right", right.Id), ("scope", right.ScopeId));
        if (known == null)
        {
            return await KeyNumbers.TakeAsync(s, right.ScopeId, instantKeyId, right.Id, expiresS);
        }

        await s.ExecuteAsync(
            "UPDATE keys SET expires_s = @expires WHERE scope_id = @scope AND key_number = @number AND expires_s < @expires",
            ("expires", expiresS), ("scope", right.ScopeId), ("number", known));
        return (uint)known.Value;
    }

    private static async Task<IssuedKey> MakeAsync(Session s, SiteRoot root, Right right, List<Place> places, uint number, uint expires, uint ends)
    {
        (int generation, uint listVersion) = await s.FirstAsync(
            "SELECT generation, list_version FROM scopes WHERE scope_id = @scope", row => (row.Int(0), row.U32(1)), ("scope", right.ScopeId));
        ulong mask = right.Terms.Floors ?? places.Aggregate(0UL, (bits, place) => bits | (1UL << place.Index));
        byte[] credential = new CredentialRecord(
            right.ScopeId, generation, number, s.NowS, right.Terms.StartsS, expires, mask, right.Terms.Floors != null, listVersion).Seal(root);
        List<(uint Door, string Name)> former = await FindFormerNamesAsync(s, right);
        IssuedDoor[] doors = [.. places.Select(p => new IssuedDoor(
            p.DoorId, p.Generation, p.Name, [.. former.Where(f => f.Door == p.DoorId && f.Name != p.Name).Select(f => f.Name)],
            root.CredentialKey(credential, right.ScopeId, generation, p.DoorId)))];
        return new IssuedKey(right.ScopeId, number, credential, right.Terms.StartsS, expires, ends, right.Terms.Floors, doors);
    }

    /// <summary>Names that a phone which was offline may know the doors of a right by.</summary>
    private static Task<List<(uint Door, string Name)>> FindFormerNamesAsync(Session s, Right right) => s.QueryAsync(
        """
        SELECT n.door_id, n.name FROM door_names n JOIN right_doors r ON r.door_id = n.door_id
        WHERE r.right_id = @right AND n.until_us > @since ORDER BY n.until_us DESC LIMIT 1000
        """,
        row => (row.U32(0), row.Text(1)),
        ("right", right.Id), ("since", s.NowUs - FormerNamesUs));

    private sealed record Place(uint DoorId, int Generation, string Name, int Index);
}
