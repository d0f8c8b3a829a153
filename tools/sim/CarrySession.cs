using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Wire;

namespace DoorController.Sim;

/// <summary>The phone's half of Carry in one session (PROTOCOL.md, section 7).</summary>
/// <param name="run">Lets the door live for some ms.</param>
internal sealed class CarrySession(VirtualPhone phone, Action<long> run)
{
    private const int StatusBytes = 21;
    private const int HeadBytes = 3;
    private const int SliceHeadBytes = 5;
    private const int JudgeMs = 50;
    private const int MaxReads = 60;
    private const int MaxSlices = 100;

    /// <summary>The status that was read last; null: none yet.</summary>
    public byte[]? Last { get; private set; }

    /// <summary>Reads the status: 21 bytes, zeros when it could not be read.</summary>
    public byte[] Status()
    {
        if (phone.TryRead(BleCharacteristic.Carry, out byte[] status) != AttError.None || status.Length != StatusBytes)
        {
            return new byte[StatusBytes];
        }

        Last = status;
        return status;
    }

    /// <summary>Brings a blob, and waits until the door has judged it.</summary>
    /// <returns>One of <see cref="CarryState"/>.</returns>
    public int Bring(byte[] blob)
    {
        Write([0x21, blob[0], (byte)blob.Length, (byte)(blob.Length >> 8)]);
        int payload = Math.Min(Limits.CarryFrameBytes, phone.Mtu - 3) - HeadBytes;
        for (int at = 0; at < blob.Length; at += payload)
        {
            byte[] part = blob[at..Math.Min(blob.Length, at + payload)];
            Write([0x22, (byte)at, (byte)(at >> 8), .. part]);
        }

        return Settle();
    }

    /// <summary>Fetches the oldest page that is not acknowledged.</summary>
    /// <returns>Sealed for the server; null when there is none, or the door's time for it is over.</returns>
    public byte[]? FetchPage()
    {
        if (Status()[StatusBytes - 1] == 0)
        {
            return null;
        }

        Write([0x23, 0, 0, 0, 0]);
        if (Settle() != CarryState.PageReady)
        {
            return null;
        }

        List<byte> page = [];
        for (int i = 0; i < MaxSlices; i++)
        {
            Write([0x24, (byte)page.Count, (byte)(page.Count >> 8)]);
            if (phone.TryRead(BleCharacteristic.Carry, out byte[] slice) != AttError.None || slice.Length <= SliceHeadBytes || slice[0] != 0x24
                || Bytes.U16(slice, 1) != page.Count)
            {
                return null;
            }

            page.AddRange(slice[SliceHeadBytes..]);
            if (page.Count >= Bytes.U16(slice, HeadBytes))
            {
                return [.. page];
            }
        }

        return null;
    }

    /// <summary>A packet of the link takes an interval, in which the door lives.</summary>
    private void Write(byte[] frame)
    {
        phone.TryWrite(BleCharacteristic.Carry, frame);
        run(VirtualPhone.IntervalMs);
    }

    private int Settle()
    {
        int state = CarryState.Judging;
        for (int i = 0; i < MaxReads && state is CarryState.Judging or CarryState.Receiving; i++)
        {
            run(JudgeMs);
            state = Status()[0];
        }

        return state;
    }
}
