using DoorController.Wire;

namespace DoorController.Sim.Fleet;

/// <summary>One revocation after the other at one fleet: who taps where and when is drawn by the seed, what comes of it is the doors' own.</summary>
internal sealed class FleetRun(FleetPlan plan, int seed, bool isCarried)
{
    private const double HourMs = 3_600_000;
    private const uint Guest = 1;
    private const uint FirstRevoked = 100;
    private readonly Random _random = new(seed);
    private readonly List<double> _tapsToMost = [];
    private readonly List<double> _hoursToMost = [];
    private readonly List<int> _openings = [];
    private readonly List<int> _taps = [];
    private readonly List<double> _hours = [];
    private readonly List<double> _openingHours = [];

    /// <summary>Taps at each door until 95 % knew, of each revocation in which they did.</summary>
    public IReadOnlyList<double> TapsToMost => _tapsToMost;

    /// <summary>Hours until 95 % knew, of each revocation in which they did.</summary>
    public IReadOnlyList<double> HoursToMost => _hoursToMost;

    /// <summary>Openings by the key that was taken back, of each revocation.</summary>
    public IReadOnlyList<int> Openings => _openings;

    /// <summary>Taps after which each door knew, of all revocations.</summary>
    public IReadOnlyList<int> Taps => _taps;

    /// <summary>Hours after which each door knew, of all revocations.</summary>
    public IReadOnlyList<double> Hours => _hours;

    /// <summary>Hours after the revocation of each opening by the key that was taken back.</summary>
    public IReadOnlyList<double> OpeningHours => _openingHours;

    /// <summary>Taps by the key that was taken back at doors that knew, which opened: none, or the firmware is broken.</summary>
    public int Broken { get; private set; }

    /// <summary>Taps that were played.</summary>
    public int Played { get; private set; }

    /// <summary>Plays all of it.</summary>
    /// <param name="progress">Hears of each revocation that is over.</param>
    public void Play(Action progress, CancellationToken cancel)
    {
        using FleetHouse house = new(plan);
        double fromMs = HourMs;
        for (int round = 0; round < plan.Rounds; round++)
        {
            cancel.ThrowIfCancellationRequested();
            uint revoked = FirstRevoked + (uint)round;
            house.Revoke(revoked);
            Round(house, revoked, fromMs, cancel);
            fromMs += (plan.Hours + 1) * HourMs;
            progress();
        }
    }

    private void Round(FleetHouse house, uint revoked, double fromMs, CancellationToken cancel)
    {
        int[] taps = new int[plan.Doors];
        double[] knewMs = [.. Enumerable.Repeat(double.PositiveInfinity, plan.Doors)];
        int openings = 0;
        foreach ((double atMs, int door, FleetEvent what) in Events().OrderBy(e => e.AtMs))
        {
            cancel.ThrowIfCancellationRequested();
            bool knew = knewMs[door] <= atMs;
            taps[door] += what == FleetEvent.Tap && !knew ? 1 : 0;
            if (what == FleetEvent.Try || !knew)
            {
                bool opened = Happen(house, door, (long)(fromMs + atMs), what, revoked);
                Broken += knew && opened ? 1 : 0;
                openings += opened ? 1 : 0;
                _openingHours.AddRange(opened ? [atMs / HourMs] : []);
            }

            knewMs[door] = !knew && house.Knows(door) ? atMs : knewMs[door];
        }

        _openings.Add(openings);
        Note(taps, knewMs);
    }

    /// <summary>What happens to one revocation, of all doors. A door with Wi-Fi asks once: it knows from then on.</summary>
    private IEnumerable<(double AtMs, int Door, FleetEvent What)> Events()
    {
        for (int door = 0; door < plan.Doors; door++)
        {
            if (door < plan.WifiDoors)
            {
                yield return (_random.NextDouble() * FleetHouse.SyncS * 1000, door, FleetEvent.Sync);
                continue;
            }

            // Taps at a door that knows change nothing there and are not drawn: the first with the news is the last that counts.
            double atMs = 0;
            while (isCarried && (atMs += Wait(plan.TapsAnHour)) < plan.Hours * HourMs)
            {
                bool hasNews = _random.Next(plan.Guests) < plan.Carriers;
                yield return (atMs, door, hasNews ? FleetEvent.TapWithNews : FleetEvent.Tap);
                if (hasNews)
                {
                    break;
                }
            }
        }

        double tryMs = 0;
        while ((tryMs += Wait(plan.TriesAnHour)) < plan.Hours * HourMs)
        {
            yield return (tryMs, _random.Next(plan.Doors), FleetEvent.Try);
        }
    }

    private bool Happen(FleetHouse house, int door, long ms, FleetEvent what, uint revoked)
    {
        house.LiveUntil(door, ms);
        if (what == FleetEvent.Sync)
        {
            house.Sync(door);
            return false;
        }

        Played++;
        bool isTry = what == FleetEvent.Try;
        int verdict = house.Tap(door, isTry ? revoked : Guest, what == FleetEvent.TapWithNews);
        return isTry && verdict == Verdict.Granted;
    }

    private void Note(int[] taps, double[] knewMs)
    {
        double[] offline = [.. knewMs.Skip(plan.WifiDoors)];
        _hours.AddRange(knewMs.Where(double.IsFinite).Select(ms => ms / HourMs));
        _taps.AddRange(taps.Skip(plan.WifiDoors).Where((_, i) => double.IsFinite(offline[i])).Select(n => n + 1));
        double most = knewMs.Order().ElementAt(plan.Most - 1);
        if (double.IsFinite(most))
        {
            _hoursToMost.Add(most / HourMs);
            _tapsToMost.Add(knewMs.Select((ms, door) => !double.IsFinite(ms) ? int.MaxValue : door < plan.WifiDoors ? 0 : taps[door] + 1).Order().ElementAt(plan.Most - 1));
        }
    }

    private double Wait(double anHour) => -Math.Log(1 - _random.NextDouble()) / anHour * HourMs;

    private enum FleetEvent
    {
        Tap,
        TapWithNews,
        Try,
        Sync,
    }
}
