using DoorController.Hal.Host;
using DoorController.Sim;
using DoorController.Sim.Site;

namespace DoorController.BrowserTests;

/// <summary>A door of the key server: the real firmware on a virtual board, and the end of the air that the browser's radio is bridged to.</summary>
internal sealed class AirDoor : IDisposable
{
    private const int BootMs = 3000;
    private const int ShedMs = 2500;
    private readonly SiteDoor _door;
    private readonly AirEnd _air;

    /// <summary>The browser and the test are in threads of their own, and the door lives in the time of one at a time.</summary>
    private readonly Lock _one = new();

    private AirDoor(SiteDoor door, string address)
    {
        _door = door;
        _air = new AirEnd(door.Door);
        Address = address;
    }

    /// <summary>As it is advertised.</summary>
    public string Name => _door.Name;

    /// <summary>The scope of its first slot.</summary>
    public int ScopeId => _door.ScopeId;

    /// <summary>Of its radio, as the browser writes it.</summary>
    public string Address { get; }

    /// <summary>The firmware and its board.</summary>
    public DeskDoor Desk => _door.Door;

    /// <summary>Edges of the strike so far: on, off, on, …</summary>
    public IReadOnlyList<StrikeEdge> Edges => Desk.Host.Strike.Edges;

    /// <summary>Registers a door at the server and boots its board.</summary>
    public static AirDoor Register(SiteServer server, SiteClock clock, string name, int number, int? scopeId = null, int floors = 0)
    {
        SiteDoor door = SiteDoor.Register(server, clock, name, scopeId, floors);
        door.Door.Run(BootMs);
        return new AirDoor(door, $"C0:01:02:03:04:{number:X2}");
    }

    /// <summary>The browser connects.</summary>
    /// <returns>False when the door does not advertise.</returns>
    public bool Connect()
    {
        lock (_one)
        {
            return _air.Connect();
        }
    }

    /// <summary>The browser goes away.</summary>
    public void Leave()
    {
        lock (_one)
        {
            _air.Leave();
        }
    }

    /// <summary>One operation of the browser, as long as the firmware takes for it.</summary>
    /// <returns>The ATT error, and what was read.</returns>
    public (int Error, byte[] Value) Operate(int characteristic, byte[]? written)
    {
        lock (_one)
        {
            return _air.Operate(characteristic, written);
        }
    }

    /// <summary>Time passes at the door, with nobody there.</summary>
    public void Pass(TimeSpan time)
    {
        lock (_one)
        {
            Desk.Pass(time);
        }
    }

    /// <summary>Nobody but phones reaches the door any more.</summary>
    public void CutNetwork()
    {
        lock (_one)
        {
            Desk.Host.Network.IsUp = false;
            Desk.Run(ShedMs);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _door.Dispose();
}
