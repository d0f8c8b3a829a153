using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// The accepted attempts of the last 30 s, so that a retry over a new connection gets its result again and no second pulse.
    /// </summary>
    public sealed class AttemptMemory
    {
        private readonly int[] _scopes = new int[Limits.Attempts];
        private readonly uint[] _keyNumbers = new uint[Limits.Attempts];
        private readonly ulong[] _ids = new ulong[Limits.Attempts];
        private readonly uint[] _sequences = new uint[Limits.Attempts];
        private readonly int[] _details = new int[Limits.Attempts];
        private readonly long[] _grantedMs = new long[Limits.Attempts];
        private readonly bool[] _used = new bool[Limits.Attempts];
        private int _last;

        /// <summary>Finds an accepted attempt and copies its audit sequence and detail into <paramref name="attempt"/>.</summary>
        /// <returns>False when it is not remembered.</returns>
        public bool Recall(Attempt attempt, int scopeId, uint keyNumber, long nowMs)
        {
            ulong id = Bytes.U64(attempt.Frame, attempt.IdOffset);
            for (int i = 0; i < Limits.Attempts; i++)
            {
                if (IsFresh(i, nowMs) && _ids[i] == id && _keyNumbers[i] == keyNumber && _scopes[i] == scopeId)
                {
                    attempt.Sequence = _sequences[i];
                    attempt.Detail = _details[i];
                    return true;
                }
            }

            return false;
        }

        /// <summary>Seconds until one more attempt can be remembered; 0 when it can be now.</summary>
        public int SecondsUntilRoom(long nowMs)
        {
            long soonest = Limits.AttemptMs;
            for (int i = 0; i < Limits.Attempts; i++)
            {
                long left = IsFresh(i, nowMs) ? Limits.AttemptMs - (nowMs - _grantedMs[i]) : 0;
                if (left < soonest)
                {
                    soonest = left;
                }
            }

            return (int)((soonest + 999) / 1000);
        }

        /// <summary>Remembers an attempt that is about to energise the strike. There must be room.</summary>
        public void Remember(Attempt attempt, int scopeId, uint keyNumber, long nowMs)
        {
            int i = 0;
            while (i < Limits.Attempts - 1 && IsFresh(i, nowMs))
            {
                i++;
            }

            _last = i;
            _used[i] = true;
            _scopes[i] = scopeId;
            _keyNumbers[i] = keyNumber;
            _ids[i] = Bytes.U64(attempt.Frame, attempt.IdOffset);
            _sequences[i] = attempt.Sequence;
            _details[i] = attempt.Detail;
            _grantedMs[i] = nowMs;
        }

        /// <summary>Forgets the attempt that was remembered last: the strike did not take its pulse.</summary>
        public void Forget()
        {
            _used[_last] = false;
        }

        /// <summary>Adds the audit sequence to the attempt that was remembered last.</summary>
        public void NoteSequence(uint sequence)
        {
            _sequences[_last] = sequence;
        }

        private bool IsFresh(int i, long nowMs)
        {
            return _used[i] && nowMs - _grantedMs[i] < Limits.AttemptMs;
        }
    }
}
