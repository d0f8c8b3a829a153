namespace DoorController.KeyServer.Webhooks;

/// <summary>How long to wait between tries: from an instant, for a receiver that stumbled, to hours, for days.</summary>
internal static class RetryWaits
{
    /// <summary>After so many microseconds of failing it is told nothing more: five days.</summary>
    public const long GiveUpUs = 5 * 86_400_000_000L;

    /// <summary>The longest wait in microseconds: twelve hours.</summary>
    public const long LongestUs = 12 * 3_600_000_000L;

    /// <summary>Waits that are no longer than this, in microseconds, are waited for while the webhook is held.</summary>
    public const long ShortUs = 1_000_000;

    private static readonly int[] Milliseconds =
        [20, 50, 100, 200, 500, 1000, 5000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 3 * 3_600_000, 6 * 3_600_000];

    /// <summary>The wait after a failure, in microseconds.</summary>
    /// <param name="failures">How many in a row came before it.</param>
    public static long AfterUs(int failures) => failures < Milliseconds.Length ? Milliseconds[failures] * 1000L : LongestUs;
}
