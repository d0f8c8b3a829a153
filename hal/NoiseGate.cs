namespace DoorController.Hal
{
    /// <summary>
    /// Tells a person at the console from a wire that picks up noise. Each piece that arrives takes a place in the queue that Bluetooth uses too,
    /// read or not (PLATFORM.md 8), so a line that brings more than a person or the flash tool types is closed for a while.
    /// </summary>
    public sealed class NoiseGate
    {
        /// <summary>Most bytes in a window: eight full lines of the console.</summary>
        public const int MaxBytes = 512;

        /// <summary>Length of a window, in ms.</summary>
        public const int WindowMs = 1000;

        /// <summary>Time for which a noisy line stays closed, in ms.</summary>
        public const int ClosedMs = 60000;

        private long _windowMs;
        private long _closedMs = -ClosedMs;
        private int _bytes;

        /// <summary>True while the line is to stay closed.</summary>
        public bool IsClosed(long nowMs)
        {
            return nowMs - _closedMs < ClosedMs;
        }

        /// <summary>Counts bytes that came in.</summary>
        /// <returns>False when it is noise: the line is to be closed now.</returns>
        public bool Take(int bytes, long nowMs)
        {
            if (nowMs - _windowMs >= WindowMs)
            {
                _windowMs = nowMs;
                _bytes = 0;
            }

            _bytes += bytes;
            if (_bytes <= MaxBytes)
            {
                return true;
            }

            _closedMs = nowMs;
            _bytes = 0;
            return false;
        }
    }
}
