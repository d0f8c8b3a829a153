using System.Globalization;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Sim.Page;

/// <summary>A read or a write in the air, for the eye.</summary>
/// <param name="At">Milliseconds of the door's life.</param>
/// <param name="What">Such as "read Hello".</param>
/// <param name="Bytes">How many.</param>
/// <param name="Detail">What its fields say. Proofs and sealed bytes are counted, not shown.</param>
internal sealed record AirFrame(long At, string What, int Bytes, string Detail);

/// <summary>Says what a frame is (PROTOCOL.md sections 3 and 7).</summary>
internal static class FrameText
{
    /// <summary>Characteristics in the order of their UUIDs.</summary>
    public static readonly (int Characteristic, string Name)[] Characteristics =
    [
        (BleCharacteristic.Hello, "Hello"), (BleCharacteristic.Unlock, "Unlock"), (BleCharacteristic.Result, "Result"), (BleCharacteristic.Carry, "Carry"),
    ];

    /// <summary>Describes a frame.</summary>
    /// <param name="error">0, or the ATT error.</param>
    public static string Describe(int characteristic, bool isWrite, byte[] bytes, int error) => error != 0 ? $"ATT error {error}"
        : characteristic == BleCharacteristic.Hello ? Hello(bytes)
        : characteristic == BleCharacteristic.Unlock ? Unlock(bytes)
        : characteristic == BleCharacteristic.Result ? Result(bytes)
        : isWrite ? CarryFrame(bytes)
        : Carry(bytes);

    private static string Hello(byte[] bytes) => bytes.Length >= Wire.Hello.ListVersions
        ? $"{PhoneApp.Describe(bytes)}, nonce {Convert.ToHexStringLower(bytes, Wire.Hello.Nonce, 4)}…"
        : "no Hello";

    private static string Unlock(byte[] bytes)
    {
        const int tail = Wire.Unlock.AttemptIdLength + Wire.Bytes.Tag;
        if (bytes.Length < tail + 1)
        {
            return "a fragment";
        }

        int operation = bytes[0] & 0x0F;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(operation == Wire.Unlock.OperationFloors ? "floors" : "unlock")}, sealed credential of {bytes.Length - tail - Wire.Unlock.CredentialOffset(operation)}, attempt {Convert.ToHexStringLower(bytes, bytes.Length - tail, 4)}…, tag");
    }

    private static string Result(byte[] bytes) => bytes.Length switch
    {
        1 => "pending",
        2 => $"{Verdict.Name(bytes[0])}, without a tag",
        >= 12 => string.Create(
            CultureInfo.InvariantCulture, $"{Verdict.Name(bytes[0])}, {Bytes.U16(bytes, 10)} ms left, receipt {Bytes.U32(bytes, 6)}, tag"),
        _ => "none",
    };

    private static string CarryFrame(byte[] bytes) => bytes switch
    {
        [0x21, byte type, byte low, byte high] => $"begin {BlobName(type)} of {low | (high << 8)} bytes",
        [0x22, ..] => $"data, {bytes.Length - 3} bytes",
        [0x23, ..] => "page, please",
        [0x24, ..] => "slice, please",
        _ => "no frame",
    };

    private static string Carry(byte[] bytes) => bytes.Length == 0 ? "nothing"
        : bytes[0] == 0x24 ? $"slice of a sealed audit page, {bytes.Length - 5} bytes"
        : bytes.Length > 20 ? $"{StateName(bytes[0])}, audit pages waiting: {bytes[20]}"
        : "no status";

    private static string BlobName(int type) => type switch
    {
        BlobType.List => "list",
        BlobType.KeyUpdate => "key update",
        BlobType.TimeToken => "time token",
        BlobType.Acknowledgement => "acknowledgement",
        BlobType.FloorReset => "floor reset",
        _ => "blob " + type,
    };

    private static string StateName(int state) => state switch
    {
        0 => "idle",
        1 => "receiving",
        2 => "judging",
        9 => "page ready",
        10 => "not allowed",
        _ => PhoneApp.Word(state),
    };
}
