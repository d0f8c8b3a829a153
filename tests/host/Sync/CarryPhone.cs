using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Tests.Sync
{
    /// <summary>What Carry says when it is read: PROTOCOL.md section 7, "Status".</summary>
    internal sealed record CarryStatus(int State, int Type, int Received, byte[] Challenge, uint Epoch, uint Acknowledged, int Pages)
    {
        /// <summary>Bytes of it.</summary>
        public const int Length = 21;

        public static CarryStatus Read(byte[] value) => value.Length == Length
            ? new CarryStatus(
                value[0], value[1], Bytes.U16(value, 2), value[4..12], Bytes.U32(value, 12), Bytes.U32(value, 16), value[20])
            : throw new FormatException("a status of " + value.Length + " bytes");
    }

    /// <summary>The phone's half of Carry, written from PROTOCOL.md section 7.</summary>
    internal sealed class CarryPhone
    {
        private readonly DoorRig _rig;

        public CarryPhone(DoorRig rig)
        {
            _rig = rig;
        }

        /// <summary>Bytes of a blob in one data frame: 17 at MTU 23.</summary>
        public int FrameBytes => Math.Min(Limits.CarryFrameBytes, _rig.Phone.Mtu - 3) - 3;

        public CarryStatus Status() => CarryStatus.Read(_rig.Read(BleCharacteristic.Carry));

        public static byte[] Begin(int type, int length) => [0x21, (byte)type, (byte)length, (byte)(length >> 8)];

        public static byte[] Data(int offset, byte[] bytes) => [0x22, (byte)offset, (byte)(offset >> 8), .. bytes];

        /// <summary>The frames of one blob.</summary>
        public IReadOnlyList<byte[]> Frames(byte[] blob) =>
            [Begin(blob.Length == 0 ? 0 : blob[0], blob.Length), .. blob.Chunk(FrameBytes).Select((part, i) => Data(i * FrameBytes, part))];

        public void Write(byte[] frame)
        {
            int error = _rig.Phone.TryWrite(BleCharacteristic.Carry, frame);
            if (error != 0)
            {
                throw new InvalidOperationException("ATT error " + error);
            }

            _rig.Run(20);
        }

        /// <summary>Carries a blob up and waits until it is judged.</summary>
        /// <returns>The state.</returns>
        public int Bring(byte[] blob)
        {
            foreach (byte[] frame in Frames(blob))
            {
                Write(frame);
            }

            return Judged();
        }

        /// <summary>Waits while the door judges or stores.</summary>
        public int Judged()
        {
            int state = Status().State;
            for (int i = 0; i < 100 && state == CarryState.Judging; i++)
            {
                _rig.Run(50);
                state = Status().State;
            }

            return state;
        }

        /// <summary>Asks for a page.</summary>
        /// <param name="from">Sequence to start from; 0 for the oldest that is not acknowledged.</param>
        /// <returns>The state.</returns>
        public int AskPage(uint from)
        {
            Write([0x23, .. BitConverter.GetBytes(from)]);
            return Status().State;
        }

        /// <summary>Reads the whole page in slices.</summary>
        public byte[] ReadPage()
        {
            List<byte> page = new();
            int length = 1;
            while (page.Count < length)
            {
                Write([0x24, (byte)page.Count, (byte)(page.Count >> 8)]);
                byte[] slice = _rig.Read(BleCharacteristic.Carry);
                if (slice[0] != 0x24 || Bytes.U16(slice, 1) != page.Count || slice.Length > 5 + Limits.SliceBytes)
                {
                    throw new FormatException("a slice that is none");
                }

                length = Bytes.U16(slice, 3);
                page.AddRange(slice[5..]);
            }

            return [.. page];
        }
    }
}
