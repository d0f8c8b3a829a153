using System.Globalization;

namespace DoorController.KeyServer.Store;

/// <summary>
/// The server's clock, which says whether it may be believed. One reading of the wall clock proves nothing: it may be from before NTP, or from a machine
/// that slept. It is trusted when wall and monotonic clock agreed for <see cref="Proof"/> and it is not before the newest change. Until then time
/// goes on from the last that was trusted, and whatever cannot be undone waits.
/// </summary>
public sealed class TrustedClock : TimeProvider
{
    /// <summary>For so long both clocks must agree.</summary>
    public static readonly TimeSpan Proof = TimeSpan.FromMinutes(10);

    /// <summary>A difference that is no leap. To it comes what NTP slews, one part in <see cref="SlewParts"/>.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Follow = TimeSpan.FromMinutes(1);
    private const int SlewParts = 500;

    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private DateTimeOffset _wall;
    private long _wallAt;
    private DateTimeOffset _time;
    private long _timeAt;
    private DateTimeOffset _newest = DateTimeOffset.UnixEpoch;
    private bool _isTrusted;

    /// <summary>Trusts nothing yet: its time is the wall clock's.</summary>
    public TrustedClock(TimeProvider clock)
    {
        _clock = clock;
        _wall = _time = clock.GetUtcNow();
        _wallAt = _timeAt = clock.GetTimestamp();
    }

    /// <summary>The time in microseconds since 1970.</summary>
    public long NowUs => (GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>True when the time may be believed now.</summary>
    public bool IsTrusted
    {
        get
        {
            lock (_lock)
            {
                Read();
                return _isTrusted;
            }
        }
    }

    /// <summary>Why it is not trusted, for a person who can set the clock; null when it is.</summary>
    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                DateTimeOffset wall = Read();
                return _isTrusted ? null
                    : wall < _newest - Tolerance ? $"the clock says {Text(wall)}, and the newest change was made at {Text(_newest)}: set the clock, or delete this alarm when it is right"
                    : $"the clock says {Text(wall)}, and has run evenly for less than {Proof.TotalMinutes} minutes";
            }
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => _clock.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => _clock.GetTimestamp();

    /// <summary>The wall clock's time while it is trusted, else what goes on from the last that was.</summary>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            DateTimeOffset wall = Read();
            return _isTrusted ? wall : _time + _clock.GetElapsedTime(_timeAt);
        }
    }

    /// <summary>Takes the time of the newest change of a database: no time before it is true.</summary>
    /// <param name="us">Microseconds since 1970; 0 when there is none.</param>
    public void Begin(long us)
    {
        lock (_lock)
        {
            Read();
            _newest = DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);
            _time = _wall > _newest ? _wall : _newest;
            _timeAt = _wallAt;
        }
    }

    /// <summary>A change was made at this time. Only while the clock is trusted.</summary>
    internal void Note(long us)
    {
        lock (_lock)
        {
            _newest = DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);
        }
    }

    /// <summary>A person says that the wall clock is right, whatever was before.</summary>
    public void Accept()
    {
        lock (_lock)
        {
            _wall = _newest = _clock.GetUtcNow();
            _wallAt = _clock.GetTimestamp();
            _isTrusted = true;
        }
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Compares both clocks since the last look.</summary>
    /// <returns>The wall clock.</returns>
    private DateTimeOffset Read()
    {
        DateTimeOffset wall = _clock.GetUtcNow();
        long now = _clock.GetTimestamp();
        TimeSpan elapsed = _clock.GetElapsedTime(_wallAt, now);
        if ((wall - _wall - elapsed).Duration() > Tolerance + (elapsed / SlewParts))
        {
            if (_isTrusted)
            {
                _time = _wall + elapsed;
                _timeAt = now;
                _isTrusted = false;
            }

            (_wall, _wallAt) = (wall, now);
        }
        else if (_isTrusted ? elapsed >= Follow : elapsed >= Proof && wall >= _newest - Tolerance)
        {
            (_wall, _wallAt, _isTrusted) = (wall, now, true);
        }

        return wall;
    }
}
