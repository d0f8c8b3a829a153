using DoorController.Sim.Site;

namespace DoorController.Sim.Month;

/// <summary>Somebody with a phone. What he does is decided when he comes, whatever the doors answer: it is the same in both ways of carrying.</summary>
internal sealed class MonthGuest
{
    private const int AskedAtOnce = 48;
    private const double DayMs = 86_400_000;
    private readonly long[] _onlines;
    private readonly Queue<uint> _toAsk;

    /// <summary>Decides when he opens what, and when he has a network.</summary>
    /// <param name="phone">With the keys.</param>
    /// <param name="doors">What he opens, and how often a day.</param>
    /// <param name="stay">From when to when he is there, in ms.</param>
    /// <param name="onlineADay">How often he has a network.</param>
    public MonthGuest(Guest phone, IReadOnlyList<(MonthDoor Door, double ADay)> doors, (long FromMs, long ToMs) stay, double onlineADay, int seed)
    {
        Random random = new(seed);
        Phone = phone;
        Doors = doors;
        EndsMs = stay.ToMs;
        _onlines = [stay.FromMs, .. Times(random, onlineADay, stay)];
        Visits = [.. Times(random, doors.Sum(d => d.ADay), stay).Select(ms => new MonthVisit(ms, Pick(random), random.Next()))];
        _toAsk = new Queue<uint>(doors.Select(d => d.Door.Id));
    }

    /// <summary>The phone.</summary>
    public Guest Phone { get; }

    /// <summary>What he opens, and how often a day.</summary>
    public IReadOnlyList<(MonthDoor Door, double ADay)> Doors { get; }

    /// <summary>When he goes away, in ms.</summary>
    public long EndsMs { get; }

    /// <summary>When he has a network, in ms; first when he comes.</summary>
    public IReadOnlyList<long> Onlines => _onlines;

    /// <summary>When he stands at which door.</summary>
    public IReadOnlyList<MonthVisit> Visits { get; }

    /// <summary>When the key was taken back, in ms; null: not yet.</summary>
    public long? RevokedMs { get; set; }

    /// <summary>When the phone last had a network and its key was still good, in ms.</summary>
    public long OnlineMs { get; set; }

    /// <summary>
    /// The doors to ask the server about: of the 48 whose turn it is those to which he comes before it is their turn again. Answers for others would be
    /// replaced before he is there.
    /// </summary>
    /// <param name="online">Index of this time with a network.</param>
    public IEnumerable<uint> NextToAsk(int online)
    {
        int turns = (Doors.Count + AskedAtOnce - 1) / AskedAtOnce;
        long until = online + turns < _onlines.Length ? _onlines[online + turns] : EndsMs;
        HashSet<uint> soon = [.. Visits.Where(v => v.AtMs >= _onlines[online] && v.AtMs <= until).Select(v => v.Door.Id)];
        for (int i = 0; i < Math.Min(AskedAtOnce, Doors.Count); i++)
        {
            uint door = _toAsk.Dequeue();
            _toAsk.Enqueue(door);
            if (soon.Contains(door))
            {
                yield return door;
            }
        }
    }

    private static IEnumerable<long> Times(Random random, double aDay, (long FromMs, long ToMs) stay)
    {
        for (long at = stay.FromMs; ;)
        {
            at += Wait(random, aDay);
            if (at >= stay.ToMs)
            {
                yield break;
            }

            yield return at;
        }
    }

    /// <summary>Time until something happens that happens so often a day, in ms.</summary>
    public static long Wait(Random random, double aDay) => (long)(-Math.Log(1 - random.NextDouble()) / aDay * DayMs);

    private MonthDoor Pick(Random random)
    {
        double left = random.NextDouble() * Doors.Sum(d => d.ADay);
        foreach ((MonthDoor door, double aDay) in Doors)
        {
            left -= aDay;
            if (left < 0)
            {
                return door;
            }
        }

        return Doors[^1].Door;
    }
}

/// <summary>Somebody stands at a door.</summary>
/// <param name="Lot">Decides the floor.</param>
internal sealed record MonthVisit(long AtMs, MonthDoor Door, int Lot);
