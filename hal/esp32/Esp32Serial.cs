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
            if (_port == null)
            {
                return 0;
            }

            long now = _clock.NowMs;
            if (_noise.IsClosed(now))
            {
                return 0;
            }

            try
            {
                if (!_port.IsOpen)
                {
                    _port.Open();
                }

                int waiting = _port.BytesToRead;
                int count = waiting < buffer.Length ? waiting : buffer.Length;
                if (!_noise.Take(count, now))
                {
                    _port.Close();
                    Console.WriteLine("console: noise on " + PortName + ", closed for a minute");
                    return 0;
                }

                return count == 0 ? 0 : _port.Read(buffer, 0, count);
            }
            catch (Exception)
            {
                return 0;
            }
        }

        /// <inheritdoc/>
        public int Write(byte[] buffer, int offset, int count)
        {
            if (_port == null || !_port.IsOpen)
            {
                return count;
            }

            long now = _clock.NowMs;
            long room = _room + (now - _roomMs) * BytesPerMs;
            _room = room < FifoBytes ? (int)room : FifoBytes;
            _roomMs = now;
            int accepted = count < _room ? count : _room;
            if (accepted == 0)
            {
                return 0;
            }

            _room -= accepted;
            try
            {
                _port.Write(buffer, offset, accepted);
            }
            catch (Exception)
            {
                // Lost on the way: a console line is worth no second try.
            }

            return accepted;
        }
    }
}
