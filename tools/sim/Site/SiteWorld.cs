using System.Text.Json.Nodes;
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

        Guest guest = new(_server, ((char)('A' + Guests.Count)).ToString(), Doors, Clock.GetUtcNow());
        Guests.Add(guest);
        Tell($"guest {guest.Name} has an instant key for {string.Join(", ", Doors.Select(d => d.Name))}");
    }

    /// <summary>A guest stands at a door. His phone was online before, so it carries the newest lists, unless his key is deleted.</summary>
    public void Tap(SiteDoor door, Guest guest)
    {
        guest.Refresh(_server);
        CatchUp(door);
        Walk walk = door.Door.Phone.Tap(guest.KeyFor(door.Door.Id) ?? throw new SiteException($"guest {guest.Name} has no key for {door.Name}"));
        Tell($"{door.Name}: guest {guest.Name}: {Verdict.Name(walk.Verdict)}");
        foreach (byte[] list in guest.ListsFor(door.Door.Id).Where(l => IsNews(walk.Hello, l)))
        {
            int state = door.Door.Phone.Carry(_ => list);
            Tell($"{door.Name}: guest {guest.Name}'s phone carried a list: {PhoneApp.Word(state)}");
        }

        Clock.Reach(door.Door.Host.Clock.WorldMs);
        Live(0);
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
        _server.IsUp = isUp;
        Tell($"server {(isUp ? "on" : "off")}");
    }

    /// <summary>What the server knows of each door, by its id; empty while the server is away.</summary>
    public IReadOnlyDictionary<uint, JsonNode> Status() => !IsServerUp
        ? new Dictionary<uint, JsonNode>()
        : _server.Do("/doors/status", [])["doors"]!.AsArray().ToDictionary(d => d!["door_id"]!.GetValue<uint>(), d => d!);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SiteDoor door in Doors)
        {
            door.Dispose();
        }

        _server.Dispose();
    }

    private static bool IsNews(byte[] hello, byte[] list) =>
        hello.Length > Hello.ListVersions + 1 && Bytes.U16(hello, Hello.ListVersions) != Bytes.U16(list, ListBody.Version);

    private void CatchUp(SiteDoor door) => door.LiveUntil(Clock.NowMs);

    private void Tell(string news)
    {
        _news.Add($"{Clock.GetUtcNow():HH:mm:ss} {news}");
        if (_news.Count > MaxNews)
        {
            _news.RemoveAt(0);
        }
    }
}
