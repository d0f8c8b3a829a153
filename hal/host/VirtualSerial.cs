using System;
using System.Collections.Generic;
using System.Text;

namespace DoorController.Hal.Host
{
    /// <summary>The serial line: two queues as long as the UART driver's. What does not fit is lost, as on a wire without flow control.</summary>
    public sealed class VirtualSerial : ISerial
    {
        private readonly Queue<byte> _toDoor = new();
        private readonly Queue<byte> _fromDoor = new();

        /// <summary>Bytes that wait for the firmware at most.</summary>
        public int InputCapacityBytes { get; set; } = 256;

        /// <summary>Bytes that wait for the wire at most.</summary>
        public int OutputCapacityBytes { get; set; } = 256;

        /// <summary>Bytes typed that found the input full.</summary>
        public int LostBytes { get; private set; }

        /// <summary>Bytes that the firmware has not taken yet.</summary>
        public int WaitingBytes => _toDoor.Count;

        /// <inheritdoc/>
        public int Read(byte[] buffer)
        {
            int count = Math.Min(buffer.Length, _toDoor.Count);
            for (int i = 0; i < count; i++)
            {
                buffer[i] = _toDoor.Dequeue();
            }

            return count;
        }

        /// <inheritdoc/>
        /// <exception cref="ArgumentOutOfRangeException">The range is not inside the buffer.</exception>
        public int Write(byte[] buffer, int offset, int count)
        {
            ReadOnlySpan<byte> offered = buffer.AsSpan(offset, count);
            int accepted = Math.Max(0, Math.Min(count, OutputCapacityBytes - _fromDoor.Count));
            foreach (byte value in offered[..accepted])
            {
                _fromDoor.Enqueue(value);
            }

            return accepted;
        }

        /// <summary>The technician sends bytes.</summary>
        public void Type(ReadOnlySpan<byte> bytes)
        {
            foreach (byte value in bytes)
            {
                if (_toDoor.Count < InputCapacityBytes)
                {
                    _toDoor.Enqueue(value);
                }
                else
                {
                    LostBytes++;
                }
            }
        }

        /// <summary>The technician types text, as UTF-8.</summary>
        public void Type(string text) => Type(Encoding.UTF8.GetBytes(text));

        /// <summary>Takes all that the door has sent since the last call; room for more is then free.</summary>
        public byte[] TakeOutput()
        {
            byte[] output = _fromDoor.ToArray();
            _fromDoor.Clear();
            return output;
        }

        /// <summary>The same as text.</summary>
        public string TakeText() => Encoding.UTF8.GetString(TakeOutput());

        /// <summary>The processor restarts: what was in its buffers is gone.</summary>
        internal void Restart()
        {
            _toDoor.Clear();
            _fromDoor.Clear();
        }
    }
}
