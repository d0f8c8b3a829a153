using System.Text.Json.Nodes;
using DoorController.Issuer;
using DoorController.Wire;

namespace DoorController.Sim.Site;

/// <summary>A key server and a bank of doors in one process and in one time, and what can be done to them.</summary>
internal sealed class SiteWorld : IDisposable
{
    private const int MaxGuests = 26;
    private const int MaxNews = 200;
    private static readonly string[] DoorNames = ["LOBBY", "GARAGE", "ROOF"];
    private readonly SiteServer _server;
    private readonly List<string> _news = [];
    private IReadOnlyDictionary<uint, JsonNode> _lastStatus = new Dictionary<uint, JsonNode>();

    /// <summary>Begins a site with three doors and a first guest.</summary>
    public SiteWorld()
    {
        _server = new SiteServer(Clock);
        JsonObject scope = _server.Do("/scopes/create", new JsonObject { ["name"] = "house" });
        int scopeId = scope["scope"]!["scope_id"]!.GetValue<int>();
        Doors = [.. DoorNames.Select(name => SiteDoor.Register(_server, Clock, name, scopeId))];
        Live(2000);
        Issue();
    }

    /// <summary>The one time.</summary>
    public SiteClock Clock { get; } = new();

    /// <summary>The doors.</summary>
    public IReadOnlyList<SiteDoor> Doors { get; }

    /// <summary>The guests, oldest first.</summary>
    public List<Guest> Guests { get; } = [];

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<string> News => _news;

    /// <summary>True while the server answers.</summary>
    public bool IsServerUp => _server.IsUp;

    /// <summary>All doors live for a while.</summary>
    public void Live(long milliseconds)
    {
        long until = Clock.NowMs + milliseconds;
        foreach (SiteDoor door in Doors)
        {
            door.LiveUntil(until);
        }

        Clock.Reach(until);
    }

    /// <summary>A new guest gets an instant key for every door.</summary>
    public void Issue()
    {
        if (Guests.Count == MaxGuests)
        {
            throw new SiteException($"there are {MaxGuests} guests already");
        }

        string name = ((char)('A' + Guests.Count)).ToString();
        string person = _server.AddPerson(name);
        foreach (IGrouping<int, SiteDoor> scope in Doors.GroupBy(d => d.ScopeId))
        {
            _server.GiveRight(person, scope.Key, scope.Select(d => d.Door.Id), Clock.GetUtcNow(), Clock.GetUtcNow().AddDays(2));
        }

        Guest guest = new(name, _server.MakeKey(person));
        guest.Refresh(_server);
        Guests.Add(guest);
        Tell($"guest {guest.Name} has an instant key for {string.Join(", ", Doors.Select(d => d.Name))}");
    }

    /// <summary>A guest stands at a door. His phone was online before and is again behind it: it runs the errands between door and server.</summary>
    public void Tap(SiteDoor door, Guest guest)
    {
        uint id = door.Door.Id;
        guest.Refresh(_server);
        guest.RunErrands(_server, [id]);
        door.LiveUntil(Clock.NowMs);
        PhoneKey key = guest.KeyFor(id) ?? throw new SiteException($"guest {guest.Name} has no key for {door.Name}");
        Walk walk = door.Door.Phone.Tap(key, bag: guest.BagFor(id));
        foreach (WalkLine line in walk.Lines.Where(l => l.What.StartsWith("brings", StringComparison.Ordinal) || l.What.StartsWith("takes", StringComparison.Ordinal)))
        {
            Tell($"{door.Name}: guest {guest.Name}'s phone {line.What}: {line.Detail}");
        }

        Tell($"{door.Name}: guest {guest.Name}: {Verdict.Name(walk.Verdict)}");
        Clock.Reach(door.Door.Host.Clock.WorldMs);
        Live(0);
        guest.RunErrands(_server, [id]);
    }

    /// <summary>The server deletes a guest's instant key.</summary>
    public void Revoke(Guest guest)
    {
        _server.Do("/instant_keys/delete", new JsonObject { ["instant_key_id"] = guest.KeyId });
        guest.IsDeleted = true;
        Tell($"the server deleted guest {guest.Name}'s key; a door with a network hears of it within {Limits.SyncPollMs / 1000} s");
    }

    /// <summary>Cuts a door's network, or mends it.</summary>
    public void SetNetwork(SiteDoor door, bool isUp)
    {
        door.Door.Host.Network.IsUp = isUp;
        Tell($"{door.Name}: network {(isUp ? "on" : "off")}");
    }

    /// <summary>Takes the server away, or brings it back.</summary>
    public void SetServer(bool isUp)
    {
        _ = LastStatus();
        _server.IsUp = isUp;
        Tell($"server {(isUp ? "on" : "off")}");
    }

    /// <summary>What the server knows of each door, by its id; empty while the server is away.</summary>
    public IReadOnlyDictionary<uint, JsonNode> Status() => !IsServerUp
        ? new Dictionary<uint, JsonNode>()
        : _server.Do("/doors/status", [])["doors"]!.AsArray().ToDictionary(d => d!["door_id"]!.GetValue<uint>(), d => d!);

    /// <summary>The newest status that was heard: a server that is away does not unmake what it knew.</summary>
    public IReadOnlyDictionary<uint, JsonNode> LastStatus()
    {
        IReadOnlyDictionary<uint, JsonNode> status = Status();
        _lastStatus = status.Count > 0 ? status : _lastStatus;
        return _lastStatus;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SiteDoor door in Doors)
        {
            door.Dispose();
        }

        _server.Dispose();
    }

    private void Tell(string news)
    {
        _news.Add($"{Clock.GetUtcNow():yyyy-MM-dd HH:mm:ss} {news}");
        if (_news.Count > MaxNews)
        {
            _news.RemoveAt(0);
        }
    }
}
