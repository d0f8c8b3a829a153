using DoorController.Wire;

namespace DoorController.Issuer;

/// <summary>Builds the list blob of a scope (PROTOCOL.md section 6, blob 1).</summary>
public static class ListBlob
{
    /// <summary>A full form, in the form that is the shortest.</summary>
    /// <param name="header">What stands before the data.</param>
    /// <param name="bitmap">Bit i is key number watermark + i; at most 2,048 bytes.</param>
    /// <returns>The body, 24 to 2,072 bytes.</returns>
    public static byte[] Full(ListHeader header, ReadOnlySpan<byte> bitmap)
    {
        byte[] whole = Encode(header, 0, ListBody.Bitmap, bitmap.TrimEnd((byte)0));
        byte[]? runs = Delta(header, 0, bitmap, [.. bitmap.ToArray().Select(b => b != 0)]);
        return Shortest(whole, runs, Scattered(header, 0, SetBits(bitmap)))!;
    }

    /// <summary>The shortest of some bodies of one meaning; of equals the first.</summary>
    /// <returns>Null when there is none.</returns>
    public static byte[]? Shortest(params ReadOnlySpan<byte[]?> bodies)
    {
        byte[]? best = null;
        foreach (byte[]? body in bodies)
        {
            best = body != null && (best == null || body.Length < best.Length) ? body : best;
        }

        return best;
    }

    /// <summary>Form 2: the gaps between the bits that are set, in Rice codes with the k that makes them shortest.</summary>
    /// <param name="header">What stands before the data.</param>
    /// <param name="baseVersion">0 for a full form; else the bits are those that were set after it.</param>
    /// <param name="bits">0 to 16,383, growing.</param>
    /// <returns>The body; null in mode allowed, when the bits are too many, or longer in this form than any other may be.</returns>
    public static byte[]? Scattered(ListHeader header, uint baseVersion, IReadOnlyList<int> bits)
    {
        if (header.IsAllowedMode || bits.Count > Limits.ScatteredKeys)
        {
            return null;
        }

        int[] gaps = [.. bits.Select((bit, i) => bit - (i == 0 ? -1 : bits[i - 1]) - 1)];
        int k = Enumerable.Range(0, ScatteredBits.MaxK + 1).MinBy(n => gaps.Sum(g => (g >> n) + 1 + n));
        byte[] data = [(byte)k, .. RiceCodes(gaps, k)];
        return data.Length > Limits.WindowBytes ? null : Encode(header, baseVersion, ListBody.Scattered, data);
    }

    private static byte[] RiceCodes(int[] gaps, int k)
    {
        byte[] codes = new byte[(gaps.Sum(g => (g >> k) + 1 + k) + 7) / 8];
        int at = 0;
        foreach (int gap in gaps)
        {
            at += gap >> k;
            long code = 1 | ((gap & ((1L << k) - 1)) << 1);
            for (int i = 0; i <= k; i++, at++)
            {
                codes[at / 8] |= (byte)(((code >> i) & 1) << (at % 8));
            }
        }

        return codes;
    }

    private static List<int> SetBits(ReadOnlySpan<byte> bitmap)
    {
        List<int> bits = [];
        for (int i = 0; i < bitmap.Length * 8; i++)
        {
            if ((bitmap[i / 8] & (1 << (i % 8))) != 0)
            {
                bits.Add(i);
            }
        }

        return bits;
    }

    /// <summary>A delta: the final value of every byte that changed after a version.</summary>
    /// <param name="header">What stands before the data.</param>
    /// <param name="baseVersion">Version to which it applies, or any later one.</param>
    /// <param name="bitmap">The window as it is now.</param>
    /// <param name="changed">Which of its bytes changed after the base version.</param>
    /// <returns>The body; null when runs take more than the longest data.</returns>
    public static byte[]? Delta(ListHeader header, uint baseVersion, ReadOnlySpan<byte> bitmap, ReadOnlySpan<bool> changed)
    {
        List<byte> runs = [];
        int at = 0;
        while (at < bitmap.Length)
        {
            if (!changed[at])
            {
                at++;
                continue;
            }

            int count = 1;
            while (count < byte.MaxValue && at + count < bitmap.Length && changed[at + count])
            {
                count++;
            }

            runs.AddRange([(byte)at, (byte)(at >> 8), (byte)count]);
            runs.AddRange(bitmap.Slice(at, count));
            at += count;
        }

        return runs.Count > Limits.WindowBytes ? null : Encode(header, baseVersion, ListBody.Runs, runs.ToArray());
    }

    /// <summary>The tag of one door over a body, 16 bytes.</summary>
    public static byte[] Tag(SiteRoot root, uint doorId, int doorGeneration, byte[] body)
    {
        byte[] key = root.SubKey(doorId, doorGeneration, Keys.List);
        byte[] length = new byte[2];
        Bytes.Put16(length, 0, body.Length);
        return SiteRoot.Mac(key, "dc1listt", [.. length, .. body])[..Bytes.Tag];
    }

    /// <summary>What a door is given: the body and its tag.</summary>
    public static byte[] ForDoor(SiteRoot root, uint doorId, int doorGeneration, byte[] body) =>
        [.. body, .. Tag(root, doorId, doorGeneration, body)];

    private static byte[] Encode(ListHeader header, uint baseVersion, int form, ReadOnlySpan<byte> data)
    {
        if (header.Watermark % 8 != 0)
        {
            throw new ArgumentException($"watermark: wanted a multiple of 8, is {header.Watermark}", nameof(header));
        }

        byte[] body = new byte[ListBody.Data + data.Length];
        body[0] = BlobType.List;
        Bytes.Put24(body, ListBody.ScopeId, header.ScopeId);
        Bytes.Put32(body, ListBody.Version, header.Version);
        Bytes.Put32(body, ListBody.Base, baseVersion);
        Bytes.Put16(body, ListBody.MinimumGeneration, header.MinimumGeneration);
        body[ListBody.Mode] = (byte)(header.IsAllowedMode ? 1 : 0);
        body[ListBody.Form] = (byte)form;
        Bytes.Put32(body, ListBody.Watermark, header.Watermark);
        Bytes.Put16(body, ListBody.Generation, header.Generation);
        Bytes.Put16(body, ListBody.DataLength, data.Length);
        data.CopyTo(body.AsSpan(ListBody.Data));
        return body;
    }
}

/// <summary>The fields of a list that stand before its data.</summary>
/// <param name="ScopeId">24 bits.</param>
/// <param name="Version">Grows; never below the Unix time of its making.</param>
/// <param name="Generation">Generation that the mode belongs to.</param>
/// <param name="MinimumGeneration">Generations below are retired.</param>
/// <param name="Watermark">A multiple of 8: below it every key is dead.</param>
/// <param name="IsAllowedMode">True when only a set bit opens.</param>
public sealed record ListHeader(
    int ScopeId, uint Version, int Generation, int MinimumGeneration, uint Watermark, bool IsAllowedMode = false);
