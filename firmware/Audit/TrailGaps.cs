using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>What the trail has to say of records that it does not hold.</summary>
    internal sealed class TrailGaps
    {
        private uint _unreported;
        private uint _missing;

        /// <summary>Records since boot for which there was neither flash nor RAM.</summary>
        public uint NotWritten { get; private set; }

        /// <summary>True when there is something to say.</summary>
        public bool IsDue
        {
            get { return _missing != 0 || _unreported != 0; }
        }

        /// <summary>A record found no place.</summary>
        public void OnNotWritten()
        {
            NotWritten++;
            _unreported++;
        }

        /// <summary>A segment is shorter than its records.</summary>
        /// <param name="first">The first number that is gone; 0 for none.</param>
        public void OnMissing(uint first)
        {
            _missing = first == 0 ? _missing : first;
        }

        /// <summary>Takes what is due.</summary>
        /// <returns>The event that says it.</returns>
        public int Take(out uint argument)
        {
            if (_missing != 0)
            {
                argument = _missing;
                _missing = 0;
                return AuditEvent.TrailDamaged;
            }

            argument = _unreported;
            _unreported = 0;
            return AuditEvent.RecordsLost;
        }
    }
}
