namespace DoorController
{
    /// <summary>
    /// The accepted attempts of the last 30 s, so that a retry over a new connection gets its result again and no second pulse.
    /// </summary>
    public sealed class AttemptMemory
    {
        private readonly int[] scopes = new int[Limits.Attempts];
        private readonly uint[] keyNumbers = new uint[Limits.Attempts];
        private readonly ulong[] ids = new ulong[Limits.Attempts];
        private readonly uint[] sequences = new uint[Limits.Attempts];
        private readonly int[] details = new int[Limits.Attempts];
        private readonly long[] grantedMs = new long[Limits.Attempts];
        private readonly bool[] used = new bool[Limits.Attempts];

        /// <summary>Finds an accepted attempt and copies its audit sequence and detail into <paramref name="attempt"/>.</summary>
        /// <returns>False when it is not remembered.</returns>
        public bool Recall(Attempt attempt, int scopeId, uint keyNumber, long nowMs)
        {
            ulong id = Bytes.U64(attempt.Frame, attempt.IdOffset);
            for (int i = 0; i < Limits.Attempts; i++)
            {
                if (IsFresh(i, nowMs) && ids[i] == id && keyNumbers[i] == keyNumber && scopes[i] == scopeId)
                {
                    attempt.Sequence = sequences[i];
                    attempt.Detail = details[i];
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
                long left = IsFresh(i, nowMs) ? Limits.AttemptMs - (nowMs - grantedMs[i]) : 0;
                if (left < soonest)
                {
                    soonest = left;
                }
            }

            return (int)((soonest + 999) / 1000);
        }

        /// <summary>Remembers an attempt that energised the strike. There must be room.</summary>
        public void Remember(Attempt attempt, int scopeId, uint keyNumber, long nowMs)
        {
            int i = 0;
            while (i < Limits.Attempts - 1 && IsFresh(i, nowMs))
            {
                i++;
            }

            used[i] = true;
            scopes[i] = scopeId;
            keyNumbers[i] = keyNumber;
            ids[i] = Bytes.U64(attempt.Frame, attempt.IdOffset);
            sequences[i] = attempt.Sequence;
            details[i] = attempt.Detail;
            grantedMs[i] = nowMs;
        }

        private bool IsFresh(int i, long nowMs)
        {
            return used[i] && nowMs - grantedMs[i] < Limits.AttemptMs;
        }
    }
}
