using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>
    /// Keeps those who get no entry from washing the trail out: the first refusal of a key is a record, the same again within 15 min is
    /// only counted, and a count is one record at most every 15 min. Counts live in RAM: a power cut forgets those of the last 15 min.
    /// </summary>
    public sealed class RefusalTally
    {
        private const int Unproved = 0;
        private const int Others = 1;
        private const int FirstKey = 2;
        private const int Slots = FirstKey + Limits.AuditRefusedKeys;

        private readonly AuditTrail _trail;
        private readonly byte[] _verdicts = new byte[Slots];
        private readonly int[] _scopes = new int[Slots];
        private readonly uint[] _keys = new uint[Slots];
        private readonly uint[] _counts = new uint[Slots];
        private readonly long[] _untilMs = new long[Slots];
        private long _nowMs;

        internal RefusalTally(AuditTrail trail)
        {
            _trail = trail;
        }

        /// <summary>Records or counts a refusal of a proven credential.</summary>
        /// <param name="verdict">Why, internal.</param>
        /// <param name="operation">What was asked for.</param>
        /// <param name="scopeId">u24.</param>
        /// <param name="generation">Of the credential.</param>
        /// <param name="keyNumber">Of the credential.</param>
        /// <returns>True when it is a durable record of its own, numbered <see cref="AuditTrail.NextSequence"/> − 1.</returns>
        public bool Refused(int verdict, int operation, int scopeId, int generation, uint keyNumber)
        {
            int free = Others;
            for (int slot = FirstKey; slot < Slots; slot++)
            {
                if (_untilMs[slot] == 0)
                {
                    free = slot;
                }
                else if (_keys[slot] == keyNumber && _scopes[slot] == scopeId && _verdicts[slot] == verdict)
                {
                    _counts[slot]++;
                    return false;
                }
            }

            if (free == Others)
            {
                Count(Others, 0);
                return false;
            }

            _verdicts[free] = (byte)verdict;
            _scopes[free] = scopeId;
            _keys[free] = keyNumber;
            _untilMs[free] = _nowMs + Limits.AuditAggregateMs;
            return _trail.Append(AuditEvent.Credential, verdict, operation, scopeId, generation, keyNumber, 0);
        }

        /// <summary>Counts an attempt that proved nothing; the first one after 15 quiet minutes is a record at once.</summary>
        /// <param name="verdict">Why, internal.</param>
        public void Unproven(int verdict)
        {
            Count(Unproved, verdict);
        }

        /// <summary>Writes the counts whose 15 min are over.</summary>
        internal void Poll(long nowMs)
        {
            _nowMs = nowMs;
            for (int slot = 0; slot < Slots; slot++)
            {
                if (_untilMs[slot] == 0 || nowMs < _untilMs[slot])
                {
                    continue;
                }

                _untilMs[slot] = _counts[slot] == 0 ? 0 : nowMs + Limits.AuditAggregateMs;
                if (_counts[slot] != 0 && _trail.QueueCount(EventOf(slot), _verdicts[slot], _scopes[slot], _keys[slot], _counts[slot]))
                {
                    _counts[slot] = 0;
                }
            }
        }

        private static int EventOf(int slot)
        {
            return slot == Unproved ? AuditEvent.Unproven : slot == Others ? AuditEvent.OtherRefusals : AuditEvent.Credential;
        }

        private void Count(int slot, int verdict)
        {
            if (_untilMs[slot] != 0)
            {
                _counts[slot]++;
                return;
            }

            _verdicts[slot] = (byte)verdict;
            _untilMs[slot] = _nowMs + Limits.AuditAggregateMs;
            _trail.QueueCount(EventOf(slot), verdict, 0, 0, 1);
        }
    }
}
