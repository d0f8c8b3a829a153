namespace DoorController.Sim.Site;

/// <summary>The time of a simulated site: the server and all doors live in it. It starts at the computer's time and never goes back.</summary>
/// <param name="start">When the site begins; null: now.</param>
internal sealed class SiteClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly DateTimeOffset _start = start ?? DateTimeOffset.UtcNow;
    private long _milliseconds;

    /// <summary>Milliseconds since the site began.</summary>
    public long NowMs => Interlocked.Read(ref _milliseconds);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start.AddMilliseconds(NowMs);

    /// <inheritdoc/>
    public override long TimestampFrequency => 1000;

    /// <inheritdoc/>
    public override long GetTimestamp() => NowMs;

    /// <summary>A door has lived so far: it is at least that late everywhere.</summary>
    public void Reach(long milliseconds)
    {
        if (milliseconds > NowMs)
        {
            Interlocked.Exchange(ref _milliseconds, milliseconds);
        }
    }
}
