namespace DoorController.Access
{
    /// <summary>
    /// Answers of the server that are hours past what an earlier answer of this boot left possible. One of the two clocks was wrong, and the
    /// door cannot tell which: it believes the new one once <see cref="Limits.ConflictAnswers"/> answers over a day agree (PROTOCOL.md section 5).
    /// </summary>
    public sealed class ClockConflict
    {
        private uint _firstTime;
        private long _firstMs;
        private int _agreeing;

        /// <summary>True from an answer that leapt until one that did not, or until it is settled.</summary>
        public bool Stands { get; private set; }

        /// <summary>What the server said last that leapt, Unix time in s.</summary>
        public uint Said { get; private set; }

        /// <summary>Judges an answer. One that was long under way neither ends a conflict nor helps to settle it: it may have been held back.</summary>
        /// <param name="leaps">Whether the answer is past what is possible.</param>
        /// <param name="time">What it says, Unix time in s.</param>
        /// <param name="ageMs">Ms since its question was asked.</param>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        /// <returns>True when the door takes it.</returns>
        public bool Allows(bool leaps, uint time, long ageMs, long nowMs)
        {
            bool isRecent = ageMs <= Limits.ClockAgreeS * 1000;
            bool isTaken = !leaps || (isRecent && Settles(time, nowMs));
            if (leaps)
            {
                Stands = true;
                Said = time;
            }

            if (isTaken && isRecent)
            {
                End();
            }

            return isTaken;
        }

        /// <summary>Forgets what leapt.</summary>
        public void End()
        {
            Stands = false;
            _agreeing = 0;
        }

        private bool Settles(uint time, long nowMs)
        {
            long apart = (long)time - _firstTime - (nowMs - _firstMs) / 1000;
            if (_agreeing == 0 || apart > Limits.ClockAgreeS || apart < -Limits.ClockAgreeS)
            {
                _firstTime = time;
                _firstMs = nowMs;
                _agreeing = 1;
                return false;
            }

            _agreeing++;
            return _agreeing >= Limits.ConflictAnswers && nowMs - _firstMs >= Limits.ConflictMs;
        }
    }
}
