namespace DoorController.Hal
{
    /// <summary>Lamp and buzzer for the person at the door.</summary>
    public interface ILamp
    {
        /// <summary>Sets the outputs at once.</summary>
        /// <param name="outputs">Bits of <see cref="LampOutput"/>.</param>
        void Set(int outputs);
    }

    /// <summary>Bits of <see cref="ILamp.Set"/>.</summary>
    public static class LampOutput
    {
        /// <summary>Green lamp.</summary>
        public const int Green = 1;

        /// <summary>Red lamp.</summary>
        public const int Red = 2;

        /// <summary>Buzzer.</summary>
        public const int Buzzer = 4;
    }
}
