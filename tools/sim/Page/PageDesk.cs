using System.Diagnostics;
using System.Text.Json.Nodes;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Sim.Site;

namespace DoorController.Sim.Page;

/// <summary>
/// A key server, a door and a guest, living in the time of the clock on the wall. Every call comes from another thread of the web server: one at a time.
/// </summary>
internal sealed class PageDesk : IDisposable
{
    private const int MostLines = 60;
    private const int LongestTurnMs = 1000;
    private const int OffMs = 1500;
    private const int PressMs = 300;
    private readonly Lock _gate = new();
    private readonly SiteClock _clock = new();
    private readonly SiteServer _server;
    private readonly SiteDoor _door;
    private readonly AirEnd _air;
    private readonly List<AirFrame> _frames = [];
    private readonly List<string> _log = [];
    private readonly Stopwatch _wall = Stopwatch.StartNew();
    private JsonNode _key;
    private bool _isKeyDeleted;
    private long _aheadMs;
    private uint _nextRecord = 1;

    /// <summary>Begins.</summary>
    /// <param name="floors">Floors of a car; 0 for a door.</param>
    public PageDesk(int floors)
    {
        _server = new SiteServer(_clock);
        _door = SiteDoor.Register(_server, _clock, floors > 0 ? "LIFT A" : "SUITE 204", null, floors, new Settings { HasContact = true, HasRex = true });
        _air = new AirEnd(_door.Door);
        _key = GiveKey();
    }

    /// <summary>Where the key server listens.</summary>
    public Uri Server => _server.Address;

    /// <summary>What can be done to this world, by name.</summary>
    public static IReadOnlyList<string> Acts { get; } = ["cut", "door", "rex", "network", "hour", "day", "revoke", "key"];

    /// <summary>Lets the world live up to the wall's time. Called again and again.</summary>
    public void Turn()
    {
        lock (_gate)
        {
            long behind = _wall.ElapsedMilliseconds + _aheadMs - Host.Clock.WorldMs;
            if (behind > 0)
            {
                _door.Door.Run(Math.Min(behind, LongestTurnMs));
            }

            _clock.Reach(Host.Clock.WorldMs);

            // What was longer than a turn, as when the computer slept, is not caught up with.
            _aheadMs -= Math.Max(0, behind - LongestTurnMs);
            Listen();
        }
    }

    /// <summary>What is to be seen, as JSON.</summary>
    public string Show()
    {
        lock (_gate)
        {
            return new JsonObject
            {
                ["time"] = _clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss"),
                ["name"] = _door.Name,
                ["link"] = new Uri(_key["instant_key_url"]!.GetValue<string>()).AbsolutePath,
                ["strike"] = Host.Strike.IsEnergised,
                ["strikeMs"] = Host.Strike.IsEnergised ? _door.Door.Door.Strike.RemainingMs(Host.Clock.NowMs) : 0,
                ["pulses"] = Host.Strike.Pulses,
                ["inputs"] = Host.Inputs.Read(),
                ["lamps"] = Host.Lamp.Outputs,
                ["floors"] = Host.Floors.Count,
                ["enabled"] = Host.Floors.Enabled,
                ["network"] = Host.Network.IsUp,
                ["radio"] = _air.IsConnected ? "connected" : Host.Radio.IsAdvertising ? "advertising" : "silent",
                ["log"] = new JsonArray([.. _log.Select(line => (JsonNode)line)]),
                ["frames"] = new JsonArray([.. _frames.Select(f => (JsonNode)new JsonObject { ["at"] = f.At, ["what"] = f.What, ["bytes"] = f.Bytes, ["detail"] = f.Detail })]),
            }.ToJsonString();
        }
    }

    /// <summary>Does something to the world.</summary>
    /// <param name="act">One of <see cref="Acts"/>.</param>
    public void Do(string act)
    {
        lock (_gate)
        {
            Tell("— " + DoNow(act));
            Listen();
        }
    }

    /// <summary>The phone's radio sees the door, or does not.</summary>
    public IReadOnlyList<string> Scan()
    {
        lock (_gate)
        {
            return Host.Radio.IsAdvertising ? [_door.Name] : [];
        }
    }

    /// <summary>The phone connects.</summary>
    public bool Connect()
    {
        lock (_gate)
        {
            bool isThere = _air.Connect();
            Note("connect", 0, isThere ? "MTU " + Host.Radio.Mtu : "no answer");
            return isThere;
        }
    }

    /// <summary>The phone goes away.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_air.IsConnected)
            {
                _air.Leave();
                Note("disconnect", 0, string.Empty);
            }
        }
    }

    /// <summary>The phone reads or writes.</summary>
    /// <param name="index">0 to 3: Hello, Unlock, Result, Carry.</param>
    /// <param name="written">Null to read.</param>
    /// <returns>The ATT error, and what was read; null without a link.</returns>
    public (int Error, byte[] Value)? Operate(int index, byte[]? written)
    {
        lock (_gate)
        {
            if (!_air.IsConnected)
            {
                return null;
            }

            (int characteristic, string name) = FrameText.Characteristics[index];
            (int error, byte[] value) = _air.Operate(characteristic, written);
            byte[] bytes = written ?? value;
            Note((written == null ? "read " : "write ") + name, bytes.Length, FrameText.Describe(characteristic, written != null, bytes, error));
            Listen();
            return _air.IsConnected ? (error, value) : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _door.Dispose();
        _server.Dispose();
    }

    private HostBoard Host => _door.Door.Host;

    private string DoNow(string act)
    {
        switch (act)
        {
            case "cut":
                _door.Door.CutPower(OffMs);
                return "power was cut, and is back";
            case "door":
                return Toggle(Input.DoorOpen) ? "somebody opens the door" : "somebody closes the door";
            case "rex":
                Host.Inputs.Set(Input.Rex, true);
                _door.Door.Run(PressMs);
                Host.Inputs.Set(Input.Rex, false);
                return "somebody presses the button inside";
            case "network":
                Host.Network.IsUp = !Host.Network.IsUp;
                return "Wi-Fi is " + (Host.Network.IsUp ? "back" : "gone");
            case "hour":
                return Pass(TimeSpan.FromHours(1));
            case "day":
                return Pass(TimeSpan.FromDays(1));
            case "revoke":
                return Revoke();
            default:
                _key = GiveKey();
                return "another guest gets a key";
        }
    }

    private bool Toggle(int input)
    {
        bool isActive = (Host.Inputs.Read() & input) == 0;
        Host.Inputs.Set(input, isActive);
        return isActive;
    }

    private string Pass(TimeSpan time)
    {
        _door.Door.Pass(time);
        _clock.Reach(Host.Clock.WorldMs);
        _aheadMs += (long)time.TotalMilliseconds;
        return $"{time.TotalHours} h pass at the door and at the server; the phone's own clock stays";
    }

    private string Revoke()
    {
        if (_isKeyDeleted)
        {
            return "the key was deleted before";
        }

        _server.Do("/instant_keys/delete", new JsonObject { ["instant_key_id"] = _key["instant_key_id"]!.GetValue<string>() });
        _isKeyDeleted = true;
        return $"the server deletes the key; a door with Wi-Fi hears of it within {Limits.SyncPollMs / 1000} s, any other by the next phone";
    }

    private JsonNode GiveKey()
    {
        string person = _server.AddPerson("Guest");

        // The phone's clock is that on the wall, from which the world's may be ahead.
        DateTimeOffset now = _clock.GetUtcNow();
        _server.GiveRight(
            person, _door.ScopeId, [_door.Door.Id], now.AddMilliseconds(-Math.Max(0, _aheadMs)), now.AddDays(2), Host.Floors.Count > 0 ? [1, 2, 4] : null);
        _isKeyDeleted = false;
        return _server.MakeKey(person);
    }

    /// <summary>What the door printed on its console, and recorded.</summary>
    private void Listen()
    {
        foreach (string line in Host.Serial.TakeText().Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => l != ">"))
        {
            Tell(line);
        }

        foreach (string record in _door.Door.RecordsFrom(_nextRecord).Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            Tell("audit trail: " + record);
            _nextRecord++;
        }
    }

    private void Tell(string line) => Add(_log, line);

    private void Note(string what, int bytes, string detail) => Add(_frames, new AirFrame(Host.Clock.WorldMs, what, bytes, detail));

    private static void Add<T>(List<T> list, T one)
    {
        list.Insert(0, one);
        if (list.Count > MostLines)
        {
            list.RemoveAt(MostLines);
        }
    }
}
