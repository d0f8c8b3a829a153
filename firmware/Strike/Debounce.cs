namespace DoorController
{
    /// <summary>Contacts bounce; a change counts once the raw value stood still for <see cref="Limits.DebounceMs"/>.</summary>
    public sealed class Debounce
    {
        private int _candidate;
        private long _sinceMs;

        /// <summary>Starts with what stands at boot, so that a contact held then is no event.</summary>
        public Debounce(int raw, long nowMs)
        {
            Value = raw;
            _candidate = raw;
            _sinceMs = nowMs;
        }

        /// <summary>The debounced bits.</summary>
        public int Value { get; private set; }

        /// <summary>Takes a raw reading.</summary>
        /// <returns>The bits that changed with this reading.</returns>
        public int Poll(int raw, long nowMs)
        {
            if (raw != _candidate)
            {
                _candidate = raw;
                _sinceMs = nowMs;
            }

            if (_candidate == Value || nowMs - _sinceMs < Limits.DebounceMs)
            {
                return 0;
            }

            int changed = _candidate ^ Value;
            Value = _candidate;
            return changed;
        }
    }
}
