using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>Lamp and buzzer, recorded.</summary>
    public sealed class VirtualLamp : ILamp
    {
        private readonly VirtualClock _clock;
        private readonly List<OutputChange> _changes = new();

        /// <summary>All off.</summary>
        public VirtualLamp(VirtualClock clock)
        {
            _clock = clock;
        }

        /// <summary>The outputs that are on, as bits of <see cref="LampOutput"/>.</summary>
        public int Outputs { get; private set; }

        /// <summary>Every change, oldest first.</summary>
        public IReadOnlyList<OutputChange> Changes => _changes;

        /// <inheritdoc/>
        public void Set(int outputs)
        {
            if (outputs != Outputs)
            {
                Outputs = outputs;
                _changes.Add(new OutputChange(_clock.WorldMs, outputs));
            }
        }
    }
}
