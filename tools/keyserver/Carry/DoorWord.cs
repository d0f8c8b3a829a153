using DoorController.KeyServer.Requests;
using DoorController.Wire;

namespace DoorController.KeyServer.Carry;

/// <summary>
/// What a phone says of a door: Hello and the status of Carry as it read them there. It is unproven: it chooses what is sent, and changes nothing that is kept.
/// </summary>
/// <param name="DoorId">The door.</param>
/// <param name="Hello">Null when the phone has not been there.</param>
/// <param name="Status">Null when the phone has not read it.</param>
internal sealed record DoorWord(uint DoorId, HelloWord? Hello, StatusWord? Status)
{
    private const int StatusLength = 21;

    /// <summary>Reads the parameters; what is wrong with them is noted there.</summary>
    public static DoorWord Read(Parameters p)
    {
        uint door = (uint)(p.Number("door_id", 1, uint.MaxValue, required: true) ?? 0);
        byte[]? hello = p.Bytes("hello", Wire.Hello.LengthWith(Limits.Scopes));
        byte[]? status = p.Bytes("carry", StatusLength);
        if (hello != null && !IsHello(hello, door))
        {
            p.Refuse("hello", "wanted what was read there: Hello of this door, of this version of the protocol");
            hello = null;
        }

        if (status != null && status.Length != StatusLength)
        {
            p.Refuse("carry", $"wanted the {StatusLength} bytes of a status");
            status = null;
        }

        return new DoorWord(door, hello == null ? null : HelloWord.Read(hello), status == null ? null : StatusWord.Read(status));
    }

    private static bool IsHello(byte[] bytes, uint door) => bytes.Length >= Wire.Hello.ListVersions && (bytes.Length - Wire.Hello.ListVersions) % 2 == 0
        && bytes[0] == Wire.Hello.Version && Wire.Bytes.U32(bytes, Wire.Hello.DoorId) == door;
}

/// <summary>What counts of a Hello.</summary>
/// <param name="IsClockProven">The door needs no time token.</param>
/// <param name="FloorS">The door's time is that late at least, in Unix seconds.</param>
/// <param name="ListLost">A bit for each slot.</param>
/// <param name="Versions">The low 16 bits of each slot's list version.</param>
internal sealed record HelloWord(bool IsClockProven, uint FloorS, int ListLost, IReadOnlyList<int> Versions)
{
    /// <summary>Reads bytes that are a Hello.</summary>
    public static HelloWord Read(byte[] bytes) => new(
        (bytes[Hello.Flags] & Hello.ClockQualityMask) == ClockQuality.Proven,
        Bytes.U32(bytes, Hello.Floor),
        bytes[Hello.ListLost],
        [.. Enumerable.Range(0, (bytes.Length - Hello.ListVersions) / 2).Select(slot => Bytes.U16(bytes, Hello.ListVersions + (2 * slot)))]);
}

/// <summary>What counts of a status of Carry (PROTOCOL.md section 7).</summary>
/// <param name="Challenge">8 bytes.</param>
/// <param name="Epoch">Of the audit trail.</param>
/// <param name="Acknowledged">Last record that the door knows to be kept.</param>
internal sealed record StatusWord(byte[] Challenge, uint Epoch, uint Acknowledged)
{
    /// <summary>Reads 21 bytes.</summary>
    public static StatusWord Read(byte[] bytes) => new(bytes[4..12], Bytes.U32(bytes, 12), Bytes.U32(bytes, 16));
}
