using System;
using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>
    /// What must be known of the audit trail before any record is read: its epoch, the numbers that may be in use, and what a server has.
    /// A slot file of its own. Bytes: firmware/STORAGE.md, "Audit meta".
    /// </summary>
    internal sealed class AuditMeta
    {
        private const int Format = 1;
        private const int SpentOffset = 1;
        private const int BootsOffset = 2;
        private const int EpochOffset = 4;
        private const int ReservedOffset = 8;
        private const int AcknowledgedOffset = 12;
        private const int LostOffset = 16;
        private const int OldestChainOffset = 20;
        private const int Length = OldestChainOffset + AuditRecord.ChainBytes;

        private readonly SlotFile _file;
        private readonly byte[] _saved = new byte[Length];
        private bool _isSaveAsked;

        public AuditMeta(IFiles files, ICrypto crypto, byte[] scratch)
        {
            _file = new SlotFile(files, crypto, "aumeta", scratch);
        }

        /// <summary>Random number of this trail, never 0.</summary>
        public uint Epoch { get; private set; }

        /// <summary>Every number below this one may be in use; a multiple of a segment's records.</summary>
        public uint Reserved { get; private set; }

        /// <summary>Number of the last record that a server has acknowledged; 0 = none.</summary>
        public uint Acknowledged { get; set; }

        /// <summary>Numbers that a wrap overwrote before they were acknowledged.</summary>
        public uint Lost { get; private set; }

        /// <summary>Number of the oldest record that is still held.</summary>
        public uint Oldest
        {
            get { return Reserved > AuditSegments.Records ? Reserved - AuditSegments.Records : 1; }
        }

        /// <summary>Records spent of the <see cref="RoutineBudget"/>, 0 to <see cref="Limits.AuditRoutineBurst"/>.</summary>
        public int Spent { get; set; }

        /// <summary>Boots of this trail, this one included; begins anew after 65,535.</summary>
        public int Boots { get; private set; }

        /// <summary>True when something is worth a write of its own.</summary>
        public bool IsSaveDue
        {
            get { return _isSaveAsked || Acknowledged - Bytes.U32(_saved, AcknowledgedOffset) >= Limits.AuditAcknowledgedUnsaved; }
        }

        /// <summary>Asks for a save with the next flash step.</summary>
        public void AskSave()
        {
            _isSaveAsked = true;
        }

        /// <summary>Reads the meta record, and counts this boot.</summary>
        /// <returns>False when there is none: the trail is new, or its file system was formatted.</returns>
        public bool Load()
        {
            if (_file.Load(_saved) != Length || _saved[0] != Format)
            {
                return false;
            }

            Epoch = Bytes.U32(_saved, EpochOffset);
            Reserved = Bytes.U32(_saved, ReservedOffset);
            Acknowledged = Bytes.U32(_saved, AcknowledgedOffset);
            Lost = Bytes.U32(_saved, LostOffset);
            Spent = _saved[SpentOffset];
            Boots = (Bytes.U16(_saved, BootsOffset) + 1) & 0xFFFF;
            _isSaveAsked = true;
            return true;
        }

        /// <summary>Begins a new trail; durable with the first reservation.</summary>
        public void Begin(uint epoch)
        {
            Array.Clear(_saved, 0, Length);
            Epoch = epoch;
            Reserved = 0;
            Acknowledged = 0;
            Lost = 0;
            Boots = 1;
        }

        /// <summary>Records turned up above what was reserved: they count.</summary>
        public void RaiseReserved(uint reserved)
        {
            if (reserved > Reserved)
            {
                Reserved = reserved;
            }
        }

        /// <summary>Chain value before the oldest record.</summary>
        public void CopyOldestChain(byte[] to)
        {
            Array.Copy(_saved, OldestChainOffset, to, 0, AuditRecord.ChainBytes);
        }

        /// <summary>
        /// Reserves the numbers of one more segment. When the ring is full this gives up the oldest one, and counts what was not
        /// acknowledged of it.
        /// </summary>
        /// <param name="oldestChain">Chain value before what is then the oldest record; counts only when a segment is given up.</param>
        /// <returns>True when it is durable; else nothing changed.</returns>
        public bool Reserve(byte[] oldestChain)
        {
            uint oldest = Oldest;
            uint lost = Lost;
            byte[] before = Bytes.Part(_saved, 0, Length);
            Reserved += AuditSegments.SegmentRecords;
            if (Oldest > oldest)
            {
                Bytes.Put(_saved, OldestChainOffset, oldestChain);
                uint kept = Acknowledged < oldest ? oldest : Acknowledged + 1;
                Lost += kept < Oldest ? Oldest - kept : 0;
            }

            if (Save())
            {
                return true;
            }

            Bytes.Put(_saved, 0, before);
            Reserved -= AuditSegments.SegmentRecords;
            Lost = lost;
            return false;
        }

        /// <summary>Writes the meta record: one flash step.</summary>
        /// <returns>False when flash refused.</returns>
        public bool Save()
        {
            uint acknowledged = Bytes.U32(_saved, AcknowledgedOffset);
            _saved[0] = Format;
            _saved[SpentOffset] = (byte)Spent;
            Bytes.Put16(_saved, BootsOffset, Boots);
            Bytes.Put32(_saved, EpochOffset, Epoch);
            Bytes.Put32(_saved, ReservedOffset, Reserved);
            Bytes.Put32(_saved, AcknowledgedOffset, Acknowledged);
            Bytes.Put32(_saved, LostOffset, Lost);
            if (_file.Save(_saved, 0, Length))
            {
                _isSaveAsked = false;
                return true;
            }

            Bytes.Put32(_saved, AcknowledgedOffset, acknowledged);
            return false;
        }
    }
}
