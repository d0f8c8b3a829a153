namespace DoorController.Hal
{
    /// <summary>The input contacts, raw: the firmware debounces.</summary>
    public interface IInputs
    {
        /// <summary>The contacts that are active at this moment, as bits of <see cref="Input"/>.</summary>
        int Read();
    }

    /// <summary>Bits of <see cref="IInputs.Read"/>. A bit is 1 when its meaning holds, whatever the level of the pin.</summary>
    public static class Input
    {
        /// <summary>The request-to-exit button is pressed.</summary>
        public const int Rex = 1;

        /// <summary>The door contact says that the door is open.</summary>
        public const int DoorOpen = 2;

        /// <summary>The housing is open.</summary>
        public const int Tamper = 4;

        /// <summary>The fire alarm panel calls. Reported only: lock power is cut by the panel itself (wiring.md).</summary>
        public const int FireAlarm = 8;

        /// <summary>Number of inputs.</summary>
        public const int Count = 4;
    }
}
