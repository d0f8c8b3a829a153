#nullable enable
using System.Device.Gpio;

namespace DoorController.Hal.Esp32
{
    /// <summary>Digital outputs, active high: nanoFramework drives each LOW when it is opened, always (PLATFORM.md 9.2).</summary>
    public sealed class Esp32Outputs
    {
        private readonly GpioPin?[] _pins;

        /// <summary>Opens the pins, LOW.</summary>
        /// <param name="pins">Bit i of <see cref="Set"/> is pin i; <see cref="PinMap.None"/> is left out.</param>
        public Esp32Outputs(GpioController gpio, int[] pins)
        {
            _pins = new GpioPin?[pins.Length];
            for (int i = 0; i < pins.Length; i++)
            {
                if (pins[i] != PinMap.None)
                {
                    GpioPin pin = gpio.OpenPin(pins[i], PinMode.Output);
                    pin.Write(PinValue.Low);
                    _pins[i] = pin;
                }
            }
        }

        /// <summary>Sets each output to its bit. Outputs that go LOW go first, so that no two selections overlap.</summary>
        public void Set(int bits)
        {
            Drive(~bits, PinValue.Low);
            Drive(bits, PinValue.High);
        }

        private void Drive(int bits, PinValue level)
        {
            for (int i = 0; i < _pins.Length; i++)
            {
                if (((bits >> i) & 1) != 0)
                {
                    _pins[i]?.Write(level);
                }
            }
        }
    }

    /// <summary>Lamps and buzzer on three digital outputs (PLATFORM.md 9.1).</summary>
    public sealed class Esp32Lamp : ILamp
    {
        private readonly Esp32Outputs _outputs;

        /// <summary>Dark and silent.</summary>
        public Esp32Lamp(GpioController gpio, PinMap pins)
        {
            _outputs = new Esp32Outputs(gpio, new int[] { pins.LampGreen, pins.LampRed, pins.Buzzer });
        }

        /// <inheritdoc/>
        public void Set(int outputs)
        {
            _outputs.Set(outputs);
        }
    }

    /// <summary>Floor selectors on digital outputs (PLATFORM.md 9.1). They do nothing unless the RMT-driven master gate is energised.</summary>
    public sealed class Esp32Floors : IFloors
    {
        private readonly Esp32Outputs _outputs;

        /// <summary>Releases every selector that the board has, wired or not.</summary>
        /// <param name="wired">How many are wired, 0 to the number of pins.</param>
        public Esp32Floors(GpioController gpio, PinMap pins, int wired)
        {
            _outputs = new Esp32Outputs(gpio, pins.Floors);
            Count = wired;
        }

        /// <inheritdoc/>
        public int Count { get; }

        /// <inheritdoc/>
        public void Select(int mask)
        {
            _outputs.Set(mask & ((1 << Count) - 1));
        }
    }
}
