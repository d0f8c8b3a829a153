using System;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// What a time token or a floor reset answers. In memory only: an answer to a challenge of an earlier boot proves nothing about now, as
    /// nobody knows for how long the power was off. The door knows when it made each, so it knows how old an answer can be at most.
    /// </summary>
    public sealed class TimeChallenge
    {
        private readonly IRandom _random;
        private readonly byte[] _ring = new byte[Limits.TimeChallenges * Keys.ChallengeLength];
        private readonly int[] _madeS = new int[Limits.TimeChallenges];
        private int _made;

        /// <summary>No challenge until one is handed out.</summary>
        public TimeChallenge(IRandom random)
        {
            _random = random;
        }

        /// <summary>Hands out the newest challenge, 8 bytes, or another one when that is older than <see cref="Limits.TimeChallengeMs"/>.</summary>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        public void CopyTo(byte[] to, int offset, long nowMs)
        {
            Renew(Limits.TimeChallengeMs, nowMs);
            Array.Copy(_ring, Newest * Keys.ChallengeLength, to, offset, Keys.ChallengeLength);
        }

        /// <summary>Makes another challenge, unless the newest is no older than so many ms. The oldest of a full ring is forgotten.</summary>
        public void Renew(int olderThanMs, long nowMs)
        {
            if (_made > 0 && nowMs - _madeS[Newest] * 1000L <= olderThanMs)
            {
                return;
            }

            byte[] fresh = new byte[Keys.ChallengeLength];
            _random.Fill(fresh);
            _made++;
            Bytes.Put(_ring, Newest * Keys.ChallengeLength, fresh);
            _madeS[Newest] = (int)(nowMs / 1000);
        }

        /// <summary>When the challenge in 8 bytes was made.</summary>
        /// <returns>Monotonic ms since boot, rounded down to s; −1 when it is none of those that are kept.</returns>
        public long MadeMs(byte[] data, int offset)
        {
            long madeMs = -1;
            int kept = _made < Limits.TimeChallenges ? _made : Limits.TimeChallenges;
            for (int i = 0; i < kept; i++)
            {
                if (Bytes.SameInConstantTime(data, offset, _ring, i * Keys.ChallengeLength, Keys.ChallengeLength))
                {
                    madeMs = _madeS[i] * 1000L;
                }
            }

            return madeMs;
        }

        /// <summary>Forgets all challenges: no token or reset that is under way answers one any more.</summary>
        public void End()
        {
            _made = 0;
        }

        private int Newest
        {
            get { return (_made - 1) % Limits.TimeChallenges; }
        }
    }
}
