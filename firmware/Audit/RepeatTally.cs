using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>
    /// Keeps those who get no entry, and a radio that is restarted each quarter of an hour, from washing the trail out. The first time is a record, if the
    /// <see cref="RoutineBudget"/> has one; the same again is only counted, and the count becomes a record when its window ends: after 15 min at first,
    /// then after twice as long each time, 24 h at most, until a window passes in which it did not happen. Counts live in RAM: a power cut forgets
    /// those whose window has not ended.
    /// </summary>
    public sealed class RepeatTally
    {
        private const int Unproved = 0;
        private const int Others = 1;
        private const int Sheds = 2;
        private const int Restarts = 3;
        private const int FirstKey = 4;
        private const int Slots = FirstKey + Limits.AuditRefusedKeys;
        private const int LookMs = 1000;

        /// <summary>So often doubled, the first window is longer than the longest one.</summary>
        private const int Doublings = 7;

        private readonly AuditTrail _trail;
        private readonly RoutineBudget _budget;
        private readonly byte[] _verdicts = new byte[Slots];
        private readonly byte[] _doublings = new byte[Slots];
        private readonly int[] _scopes = new int[Slots];
        private readonly uint[] _keys = new uint[Slots];
        private readonly uint[] _counts = new uint[Slots];
        private readonly int[] _untilS = new int[Slots];
        private int _nowS;
        private long _lookMs;

        internal RepeatTally(AuditTrail trail, RoutineBudget budget)
        {
            _trail = trail;
            _budget = budget;
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
            int slot = FindKey(verdict, scopeId, keyNumber);
            if (slot == Others || _untilS[slot] != 0 || !_budget.Take())
            {
                Count(_untilS[slot] != 0 ? slot : Others, 0);
                return false;
            }

            _verdicts[slot] = (byte)verdict;
            _scopes[slot] = scopeId;
            _keys[slot] = keyNumber;
            _untilS[slot] = _nowS + Limits.AuditAggregateS;
            return _trail.Append(AuditEvent.Credential, verdict, operation, scopeId, generation, keyNumber, 0);
        }

        /// <summary>Records or counts a technician's wrong answer.</summary>
        /// <param name="command">What he wanted: one of <see cref="TechnicianCommand"/>.</param>
        public void TechnicianRefused(int command)
        {
            if (_budget.Take())
            {
                _trail.Append(AuditEvent.Technician, Verdict.NotProven, command, 0, 0, 0, 0);
            }
            else
            {
                Count(Others, 0);
            }
        }

        /// <summary>Counts an attempt that proved nothing.</summary>
        /// <param name="verdict">Why, internal.</param>
        public void Unproven(int verdict)
        {
            Count(Unproved, verdict);
        }

        /// <summary>Counts a phone that was shed.</summary>
        public void Shed()
        {
            Count(Sheds, 0);
        }

        /// <summary>Counts a restart of the radio that is routine: one record a day, made by the first restart a day or more after the first of them.</summary>
        public void Restarted()
        {
            _counts[Restarts]++;
            if (_untilS[Restarts] == 0)
            {
                _untilS[Restarts] = _nowS + Limits.AuditAggregateMaxS;
            }
            else if (_nowS >= _untilS[Restarts])
            {
                EndWindow(Restarts);
            }
        }

        /// <summary>Looks once a second for windows that have ended.</summary>
        internal void Poll(long nowMs)
        {
            if (nowMs < _lookMs)
            {
                return;
            }

            _lookMs = nowMs + LookMs;
            _nowS = (int)(nowMs / 1000);
            _budget.Poll(_nowS);
            for (int slot = 0; slot < Slots; slot++)
            {
                if (slot != Restarts && _untilS[slot] != 0 && _nowS >= _untilS[slot])
                {
                    EndWindow(slot);
                }
            }
        }

        /// <summary>The place of a key that is being counted, else a free one, else that of all others.</summary>
        private int FindKey(int verdict, int scopeId, uint keyNumber)
        {
            int found = Others;
            for (int slot = FirstKey; slot < Slots; slot++)
            {
                if (_untilS[slot] == 0)
                {
                    found = slot;
                }
                else if (_keys[slot] == keyNumber && _scopes[slot] == scopeId && _verdicts[slot] == verdict)
                {
                    return slot;
                }
            }

            return found;
        }

        private void Count(int slot, int verdict)
        {
            _counts[slot]++;
            if (_untilS[slot] == 0)
            {
                _verdicts[slot] = (byte)verdict;
                _untilS[slot] = _nowS + Limits.AuditAggregateS;
                Tell(slot);
            }
        }

        private void EndWindow(int slot)
        {
            if (_counts[slot] == 0)
            {
                _untilS[slot] = 0;
                _doublings[slot] = 0;
                return;
            }

            if (Tell(slot) && _doublings[slot] < Doublings)
            {
                _doublings[slot]++;
            }

            int span = Limits.AuditAggregateS << _doublings[slot];
            _untilS[slot] = _nowS + (slot == Restarts || span > Limits.AuditAggregateMaxS ? Limits.AuditAggregateMaxS : span);
        }

        /// <returns>False when the record must wait for the next window: there was no budget, or no room.</returns>
        private bool Tell(int slot)
        {
            uint argument = slot == Restarts ? SinceTheFirst() : _counts[slot];
            if (!_budget.Take() || !_trail.QueueCount(EventOf(slot), _verdicts[slot], _scopes[slot], _keys[slot], argument))
            {
                return false;
            }

            _counts[slot] = 0;
            return true;
        }

        /// <summary>Count u16, and the minutes that were counted u16; more than either holds is the most it holds.</summary>
        private uint SinceTheFirst()
        {
            int minutes = (_nowS - _untilS[Restarts] + Limits.AuditAggregateMaxS) / 60;
            uint count = _counts[Restarts] < ushort.MaxValue ? _counts[Restarts] : ushort.MaxValue;
            return count | ((uint)(minutes < ushort.MaxValue ? minutes : ushort.MaxValue) << 16);
        }

        private static int EventOf(int slot)
        {
            switch (slot)
            {
                case Unproved: return AuditEvent.Unproven;
                case Others: return AuditEvent.OtherRefusals;
                case Sheds: return AuditEvent.PhoneShed;
                case Restarts: return AuditEvent.RadioRestarted;
                default: return AuditEvent.Credential;
            }
        }
    }
}
