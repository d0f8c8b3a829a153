using System.Text.Json.Nodes;
using DoorController.KeyServer.Issue;
using DoorController.Sim.Site;

namespace DoorController.Sim.Month;

/// <summary>The doors and scopes of a plan at a key server, and the rights of who comes.</summary>
internal sealed class MonthSite : IDisposable
{
    private const int FirstSync = 60_000;
    private readonly MonthPlan _plan;
    private readonly int? _offlineHours;
    private readonly int _sharedScope;
    private readonly List<int> _staffScopes = [];
    private readonly List<MonthDoor> _shared = [];
    private readonly List<MonthDoor> _rooms = [];
    private int _people;

    /// <summary>Registers all doors and boots them.</summary>
    /// <param name="offlineHours">Of every scope; null: the default.</param>
    /// <param name="begin">When the month begins.</param>
    public MonthSite(MonthPlan plan, Random random, int? offlineHours, DateTimeOffset begin)
    {
        _plan = plan;
        _offlineHours = offlineHours;
        Clock = new SiteClock(begin);
        Server = new SiteServer(Clock);
        _sharedScope = AddScope("shared");
        for (int i = 0; i < plan.SharedDoors; i++)
        {
            _shared.Add(new MonthDoor(SiteDoor.Register(Server, Clock, $"SHARED {i}", _sharedScope, plan.Floors), IsNext(random), 1));
        }

        for (int i = 0; i < plan.Rooms; i++)
        {
            AddRoom(i, IsNext(random));
        }

        Clock.Reach(FirstSync);
    }

    /// <summary>The one time.</summary>
    public SiteClock Clock { get; }

    /// <summary>The key server.</summary>
    public SiteServer Server { get; }

    /// <summary>All doors.</summary>
    public IEnumerable<MonthDoor> Doors => _shared.Concat(_rooms);

    /// <summary>Rooms, which one guest has at a time.</summary>
    public int Rooms => _rooms.Count;

    /// <summary>People who look after rooms.</summary>
    public int Staff => _staffScopes.Count;

    /// <summary>For how long a guest's credential opens without a network, in days.</summary>
    public double OfflineDays => (_offlineHours ?? OfflineLife.DefaultHours) / 24.0;

    /// <summary>A guest arrives, and opens his link.</summary>
    /// <param name="room">Index; −1: none.</param>
    /// <param name="seed">Of what he does.</param>
    public MonthGuest AddGuest(int room, long endsMs, int seed)
    {
        string person = Server.AddPerson("guest " + ++_people);
        Give(person, _sharedScope, _shared, endsMs, _plan.Floors > 0 ? Enumerable.Range(0, _plan.Floors) : null);
        IEnumerable<(MonthDoor, double)> doors = _shared.Select(d => (d, _plan.SharedADay / _plan.SharedDoors));
        if (room >= 0)
        {
            Give(person, _rooms[room].Site.ScopeId, [_rooms[room]], endsMs);
            doors = doors.Append((_rooms[room], _plan.RoomADay));
        }

        return new MonthGuest(MakePhone(person), [.. doors], (Clock.NowMs, endsMs), _plan.OnlineADay, seed);
    }

    /// <summary>One of the staff, who stays for good.</summary>
    public MonthGuest AddStaff(int index, long endsMs, int seed)
    {
        string person = Server.AddPerson("staff " + index);
        MonthDoor[] rooms = [.. _rooms.Where(r => r.Staff == index)];
        Give(person, _staffScopes[index], rooms, endsMs);
        return new MonthGuest(MakePhone(person), [.. rooms.Select(r => (r, _plan.StaffADay))], (Clock.NowMs, endsMs), _plan.StaffOnlineADay, seed);
    }

    /// <summary>Replaces the keys of every scope.</summary>
    public void ReKey()
    {
        foreach (int scope in Doors.Select(d => d.Site.ScopeId).Concat(_staffScopes).Distinct())
        {
            Server.Do("/scopes/rekey", new JsonObject { ["scope_id"] = scope });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MonthDoor door in Doors)
        {
            door.Site.Dispose();
        }

        Server.Dispose();
    }

    private bool IsNext(Random random) => random.NextDouble() < _plan.WifiShare;

    private void AddRoom(int index, bool hasWifi)
    {
        int staff = index / _plan.RoomsOfStaff;
        if (staff == _staffScopes.Count)
        {
            _staffScopes.Add(AddScope("staff " + staff, "staff"));
        }

        SiteDoor site = SiteDoor.Register(Server, Clock, $"ROOM {index}", _staffScopes[staff], hasOwnScope: true);
        _rooms.Add(new MonthDoor(site, hasWifi, 2) { Staff = staff });
        SetHours(site.ScopeId);
    }

    private int AddScope(string name, string kind = "bank")
    {
        JsonObject wish = new() { ["name"] = name, ["kind"] = kind, ["offline_hours"] = kind == "staff" ? StaffHours : null };
        int id = Server.Do("/scopes/create", wish)["scope"]!["scope_id"]!.GetValue<int>();
        if (kind != "staff")
        {
            SetHours(id);
        }

        return id;
    }

    private void SetHours(int scope)
    {
        if (_offlineHours != null)
        {
            Server.Do("/scopes/update", new JsonObject { ["scope_id"] = scope, ["offline_hours"] = _offlineHours, ["keys_in_use"] = "keep" });
        }
    }

    private void Give(string person, int scope, IEnumerable<MonthDoor> doors, long endsMs, IEnumerable<int>? floors = null) => Server.GiveRight(
        person, scope, doors.Select(d => d.Id), Clock.GetUtcNow(), Clock.GetUtcNow().AddMilliseconds(endsMs - Clock.NowMs), floors);

    private Guest MakePhone(string person)
    {
        Guest phone = new(person, Server.MakeKey(person));
        phone.Refresh(Server);
        return phone;
    }

    /// <summary>A week: the staff's phones are online daily.</summary>
    private const int StaffHours = 168;
}
