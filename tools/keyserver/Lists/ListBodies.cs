using DoorController.Issuer;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;
using DoorController.Wire;

namespace DoorController.KeyServer.Lists;

/// <summary>Builds the body of a scope's list from its keys (PROTOCOL.md section 6, blob 1).</summary>
public static class ListBodies
{
    /// <summary>More changed keys than this are told as a full form.</summary>
    private const int MaxChanged = Limits.ScatteredKeys;

    /// <summary>Runs of more bytes than this are not looked up: a query each.</summary>
    private const int MaxOctets = 256;

    /// <summary>The full form, as of this transaction: every revocation that was committed is in it.</summary>
    /// <exception cref="ApiException">404: there is no such scope.</exception>
    public static async Task<byte[]> FullAsync(Session s, int scopeId)
    {
        ListHeader header = await HeaderAsync(s, scopeId);
        byte[] bitmap = new byte[Limits.WindowBytes];
        await SetBitsAsync(s, header, header.Watermark, header.Watermark + Limits.WindowKeys, bitmap);
        return ListBlob.Full(header, bitmap);
    }

    /// <summary>What changed after a version, when that is shorter than the full form; as of this transaction.</summary>
    /// <param name="baseVersion">Version that a door has, at least the one from which deltas are made; 0 asks for the full form.</param>
    /// <exception cref="ApiException">404: there is no such scope.</exception>
    public static async Task<byte[]> SinceAsync(Session s, int scopeId, uint baseVersion)
    {
        if (baseVersion == 0)
        {
            return await FullAsync(s, scopeId);
        }

        // The plus keeps both databases from the index of the numbers, which would look at every key of the scope.
        ListHeader header = await HeaderAsync(s, scopeId);
        List<(uint Number, bool IsRevoked)> changed = await s.QueryAsync(
            """
            SELECT key_number, revoked_us FROM keys
            WHERE scope_id = @scope AND list_version > @base AND +key_number >= @first AND +key_number < @end ORDER BY list_version, key_number LIMIT @most
            """,
            row => (row.U32(0), !row.IsDBNull(1)),
            ("scope", scopeId), ("base", baseVersion), ("first", header.Watermark), ("end", header.Watermark + Limits.WindowKeys), ("most", MaxChanged + 1));
        return changed.Count > MaxChanged ? await FullAsync(s, scopeId) : await DeltaAsync(s, header, baseVersion, changed) ?? await FullAsync(s, scopeId);
    }

    private static async Task<byte[]?> DeltaAsync(Session s, ListHeader header, uint baseVersion, List<(uint Number, bool IsRevoked)> changed)
    {
        byte[]? scattered = ListBlob.Scattered(
            header, baseVersion, [.. changed.Where(c => c.IsRevoked).Select(c => (int)(c.Number - header.Watermark)).Order()]);
        uint[] octets = [.. changed.Select(c => (c.Number - header.Watermark) / 8).Distinct()];
        if (scattered?.Length <= ListBody.Data + ListBody.RunHeader + octets.Length)
        {
            return scattered;
        }

        if (octets.Length > MaxOctets)
        {
            return ListBlob.Shortest(scattered, await FullAsync(s, header.ScopeId));
        }

        byte[] bitmap = new byte[Limits.WindowBytes];
        bool[] isChanged = new bool[Limits.WindowBytes];
        foreach (uint octet in octets)
        {
            isChanged[octet] = true;
            uint first = header.Watermark + (octet * 8);
            await SetBitsAsync(s, header, first, first + 8, bitmap);
        }

        return ListBlob.Shortest(scattered, ListBlob.Delta(header, baseVersion, bitmap, isChanged));
    }

    private static async Task SetBitsAsync(Session s, ListHeader header, uint first, uint end, byte[] bitmap)
    {
        string sql = header.IsAllowedMode
            ? "SELECT key_number FROM keys WHERE scope_id = @scope AND key_number >= @first AND key_number < @end AND revoked_us IS NULL"
            : "SELECT key_number FROM keys WHERE scope_id = @scope AND key_number >= @first AND key_number < @end AND revoked_us IS NOT NULL";
        foreach (uint number in await s.QueryAsync(sql, row => row.U32(0), ("scope", header.ScopeId), ("first", first), ("end", end)))
        {
            int bit = (int)(number - header.Watermark);
            bitmap[bit / 8] |= (byte)(1 << (bit % 8));
        }
    }

    private static async Task<ListHeader> HeaderAsync(Session s, int scopeId) => await s.FirstAsync(
        "SELECT list_version, generation, minimum_generation, watermark, list_mode FROM scopes WHERE scope_id = @scope",
        row => new ListHeader(scopeId, row.U32(0), row.Int(1), row.Int(2), row.U32(3), row.Long(4) == 1),
        ("scope", scopeId)) ?? throw ApiException.NotFound("scope");
}
