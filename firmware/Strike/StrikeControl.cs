using DoorController.Hal;

namespace DoorController.Strike
{
    /// <summary>
    /// Energises the strike once for each cause, for at most so long, and releases it early when the door has opened. In an elevator
    /// car the same pulse drives the master gate, and the floor selectors stand only while it does.
    /// </summary>
    public sealed class StrikeControl
    {
        private readonly IStrike _strike;
        private readonly IFloors _floors;
        private readonly bool _opensForNobody;
        private bool _energised;
        private long _endsMs;

        /// <summary>Releases everything: nothing is energised at boot, whatever was before.</summary>
        /// <param name="opensForNobody">The safe state: every cause passes here, so none of them energises.</param>
        public StrikeControl(IStrike strike, IFloors floors, bool opensForNobody)
        {
            _strike = strike;
            _floors = floors;
            _opensForNobody = opensForNobody;
            Release();
        }

        /// <summary>Pulses since boot, for the console.</summary>
        public int Pulses { get; private set; }

        /// <summary>True after the hardware refused a pulse or did not end one; the next pulse that works clears it.</summary>
        public bool IsFaulty { get; private set; }

        /// <summary>Milliseconds of the present pulse that are left; 0 when none.</summary>
        public int RemainingMs(long nowMs)
        {
            return _energised && _endsMs > nowMs ? (int)(_endsMs - nowMs) : 0;
        }

        /// <summary>
        /// Plays one pulse. A pulse that is being played is ended first, so that each cause has its own bound.
        /// </summary>
        /// <param name="floorMask">Floor selectors to set first; 0 at a door.</param>
        /// <param name="holdMs">Wanted length; cut to <see cref="Limits.HoldMaxMs"/> and to what the hardware can bound.</param>
        /// <returns>False, with everything released, when the hardware did not take it or the door opens for nobody.</returns>
        public bool Energise(int floorMask, int holdMs, long nowMs)
        {
            if (_opensForNobody)
            {
                return false;
            }

            if (!_strike.IsIdle)
            {
                Release();
            }

            int pulse = Bounded(holdMs);
            _floors.Select(floorMask);
            IsFaulty = !_strike.Pulse(pulse);
            if (IsFaulty)
            {
                Release();
                return false;
            }

            _energised = true;
            _endsMs = nowMs + pulse;
            Pulses++;
            return true;
        }

        private int Bounded(int holdMs)
        {
            int bound = _strike.MaxPulseMs < Limits.HoldMaxMs ? _strike.MaxPulseMs : Limits.HoldMaxMs;
            return holdMs < bound ? holdMs : bound;
        }

        /// <summary>Ends a pulse now and releases all floors.</summary>
        public void Release()
        {
            _strike.Release();
            _floors.Select(0);
            _energised = false;
        }

        /// <summary>Follows the pulse to its end. The hardware ends it by itself; this releases the floors and watches that it did.</summary>
        public void Poll(long nowMs)
        {
            if (!_energised)
            {
                return;
            }

            bool late = nowMs - _endsMs > Limits.PulseLateMs;
            if (late && !_strike.IsIdle)
            {
                IsFaulty = true;
            }

            if (late || _strike.IsIdle)
            {
                Release();
            }
        }
    }
}
