#nullable enable
using System;
using System.Device.Gpio;
using nanoFramework.Hardware.Esp32.Rmt;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// One hardware-bounded pulse on the RMT (PLATFORM.md 9.3): <see cref="PulseSymbols"/> fits a pulse into the memory of the channel, so the
    /// hardware plays it to its end and idles LOW with the runtime frozen. What nanoFramework's RMT 3.x and ESP-IDF's driver do shapes the rest:
    /// IsChannelIdle waits in native code for the end of the pulse, so the end is known by the clock alone;
    /// a second SendData waits there too and then plays its pulse, so it waits for <see cref="EndMarginMs"/> more and is refused until then;
    /// disposing a channel stops it and lets go of the pin, so <see cref="Release"/> makes a new channel at once, which drives the pin LOW, and
    /// drives it as a plain output when that fails. On the classic ESP32 the stop waits for the end of a symbol.
    /// A reboot does not reset the RMT: a pulse that was begun plays on to its bound, or to the first channel of the new boot, which resets it.
    /// </summary>
    public sealed class Esp32Strike : IStrike
    {
        // The clock has a grain of 10 ms: a pulse may have begun that much later than it says.
        private const int EndMarginMs = 15;

        private readonly GpioController _gpio;
        private readonly IClock _clock;
        private readonly int _pin;
        private readonly int _blocks;
        private readonly PulseSymbols _symbols;
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
            _symbols = new PulseSymbols(pins.PulseBlocks, pins.BlockSymbols);
            Renew();
        }

        /// <summary>What the memory blocks bound, less the one symbol that ends a pulse: 29.9 s on the S3, 26.6 s on the ESP32.</summary>
        public int MaxPulseMs
        {
            get { return _symbols.MaxPulseMs; }
        }

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
                _channel!.SendData(_symbols.Make(milliseconds), false);
                return true;
            }
            catch (Exception)
            {
                // The driver refused, or it is not known what it did: ended at once, either way.
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
                _channel = new TransmitterChannel(Describe());
                return true;
            }
            catch (Exception)
            {
                DriveLow();
                return false;
            }
        }

        private TransmitChannelSettings Describe()
        {
            // A carrier would chop the current of the strike.
            return new TransmitChannelSettings(_pin)
            {
                ResolutionHz = PulseSymbols.ResolutionHz,
                NumberOfMemoryBlocks = (byte)_blocks,
                EnableCarrierWave = false,
                IdleLevel = false,
            };
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
        /// guard of the main loop counts it and in the end reboots the board, whose first channel resets the RMT.
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
