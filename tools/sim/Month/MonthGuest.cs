using DoorController.Sim.Site;

namespace DoorController.Sim.Month;

/// <summary>Somebody with a phone.</summary>
/// <param name="Phone">With the keys.</param>
/// <param name="Doors">What he opens, and how often a day.</param>
/// <param name="EndsMs">When he goes away.</param>
/// <param name="OnlineADay">How often he has a network.</param>
/// <param name="Seed">Decides what he does, whatever the doors answer: so he does the same in both ways of carrying.</param>
internal sealed record MonthGuest(Guest Phone, IReadOnlyList<(MonthDoor Door, double ADay)> Doors, long EndsMs, double OnlineADay, int Seed)
{
    private const int AskedAtOnce = 16;
    private readonly Queue<uint> _toAsk = new(Doors.Select(d => d.Door.Id));

    /// <summary>Openings of all doors in a day.</summary>
    public double ADay { get; } = Doors.Sum(d => d.ADay);

    /// <summary>When the key was taken back, in ms; null: not yet.</summary>
    public long? RevokedMs { get; set; }

    /// <summary>When the phone last had a network and its key was still good, in ms.</summary>
    public long OnlineMs { get; set; }

    /// <summary>Decides when he opens, and what.</summary>
    public Random Visits { get; } = new(Seed);

    /// <summary>Decides when he has a network.</summary>
    public Random Onlines { get; } = new(Seed ^ 1);

    /// <summary>The doors to ask the server about: at most 16 at once, those first that were asked about longest ago.</summary>
    public IEnumerable<uint> NextToAsk()
    {
        for (int i = 0; i < Math.Min(AskedAtOnce, Doors.Count); i++)
        {
            uint door = _toAsk.Dequeue();
            _toAsk.Enqueue(door);
            yield return door;
        }
    }

    /// <summary>The door of his next opening.</summary>
    public MonthDoor Pick()
    {
        double left = Visits.NextDouble() * ADay;
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
