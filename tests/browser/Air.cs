using System.Text.Json;
using System.Threading.Channels;
using DoorController.Hal;
using DoorController.Hal.Host;
using Microsoft.Playwright;

namespace DoorController.BrowserTests;

/// <summary>
/// The browser's emulated Bluetooth, bridged to doors on the virtual radio: what the page reads and writes is answered by the firmware. One operation at a
/// time, in the order in which the browser tells of them.
/// </summary>
internal sealed class Air : IAsyncDisposable
{
    private const string Service = "6d3f0000-8c1e-4b7a-9f52-d0a1c4e7b830";
    private static readonly string[] Names = ["Hello", "Unlock", "Result", "Carry"];
    private const int SettleMs = 25;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly ICDPSession _session;
    private readonly Channel<Func<Task>> _work = Channel.CreateUnbounded<Func<Task>>();
    private readonly Dictionary<string, (AirDoor Door, int Characteristic)> _characteristics = [];
    private readonly Dictionary<string, AirDoor> _doors = [];
    private readonly Task _worker;

    private Air(ICDPSession session)
    {
        _session = session;
        session.Event("BluetoothEmulation.gattOperationReceived").OnEvent += (_, e) => Post(() => OnLinkAsync(e!.Value));
        session.Event("BluetoothEmulation.characteristicOperationReceived").OnEvent += (_, e) => Post(() => OnOperationAsync(e!.Value));
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Every operation so far: "read Hello", "write Unlock", …</summary>
    public List<string> Operations { get; } = [];

    /// <summary>Asked after each operation with its name: true loses the answer and breaks the link.</summary>
    public Func<string, bool> Breaks { get; set; } = _ => false;

    /// <summary>The phone is too far away: no connection comes about.</summary>
    public bool IsFar { get; set; }

    /// <summary>Switches the emulation on.</summary>
    public static async Task<Air> OpenAsync(IBrowser browser)
    {
        Air air = new(await browser.NewBrowserCDPSessionAsync());
        await air.SendAsync("enable", ("state", "powered-on"), ("leSupported", true));
        return air;
    }

    /// <summary>A door is in reach.</summary>
    /// <param name="name">As it is advertised: an impostor has another door's.</param>
    public async Task AddAsync(AirDoor door, string? name = null)
    {
        _doors[door.Address] = door;
        await SendAsync(
            "simulatePreconnectedPeripheral",
            ("address", door.Address), ("name", name ?? door.Name), ("manufacturerData", Array.Empty<object>()), ("knownServiceUuids", new[] { Service }));
        await AddServicesAsync(door);
    }

    /// <summary>The phone's Bluetooth is not there.</summary>
    public Task SwitchOffAsync() => SendAsync("setSimulatedCentralState", ("state", "absent"));

    /// <summary>Waits until all that the browser asked so far is answered: what a page gives up below a pending answer hangs its radio for good.</summary>
    public async Task SettleAsync()
    {
        await Task.Delay(SettleMs);
        TaskCompletionSource done = new();
        Post(() =>
        {
            done.SetResult();
            return Task.CompletedTask;
        });
        await done.Task.WaitAsync(Patience);
    }

    /// <summary>The page has closed its link, which the browser tells nobody.</summary>
    public void PageLeft() => Post(() =>
    {
        foreach (AirDoor door in _doors.Values)
        {
            door.Leave();
        }

        return Task.CompletedTask;
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.Complete();
        await _worker.WaitAsync(Patience);
        try
        {
            await SendAsync("disable");
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            // The last page is gone, and with it the fake radio.
        }

        await _session.DetachAsync();
    }

    private void Post(Func<Task> work) => _work.Writer.TryWrite(work);

    private async Task WorkAsync()
    {
        await foreach (Func<Task> work in _work.Reader.ReadAllAsync())
        {
            try
            {
                await work();
            }
            catch (PlaywrightException e)
            {
                Operations.Add("bridge: " + e.Message);
            }
        }
    }

    private async Task OnLinkAsync(JsonElement e)
    {
        string address = e.GetProperty("address").GetString()!;
        string type = e.GetProperty("type").GetString()!;
        bool isThere = type != "connection" || (!IsFar && _doors[address].Connect());
        await SendAsync("simulateGATTOperationResponse", ("address", address), ("type", type), ("code", isThere ? 0 : 8));
    }

    private async Task OnOperationAsync(JsonElement e)
    {
        string id = e.GetProperty("characteristicId").GetString()!;
        string type = e.GetProperty("type").GetString()!;
        if (!_characteristics.TryGetValue(id, out (AirDoor Door, int Characteristic) at))
        {
            return;
        }

        string name = $"{type} {Names[at.Characteristic]}";
        Operations.Add(name);
        (int error, byte[] value) = at.Door.Operate(at.Characteristic, type == "write" ? e.GetProperty("data").GetBytesFromBase64() : null);
        if (Breaks(name))
        {
            await BreakAsync(at.Door, id, type);
            return;
        }

        int code = error is > 0 and < 256 ? error : error == 0 ? 0 : AttError.Unlikely;
        await AnswerAsync(id, type, code, value);
    }

    /// <summary>A pending operation is answered first: a cut below it would hang the page for good.</summary>
    private async Task BreakAsync(AirDoor door, string id, string type)
    {
        await AnswerAsync(id, type, AttError.Unlikely, []);
        door.Leave();
        await SendAsync("simulateGATTDisconnection", ("address", door.Address));
        await AddServicesAsync(door);
    }

    private Task<JsonElement> AnswerAsync(string id, string type, int code, byte[] value) => type == "read" && code == 0
        ? SendAsync("simulateCharacteristicOperationResponse", ("characteristicId", id), ("type", type), ("code", code), ("data", Convert.ToBase64String(value)))
        : SendAsync("simulateCharacteristicOperationResponse", ("characteristicId", id), ("type", type), ("code", code));

    private async Task AddServicesAsync(AirDoor door)
    {
        foreach (string old in _characteristics.Where(c => c.Value.Door == door).Select(c => c.Key).ToArray())
        {
            _characteristics.Remove(old);
        }

        string service = (await SendAsync("addService", ("address", door.Address), ("serviceUuid", Service))).GetProperty("serviceId").GetString()!;
        int[] all = [BleCharacteristic.Hello, BleCharacteristic.Unlock, BleCharacteristic.Result, BleCharacteristic.Carry];
        for (int i = 0; i < all.Length; i++)
        {
            Dictionary<string, object> properties = new() { ["read"] = true, ["write"] = true };
            JsonElement added = await SendAsync(
                "addCharacteristic", ("serviceId", service), ("characteristicUuid", Service.Replace("6d3f0000", $"6d3f000{i + 1}", StringComparison.Ordinal)), ("properties", properties));
            _characteristics[added.GetProperty("characteristicId").GetString()!] = (door, all[i]);
        }
    }

    private async Task<JsonElement> SendAsync(string command, params (string Name, object Value)[] fields)
    {
        JsonElement? answer = await _session.SendAsync("BluetoothEmulation." + command, fields.ToDictionary(f => f.Name, f => f.Value)).WaitAsync(Patience);
        return answer ?? default;
    }
}
