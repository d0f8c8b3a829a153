using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// What time it is, as far as a door can know: an interval of the server's clock, from <see cref="Floor"/> to <see cref="Latest"/>. Beside it,
    /// in the same record on flash, the highest list version ever applied of each scope. The rule: PROTOCOL.md section 5; bytes and power
    /// cuts: firmware/STORAGE.md, "Time record".
    /// </summary>
    public sealed class DoorTime : IFlashWork
    {
        private const int NeverProven = 255;

        private readonly TimeRecord _record;
        private readonly ClockInterval _clock = new ClockInterval();
        private uint _creditS;
        private int _boots = NeverProven;
        private long _lookMs;

        /// <summary>Reads the time record, and counts this boot in it with the first flash step.</summary>
        /// <param name="files">The file system.</param>
        /// <param name="crypto">For CRC-32.</param>
        /// <param name="scratch">At least 68 bytes; used within a call only.</param>
        public DoorTime(IFiles files, ICrypto crypto, byte[] scratch)
        {
            _record = new TimeRecord(files, crypto, scratch);
            if (_record.IsNew)
            {
                return;
            }

            _boots = _record.Boots < NeverProven ? _record.Boots + 1 : NeverProven;
            _clock.SetFloor(_record.Floor);
            _clock.SetLatest(_record.Latest, 0);
            _creditS = _record.CreditS;
            if (_boots <= Limits.BootsWithoutProof)
            {
                Quality = ClockQuality.Restored;
            }
        }

        /// <summary>
        /// Unix time in s that the true time is not before: the highest time the server proved, plus uptime less 100 ppm. Goes back
        /// by <see cref="Reset"/> only, and over a reboot by what was not yet saved, 15 min at most.
        /// </summary>
        public uint Floor
        {
            get { return _clock.Floor; }
        }

        /// <summary>
        /// The other end of the interval, Unix time in s, never before <see cref="Floor"/>. Proven: the true time is not after it. Else what it would be if
        /// the power had never been off; the true time may be any time later.
        /// </summary>
        public uint Latest
        {
            get { return _clock.Latest; }
        }

        /// <summary>Best guess of the Unix time in s: the middle of the interval when the time is proven, else <see cref="Latest"/>.</summary>
        public uint Estimate
        {
            get
            {
                uint floor = Floor;
                return Quality == ClockQuality.Proven ? floor + (Latest - floor) / 2 : Latest;
            }
        }

        /// <summary>The highest list versions ever applied, in the same record.</summary>
        public AppliedVersions Versions
        {
            get { return _record.Versions; }
        }

        /// <summary>The floor that the next boot finds.</summary>
        public uint SavedFloor
        {
            get { return _record.Floor; }
        }

        /// <summary>What <see cref="Latest"/> is worth: one of <see cref="ClockQuality"/>.</summary>
        public int Quality { get; private set; }

        /// <summary>Answers of the server that contradict one of this boot.</summary>
        public ClockConflict Conflict { get; } = new ClockConflict();

        /// <summary>Boots since the server last proved the time, this one included; 255 stands for more, and for never.</summary>
        public int BootsSinceProof
        {
            get { return _boots; }
        }

        /// <summary>True while the last save failed: time and versions are not safe over a reboot.</summary>
        public bool IsFailing
        {
            get { return _record.IsFailing; }
        }

        /// <summary>True for a while after a save failed: flash that refuses is not written to again and again.</summary>
        public bool IsResting
        {
            get { return _record.IsResting(_clock.NowMs); }
        }

        /// <inheritdoc/>
        public bool IsPending
        {
            get { return _record.IsPending(_clock.NowMs); }
        }

        /// <summary>Asks for a save with the next flash step.</summary>
        public void AskSave()
        {
            _record.AskSave();
        }

        /// <inheritdoc/>
        public void Step()
        {
            Commit();
        }

        /// <summary>Moves time on, and calls for a save 1, 2, 4, 8 and 15 min after boot and every 15 min from then on.</summary>
        /// <param name="nowMs">Monotonic ms since boot. An earlier value than the last one is ignored.</param>
        public void Poll(long nowMs)
        {
            if (nowMs <= _clock.NowMs)
            {
                return;
            }

            _clock.NowMs = nowMs;
            if (nowMs >= _lookMs)
            {
                _lookMs = nowMs + Limits.TimeLookMs;
                _record.NoteFloor(Floor);
                _record.NoteMinute(nowMs);
            }
        }

        /// <summary>Takes the server's answer to a question of this boot: when it was asked, the answer was not made yet.</summary>
        /// <param name="time">Unix time in s that the answer says.</param>
        /// <param name="askedMs">When the question was asked, monotonic ms.</param>
        /// <returns>False when nothing moved: it says what was known, or what cannot be.</returns>
        public bool Prove(uint time, long askedMs)
        {
            uint until = EndOfSecond(time);
            uint latest = _clock.LatestOf(until, askedMs);
            if ((long)latest + Limits.ClockAgreeS < Floor
                || !Conflict.Allows(IsLeap(time), time, _clock.NowMs - askedMs, _clock.NowMs))
            {
                return false;
            }

            bool isLater = Quality != ClockQuality.Proven || time > Latest;
            bool moves = time > Floor;
            Raise(time);
            if (isLater || (latest < Latest && Latest > Floor))
            {
                _clock.SetLatest(until, askedMs);
                moves = true;
            }

            SetProven();
            return moves;
        }

        /// <summary>Takes a time that the server said, nobody knows when.</summary>
        /// <param name="time">Unix time in s.</param>
        /// <returns>False when nothing moved.</returns>
        public bool ProveAtLeast(uint time)
        {
            if (time <= Floor || IsLeap(time))
            {
                return false;
            }

            _creditS = 0;
            Raise(time);
            return true;
        }

        /// <summary>
        /// Takes the issue time of a credential that was proven. It is the server's too, but anybody may hold on to a credential and
        /// only a proof under the door key is bound to this door alone: so all credentials together move the floor by at most
        /// <see cref="Limits.CredentialAdvanceS"/> between two such proofs.
        /// </summary>
        /// <param name="issuedAt">Unix time in s.</param>
        public void CredentialProven(uint issuedAt)
        {
            uint floor = Floor;
            if (issuedAt <= floor || IsLeap(issuedAt))
            {
                return;
            }

            uint left = _creditS < Limits.CredentialAdvanceS ? Limits.CredentialAdvanceS - _creditS : 0;
            uint step = issuedAt - floor < left ? issuedAt - floor : left;
            _creditS += step;
            Raise(floor + step);
        }

        /// <summary>
        /// Makes a refusal stand that rests on the floor: after any power cut the floor is at least this late. One write for a time, and none when a
        /// later floor is on flash.
        /// </summary>
        /// <param name="time">Unix time in s, at most <see cref="Floor"/>.</param>
        /// <returns>False when flash refused.</returns>
        public bool Hold(uint time)
        {
            return time <= SavedFloor || (!IsResting && Commit());
        }

        /// <summary>Makes durable what was proven.</summary>
        /// <returns>False when flash refused: it is tried again with the next flash steps.</returns>
        public bool Commit()
        {
            return _record.Save(Floor, Latest, _boots, _creditS, _clock.NowMs);
        }

        /// <summary>Sets both ends, backwards too: what a floor-reset token says. The caller sets every list lost first.</summary>
        /// <param name="time">Unix time in s.</param>
        /// <param name="askedMs">When its challenge was made, monotonic ms.</param>
        /// <returns>True when it is durable; else nothing changed.</returns>
        public bool Reset(uint time, long askedMs)
        {
            uint until = EndOfSecond(time);
            if (!_record.Save(time, _clock.LatestOf(until, askedMs), 0, 0, _clock.NowMs))
            {
                return false;
            }

            _clock.SetFloor(time);
            _clock.SetLatest(until, askedMs);
            Conflict.End();
            _boots = 0;
            SetProven();
            return true;
        }

        /// <summary>Remembers that a list version is applied. A lower one than before changes nothing.</summary>
        /// <returns>True when it is durable that this version, or a higher one, was applied; else nothing changed.</returns>
        public bool RaiseVersion(int slot, uint version)
        {
            uint before = Versions.Highest(slot);
            if (version <= before)
            {
                return true;
            }

            Versions.Put(slot, version);
            if (Commit())
            {
                return true;
            }

            Versions.Put(slot, before);
            return false;
        }

        /// <summary>True for a time so far past what an answer of this boot left possible that one of the two clocks was wrong.</summary>
        private bool IsLeap(uint time)
        {
            return Quality == ClockQuality.Proven && (long)time - Latest > Limits.ClockStepS;
        }

        private void Raise(uint time)
        {
            _clock.Raise(time);
            _record.NoteFloor(time);
        }

        private void SetProven()
        {
            _creditS = 0;
            Quality = ClockQuality.Proven;
            if (_boots > 0)
            {
                _boots = 0;
                _record.AskSave();
            }
        }

        /// <summary>A clock that says a whole second may be anywhere in it.</summary>
        private static uint EndOfSecond(uint time)
        {
            return time < uint.MaxValue ? time + 1 : time;
        }
    }
}
