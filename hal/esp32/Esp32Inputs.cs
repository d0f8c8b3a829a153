#nullable enable
using System.Device.Gpio;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// The contacts, polled: callbacks come through the event thread that Bluetooth uses too and may stall (PLATFORM.md 1.5, 9.1).
    /// A contact that is not wired, or whose wire is cut, reads as open door, open housing and fire alarm, and as a REX button that is
    /// not pressed.
    /// </summary>
    public sealed class Esp32Inputs : IInputs
    {
        private readonly GpioPin? _rex;
        private readonly GpioPin? _doorContact;
        private readonly GpioPin? _tamper;
        private readonly GpioPin? _fireAlarm;

        /// <summary>Opens the pins of the variant; one that it drops is never active.</summary>
        public Esp32Inputs(GpioController gpio, PinMap pins)
        {
            PinMode mode = pins.HasPullUps ? PinMode.InputPullUp : PinMode.Input;
            _rex = Open(gpio, pins.Rex, mode);
            _doorContact = Open(gpio, pins.DoorContact, mode);
            _tamper = Open(gpio, pins.Tamper, mode);
            _fireAlarm = Open(gpio, pins.FireAlarm, mode);
        }

        /// <inheritdoc/>
        public int Read()
        {
            return Bit(_rex, PinValue.Low, Input.Rex)
                | Bit(_doorContact, PinValue.High, Input.DoorOpen)
                | Bit(_tamper, PinValue.High, Input.Tamper)
                | Bit(_fireAlarm, PinValue.High, Input.FireAlarm);
        }

        private static GpioPin? Open(GpioController gpio, int pin, PinMode mode)
        {
            return pin == PinMap.None ? null : gpio.OpenPin(pin, mode);
        }

        private static int Bit(GpioPin? pin, PinValue active, int bit)
        {
            return pin != null && pin.Read() == active ? bit : 0;
        }
    }
}
