namespace DoorController.Access
{
    /// <summary>Bounds the attempts of one session, so that nobody can keep the processor busy.</summary>
    public sealed class TokenBucket
    {
        private int _tokens;
        private long _sinceMs;

        /// <summary>A new session starts with a full bucket.</summary>
        public void Fill(long nowMs)
        {
            _tokens = Limits.BucketAttempts;
            _sinceMs = nowMs;
        }

        /// <summary>Takes one token.</summary>
        /// <returns>False when there is none: the phone is to be shed.</returns>
        public bool Take(long nowMs)
        {
            long refill = (nowMs - _sinceMs) / Limits.BucketRefillMs;
            if (refill > 0)
            {
                _sinceMs += refill * Limits.BucketRefillMs;
                _tokens = refill + _tokens > Limits.BucketAttempts ? Limits.BucketAttempts : _tokens + (int)refill;
            }

            if (_tokens == 0)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
