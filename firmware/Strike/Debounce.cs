using DoorController.Hal;

namespace DoorController.Strike
{
    /// <summary>
    /// Contacts bounce; a change counts once that contact stood still for <see cref="Limits.DebounceMs"/>. Each for itself: a loose wire on
    /// one of them silences no other.
    /// </summary>
    public sealed class Debounce
    {
        private int _candidate;
        private readonly long[] _sinceMs = new long[Input.Count];

        /// <summary>Starts with what stands at boot, so that a contact held then is no event.</summary>
        public Debounce(int raw, long nowMs)
        {
            Value = raw;
            _candidate = raw;
            for (int i = 0; i < Input.Count; i++)
            {
                _sinceMs[i] = nowMs;
            }
        }

        /// <summary>The debounced bits.</summary>
        public int Value { get; private set; }

        /// <summary>Takes a raw reading.</summary>
        /// <returns>The bits that changed with this reading.</returns>
        public int Poll(int raw, long nowMs)
        {
            int moved = raw ^ _candidate;
            _candidate = raw;
            if (moved == 0 && raw == Value)
            {
                return 0;
            }

            int changed = FindSettled(moved, raw ^ Value, nowMs);
            Value ^= changed;
            return changed;
        }

        /// <summary>The bits that differ from what counts and have stood still for long enough; those that moved begin to wait.</summary>
        private int FindSettled(int moved, int different, long nowMs)
        {
            int settled = 0;
            for (int i = 0; i < Input.Count; i++)
            {
                int bit = 1 << i;
                if ((moved & bit) != 0)
                {
                    _sinceMs[i] = nowMs;
                }
                else if ((different & bit) != 0 && nowMs - _sinceMs[i] >= Limits.DebounceMs)
                {
                    settled |= bit;
                }
            }

            return settled;
        }

        /// <summary>True while one of these inputs has moved too lately to count, or to count as idle.</summary>
        /// <param name="bits">Bits of <see cref="Input"/>.</param>
        public bool IsMoving(int bits, long nowMs)
        {
            for (int i = 0; i < Input.Count; i++)
            {
                if ((bits & (1 << i)) != 0 && nowMs - _sinceMs[i] < Limits.DebounceMs)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
