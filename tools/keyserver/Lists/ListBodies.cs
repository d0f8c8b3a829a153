using DoorController.Issuer;

namespace DoorController.KeyServer;

/// <summary>Builds the body of a scope's list from its keys (PROTOCOL.md section 6, blob 1).</summary>
public static class ListBodies
{
    /// <summary>The full form, as of this transaction: every revocation that was committed is in it.</summary>
    /// <exception cref="ApiException">404: there is no such scope.</exception>
    public static async Task<byte[]> FullAsync(Session s, int scopeId)
    {
        ListHeader header = await s.FirstAsync(
            "SELECT list_version, generation, minimum_generation, watermark, list_mode FROM scopes WHERE scope_id = @scope",
            row => new ListHeader(scopeId, row.U32(0), row.Int(1), row.Int(2), row.U32(3), row.Long(4) == 1),
            ("scope", scopeId)) ?? throw ApiException.NotFound("scope");
        byte[] bitmap = new byte[Limits.WindowBytes];
        string sql = header.IsAllowedMode
            ? "SELECT key_number FROM keys WHERE scope_id = @scope AND key_number >= @first AND key_number < @end AND revoked_us IS NULL"
            : "SELECT key_number FROM keys WHERE scope_id = @scope AND key_number >= @first AND key_number < @end AND revoked_us IS NOT NULL";
        foreach (uint number in await s.QueryAsync(
            sql,
            row => row.U32(0),
            ("scope", scopeId), ("first", header.Watermark), ("end", header.Watermark + Limits.WindowKeys)))
        {
            int bit = (int)(number - header.Watermark);
            bitmap[bit / 8] |= (byte)(1 << (bit % 8));
        }

        return ListBlob.Full(header, bitmap);
    }
}
