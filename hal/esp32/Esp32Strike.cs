#nullable enable
using System;
using System.Device.Gpio;
using nanoFramework.Hardware.Esp32.Rmt;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// One hardware-bounded pulse on the RMT (platform-facts 9.3): all commands of a pulse fit into the memory blocks of the channel, so
    /// the hardware plays it to its end and idles LOW with the runtime frozen. Three things that nf-interpreter and ESP-IDF do, read in
    /// their source (nf-interpreter a3e8139a1, TransmitterChannel.cpp; ESP-IDF, rmt_legacy.c), shape the rest:
    /// IsChannelIdle reports whether an idle level is set, which is always, so the end of a pulse is known by the clock alone;
    /// a Send before the end of the last one blocks the runtime, so it waits for <see cref="EndMarginMs"/> more;
    /// disposing the only channel stops its clock and may leave the pin HIGH until a new channel resets the peripheral, so
    /// <see cref="Release"/> makes a new channel at once, and takes the pin away from the RMT when that fails.
    /// </summary>
    public sealed class Esp32Strike : IStrike
    {
        private const byte Divider = 255;
        private const int ClockKHz = 80000;
        private const int PartTicks = 32767;
        private const int CommandTicks = 2 * PartTicks;
        private const int CommandBytes = 4;
        private const byte HighBit = 0x80;
        private const int EndMarginMs = 5;

        private readonly GpioController _gpio;
        private readonly IClock _clock;
        private readonly int _pin;
        private readonly int _blocks;
        private TransmitterChannel? _channel;
        private bool _isPlaying;
        private long _endMs;

        /// <summary>Takes the pin and drives it LOW.</summary>
        public Esp32Strike(GpioController gpio, IClock clock, PinMap pins)
        {
            _gpio = gpio;
            _clock = clock;
            _pin = pins.Strike;
            _blocks = pins.PulseBlocks;
            int commands = pins.PulseBlocks * pins.BlockCommands - 1;
            MaxPulseMs = (int)((long)commands * CommandTicks * Divider / ClockKHz);
            Renew();
        }

        /// <summary>What the memory blocks bound, less the one command that ends a pulse: 29.8 s on the S3, 26.5 s on the ESP32, 19.8 s on the C3.</summary>
        public int MaxPulseMs { get; }

        /// <inheritdoc/>
        public bool IsIdle
        {
            get { return !_isPlaying || _clock.NowMs >= _endMs; }
        }

        /// <inheritdoc/>
        public bool Pulse(int milliseconds)
        {
            if (milliseconds < 1 || milliseconds > MaxPulseMs || !IsIdle || !Renew())
            {
                return false;
            }

            try
            {
                _isPlaying = true;
                _endMs = _clock.NowMs + milliseconds + EndMarginMs;
                _channel!.SendData(MakeCommands(milliseconds), false);
                return true;
            }
            catch (Exception)
            {
                Release();
                return false;
            }
        }

        /// <summary>
        /// Ends a running pulse at once. Called after the end of a pulse as well: the channel is then made anew too, so whatever the
        /// peripheral did, the pin is LOW from here on.
        /// </summary>
        public void Release()
        {
            if (_isPlaying)
            {
                Drop();
                Renew();
            }
        }

        /// <summary>The commands in the form of the hardware: two durations of 15 bits, each with a level in its top bit, little-endian.</summary>
        private static byte[] MakeCommands(int milliseconds)
        {
            int ticks = (int)((long)milliseconds * ClockKHz / Divider);
            int whole = ticks / CommandTicks;
            int rest = ticks % CommandTicks;
            byte[] commands = new byte[(rest > 0 ? whole + 1 : whole) * CommandBytes];
            for (int i = 0; i < whole; i++)
            {
                Put(commands, i * CommandBytes, PartTicks, PartTicks);
            }

            if (rest > 0)
            {
                // A duration of 0 ends a transmission, so a rest is cut in two parts of at least 1; the shortest is a tick too long.
                Put(commands, whole * CommandBytes, (rest + 1) / 2, rest > 1 ? rest / 2 : 1);
            }

            return commands;
        }

        private static void Put(byte[] commands, int at, int first, int second)
        {
            commands[at] = (byte)first;
            commands[at + 1] = (byte)((first >> 8) | HighBit);
            commands[at + 2] = (byte)second;
            commands[at + 3] = (byte)((second >> 8) | HighBit);
        }

        /// <summary>Makes sure of a channel that idles LOW. Without one the pin is driven LOW as a plain output.</summary>
        private bool Renew()
        {
            if (_channel != null)
            {
                return true;
            }

            if (_pin == PinMap.None)
            {
                return false;
            }

            try
            {
                // The carrier is on by default and would chop the current of the strike.
                _channel = new TransmitterChannel(new TransmitChannelSettings(_pin)
                {
                    ClockDivider = Divider,
                    NumberOfMemoryBlocks = (byte)_blocks,
                    EnableCarrierWave = false,
                    EnableIdleLevelOutput = true,
                    IdleLevel = false,
                });
                return true;
            }
            catch (Exception)
            {
                DriveLow();
                return false;
            }
        }

        private void Drop()
        {
            try
            {
                _channel?.Dispose();
            }
            catch (Exception)
            {
                // Disposed or not, the channel is not used again.
            }

            _channel = null;
            _isPlaying = false;
        }

        /// <summary>
        /// Opening a pin as output takes it away from every peripheral and drives it LOW. Should even that throw, nothing here catches it: the
        /// guard of the main loop counts it, and in the end reboots the board, which lets go of every pin.
        /// </summary>
        private void DriveLow()
        {
            if (_gpio.IsPinOpen(_pin))
            {
                _gpio.ClosePin(_pin);
            }

            _gpio.OpenPin(_pin, PinMode.Output).Write(PinValue.Low);
        }
    }
}
