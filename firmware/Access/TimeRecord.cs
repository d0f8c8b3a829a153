using System;
using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>What a door knows of the time over a reboot, byte by byte: firmware/STORAGE.md, "Time record".</summary>
    public sealed class TimeRecord
    {
        private const string FileName = "time";
        private const byte Format = 1;
        private const int BootsOffset = 1;
        private const int FloorOffset = 4;
        private const int LatestOffset = 8;
        private const int CreditOffset = 12;
        private const int ScopesOffset = 16;
        private const int Length = ScopesOffset + AppliedVersions.Length;
        private const int MinuteMs = 60000;

        private readonly SlotFile _file;
        private readonly byte[] _bytes = new byte[Length];
        private int _nextSaveMinute = 1;
        private bool _isDirty = true;
        private long _retryMs;

        /// <summary>Reads the record.</summary>
        /// <param name="files">The file system.</param>
        /// <param name="crypto">For CRC-32.</param>
        /// <param name="scratch">At least 68 bytes; used within a call only.</param>
        public TimeRecord(IFiles files, ICrypto crypto, byte[] scratch)
        {
            _file = new SlotFile(files, crypto, FileName, scratch);
            Versions = new AppliedVersions(_bytes, ScopesOffset);
            IsNew = _file.Load(_bytes) != Length || _bytes[0] != Format;
            if (IsNew)
            {
                Array.Clear(_bytes, 0, Length);
            }

            Floor = Bytes.U32(_bytes, FloorOffset);
        }

        /// <summary>True when flash held no good record at boot.</summary>
        public bool IsNew { get; }

        /// <summary>The highest list versions ever applied.</summary>
        public AppliedVersions Versions { get; }

        /// <summary>The floor on flash, Unix time in s.</summary>
        public uint Floor { get; private set; }

        /// <summary>The other end as it was read or last saved, Unix time in s.</summary>
        public uint Latest
        {
            get { return Bytes.U32(_bytes, LatestOffset); }
        }

        /// <summary>Boots since a proof, as read or last saved: 0 to 255.</summary>
        public int Boots
        {
            get { return _bytes[BootsOffset]; }
        }

        /// <summary>Seconds by which credentials moved the floor, as read or last saved.</summary>
        public uint CreditS
        {
            get { return Bytes.U32(_bytes, CreditOffset); }
        }

        /// <summary>True while the last save failed.</summary>
        public bool IsFailing { get; private set; }

        /// <summary>True for a while after a save failed: flash that refuses is not written to again and again.</summary>
        public bool IsResting(long nowMs)
        {
            return IsFailing && nowMs < _retryMs;
        }

        /// <summary>True when it is to be written, and flash is not left alone.</summary>
        public bool IsPending(long nowMs)
        {
            return _isDirty && !IsResting(nowMs);
        }

        /// <summary>Asks for a save with the next flash step.</summary>
        public void AskSave()
        {
            _isDirty = true;
        }

        /// <summary>Asks for a save 1, 2, 4, 8 and 15 min after boot and every 15 min from then on.</summary>
        public void NoteMinute(long nowMs)
        {
            int minute = (int)(nowMs / MinuteMs);
            if (minute >= _nextSaveMinute)
            {
                _isDirty = true;
                _nextSaveMinute = minute < 2 ? 2 : minute < 4 ? 4 : minute < 8 ? 8 : (minute / 15 + 1) * 15;
            }
        }

        /// <summary>Asks for a save when a power cut would cost the floor too much.</summary>
        public void NoteFloor(uint floor)
        {
            if (floor > Floor && floor - Floor >= Limits.TimeSaveS)
            {
                _isDirty = true;
            }
        }

        /// <summary>Writes the record, versions included: one flash step.</summary>
        /// <returns>True when it is durable.</returns>
        public bool Save(uint floor, uint latest, int boots, uint creditS, long nowMs)
        {
            _bytes[0] = Format;
            _bytes[BootsOffset] = (byte)boots;
            Bytes.Put32(_bytes, FloorOffset, floor);
            Bytes.Put32(_bytes, LatestOffset, latest);
            Bytes.Put32(_bytes, CreditOffset, creditS);
            IsFailing = !_file.Save(_bytes, 0, Length);
            _isDirty = IsFailing;
            if (IsFailing)
            {
                _retryMs = nowMs + Limits.FlashRetryMs;
                return false;
            }

            Floor = floor;
            return true;
        }
    }
}
