using System.Text.Json.Nodes;
using DoorController.Wire;

namespace DoorController.Sim.Month;

/// <summary>Plays a month: real doors, a real key server and phones that do what the page does, one thing that happens after another.</summary>
internal sealed class MonthWorld : IDisposable
{
    private const double DayMs = 86_400_000;
    private const long HourMs = 3_600_000;

    /// <summary>Somebody was just let in: the next one waits until the strike is free again.</summary>
    private const long BusyMs = 15_000;
    private static readonly DateTimeOffset Begin = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly PriorityQueue<Action, (long, long)> _events = new();
    private readonly MonthPlan _plan;
    private readonly Random _random;
    private readonly bool _hasLoop;
    private readonly MonthSite _site;
    private readonly MonthExpectation _expectation;
    private readonly long _endMs;
    private long _nowMs;
    private long _order;

    /// <summary>Makes the site.</summary>
    /// <param name="days">How long it is played.</param>
    /// <param name="seed">Decides all that happens.</param>
    /// <param name="hasLoop">False: phones bring the lists that their link's answer had, and nothing else.</param>
    /// <param name="offlineHours">Of every guest's scope; null: the default.</param>
    public MonthWorld(MonthPlan plan, double days, int seed, bool hasLoop, int? offlineHours)
    {
        _plan = plan;
        _random = new Random(seed);
        _hasLoop = hasLoop;
        _endMs = (long)(days * DayMs);
        _site = new MonthSite(plan, _random, offlineHours, Begin);
        _expectation = new MonthExpectation(plan);
        Figures = new MonthFigures(_site.Doors.Count());
    }

    /// <summary>What came of it.</summary>
    public MonthFigures Figures { get; }

    /// <summary>Plays it.</summary>
    /// <param name="progress">Hears the day.</param>
    /// <param name="cancel">Ends it before.</param>
    public void Play(Action<int> progress, CancellationToken cancel = default)
    {
        Plan();
        int day = 0;
        while (_events.TryDequeue(out Action? happen, out (long AtMs, long) at) && at.AtMs < _endMs)
        {
            cancel.ThrowIfCancellationRequested();
            _nowMs = at.AtMs;
            _site.Clock.Reach(_nowMs);
            happen();
            if ((int)(at.AtMs / DayMs) > day)
            {
                progress(++day);
            }
        }

        foreach (MonthDoor door in _site.Doors)
        {
            door.LiveUntil(_endMs);
            Figures.NoteEnd(door, _plan.RekeyDay * DayMs, _site.Server);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _site.Dispose();

    private void Plan()
    {
        foreach (MonthDoor door in _site.Doors)
        {
            Again(_plan.PowerCutsADay, () => CutPower(door));
        }

        At(_random.NextInt64(_plan.WifiMinutes * 60_000), Sync);
        At(HourMs, Sample);
        At((long)(_plan.RekeyDay * DayMs), _site.ReKey);
        Enumerable.Range(0, _site.Staff).ToList().ForEach(i => Follow(_site.AddStaff(i, _endMs, _random.Next())));
        if (_site.Rooms == 0)
        {
            Enumerable.Range(0, _plan.Guests).ToList().ForEach(_ => Arrive(-1, _random.NextDouble()));
            Again(_plan.ArrivalsADay, () => Arrive(-1, 1));
            return;
        }

        for (int room = 0; room < _site.Rooms; room++)
        {
            int its = room;
            bool isTaken = _random.NextDouble() < (double)_plan.Guests / _site.Rooms;
            At(isTaken ? 0 : _nowMs + MonthGuest.Wait(_random, 1 / VacantDays), () => Arrive(its, isTaken ? _random.NextDouble() : 1));
        }
    }

    private double VacantDays => _plan.StayDays * ((_site.Rooms / (double)_plan.Guests) - 1);

    private void At(long ms, Action happen) => _events.Enqueue(happen, (ms, _order++));

    /// <summary>Something that happens so often a day.</summary>
    private void Again(double aDay, Action happen) => At(_nowMs + MonthGuest.Wait(_random, aDay), () =>
    {
        happen();
        Again(aDay, happen);
    });

    private void Arrive(int room, double share)
    {
        long ends = _nowMs + (long)(_plan.StayDays * DayMs * share);
        MonthGuest guest = _site.AddGuest(room, ends, _random.Next());
        Follow(guest);
        if (_random.NextDouble() < _plan.RevokedShare)
        {
            At(_nowMs + _random.NextInt64(ends - _nowMs), () => Revoke(guest));
        }

        if (room >= 0)
        {
            At(ends + MonthGuest.Wait(_random, 1 / VacantDays), () => Arrive(room, 1));
        }
    }

    private void Follow(MonthGuest guest)
    {
        for (int i = 0; i < guest.Onlines.Count; i++)
        {
            int online = i;
            At(guest.Onlines[i], () => GoOnline(guest, online));
        }

        foreach (MonthVisit visit in guest.Visits)
        {
            At(visit.AtMs, () => Visit(guest, visit));
        }
    }

    private void Revoke(MonthGuest guest)
    {
        _site.Server.Do("/instant_keys/delete", new JsonObject { ["instant_key_id"] = guest.Phone.KeyId });
        guest.RevokedMs = _nowMs;
        long until = Math.Min(guest.EndsMs, Math.Min(_endMs, guest.OnlineMs + (long)(_site.OfflineDays * DayMs)));
        Figures.NoteRevoked(_expectation.Openings(guest, Math.Max(0, until - _nowMs) / DayMs));
    }

    private void GoOnline(MonthGuest guest, int online)
    {
        guest.Phone.Refresh(_site.Server);
        guest.OnlineMs = guest.RevokedMs == null ? _nowMs : guest.OnlineMs;
        if (_hasLoop)
        {
            guest.Phone.RunErrands(_site.Server, guest.NextToAsk(online));
        }
    }

    private void Visit(MonthGuest guest, MonthVisit visit)
    {
        MonthDoor door = visit.Door;
        if (_nowMs >= guest.EndsMs)
        {
            return;
        }

        if (door.DeadUntilMs > _nowMs)
        {
            Figures.NoteDead();
            At(door.DeadUntilMs, () => Visit(guest, visit));
            return;
        }

        ulong? floors = _plan.Floors > 0 ? 1UL << (visit.Lot % _plan.Floors) : null;
        door.LiveUntil(_nowMs);
        DoorBag bag = guest.Phone.BagFor(door.Id);
        Walk walk = door.Site.Door.Phone.Tap(guest.Phone.KeyFor(door.Id)!, floors: floors, bag: bag);
        door.NoteKeys();
        if (walk.Verdict == Verdict.Busy)
        {
            At(_nowMs + BusyMs, () => Visit(guest, visit));
            return;
        }

        Figures.NoteVisit(guest.RevokedMs != null, walk.Verdict);
        if (!_hasLoop)
        {
            bag.Pages.Clear();
        }
    }

    /// <summary>
    /// Every door with Wi-Fi reaches the server. What doors say of themselves the server writes down every few seconds of the real time: it is asked for,
    /// so that it is there before anybody's phone asks, in whichever run.
    /// </summary>
    private void Sync()
    {
        foreach (MonthDoor door in _site.Doors.Where(d => d.HasWifi && d.DeadUntilMs <= _nowMs))
        {
            door.LiveUntil(_nowMs);
            door.Sync();
        }

        _site.Server.Do("/doors/status", new JsonObject { ["door_id"] = _site.Doors.First().Id });
        At(_nowMs + (_plan.WifiMinutes * 60_000), Sync);
    }

    private void CutPower(MonthDoor door)
    {
        door.LiveUntil(_nowMs);
        door.CutPower(_random.NextInt64(1, _plan.PowerCutMinutes * 60_000));
    }

    private void Sample()
    {
        foreach (MonthDoor door in _site.Doors)
        {
            door.LiveUntil(_nowMs);
            Figures.NoteClock(door.IsTimeProven && door.DeadUntilMs <= _nowMs);
        }

        At(_nowMs + HourMs, Sample);
    }
}
