using DoorController.Hal;

namespace DoorController.Tests
{
    /// <summary>A strike and floor selectors that write down what they are told.</summary>
    public sealed class FakeStrike : IStrike, IFloors
    {
        /// <summary>Longest pulse that it takes.</summary>
        public int MaxPulseMs { get; set; } = 9800;

        /// <summary>True when no pulse is being played.</summary>
        public bool IsIdle { get; set; } = true;

        /// <summary>True when it takes no pulse.</summary>
        public bool Refuses { get; set; }

        /// <summary>Length of the last pulse in ms; 0 when there was none.</summary>
        public int LastPulseMs { get; private set; }

        /// <summary>Pulses so far.</summary>
        public int Pulses { get; private set; }

        /// <summary>Releases so far.</summary>
        public int Releases { get; private set; }

        /// <summary>Floor selectors that are set.</summary>
        public int Selected { get; private set; }

        /// <summary>Floor selectors set when the last pulse began: they must stand before the gate does.</summary>
        public int SelectedAtPulse { get; private set; }

        /// <summary>Floors wired.</summary>
        public int Count
        {
            get { return 8; }
        }

        /// <inheritdoc/>
        public bool Pulse(int milliseconds)
        {
            if (Refuses || !IsIdle)
            {
                return false;
            }

            SelectedAtPulse = Selected;
            LastPulseMs = milliseconds;
            Pulses++;
            IsIdle = false;
            return true;
        }

        /// <inheritdoc/>
        public void Release()
        {
            Releases++;
            IsIdle = true;
        }

        /// <inheritdoc/>
        public void Select(int mask)
        {
            Selected = mask;
        }
    }
}
