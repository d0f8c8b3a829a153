using System;
using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// What time it is, as far as a door can know: the <see cref="Floor"/> is never later than the true time, the
    /// <see cref="Estimate"/> is the best guess. Beside them, in the same record on flash, the highest list version ever applied
    /// of each scope. Bytes and power cuts: firmware/STORAGE.md, "Time record".
    /// </summary>
    public sealed class DoorTime : IFlashWork
    {
        private const string FileName = "time";
        private const byte Format = 1;
        private const int BootsOffset = 1;
        private const int FloorOffset = 4;
        private const int EstimateOffset = 8;
        private const int CreditOffset = 12;
        private const int ScopesOffset = 16;
        private const int RecordBytes = ScopesOffset + AppliedVersions.Length;
        private const int NeverProven = 255;
        private const int MinuteMs = 60000;

        private readonly SlotFile _file;
        private readonly byte[] _record = new byte[RecordBytes];
        private long _nowMs;
        private uint _floor;
        private long _floorMs;
        private uint _estimate;
        private long _estimateMs;
        private uint _creditS;
        private int _boots = NeverProven;
        private int _nextSaveMinute = 1;
        private bool _isDirty = true;
        private long _retryMs;

        /// <summary>Reads the time record, and counts this boot in it with the first flash step.</summary>
        /// <param name="files">The file system.</param>
        /// <param name="crypto">For CRC-32.</param>
        /// <param name="scratch">At least 68 bytes; used within a call only.</param>
        public DoorTime(IFiles files, ICrypto crypto, byte[] scratch)
        {
            _file = new SlotFile(files, crypto, FileName, scratch);
            Versions = new AppliedVersions(_record, ScopesOffset);
            IsNew = _file.Load(_record) != RecordBytes || _record[0] != Format;
            if (IsNew)
            {
                Array.Clear(_record, 0, RecordBytes);
                return;
            }

            int boots = _record[BootsOffset];
            _boots = boots < NeverProven ? boots + 1 : NeverProven;
            _floor = Bytes.U32(_record, FloorOffset);
            SavedFloor = _floor;
            _estimate = Bytes.U32(_record, EstimateOffset);
            _creditS = Bytes.U32(_record, CreditOffset);
            if (_boots <= Limits.BootsWithoutProof)
            {
                Quality = ClockQuality.Restored;
            }
        }

        /// <summary>True when flash held no good time record at boot: a new door, or one that lost it.</summary>
        public bool IsNew { get; }

        /// <summary>
        /// Unix time in s that the true time is not before: the highest time the server proved, plus uptime less 100 ppm. Goes back
        /// by <see cref="Reset"/> only, and over a reboot by what was not yet saved, 15 min at most.
        /// </summary>
        public uint Floor
        {
            get
            {
                long elapsedMs = _nowMs - _floorMs;
                return Later(_floor, elapsedMs - elapsedMs / Limits.ClockErrorParts);
            }
        }

        /// <summary>The highest list versions ever applied, in the same record.</summary>
        public AppliedVersions Versions { get; }

        /// <summary>The floor that the next boot finds.</summary>
        public uint SavedFloor { get; private set; }

        /// <summary>Best guess of the Unix time in s, never before <see cref="Floor"/>. A fresh proof may move it either way.</summary>
        public uint Estimate
        {
            get
            {
                uint estimate = Later(_estimate, _nowMs - _estimateMs);
                uint floor = Floor;
                return estimate > floor ? estimate : floor;
            }
        }

        /// <summary>How far <see cref="Estimate"/> can be trusted: one of <see cref="ClockQuality"/>.</summary>
        public int Quality { get; private set; }

        /// <summary>Boots since the server last proved the time, this one included; 255 stands for more, and for never.</summary>
        public int BootsSinceProof
        {
            get { return _boots; }
        }

        /// <summary>True while the last save failed: time and versions are not safe over a reboot.</summary>
        public bool IsFailing { get; private set; }

        /// <summary>True for a while after a save failed: flash that refuses is not written to again and again.</summary>
        public bool IsResting
        {
            get { return IsFailing && _nowMs < _retryMs; }
        }

        /// <inheritdoc/>
        public bool IsPending
        {
            get { return _isDirty && !IsResting; }
        }

        /// <summary>Asks for a save with the next flash step.</summary>
        public void AskSave()
        {
            _isDirty = true;
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
            if (nowMs <= _nowMs)
            {
                return;
            }

            _nowMs = nowMs;
            NoteDistance();
            int minute = (int)(nowMs / MinuteMs);
            if (minute < _nextSaveMinute)
            {
                return;
            }

            _isDirty = true;
            _nextSaveMinute = minute < 2 ? 2 : minute < 4 ? 4 : minute < 8 ? 8 : (minute / 15 + 1) * 15;
        }

        /// <summary>Takes a time that the server proved under the door key.</summary>
        /// <param name="time">Unix time in s.</param>
        /// <param name="fresh">
        /// True when it answers a challenge of this boot, so that it is the time now; else it is a lower bound only, and neither
        /// quality nor the count of boots change.
        /// </param>
        public void Prove(uint time, bool fresh)
        {
            if (time > Floor)
            {
                SetFloor(time);
                _creditS = 0;
            }

            if (fresh)
            {
                _creditS = 0;
                SetProven(time);
            }

            NoteDistance();
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
            if (issuedAt <= floor)
            {
                return;
            }

            uint step = issuedAt - floor;
            uint left = _creditS < Limits.CredentialAdvanceS ? Limits.CredentialAdvanceS - _creditS : 0;
            if (step > left)
            {
                step = left;
            }

            if (step == 0)
            {
                return;
            }

            _creditS += step;
            SetFloor(floor + step);
            NoteDistance();
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
            return Save(Floor, Estimate, _boots, _creditS);
        }

        /// <summary>Sets floor and estimate, backwards too: what a floor-reset token says. The caller sets every list lost first.</summary>
        /// <param name="time">Unix time in s.</param>
        /// <returns>True when it is durable; else nothing changed.</returns>
        public bool Reset(uint time)
        {
            if (!Save(time, time, 0, 0))
            {
                return false;
            }

            SetFloor(time);
            _creditS = 0;
            SetProven(time);
            _isDirty = false;
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

        /// <summary>Calls for a save when a power cut would cost the floor too much.</summary>
        private void NoteDistance()
        {
            uint floor = Floor;
            if (floor > SavedFloor && floor - SavedFloor >= Limits.TimeSaveS)
            {
                _isDirty = true;
            }
        }

        private void SetFloor(uint time)
        {
            _floor = time;
            _floorMs = _nowMs;
        }

        private void SetProven(uint time)
        {
            _estimate = time;
            _estimateMs = _nowMs;
            Quality = ClockQuality.Proven;
            if (_boots > 0)
            {
                _boots = 0;
                _isDirty = true;
            }
        }

        /// <summary>Adds ms to a Unix time; the last second of 2106 is the end of time.</summary>
        private static uint Later(uint time, long milliseconds)
        {
            long sum = time + milliseconds / 1000;
            return sum < uint.MaxValue ? (uint)sum : uint.MaxValue;
        }

        private bool Save(uint floor, uint estimate, int boots, uint creditS)
        {
            _record[0] = Format;
            _record[BootsOffset] = (byte)boots;
            Bytes.Put32(_record, FloorOffset, floor);
            Bytes.Put32(_record, EstimateOffset, estimate);
            Bytes.Put32(_record, CreditOffset, creditS);
            IsFailing = !_file.Save(_record, 0, RecordBytes);
            _isDirty = IsFailing;
            if (IsFailing)
            {
                _retryMs = _nowMs + Limits.FlashRetryMs;
                return false;
            }

            SavedFloor = floor;
            return true;
        }
    }
}
