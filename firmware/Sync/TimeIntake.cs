using DoorController.Access;
using DoorController.Memory;
using DoorController.Wire;

namespace DoorController.Sync
{
    /// <summary>
    /// What the server says of the time, once it is known to be the server's: a sync reply, a time token, a floor reset. How old an answer can be is
    /// reckoned from when its question was asked. The ms to give with one are the clock's of this moment: the pass of the loop may have begun before the
    /// server answered.
    /// </summary>
    public sealed class TimeIntake
    {
        private const int TimeOffset = Keys.ChallengeLength;
        private const uint NoTime = 0;

        private readonly DoorMemory _memory;

        /// <summary>The intake of one door.</summary>
        public TimeIntake(DoorMemory memory)
        {
            _memory = memory;
        }

        /// <summary>Takes the time of a sync reply.</summary>
        /// <param name="time">Unix time in s; 0 says none.</param>
        /// <param name="askedMs">When the request was made, monotonic ms.</param>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        public void TakeReply(uint time, long askedMs, long nowMs)
        {
            if (time != NoTime)
            {
                Take(time, askedMs, Limits.SyncTimeoutMs, nowMs);
            }
        }

        /// <summary>Takes a time token. The same one again changes nothing, so its challenge stays good for others.</summary>
        /// <param name="data">Holds challenge and time at <paramref name="offset"/>.</param>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        /// <returns>One of <see cref="CarryState"/>.</returns>
        public int TakeToken(byte[] data, int offset, long nowMs)
        {
            DoorTime time = _memory.Time;
            uint before = time.Estimate;
            int quality = time.Quality;
            if (!Take(Bytes.U32(data, offset + TimeOffset), _memory.Challenge.MadeMs(data, offset), Limits.TimeTokenMs, nowMs) && !time.IsFailing)
            {
                return CarryState.NothingNew;
            }

            if (time.Quality != quality)
            {
                _memory.Audit.QueueRoutine(AuditEvent.TimeProven, 0, 0, before);
            }

            return time.Commit() ? CarryState.Accepted : CarryState.Broken;
        }

        /// <summary>
        /// Takes a floor reset. Lists are lost before the floor moves: a cut between the two costs lists, never a revocation. A reset that comes too
        /// late is refused, and another challenge is handed out from then on, so that the next one need not be late too.
        /// </summary>
        /// <param name="data">Holds challenge and time at <paramref name="offset"/>.</param>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        /// <returns>One of <see cref="CarryState"/>.</returns>
        public int TakeReset(byte[] data, int offset, long nowMs)
        {
            long madeMs = _memory.Challenge.MadeMs(data, offset);
            if (madeMs < 0)
            {
                return CarryState.Refused;
            }

            if (nowMs - madeMs > Limits.FloorResetMs)
            {
                _memory.Challenge.Renew(Limits.FloorResetMs, nowMs);
                return CarryState.Refused;
            }

            _memory.Time.Poll(nowMs);
            uint before = _memory.Time.Floor;
            if (!_memory.KeyStore.LoseLists() || !_memory.Time.Reset(Bytes.U32(data, offset + TimeOffset), madeMs))
            {
                return CarryState.Broken;
            }

            _memory.Challenge.End();
            _memory.Audit.Append(AuditEvent.FloorReset, 0, 0, 0, 0, 0, before);
            return CarryState.Accepted;
        }

        /// <summary>An answer that is too old, or to no question of this boot, is a lower bound.</summary>
        private bool Take(uint time, long askedMs, int goodForMs, long nowMs)
        {
            _memory.Time.Poll(nowMs);
            return askedMs >= 0 && nowMs - askedMs <= goodForMs ? _memory.Time.Prove(time, askedMs) : _memory.Time.ProveAtLeast(time);
        }
    }
}
