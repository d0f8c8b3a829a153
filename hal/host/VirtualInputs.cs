using System;

namespace DoorController.Hal.Host
{
    /// <summary>The input contacts. They belong to the building: a reboot does not move them.</summary>
    public sealed class VirtualInputs : IInputs
    {
        private readonly VirtualClock _clock;
        private int _active;

        /// <summary>All contacts at rest.</summary>
        public VirtualInputs(VirtualClock clock)
        {
            _clock = clock;
        }

        /// <inheritdoc/>
        public int Read() => _active;

        /// <summary>Moves contacts at once.</summary>
        /// <param name="inputs">Bits of <see cref="Input"/>.</param>
        /// <param name="isActive">Whether their meaning holds from now on.</param>
        public void Set(int inputs, bool isActive)
        {
            _active = isActive ? _active | inputs : _active & ~inputs;
        }

        /// <summary>Moves contacts as metal does: they toggle for a while before they rest.</summary>
        /// <param name="inputs">Bits of <see cref="Input"/>.</param>
        /// <param name="isActive">Where they come to rest.</param>
        /// <param name="durationMs">How long they bounce, above 0.</param>
        /// <param name="periodMs">Time between two toggles, above 0.</param>
        /// <exception cref="ArgumentOutOfRangeException">A time is 0 or negative.</exception>
        public void Bounce(int inputs, bool isActive, int durationMs, int periodMs)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(durationMs);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(periodMs);
            bool level = isActive;
            Set(inputs, level);
            for (int at = periodMs; at < durationMs; at += periodMs)
            {
                level = !level;
                bool next = level;
                _clock.After(at, () => Set(inputs, next));
            }

            _clock.After(durationMs, () => Set(inputs, isActive));
        }
    }
}
