namespace DoorController.Hal
{
    /// <summary>
    /// The output that energises the strike, or the master gate of an elevator car's floor selectors. The bound of a pulse is
    /// in hardware: it ends with the runtime frozen.
    /// </summary>
    public interface IStrike
    {
        /// <summary>Longest pulse that the hardware can bound, in ms.</summary>
        int MaxPulseMs { get; }

        /// <summary>True while no pulse is being played.</summary>
        bool IsIdle { get; }

        /// <summary>Plays one pulse and returns at once.</summary>
        /// <param name="milliseconds">1 to <see cref="MaxPulseMs"/>.</param>
        /// <returns>False, and nothing is energised, when out of range, not idle, or the hardware refused.</returns>
        bool Pulse(int milliseconds);

        /// <summary>Ends a running pulse at once. Harmless when idle.</summary>
        void Release();
    }
}
