using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>The floor selectors of an elevator car, behind the gate that the strike is.</summary>
    public sealed class VirtualFloors : IFloors
    {
        private readonly VirtualClock _clock;
        private readonly VirtualStrike _gate;
        private readonly List<OutputChange> _changes = new();

        /// <summary>Released selectors.</summary>
        /// <param name="clock">Gives each change its time.</param>
        /// <param name="gate">The one gate in front of them.</param>
        public VirtualFloors(VirtualClock clock, VirtualStrike gate)
        {
            _clock = clock;
            _gate = gate;
        }

        /// <inheritdoc/>
        public int Count { get; set; }

        /// <summary>The selectors that are set, whatever the gate does.</summary>
        public int Selected { get; private set; }

        /// <summary>The floors that the car's buttons take at this moment: selected, and the gate energised.</summary>
        public int Enabled => _gate.IsEnergised ? Selected : 0;

        /// <summary>Every change of <see cref="Selected"/>, oldest first.</summary>
        public IReadOnlyList<OutputChange> Changes => _changes;

        /// <inheritdoc/>
        public void Select(int mask)
        {
            int wired = mask & ((1 << Count) - 1);
            if (wired != Selected)
            {
                Selected = wired;
                _changes.Add(new OutputChange(_clock.WorldMs, wired));
            }
        }
    }

    /// <summary>A change of several outputs at once.</summary>
    /// <param name="AtMs">When, in <see cref="VirtualClock.WorldMs"/>.</param>
    /// <param name="Outputs">All outputs afterwards, as bits.</param>
    public sealed record OutputChange(long AtMs, int Outputs);
}
