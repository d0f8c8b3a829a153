using System.Collections;
using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>Rules of the hardware that the firmware broke, in words. A test ends by asserting that there are none.</summary>
    public sealed class FaultList : IReadOnlyList<string>
    {
        private readonly List<string> _faults = new();
        private readonly VirtualClock _clock;

        /// <summary>An empty list.</summary>
        /// <param name="clock">Gives each fault its time.</param>
        public FaultList(VirtualClock clock)
        {
            _clock = clock;
        }

        /// <inheritdoc/>
        public int Count => _faults.Count;

        /// <inheritdoc/>
        public string this[int index] => _faults[index];

        /// <summary>Notes a fault.</summary>
        public void Add(string fault) => _faults.Add(fault + " (at " + _clock.WorldMs + " ms)");

        /// <inheritdoc/>
        public IEnumerator<string> GetEnumerator() => _faults.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>All faults, one a line.</summary>
        public override string ToString() => string.Join('\n', _faults);
    }
}
