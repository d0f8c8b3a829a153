namespace DoorController.Access
{
    /// <summary>
    /// The two ends between which the server's clock stands, in memory: the floor runs as slowly as a crystal may, the other end as fast.
    /// A crystal's ms since boot are within one part in <see cref="Limits.ClockErrorParts"/> of the true ones.
    /// </summary>
    public sealed class ClockInterval
    {
        private uint _floor;
        private long _floorMs;
        private uint _latest;
        private long _latestMs;

        /// <summary>Monotonic ms since boot.</summary>
        public long NowMs { get; set; }

        /// <summary>Unix time in s that the true time is not before; 0 while nobody said a time.</summary>
        public uint Floor
        {
            get
            {
                long elapsedMs = NowMs - _floorMs;
                return Later(_floor, (elapsedMs - (elapsedMs + Limits.ClockErrorParts - 1) / Limits.ClockErrorParts) / 1000);
            }
        }

        /// <summary>Unix time in s that the true time is not after, never before <see cref="Floor"/>; 0 while nobody said a time.</summary>
        public uint Latest
        {
            get
            {
                uint latest = LatestOf(_latest, _latestMs);
                uint floor = Floor;
                return latest > floor ? latest : floor;
            }
        }

        /// <summary>How late it can be now.</summary>
        /// <param name="time">Unix time in s that it was at the latest at that moment.</param>
        /// <param name="sinceMs">The moment, monotonic ms, at most <see cref="NowMs"/>.</param>
        public uint LatestOf(uint time, long sinceMs)
        {
            // True ms are at most n/(n-1) of the crystal's, for one part in n; rounded up, and to whole s up again.
            const int Slow = Limits.ClockErrorParts - 1;
            long elapsedMs = NowMs - sinceMs;
            return Later(time, (elapsedMs + (elapsedMs + Slow - 1) / Slow + 999) / 1000);
        }

        /// <summary>From now on it is at least this late.</summary>
        /// <param name="time">Unix time in s.</param>
        public void SetFloor(uint time)
        {
            _floor = time;
            _floorMs = NowMs;
        }

        /// <summary>From now on it is at least this late, and the other end no earlier. A time that is not past <see cref="Floor"/> changes nothing.</summary>
        /// <param name="time">Unix time in s.</param>
        public void Raise(uint time)
        {
            if (time <= Floor)
            {
                return;
            }

            if (time > Latest)
            {
                SetLatest(time, NowMs);
            }

            SetFloor(time);
        }

        /// <summary>It was at most this late at that moment.</summary>
        /// <param name="time">Unix time in s.</param>
        /// <param name="sinceMs">The moment, monotonic ms, at most <see cref="NowMs"/>.</param>
        public void SetLatest(uint time, long sinceMs)
        {
            _latest = time;
            _latestMs = sinceMs;
        }

        /// <summary>Adds s to a Unix time. 0 is no time, and stays so; the last second of 2106 is the end of time.</summary>
        private static uint Later(uint time, long seconds)
        {
            long sum = time == 0 ? 0 : time + seconds;
            return sum < uint.MaxValue ? (uint)sum : uint.MaxValue;
        }
    }
}
