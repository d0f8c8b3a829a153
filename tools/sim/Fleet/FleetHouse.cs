using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Wire;

namespace DoorController.Sim.Fleet;

/// <summary>The doors of a fleet, each the real firmware on a board of its own, their lists, and the keys of those who come.</summary>
internal sealed class FleetHouse : IDisposable
{
    /// <summary>A door with Wi-Fi asks within so long, in s.</summary>
    public const int SyncS = 60;

    private const int Scope = 1;
    private const int Floors = 8;
    private const int IdleStepMs = 30_000;
    private const int NearStepMs = 500;
    private const int SyncMs = 5000;
    private const uint Begin = 1_780_272_000; // 2026-06-01
    private const uint Year = 31_536_000;
    private readonly SiteRoot _root = new(new byte[SiteRoot.Length]);
    private readonly FleetPlan _plan;
    private readonly List<DeskDoor> _doors = [];
    private readonly Dictionary<(uint Key, int Door), PhoneKey> _keys = [];
    private readonly byte[] _bitmap = new byte[Limits.WindowBytes];
    private byte[] _list = [];

    /// <summary>Provisions and boots every door.</summary>
    public FleetHouse(FleetPlan plan)
    {
        _plan = plan;
        for (int i = 0; i < plan.Doors; i++)
        {
            uint id = (uint)i + 1;
            byte[] bundle = new Bundle(1, id, 1, $"DOOR {id}", [new BundleScope(Scope, i % Limits.DoorsInScope, 1)]).EncodeProvisioning(_root);
            DeskDoor door = new(id, [("provision", bundle)], new Settings { HasServer = true, HoldMs = 500 }, plan.AreCars ? Floors : 0);
            door.Host.Network.Server = Serve;
            _doors.Add(door);
        }
    }

    /// <summary>Version of the newest list; 0 while there is none.</summary>
    public uint Version { get; private set; }

    /// <summary>Takes a key back.</summary>
    public void Revoke(uint key)
    {
        Version = Math.Max(Version + 1, Begin);
        _bitmap[key / 8] |= (byte)(1 << (int)(key % 8));
        _list = ListBlob.Full(new ListHeader(Scope, Version, 1, 0, 0), _bitmap);
    }

    /// <summary>True when a door refuses what was taken back.</summary>
    public bool Knows(int door) => _doors[door].Door.Memory.KeyStore.ListVersion(0) >= Version;

    /// <summary>The door of that index lives until then, in ms.</summary>
    public void LiveUntil(int index, long ms)
    {
        DeskDoor door = _doors[index];
        door.LiveUntil(ms - NearStepMs, IdleStepMs);
        door.LiveUntil(ms, NearStepMs);
    }

    /// <summary>Somebody taps.</summary>
    /// <param name="hasNews">The phone has the newest list for this door.</param>
    /// <returns>The door's verdict.</returns>
    public int Tap(int index, uint key, bool hasNews)
    {
        DeskDoor door = _doors[index];
        DoorBag bag = new();
        if (hasNews)
        {
            bag.Lists.Add(ListBlob.ForDoor(_root, door.Id, 1, _list));
        }

        return door.Phone.Tap(KeyFor(key, index), floors: _plan.AreCars ? 1UL : null, bag: bag).Verdict;
    }

    /// <summary>The network is there for a moment.</summary>
    public void Sync(int index)
    {
        DeskDoor door = _doors[index];
        door.Host.Network.IsUp = true;
        door.LiveUntil(door.Host.Clock.WorldMs + SyncMs, NearStepMs);
        door.Host.Network.IsUp = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeskDoor door in _doors)
        {
            door.Dispose();
        }
    }

    private PhoneKey KeyFor(uint key, int index)
    {
        if (!_keys.TryGetValue((key, index), out PhoneKey? phone))
        {
            CredentialRecord record = new(Scope, 1, key, Begin, Begin, Begin + Year, ulong.MaxValue, _plan.AreCars, 0);
            byte[] credential = record.Seal(_root);
            phone = new PhoneKey(_doors[index].Id, credential, _root.CredentialKey(credential, Scope, 1, _doors[index].Id));
            _keys[(key, index)] = phone;
        }

        return phone;
    }

    private NetworkAnswer Serve(string path, byte[] body)
    {
        if (path != "/door/sync" || SyncRequest.Open(_root, body) is not SyncRequest request)
        {
            return new NetworkAnswer(404, []);
        }

        SyncReply reply = new(request, 0);
        if (request.Lists[0].Version < Version)
        {
            reply.TryAdd(ListBlob.ForDoor(_root, request.DoorId, request.DoorGeneration, _list));
        }

        return NetworkAnswer.Ok(reply.Seal(_root, request.DoorId, request.DoorGeneration));
    }
}
