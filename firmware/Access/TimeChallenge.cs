using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// The one standing challenge that a time token or a floor reset answers. It outlives a reboot, because the phone that took it comes
    /// back from the network later; it changes on use and every 4 hours, and the one before is still good.
    /// </summary>
    public sealed class TimeChallenge
    {
        private const int Length = 2 * Keys.ChallengeLength;

        private readonly IRandom _random;
        private readonly SlotFile _file;
        private readonly byte[] _challenges = new byte[Length];
        private long _sinceMs;
        private long _retryMs;
        private bool _isSaved;

        /// <summary>Reads the standing challenge, or makes one.</summary>
        public TimeChallenge(IRandom random, SlotFile file)
        {
            _random = random;
            _file = file;
            _isSaved = file.Load(_challenges) == Length;
            if (!_isSaved)
            {
                random.Fill(_challenges);
            }
        }

        /// <summary>True while flash does not take the challenges.</summary>
        public bool IsFailing { get; private set; }

        /// <summary>True when the challenge is to be written, or to be changed because it is old. Flash that refused is left alone for a while.</summary>
        public bool IsDue(long nowMs)
        {
            return (!_isSaved || nowMs - _sinceMs > Limits.TimeChallengeMs) && (!IsFailing || nowMs >= _retryMs);
        }

        /// <summary>Changes an old challenge and writes the present ones: one flash step.</summary>
        public void Step(long nowMs)
        {
            if (nowMs - _sinceMs > Limits.TimeChallengeMs)
            {
                Rotate(nowMs);
            }

            Save(nowMs);
        }

        /// <summary>Copies the standing challenge, 8 bytes.</summary>
        public void CopyTo(byte[] to, int offset)
        {
            System.Array.Copy(_challenges, 0, to, offset, Keys.ChallengeLength);
        }

        /// <summary>True when 8 bytes are the standing challenge or the one before.</summary>
        public bool IsGood(byte[] data, int offset)
        {
            return Bytes.SameInConstantTime(data, offset, _challenges, 0, Keys.ChallengeLength)
                || Bytes.SameInConstantTime(data, offset, _challenges, Keys.ChallengeLength, Keys.ChallengeLength);
        }

        /// <summary>
        /// Spends the challenge, before what it was good for is done: from here on another one stands, and no power cut brings one from before
        /// back. One flash step.
        /// </summary>
        /// <returns>False when flash did not take it: what it was good for must not be done.</returns>
        public bool Spend(long nowMs)
        {
            _random.Fill(_challenges);
            _sinceMs = nowMs;
            Save(nowMs);
            return _isSaved;
        }

        private void Save(long nowMs)
        {
            _isSaved = _file.Save(_challenges, 0, Length);
            IsFailing = !_isSaved;
            _retryMs = nowMs + Limits.FlashRetryMs;
        }

        private void Rotate(long nowMs)
        {
            byte[] fresh = new byte[Keys.ChallengeLength];
            _random.Fill(fresh);
            System.Array.Copy(_challenges, 0, _challenges, Keys.ChallengeLength, Keys.ChallengeLength);
            Bytes.Put(_challenges, 0, fresh);
            _sinceMs = nowMs;
        }
    }
}
