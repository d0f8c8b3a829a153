using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Bench;

/// <summary>Bytes of a list of scattered revocations beside the least that any code can take: log2 of the number of such lists.</summary>
internal static class ListBench
{
    private const int Lists = 20;

    /// <summary>Prints the figures.</summary>
    public static void Run()
    {
        foreach (int keys in new[] { 100, 500, 1000, 2000, 5000 })
        {
            double bytes = Enumerable.Range(0, Lists).Average(seed => DataBytes(keys, seed));
            Line.Print($"list_bits_over_limit_{keys}", Math.Round(bytes * 8 / LimitBits(keys), 3), "ratio");
        }
    }

    private static int DataBytes(int keys, int seed)
    {
        byte[] bitmap = new byte[Limits.WindowBytes];
        int[] all = [.. Enumerable.Range(0, Limits.WindowKeys)];
        new Random(seed).Shuffle(all);
        foreach (int bit in all[..keys])
        {
            bitmap[bit / 8] |= (byte)(1 << (bit % 8));
        }

        return ListBlob.Full(new ListHeader(Site.Scope, 1, 1, 0, 0), bitmap).Length - ListBody.Data;
    }

    /// <summary>log2 of 16,384 over the number of keys.</summary>
    private static double LimitBits(int keys) => Enumerable.Range(1, keys).Sum(i => Math.Log2((double)(Limits.WindowKeys - keys + i) / i));
}
