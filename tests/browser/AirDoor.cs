using System.Text.Json.Nodes;
using DoorController.Hal.Host;
using DoorController.Sim;
using DoorController.Sim.Site;

namespace DoorController.BrowserTests;

/// <summary>A door of the key server: the real firmware on a virtual board, and the end of the air that the browser's radio is bridged to.</summary>
internal sealed class AirDoor : IDisposable
{
    private const int Mtu = 247;
    private const int ShedMs = 2500;

    private AirDoor(string name, int scopeId, string address, DeskDoor desk)
    {
        Name = name;
        ScopeId = scopeId;
        Address = address;
        Desk = desk;
        Phone = new VirtualPhone(desk.Host.Radio) { Interval = () => desk.Run(VirtualPhone.IntervalMs) };
    }

    /// <summary>As it is advertised.</summary>
    public string Name { get; }

    /// <summary>The scope of its first slot.</summary>
    public int ScopeId { get; }

    /// <summary>Of its radio, as the browser writes it.</summary>
    public string Address { get; }

    /// <summary>The firmware and its board.</summary>
    public DeskDoor Desk { get; }

    /// <summary>The browser's half of the link.</summary>
    public VirtualPhone Phone { get; }

    /// <summary>Edges of the strike so far: on, off, on, …</summary>
    public IReadOnlyList<StrikeEdge> Edges => Desk.Host.Strike.Edges;

    /// <summary>Registers a door at the server and boots its board.</summary>
    public static AirDoor Register(SiteServer server, SiteClock clock, string name, int number, int? scopeId = null, int floors = 0)
    {
        JsonObject request = new() { ["name"] = name };
        if (scopeId is int scope)
        {
            request["scope_ids"] = new JsonArray(scope);
        }

        if (floors > 0)
        {
            request["floors"] = floors;
        }

        JsonObject answer = server.Do("/doors/register", request);
        List<(string, byte[])> files = [("provision", Convert.FromBase64String(answer["provision"]!.GetValue<string>()))];
        files.AddRange(answer["lists"]!.AsArray().Select((list, slot) => ("list" + slot, Convert.FromBase64String(list!.GetValue<string>()))));
        DeskDoor desk = new(answer["door"]!["door_id"]!.GetValue<uint>(), files, new Settings { HasServer = true }, floors);
        desk.Host.Network.Server = (path, body) =>
        {
            clock.Reach(desk.Host.Clock.WorldMs);
            return server.Serve(path, body);
        };
        desk.Host.Network.IsUp = true;
        desk.Run(3000);
        return new AirDoor(name, answer["door"]!["scopes"]![0]!["scope_id"]!.GetValue<int>(), $"C0:01:02:03:04:{number:X2}", desk);
    }

    /// <summary>The browser connects.</summary>
    /// <returns>False when the door does not advertise.</returns>
    public bool Connect()
    {
        Leave();
        for (int i = 0; i < 30 && !Phone.Connect(Mtu); i++)
        {
            Desk.Run(100);
        }

        Desk.Run(20);
        return Phone.IsConnected;
    }

    /// <summary>The browser goes away.</summary>
    public void Leave()
    {
        if (Phone.IsConnected)
        {
            Phone.Disconnect();
            Desk.Run(50);
        }
    }

    /// <summary>One operation of the browser, as long as the firmware takes for it.</summary>
    /// <returns>The ATT error, and what was read.</returns>
    public (int Error, byte[] Value) Operate(int characteristic, byte[]? written)
    {
        if (!Phone.IsConnected && !Connect())
        {
            return (AttError.Unlikely, []);
        }

        AttOperation operation = written == null ? Phone.Read(characteristic) : Phone.Write(characteristic, written);
        Phone.Wait(operation);
        Desk.Run(VirtualPhone.IntervalMs);
        return (operation.Error, operation.Value);
    }

    /// <summary>Time passes at the door, with nobody there.</summary>
    public void Pass(TimeSpan time) => Desk.Pass(time);

    /// <summary>Nobody but phones reaches the door any more.</summary>
    public void CutNetwork()
    {
        Desk.Host.Network.IsUp = false;
        Desk.Run(ShedMs);
    }

    /// <inheritdoc/>
    public void Dispose() => Desk.Dispose();
}
