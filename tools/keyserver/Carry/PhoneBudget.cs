using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Carry;

/// <summary>How often a phone may ask, in memory: a restart forgives.</summary>
/// <param name="clock">The time.</param>
internal sealed class PhoneBudget(TimeProvider clock)
{
    /// <summary>Requests of a phone in a minute.</summary>
    public const int AsksAMinute = 60;

    private const int MaxKnown = 100_000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, (long Since, int Count)> _known = [];
    private readonly Lock _lock = new();

    /// <summary>Counts a request.</summary>
    /// <exception cref="ApiException">429: too many in this minute.</exception>
    public void Ask(byte[] tokenHash)
    {
        if (!Take(Convert.ToHexString(tokenHash), AsksAMinute))
        {
            throw new ApiException(429, "too_many_requests", $"a phone asks at most {AsksAMinute} times a minute") { RetryAfterS = (int)Minute.TotalSeconds };
        }
    }

    /// <summary>True once a minute for each phone and door.</summary>
    public bool TakeToken(byte[] tokenHash, uint doorId) => Take($"{Convert.ToHexString(tokenHash)} {doorId}", 1);

    private bool Take(string key, int most)
    {
        lock (_lock)
        {
            (long since, int count) = _known.GetValueOrDefault(key);
            bool isOver = count == 0 || clock.GetElapsedTime(since) >= Minute;
            if (isOver && !_known.ContainsKey(key) && _known.Count >= MaxKnown && !Forget())
            {
                return false;
            }

            if (!isOver && count >= most)
            {
                return false;
            }

            _known[key] = isOver ? (clock.GetTimestamp(), 1) : (since, count + 1);
            return true;
        }
    }

    /// <summary>Forgets whose minute is over.</summary>
    /// <returns>False when nobody's is.</returns>
    private bool Forget()
    {
        string[] over = [.. _known.Where(k => clock.GetElapsedTime(k.Value.Since) >= Minute).Select(k => k.Key)];
        foreach (string key in over)
        {
            _known.Remove(key);
        }

        return over.Length > 0;
    }
}
