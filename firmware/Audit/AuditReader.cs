using System;
using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>Reads the audit trail in pages, and takes the word of a server that it keeps them.</summary>
    public sealed class AuditReader
    {
        private readonly AuditMeta _meta;
        private readonly AuditStage _stage;
        private readonly AuditSegments _segments;

        internal AuditReader(AuditMeta meta, AuditStage stage, AuditSegments segments)
        {
            _meta = meta;
            _stage = stage;
            _segments = segments;
        }

        /// <summary>Copies durable records, in sequence; numbers that are missing are passed over.</summary>
        /// <param name="fromSequence">Number to start from; one that is no longer held means the oldest.</param>
        /// <param name="buffer">Receives 32 bytes a record; not the scratch.</param>
        /// <param name="offset">Where the first one goes.</param>
        /// <param name="maxRecords">At least 1. The page ends early where a file does.</param>
        /// <returns>Records copied; 0 when there are none from that number on.</returns>
        public int ReadPage(uint fromSequence, byte[] buffer, int offset, int maxRecords)
        {
            uint sequence = fromSequence < _meta.Oldest ? _meta.Oldest : fromSequence;
            uint end = _stage.First + (uint)_stage.Durable;
            int found = 0;
            while (found == 0 && sequence < end)
            {
                int run = ReadRun(sequence, buffer, offset, maxRecords);
                for (int i = 0; i < run; i++)
                {
                    int at = offset + i * AuditRecord.Length;
                    if (Bytes.U32(buffer, at + AuditRecord.SequenceOffset) == sequence + (uint)i)
                    {
                        Array.Copy(buffer, at, buffer, offset + found * AuditRecord.Length, AuditRecord.Length);
                        found++;
                    }
                }

                sequence += (uint)run;
            }

            return found;
        }

        /// <summary>Chain value that a record continues: 8 zero bytes for the first one and behind skipped numbers.</summary>
        public byte[] ChainBefore(uint sequence)
        {
            byte[] chain = new byte[AuditRecord.ChainBytes];
            byte[] record = new byte[AuditRecord.Length];
            if (sequence == _meta.Oldest)
            {
                _meta.CopyOldestChain(chain);
            }
            else if (TryRead(sequence - 1, record))
            {
                Array.Copy(record, AuditRecord.ChainOffset, chain, 0, AuditRecord.ChainBytes);
            }

            return chain;
        }

        /// <summary>Takes a server's word that it keeps every record up to one. Its tag was verified by the caller.</summary>
        /// <param name="epoch">The trail that the server means.</param>
        /// <param name="sequence">The last record it keeps.</param>
        /// <param name="chain">Holds the chain of that record at <paramref name="offset"/>.</param>
        /// <param name="offset">Offset of the chain.</param>
        /// <returns>
        /// True when this trail holds that very record. It reaches flash when <see cref="Limits.AuditAcknowledgedUnsaved"/> records are
        /// acknowledged, or with the next segment: a power cut before that means that some records are sent twice.
        /// </returns>
        public bool Acknowledge(uint epoch, uint sequence, byte[] chain, int offset)
        {
            byte[] record = new byte[AuditRecord.Length];
            if (epoch != _meta.Epoch
                || !TryRead(sequence, record)
                || !Bytes.SameInConstantTime(record, AuditRecord.ChainOffset, chain, offset, AuditRecord.ChainBytes))
            {
                return false;
            }

            if (sequence > _meta.Acknowledged)
            {
                _meta.Acknowledged = sequence;
            }

            return true;
        }

        /// <summary>Reads records of one file from a number on, unchecked; what cannot be read is zeros.</summary>
        /// <returns>Numbers covered.</returns>
        private int ReadRun(uint sequence, byte[] buffer, int offset, int maxRecords)
        {
            if (sequence < _stage.First)
            {
                uint moved = _stage.First - sequence;
                return _segments.Read(sequence, buffer, offset, moved < (uint)maxRecords ? (int)moved : maxRecords);
            }

            int index = (int)(sequence - _stage.First);
            int run = _stage.Durable - index < maxRecords ? _stage.Durable - index : maxRecords;
            for (int i = 0; i < run; i++)
            {
                _stage.CopyRecord(index + i, buffer, offset + i * AuditRecord.Length);
            }

            return run;
        }

        private bool TryRead(uint sequence, byte[] record)
        {
            return sequence >= _meta.Oldest && ReadPage(sequence, record, 0, 1) == 1 && Bytes.U32(record, AuditRecord.SequenceOffset) == sequence;
        }
    }
}
