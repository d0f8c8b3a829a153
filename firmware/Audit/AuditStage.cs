using System;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>
    /// The newest records, at most 8, in one small file to which each append adds; a full stage moves into its segment. Each record has a
    /// CRC that is bound to the epoch, so records of a trail before do not count. Bytes: firmware/STORAGE.md, "Audit stage".
    /// </summary>
    internal sealed class AuditStage
    {
        /// <summary>Bytes of a record here: its CRC-32 is behind it.</summary>
        public const int EntryBytes = AuditRecord.Length + 4;

        private const string FileName = "austage";

        private readonly IFiles _files;
        private readonly ICrypto _crypto;
        private readonly byte[] _entries = new byte[Limits.AuditStageRecords * EntryBytes];
        private readonly byte[] _chain = new byte[AuditRecord.ChainBytes];

        public AuditStage(IFiles files, ICrypto crypto)
        {
            _files = files;
            _crypto = crypto;
        }

        /// <summary>Number of the first record here, or of the next one when there is none.</summary>
        public uint First { get; private set; } = 1;

        /// <summary>Records here.</summary>
        public int Count { get; private set; }

        /// <summary>Records here that are durable, the first ones.</summary>
        public int Durable { get; private set; }

        /// <summary>Number of the next record.</summary>
        public uint Next
        {
            get { return First + (uint)Count; }
        }

        /// <summary>True when the records are due to move into their segment.</summary>
        public bool IsFull
        {
            get { return Count > 0 && Next % Limits.AuditStageRecords == 0; }
        }

        /// <summary>Reads the stage.</summary>
        /// <param name="epoch">The trail whose records count.</param>
        /// <param name="length">Length of its file in bytes; −1 when there is none.</param>
        /// <returns>True when every byte of it is as it was written, and there is at least one record.</returns>
        public bool Load(uint epoch, out int length)
        {
            length = _files.Read(FileName, 0, _entries, 0, _entries.Length);
            First = Bytes.U32(_entries, AuditRecord.SequenceOffset);
            while ((Count + 1) * EntryBytes <= length && IsGood(Count, epoch))
            {
                Count++;
            }

            Durable = Count;
            if (Count > 0)
            {
                Array.Copy(_entries, (Count - 1) * EntryBytes + AuditRecord.ChainOffset, _chain, 0, AuditRecord.ChainBytes);
            }

            return Count > 0 && length == Count * EntryBytes;
        }

        /// <summary>Deletes the file of a trail before.</summary>
        /// <returns>False when it is still there.</returns>
        public bool Clear()
        {
            return _files.Delete(FileName);
        }

        /// <summary>Goes on behind the records here, which are in their segment.</summary>
        public void Empty()
        {
            First += (uint)Count;
            Count = 0;
            Durable = 0;
        }

        /// <summary>Goes on at a number with a new chain.</summary>
        public void StartAt(uint sequence)
        {
            First = sequence;
            Count = 0;
            Durable = 0;
            Array.Clear(_chain, 0, AuditRecord.ChainBytes);
        }

        /// <summary>Room for the next record: compose it here, then call <see cref="Seal"/>. There is room unless <see cref="IsFull"/>.</summary>
        public byte[] Compose(out int offset)
        {
            offset = Count * EntryBytes;
            return _entries;
        }

        /// <summary>Chains the record that was composed, and counts it.</summary>
        public void Seal(byte[] key, uint epoch)
        {
            int at = Count * EntryBytes;
            Array.Copy(AuditRecord.Chain(_crypto, key, _chain, _entries, at), _chain, AuditRecord.ChainBytes);
            Array.Copy(_chain, 0, _entries, at + AuditRecord.ChainOffset, AuditRecord.ChainBytes);
            Bytes.Put32(_entries, at + AuditRecord.Length, _crypto.Crc32(_entries, at, AuditRecord.Length) ^ epoch);
            Count++;
        }

        /// <summary>
        /// Makes every record here durable: one flash step. What is durable already is not written again, unless it is gone from the file.
        /// </summary>
        /// <returns>False when flash refused.</returns>
        public bool Commit()
        {
            if (Durable == Count)
            {
                return true;
            }

            int at = Durable * EntryBytes;
            int end = Count * EntryBytes;
            bool good = Durable == 0 || _files.Length(FileName) < at
                ? _files.Replace(FileName, _entries, 0, end)
                : _files.Write(FileName, at, _entries, at, end - at);
            if (good)
            {
                Durable = Count;
            }

            return good;
        }

        /// <summary>Copies one record, 32 bytes.</summary>
        public void CopyRecord(int index, byte[] to, int offset)
        {
            Array.Copy(_entries, index * EntryBytes, to, offset, AuditRecord.Length);
        }

        private bool IsGood(int index, uint epoch)
        {
            int at = index * EntryBytes;
            return Bytes.U32(_entries, at + AuditRecord.SequenceOffset) == First + (uint)index
                && Bytes.U32(_entries, at + AuditRecord.Length) == (_crypto.Crc32(_entries, at, AuditRecord.Length) ^ epoch);
        }
    }
}
