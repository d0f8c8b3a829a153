using DoorController.Audit;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Strike
{
    /// <summary>Energises the strike for a cause and tells those who must know: contacts, lamp and, for a cause that is no credential, the trail.</summary>
    public sealed class Opener
    {
        private readonly StrikeControl _strike;
        private readonly DoorMonitor _monitor;
        private readonly Signals _signals;
        private readonly AuditTrail _audit;
        private readonly Settings _settings;

        /// <summary>The opener of one door.</summary>
        public Opener(StrikeControl strike, DoorMonitor monitor, Signals signals, AuditTrail audit, Settings settings)
        {
            _strike = strike;
            _monitor = monitor;
            _signals = signals;
            _audit = audit;
            _settings = settings;
        }

        /// <summary>Plays one pulse of the hold time.</summary>
        /// <param name="floors">Floor selectors in an elevator car; 0 at a door.</param>
        /// <returns>False when the strike did not take the pulse.</returns>
        public bool Energise(int floors, long nowMs)
        {
            if (!_strike.Energise(floors, _settings.HoldMs, nowMs))
            {
                return false;
            }

            _monitor.OnPulse(_settings.HoldMs, nowMs);
            _signals.Granted(_settings.HoldMs, nowMs);
            return true;
        }

        /// <summary>Energises for a cause that is no credential: REX or a technician who proved himself. In the trail either way.</summary>
        /// <param name="cause"><see cref="AuditEvent.Rex"/> or <see cref="AuditEvent.Technician"/>.</param>
        /// <param name="floors">As in <see cref="Energise"/>.</param>
        /// <returns>False when the strike did not take the pulse.</returns>
        public bool Open(int cause, int floors, long nowMs)
        {
            bool energised = Energise(floors, nowMs);
            int detail = cause == AuditEvent.Technician ? TechnicianCommand.Strike : 0;
            _audit.Append(cause, energised ? Verdict.Granted : Verdict.StrikeFault, detail, 0, 0, 0, (uint)floors);
            return energised;
        }
    }
}
