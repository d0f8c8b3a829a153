using DoorController.Wire;

namespace DoorController.Sim;

/// <summary>One line of a walk.</summary>
/// <param name="Who">phone, door or strike.</param>
/// <param name="What">What it does.</param>
/// <param name="ByteCount">Bytes of the attribute value; 0 when none crossed the air.</param>
/// <param name="Detail">What is worth knowing of it.</param>
internal sealed record WalkLine(string Who, string What, int ByteCount, string Detail);

/// <summary>All that happened at one tap, seen from the phone and from the door.</summary>
internal sealed class Walk
{
    private readonly List<WalkLine> _lines = [];

    /// <summary>The lines, in order.</summary>
    public IReadOnlyList<WalkLine> Lines => _lines;

    /// <summary>Hello as it was read; empty when it was not.</summary>
    public byte[] Hello { get; set; } = [];

    /// <summary>The Unlock frame as it was written.</summary>
    public byte[] Unlock { get; set; } = [];

    /// <summary>Result as it was read; empty when there was none.</summary>
    public byte[] Result { get; set; } = [];

    /// <summary>True when the Result carries the tag of this very door over these very bytes.</summary>
    public bool IsFromTheDoor { get; set; }

    /// <summary>True when another door answered than the one that was chosen: nothing was written.</summary>
    public bool IsAnotherDoor { get; set; }

    /// <summary>The door's internal verdict.</summary>
    public int Verdict { get; set; }

    /// <summary>Reads and writes after the connection.</summary>
    public int Operations { get; set; }

    /// <summary>Verdict on the air; 0 without a Result.</summary>
    public int OnAir => Result.Length > 1 ? Result[0] : 0;

    /// <summary>Sequence of the audit record in a tagged Result; 0 in an untagged one.</summary>
    public uint AuditSequence => Result.Length == DoorController.Wire.Result.TaggedLength ? Bytes.U32(Result, 6) : 0;

    /// <summary>Hold time that is left, in ms; 0 in an untagged Result.</summary>
    public int HoldMs => Result.Length == DoorController.Wire.Result.TaggedLength ? Bytes.U16(Result, 10) : 0;

    /// <summary>Adds a line.</summary>
    public void Add(string who, string what, int byteCount = 0, string detail = "") => _lines.Add(new WalkLine(who, what, byteCount, detail));
}
