#nullable enable
using System;
using System.IO.Ports;
using nanoFramework.Hardware.Esp32;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// The technician's console on COM2, the first port that no image uses for its own protocol (PLATFORM.md 8). Reads take what is there.
    /// A line that picks up noise is closed for a minute, and says so: what arrives loads the event queue of Bluetooth. A write that does
    /// not fit into the 128 bytes of the UART would wait for the wire, so no more is offered than has surely left it.
    /// </summary>
    public sealed class Esp32Serial : ISerial
    {
        /// <summary>Speed, in baud, 8N1.</summary>
        public const int Baud = 115200;

        private const string PortName = "COM2";
        private const int FifoBytes = 120;
        private const int BytesPerMs = 11;

        private readonly IClock _clock;
        private readonly NoiseGate _noise = new NoiseGate();
        private readonly SerialPort? _port;
        private int _room = FifoBytes;
        private long _roomMs;

        /// <summary>Opens the port. Without it the door lives on, mute.</summary>
        public Esp32Serial(IClock clock, PinMap pins)
        {
            _clock = clock;
            try
            {
                Configuration.SetPinFunction(pins.ConsoleTx, DeviceFunction.COM2_TX);
                Configuration.SetPinFunction(pins.ConsoleRx, DeviceFunction.COM2_RX);
                SerialPort port = new SerialPort(PortName, Baud);
                port.Open();
                _port = port;
            }
            catch (Exception)
            {
                Console.WriteLine("console: " + PortName + " does not open");
            }
        }

        /// <inheritdoc/>
        public int Read(byte[] buffer)
        {
            long now = _clock.NowMs;
            try
            {
                return _port == null || _noise.IsClosed(now) ? 0 : Read(_port, buffer, now);
            }
            catch (Exception)
            {
                return 0;
            }
        }

        private int Read(SerialPort port, byte[] buffer, long now)
        {
            if (!port.IsOpen)
            {
                port.Open();
            }

            int waiting = port.BytesToRead;
            int count = waiting < buffer.Length ? waiting : buffer.Length;
            if (!_noise.Take(count, now))
            {
                port.Close();
                Console.WriteLine("console: noise on " + PortName + ", closed for a minute");
                return 0;
            }

            return count == 0 ? 0 : port.Read(buffer, 0, count);
        }

        /// <inheritdoc/>
        public int Write(byte[] buffer, int offset, int count)
        {
            if (_port == null || !_port.IsOpen)
            {
                return count;
            }

            int room = Room(_clock.NowMs);
            int accepted = count < room ? count : room;
            _room -= accepted;
            if (accepted > 0)
            {
                Send(_port, buffer, offset, accepted);
            }

            return accepted;
        }

        /// <summary>Bytes that the port's own memory takes without waiting.</summary>
        private int Room(long now)
        {
            long room = _room + (now - _roomMs) * BytesPerMs;
            _room = room < FifoBytes ? (int)room : FifoBytes;
            _roomMs = now;
            return _room;
        }

        private static void Send(SerialPort port, byte[] buffer, int offset, int count)
        {
            try
            {
                port.Write(buffer, offset, count);
            }
            catch (Exception)
            {
                // Lost on the way: a console line is worth no second try.
            }
        }
    }
}
