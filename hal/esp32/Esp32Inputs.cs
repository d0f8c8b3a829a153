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
        /// <summary>Each look at a pin leaves an object of the library behind, and a contact bounces for longer than this.</summary>
        private const int ReadEveryMs = 10;

        private readonly IClock _clock;
        private readonly GpioPin? _rex;
        private readonly GpioPin? _doorContact;
        private readonly GpioPin? _tamper;
        private readonly GpioPin? _fireAlarm;
        private long _readMs = -ReadEveryMs;
        private int _bits;

        /// <summary>Opens the pins of the variant.</summary>
        public Esp32Inputs(GpioController gpio, IClock clock, PinMap pins)
        {
            _clock = clock;
            PinMode mode = pins.HasPullUps ? PinMode.InputPullUp : PinMode.Input;
            _rex = Open(gpio, pins.Rex, mode);
            _doorContact = Open(gpio, pins.DoorContact, mode);
            _tamper = Open(gpio, pins.Tamper, mode);
            _fireAlarm = Open(gpio, pins.FireAlarm, mode);
        }

        /// <inheritdoc/>
        public int Read()
        {
            long now = _clock.NowMs;
            if (now - _readMs >= ReadEveryMs)
            {
                _readMs = now;
                _bits = Bit(_rex, PinValue.Low, Input.Rex)
                    | Bit(_doorContact, PinValue.High, Input.DoorOpen)
                    | Bit(_tamper, PinValue.High, Input.Tamper)
                    | Bit(_fireAlarm, PinValue.High, Input.FireAlarm);
            }

            return _bits;
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
