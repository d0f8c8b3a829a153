using System.Reflection;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;
using DoorController.Wire;

namespace DoorController.Bench.Budget;

/// <summary>
/// A whole door with every store full, which then does the most expensive things it knows: boots, opens, answers the console, takes full
/// lists from the server and from a phone, sends its trail. After each pass of the loop its object graph is counted by <see cref="NanoHeap"/>,
/// and what the pass had allocated besides at its worst is added (<see cref="Meter"/>), in bytes of this PC: an array takes the same here,
/// a string twice as much as on the device, a small object up to three times less, and a tenth on top is for those.
/// </summary>
internal sealed class BudgetRun : IDisposable
{
    private const double TransientMargin = 1.1;
    private const uint NewVersion = 1000;

    private readonly HostBoard _host;
    private readonly Board _board;
    private readonly Meter _meter = new();
    private readonly MainLoop _loop;
    private readonly Watchdog _watchdog;
    private readonly VirtualFlash _flash;
    private string _doing = "boot";
    private int _alive;

    public BudgetRun()
    {
        using var store = new StoreRig();
        _flash = store.Flash.Copy();
        _host = new HostBoard(_flash);
        _board = MeteredBoard.Of(_host, _meter);
        _loop = new MainLoop(_board, new Settings { HasServer = true, HasContact = true, HasRex = true });
        _watchdog = new Watchdog(_board, _loop);
    }

    /// <summary>Bytes of each part of the portable application after the run, in the order in which they were reached.</summary>
    public List<(string Part, int Bytes)> Parts { get; } = [];

    /// <summary>The most that was alive and allocated in one pass, in bytes, portable part only.</summary>
    public int Peak { get; private set; }

    /// <summary>The same for each thing that the loop was at.</summary>
    public Dictionary<string, int> PeakBy { get; } = [];

    /// <summary>What the loop was at then.</summary>
    public string PeakDoing { get; private set; } = "";

    /// <summary>The most bytes that one pass programmed on flash.</summary>
    public long WorstProgrammed { get; private set; }

    /// <summary>The most blocks that one pass erased.</summary>
    public long WorstErased { get; private set; }

    /// <summary>What the loop was at then.</summary>
    public string WorstFlashDoing { get; private set; } = "";

    /// <summary>Files and their bytes, after the run; those that are many of a kind in one row.</summary>
    public IEnumerable<(string Name, int Bytes)> Files => _flash.List().GroupBy(Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal)
        .Select(kind => (kind.Count() == 1 ? kind.Key : kind.Key + " × " + kind.Count(), kind.Sum(_flash.Length)));

    /// <summary>Blocks that all files and the metadata take.</summary>
    public int FlashBlocksUsed => _flash.BlocksOf(_ => true) + _flash.MetadataBlocks;

    public void Run()
    {
        Pass(200);
        Open();
        Ask("help", "status", "door", "keys", "log", "time", "radio", "selftest");
        Sync();
        Carry();
        CountParts();
    }

    public void Dispose() => _host.Dispose();

    private static string Kind(string name) =>
        name.StartsWith("win", StringComparison.Ordinal) ? "win*, windows of the key store"
        : StoreRig.IsOfTheTrail(name) && !name.StartsWith("aumeta", StringComparison.Ordinal) && name != "austage" ? "au*, segments of the audit trail"
        : name;

    private void Open()
    {
        _doing = "unlock";
        var phone = new VirtualPhone(_host.Radio) { Interval = () => Pass(3) };
        Require(phone.Connect(247), "a phone connects");
        Pass(5);
        Require(phone.TryRead(BleCharacteristic.Hello, out byte[] hello) == 0, "a Hello stands");
        PhoneKey key = Site.Key(Site.Record(4_000_000), 1);
        phone.TryWrite(BleCharacteristic.Unlock, key.MakeUnlock(hello, PhoneKey.NewAttemptId()));
        Pass(10);
        phone.TryRead(BleCharacteristic.Result, out byte[] result);
        Require(result.Length > 2, "the credential was proven");
        phone.Disconnect();
        Pass(10);
    }

    private void Ask(params string[] commands)
    {
        foreach (string command in commands)
        {
            _doing = "console " + command;
            _host.Serial.Type(command + "\r");
            for (int i = 0; i < 200; i++)
            {
                Pass(1);
                _host.Serial.TakeOutput();
            }
        }
    }

    private void Sync()
    {
        _doing = "sync";
        var server = new FakeKeyServer(_host.Clock) { News = request => [List(server: (int)(request.UptimeS % Limits.Scopes))] };
        _host.Network.Server = server.Serve;
        Pass(20_000);
        Require(server.Requests.Count > 1 && server.Pages.Count > 0, "lists and audit pages went over the network");
        _host.Network.Server = null;
    }

    /// <summary>A phone brings a full list without an unlock: the longest blob that it may.</summary>
    private void Carry()
    {
        _doing = "carry";
        byte[] blob = List(0);
        var phone = new VirtualPhone(_host.Radio) { Interval = () => Pass(3) };
        for (int i = 0; i < 500 && !phone.Connect(247); i++)
        {
            Pass(10);
        }

        byte[] begin = [0x21, BlobType.List, (byte)blob.Length, (byte)(blob.Length >> 8)];
        Require(phone.TryWrite(BleCharacteristic.Carry, begin) == 0, "a transfer begins");
        const int piece = 200;
        for (int at = 0; at < blob.Length; at += piece)
        {
            byte[] data = blob[at..Math.Min(blob.Length, at + piece)];
            phone.TryWrite(BleCharacteristic.Carry, [0x22, (byte)at, (byte)(at >> 8), .. data]);
            Pass(3);
        }

        Pass(100);
        phone.Disconnect();
        Pass(10);
    }

    /// <summary>A full form with random bits, newer each time.</summary>
    private byte[] List(int server)
    {
        byte[] bitmap = new byte[Limits.WindowBytes];
        new Random(server).NextBytes(bitmap);
        uint version = NewVersion + (uint)_host.Clock.NowMs;
        var header = new ListHeader(Site.Scope + server, version, Site.Generation, 0, 0);
        return ListBlob.ForDoor(Site.Root, 1, 1, ListBlob.Full(header, bitmap));
    }

    private void Pass(int passes)
    {
        for (int i = 0; i < passes; i++)
        {
            long programmed = _flash.Blocks.ProgrammedBytes;
            long erased = _flash.Blocks.Erased;
            bool isBoot = _loop.Door == null;
            _meter.Begin();
            _loop.Pass();
            Record(_meter.End());
            Require(_loop.Door != null && _loop.Door.Supervisor.Faults == 0, "the loop meets no fault: " + _doing);
            if (!isBoot)
            {
                RecordFlash(_flash.Blocks.ProgrammedBytes - programmed, _flash.Blocks.Erased - erased);
            }

            _host.Clock.Advance(10);
        }
    }

    /// <summary>What a pass allocated and what of it still lives are not counted twice.</summary>
    private void Record(int allocated)
    {
        int before = _alive;
        _alive = new NanoHeap().Count(_loop);
        int transient = Math.Max(0, allocated - Math.Max(0, _alive - before));
        int bytes = _alive + (int)(TransientMargin * transient);
        if (bytes > PeakBy.GetValueOrDefault(_doing))
        {
            PeakBy[_doing] = bytes;
        }

        if (bytes > Peak)
        {
            Peak = bytes;
            PeakDoing = _doing;
        }
    }

    private void RecordFlash(long programmed, long erased)
    {
        if (programmed > WorstProgrammed)
        {
            WorstProgrammed = programmed;
            WorstErased = erased;
            WorstFlashDoing = _doing;
        }
    }

    private void CountParts()
    {
        var heap = new NanoHeap();
        Door door = _loop.Door!;
        AddFields(heap, door.Memory);
        AddFields(heap, door);
        Add(heap, "main loop, watchdog, settings", _loop, _watchdog);
        int statics = typeof(Door).Assembly.GetTypes().Where(NanoHeap.IsPortable).Sum(heap.CountStatics);
        Parts.Add(("static fields", statics));
    }

    private void AddFields(NanoHeap heap, object owner)
    {
        foreach (FieldInfo field in NanoHeap.FieldsOf(owner.GetType()).Where(field => !field.FieldType.IsValueType))
        {
            if (field.GetValue(owner) is { } value && value != _loop.Door && NanoHeap.IsPortable(value.GetType()))
            {
                Add(heap, value.GetType().Name, value);
            }
        }
    }

    private void Add(NanoHeap heap, string part, params object[] roots)
    {
        int bytes = roots.Sum(heap.Count);
        if (bytes > 0)
        {
            Parts.Add((part, bytes));
        }
    }

    private static void Require(bool holds, string what) => StoreRig.Require(holds, what);
}
