using DoorController.Access;
using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Wire;

namespace DoorController.Sim;

/// <summary>A phone that does what PROTOCOL.md asks of one, against the virtual radio, and writes down the walk.</summary>
internal sealed class PhoneApp
{
    /// <summary>MTU that most phones ask for.</summary>
    public const int UsualMtu = 247;

    private const int MaxTries = 3;
    private const int MaxReads = 50;
    private const int ConnectTries = 100;
    private readonly DeskDoor _door;
    private readonly AirEnd _air;
    private readonly VirtualPhone _phone;

    /// <summary>A phone in front of one door.</summary>
    public PhoneApp(DeskDoor door)
    {
        _door = door;
        _air = new AirEnd(door, ConnectTries);
        _phone = _air.Phone;
    }

    /// <summary>Connects, presents a key and goes away.</summary>
    /// <param name="attemptId">8 bytes; null for a new intention of the person.</param>
    /// <param name="floors">Floors asked for; null at a door.</param>
    /// <param name="bag">What the phone brings to this door and fetches there; null: nothing.</param>
    public Walk Tap(PhoneKey key, byte[]? attemptId = null, ulong? floors = null, DoorBag? bag = null)
    {
        byte[] id = attemptId ?? PhoneKey.NewAttemptId();
        return Attempt(hello => key.MakeUnlock(hello, id, floors), key, bag);
    }

    /// <summary>Connects, reads Hello and writes bytes from somewhere else.</summary>
    public Walk Send(byte[] frame) => Attempt(_ => frame, null);

    /// <summary>Connects and carries a blob up.</summary>
    /// <param name="make">Makes the blob of the door's status (21 bytes, PROTOCOL.md section 7).</param>
    /// <returns>One of <see cref="CarryState"/>.</returns>
    public int Carry(Func<byte[], byte[]> make)
    {
        if (!_air.Connect())
        {
            return CarryState.Idle;
        }

        CarrySession carry = NewCarry();
        int state = carry.Bring(make(carry.Status()));
        Disconnect();
        return state;
    }

    /// <summary>What a state of Carry means to the person.</summary>
    /// <param name="state">One of <see cref="CarryState"/>.</param>
    public static string Word(int state) => state switch
    {
        CarryState.Accepted => "accepted",
        CarryState.Taken => "taken",
        CarryState.NothingNew => "nothing new",
        CarryState.Refused => "refused",
        CarryState.Busy => "busy",
        CarryState.BaseMissing => "base missing",
        _ => $"broken off in state {state}",
    };

    private CarrySession NewCarry() => new(_phone, _door.Run);

    private Walk Attempt(Func<byte[], byte[]> makeFrame, PhoneKey? key, DoorBag? bag = null)
    {
        Walk walk = new();
        if (!_air.Connect())
        {
            walk.Add("phone", "sees no door", 0, "the radio is silent");
            return walk;
        }

        walk.Add("phone", "connects", 0, $"MTU {_phone.Mtu}");
        int before = _phone.Requests;
        CarryWalk? carry = bag == null ? null : new(walk, NewCarry(), bag, () => _door.Host.Clock.WorldMs);
        for (int i = 0; i < MaxTries && !walk.IsAnotherDoor && walk.OnAir is 0 or Verdict.NoHello; i++)
        {
            Exchange(walk, makeFrame, key, carry);
        }

        carry?.CarryAfter();
        walk.Operations = _phone.Requests - before;
        Disconnect();
        return walk;
    }

    private void Exchange(Walk walk, Func<byte[], byte[]> makeFrame, PhoneKey? key, CarryWalk? carry)
    {
        int pulses = _door.Host.Strike.Pulses;
        uint next = _door.Door.Memory.Audit.NextSequence;
        if (_phone.TryRead(BleCharacteristic.Hello, out byte[] hello) != AttError.None)
        {
            return;
        }

        walk.Hello = hello;
        walk.Add("phone", "reads Hello", hello.Length, Describe(hello));
        if (key != null && DoorChoice.Judge(key.DoorId, Bytes.U32(hello, Hello.DoorId)) == ChoiceOutcome.AnotherDoor)
        {
            walk.IsAnotherDoor = true;
            walk.Add("phone", "writes nothing", 0, $"door {key.DoorId} was chosen, and another one answers");
            return;
        }

        if (key != null && carry?.BringBefore(hello, key) == true && _phone.TryRead(BleCharacteristic.Hello, out byte[] newer) == AttError.None)
        {
            walk.Hello = hello = newer;
        }

        walk.Unlock = makeFrame(hello);
        Write(walk);
        _door.Run(VirtualPhone.IntervalMs);
        walk.Verdict = _door.Door.LastVerdict;
        walk.Add("door", "judges", 0, $"{Verdict.Name(walk.Verdict)} ({walk.Verdict})");
        if (_door.Host.Strike.Pulses > pulses)
        {
            walk.Add("strike", "energised", 0, $"for {_door.Door.Strike.RemainingMs(_door.Host.Clock.NowMs)} ms more");
        }

        walk.Result = ReadResult();
        walk.IsFromTheDoor = key != null && key.IsFromTheDoor(hello, walk.Unlock, walk.Result);
        string records = _door.RecordsFrom(next);
        walk.Add("door", "records", 0, records.Length > 0 ? "audit trail: " + records : "nothing of its own");
        walk.Add("phone", "reads Result", walk.Result.Length, Describe(walk));
    }

    private void Write(Walk walk)
    {
        IReadOnlyList<byte[]> frames = walk.Unlock.Length + 3 <= _phone.Mtu ? [walk.Unlock] : PhoneKey.Fragment(walk.Unlock);
        foreach (byte[] frame in frames)
        {
            _phone.TryWrite(BleCharacteristic.Unlock, frame);
        }

        walk.Add("phone", "writes Unlock", frames.Sum(f => f.Length), frames.Count == 1 ? "in one write" : $"in {frames.Count} fragments");
    }

    private byte[] ReadResult()
    {
        byte[] result = [];
        for (int i = 0; i < MaxReads && result.Length < 2; i++)
        {
            if (_phone.TryRead(BleCharacteristic.Result, out result) != AttError.None)
            {
                return [];
            }
        }

        return result.Length < 2 ? [] : result;
    }

    private void Disconnect()
    {
        _phone.Disconnect();
        _door.Run(50);
    }

    /// <summary>What a Hello says, in a line.</summary>
    public static string Describe(byte[] hello) =>
        $"door {Bytes.U32(hello, Hello.DoorId)}, clock {ClockWord(hello[Hello.Flags] & Hello.ClockQualityMask)}, at least {LineText.Time(Bytes.U32(hello, Hello.Floor))}"
        + (hello[Hello.ListLost] != 0 ? ", list lost" : string.Empty);

    private static string ClockWord(int quality) => quality switch
    {
        ClockQuality.Proven => "proven",
        ClockQuality.Restored => "restored",
        _ => "unknown",
    };

    private static string Describe(Walk walk) => walk.Result.Length switch
    {
        Result.TaggedLength => $"{Verdict.Name(walk.OnAir)}, {(walk.IsFromTheDoor ? "tag of this door" : "WRONG TAG")}, receipt {walk.AuditSequence}",
        0 => "none",
        _ => walk.OnAir == Verdict.GenericRefusal ? "refused, without a reason and without a tag" : $"{Verdict.Name(walk.OnAir)}, without a tag",
    };
}
