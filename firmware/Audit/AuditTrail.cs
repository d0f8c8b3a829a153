using System;
using DoorController.Hal;

namespace DoorController
{
    /// <summary>
    /// What happened at the door, in numbered records that are each bound to the one before. The newest records are in one small file,
    /// the stage; full stages move into a ring of segment files. Bytes and power cuts: firmware/STORAGE.md, "Audit trail".
    /// </summary>
    public sealed class AuditTrail : IFlashWork
    {
        /// <summary>Records that are held at least, before a wrap overwrites the oldest.</summary>
        public const int Capacity = (Segments - 1) * SegmentRecords;

        internal const int SegmentRecords = 4096 / AuditRecord.Length;
        internal const int Segments = 17;

        private const string StageName = "austage";
        private const int StageRecords = Limits.AuditStageRecords;
        private const int StagedBytes = AuditRecord.Length + 4;
        private const int MetaFormat = 1;
        private const int EpochOffset = 4;
        private const int ReservedOffset = 8;
        private const int AcknowledgedOffset = 12;
        private const int LostOffset = 16;
        private const int OldestChainOffset = 20;
        private const int MetaBytes = OldestChainOffset + AuditRecord.ChainBytes;

        private readonly IFiles _files;
        private readonly ICrypto _crypto;
        private readonly IRandom _random;
        private readonly DoorTime _time;
        private readonly byte[] _scratch;
        private readonly SlotFile _metaFile;
        private readonly byte[] _meta = new byte[MetaBytes];
        private readonly byte[] _stage = new byte[StageRecords * StagedBytes];
        private readonly byte[] _chain = new byte[AuditRecord.ChainBytes];
        private byte[] _key = new byte[Keys.Length];
        private long _nowMs;
        private uint _first = 1;
        private int _count;
        private int _durable;
        private uint _reserved;
        private uint _savedAcknowledged;
        private uint _unreported;
        private long _dueMs;
        private long _retryMs;

        /// <summary>Names the parts; reads nothing yet.</summary>
        /// <param name="files">The file system.</param>
        /// <param name="crypto">For chain and CRC.</param>
        /// <param name="random">For the epoch.</param>
        /// <param name="time">Stamps the records.</param>
        /// <param name="scratch">4,096 bytes; used within a call only.</param>
        public AuditTrail(IFiles files, ICrypto crypto, IRandom random, DoorTime time, byte[] scratch)
        {
            _files = files;
            _crypto = crypto;
            _random = random;
            _time = time;
            _scratch = scratch;
            _metaFile = new SlotFile(files, crypto, "aumeta", scratch);
            Refusals = new RefusalTally(this);
        }

        /// <summary>Where refused attempts go, so that they cannot wash the trail out.</summary>
        public RefusalTally Refusals { get; }

        /// <summary>Random number of this trail, never 0. A new one means that the trail before is gone: door new or formatted.</summary>
        public uint Epoch { get; private set; }

        /// <summary>Number of the next record. The first record of an epoch is 1.</summary>
        public uint NextSequence
        {
            get { return _first + (uint)_count; }
        }

        /// <summary>Number of the last record that a server has acknowledged; 0 = none.</summary>
        public uint Acknowledged { get; private set; }

        /// <summary>Number of the oldest record that is still held.</summary>
        public uint Oldest
        {
            get { return _reserved > Segments * SegmentRecords ? _reserved - Segments * SegmentRecords : 1; }
        }

        /// <summary>Numbers that a wrap overwrote in this epoch before they were acknowledged.</summary>
        public uint Lost { get; private set; }

        /// <summary>Records since boot for which there was neither flash nor RAM. The trail says so once it can be written again.</summary>
        public uint NotWritten { get; private set; }

        /// <summary>True while the last write failed. Records wait in RAM, <see cref="Limits.AuditStageRecords"/> at most.</summary>
        public bool IsFailing { get; private set; }

        /// <inheritdoc/>
        public bool IsPending
        {
            get
            {
                return (!IsFailing || _nowMs >= _retryMs)
                    && (IsCommitDue || IsStageFull || NextSequence >= _reserved || _unreported != 0 || IsAcknowledgementDue);
            }
        }

        private bool IsCommitDue
        {
            get { return _durable < _count && (IsFailing || IsStageFull || _nowMs >= _dueMs); }
        }

        private bool IsStageFull
        {
            get { return _count > 0 && NextSequence % StageRecords == 0; }
        }

        private bool IsAcknowledgementDue
        {
            get { return Acknowledged - _savedAcknowledged >= Limits.AuditAcknowledgedUnsaved; }
        }

        /// <summary>Sets the audit-tag sub-key that chains the records from now on.</summary>
        /// <param name="key">32 bytes, kept. Without one the chain is made under 32 zero bytes.</param>
        public void SetKey(byte[] key)
        {
            _key = key;
        }

        /// <summary>Finds the end of the trail, or starts a new one. Once, before anything else and while a radio is on (IRandom).</summary>
        public void Load()
        {
            if (_metaFile.Load(_meta) != MetaBytes || _meta[0] != MetaFormat)
            {
                Format();
                return;
            }

            Epoch = Bytes.U32(_meta, EpochOffset);
            _reserved = Bytes.U32(_meta, ReservedOffset);
            Acknowledged = Bytes.U32(_meta, AcknowledgedOffset);
            _savedAcknowledged = Acknowledged;
            Lost = Bytes.U32(_meta, LostOffset);
            LoadStage();
        }

        /// <summary>Moves time on and lets the counts of refusals come due.</summary>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        public void Poll(long nowMs)
        {
            _nowMs = nowMs;
            Refusals.Poll(nowMs);
        }

        /// <summary>Does one bounded step, at most one write of at most 4 KB.</summary>
        public void Step()
        {
            if (IsCommitDue)
            {
                Commit();
            }
            else if (IsStageFull)
            {
                Flush();
            }
            else if (NextSequence >= _reserved)
            {
                Reserve();
            }
            else if (_unreported != 0)
            {
                uint unreported = _unreported;
                _unreported = 0;
                Append(AuditEvent.RecordsLost, 0, 0, 0, 0, 0, unreported);
            }
            else if (IsAcknowledgementDue)
            {
                SaveMeta();
            }
        }

        /// <summary>
        /// Adds a record and makes it durable, with all that was queued, in one write of the stage. When the steps before it were not
        /// yet done (8 records without a Poll between them), it does them first: 3 writes at most, 4 in one case of 128.
        /// </summary>
        /// <param name="auditEvent">One of <see cref="AuditEvent"/>.</param>
        /// <param name="verdict">Internal verdict, or 0.</param>
        /// <param name="detail">u8.</param>
        /// <param name="scopeId">u24, or 0.</param>
        /// <param name="generation">Its low byte is kept.</param>
        /// <param name="keyNumber">Of the credential, or 0.</param>
        /// <param name="argument">As the event says.</param>
        /// <returns>
        /// True when it is durable, with number <see cref="NextSequence"/> − 1. False when flash refused: the record then waits in RAM
        /// for the next try, or is counted in <see cref="NotWritten"/>; it has no number that anybody may be told.
        /// </returns>
        public bool Append(int auditEvent, int verdict, int detail, int scopeId, int generation, uint keyNumber, uint argument)
        {
            return Add(auditEvent, verdict, 0, detail, scopeId, generation, keyNumber, argument) && Commit();
        }

        /// <summary>
        /// Adds a record that becomes durable with the next one appended, or within <see cref="Limits.AuditQueueMs"/>: for the door
        /// contact and news of the supervisor, so that an unlock and what the door does then share writes. A power cut forgets it.
        /// </summary>
        /// <returns>False when there is no room: counted in <see cref="NotWritten"/>.</returns>
        public bool Queue(int auditEvent, int detail, int scopeId, uint argument)
        {
            return Add(auditEvent, 0, 0, detail, scopeId, 0, 0, argument);
        }

        /// <summary>Queues a count of refusals.</summary>
        internal bool QueueCount(int auditEvent, int verdict, int scopeId, uint keyNumber, uint count)
        {
            return Add(auditEvent, verdict, AuditRecord.Aggregated, 0, scopeId, 0, keyNumber, count);
        }

        /// <summary>Copies durable records, in sequence; numbers that are missing are passed over.</summary>
        /// <param name="fromSequence">Number to start from; one that is no longer held means the oldest.</param>
        /// <param name="buffer">Receives 32 bytes a record; not the scratch.</param>
        /// <param name="offset">Where the first one goes.</param>
        /// <param name="maxRecords">At least 1. The page ends early where a file does.</param>
        /// <returns>Records copied; 0 when there are none from that number on.</returns>
        public int ReadPage(uint fromSequence, byte[] buffer, int offset, int maxRecords)
        {
            uint sequence = fromSequence < Oldest ? Oldest : fromSequence;
            uint end = _first + (uint)_durable;
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
            if (sequence == Oldest)
            {
                Array.Copy(_meta, OldestChainOffset, chain, 0, AuditRecord.ChainBytes);
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
            if (epoch != Epoch
                || !TryRead(sequence, record)
                || !Bytes.SameInConstantTime(record, AuditRecord.ChainOffset, chain, offset, AuditRecord.ChainBytes))
            {
                return false;
            }

            if (sequence > Acknowledged)
            {
                Acknowledged = sequence;
            }

            return true;
        }

        /// <summary>Reads records of one file from a number on, unchecked; what cannot be read is zeros.</summary>
        /// <returns>Numbers covered.</returns>
        private int ReadRun(uint sequence, byte[] buffer, int offset, int maxRecords)
        {
            bool isStaged = sequence >= _first;
            int index = isStaged ? (int)(sequence - _first) : (int)(sequence % SegmentRecords);
            int run = (isStaged ? _durable : SegmentRecords) - index;
            if (run > maxRecords)
            {
                run = maxRecords;
            }

            if (!isStaged)
            {
                Array.Clear(buffer, offset, run * AuditRecord.Length);
                _files.Read(SegmentName(sequence), index * AuditRecord.Length, buffer, offset, run * AuditRecord.Length);
                return run;
            }

            for (int i = 0; i < run; i++)
            {
                Array.Copy(_stage, (index + i) * StagedBytes, buffer, offset + i * AuditRecord.Length, AuditRecord.Length);
            }

            return run;
        }

        private bool TryRead(uint sequence, byte[] record)
        {
            return sequence >= Oldest && ReadPage(sequence, record, 0, 1) == 1 && Bytes.U32(record, AuditRecord.SequenceOffset) == sequence;
        }

        private static string SegmentName(uint sequence)
        {
            uint segment = sequence / SegmentRecords % Segments;
            return (segment < 10 ? "au0" : "au") + segment.ToString();
        }

        private void Format()
        {
            byte[] epoch = new byte[4];
            _random.Fill(epoch);
            Epoch = Bytes.U32(epoch, 0) | 1;
            for (uint segment = 0; segment < Segments; segment++)
            {
                _files.Delete(SegmentName(segment * SegmentRecords));
            }

            _files.Delete(StageName);
            Array.Clear(_meta, 0, MetaBytes);
            Append(AuditEvent.TrailStarted, 0, 0, 0, 0, 0, Epoch);
        }

        /// <summary>
        /// Takes up the stage. Where anything in it is not as it was written, all numbers that may have been used are skipped: up to the
        /// end of what is reserved.
        /// </summary>
        private void LoadStage()
        {
            int length = _files.Read(StageName, 0, _stage, 0, _stage.Length);
            _first = Bytes.U32(_stage, AuditRecord.SequenceOffset);
            while ((_count + 1) * StagedBytes <= length && IsStaged(_count))
            {
                _count++;
            }

            _durable = _count;
            uint end = (NextSequence + SegmentRecords - 1) / SegmentRecords * SegmentRecords;
            if (_count > 0 && end > _reserved)
            {
                _reserved = end;
            }

            if (_count > 0)
            {
                Array.Copy(_stage, (_count - 1) * StagedBytes + AuditRecord.ChainOffset, _chain, 0, AuditRecord.ChainBytes);
                if (length == _count * StagedBytes)
                {
                    return;
                }

                if (!Flush())
                {
                    NotWritten += (uint)_count;
                }
            }

            uint missing = _count > 0 ? NextSequence : 0;
            _count = 0;
            _durable = 0;
            _first = _reserved;
            Array.Clear(_chain, 0, AuditRecord.ChainBytes);
            Append(AuditEvent.TrailDamaged, 0, 0, 0, 0, 0, missing);
        }

        private bool IsStaged(int index)
        {
            int at = index * StagedBytes;
            return Bytes.U32(_stage, at + AuditRecord.SequenceOffset) == _first + (uint)index
                && Bytes.U32(_stage, at + AuditRecord.Length) == (_crypto.Crc32(_stage, at, AuditRecord.Length) ^ Epoch);
        }

        private bool Add(int auditEvent, int verdict, int aggregated, int detail, int scopeId, int generation, uint keyNumber, uint argument)
        {
            if ((IsStageFull && !Flush()) || (NextSequence >= _reserved && !Reserve()))
            {
                NotWritten++;
                _unreported++;
                return false;
            }

            if (_durable == _count)
            {
                _dueMs = _nowMs + Limits.AuditQueueMs;
            }

            int at = _count * StagedBytes;
            AuditRecord.Compose(
                _stage, at, auditEvent, verdict, _time.Quality | aggregated, detail, scopeId, generation, keyNumber, _time.Estimate, argument, NextSequence);
            Array.Copy(AuditRecord.Chain(_crypto, _key, _chain, _stage, at), _chain, AuditRecord.ChainBytes);
            Array.Copy(_chain, 0, _stage, at + AuditRecord.ChainOffset, AuditRecord.ChainBytes);
            Bytes.Put32(_stage, at + AuditRecord.Length, _crypto.Crc32(_stage, at, AuditRecord.Length) ^ Epoch);
            _count++;
            return true;
        }

        /// <summary>Makes every staged record durable. What is durable already is not written again, unless it is gone from the file.</summary>
        private bool Commit()
        {
            if (_durable == _count)
            {
                return true;
            }

            int at = _durable * StagedBytes;
            int end = _count * StagedBytes;
            bool good = _durable == 0 || _files.Length(StageName) < at
                ? _files.Replace(StageName, _stage, 0, end)
                : _files.Write(StageName, at, _stage, at, end - at);
            if (good)
            {
                _durable = _count;
            }

            return Note(good);
        }

        /// <summary>
        /// Moves the stage into its segment. Doing it twice is harmless: the place comes from the number. The stage is durable first,
        /// for it is where the next boot looks for the end of the trail.
        /// </summary>
        private bool Flush()
        {
            if (!Commit())
            {
                return false;
            }

            string name = SegmentName(_first);
            int at = (int)(_first % SegmentRecords) * AuditRecord.Length;
            bool hasGap = _files.Length(name) < at;
            if (hasGap)
            {
                Array.Clear(_scratch, 0, at);
                _files.Read(name, 0, _scratch, 0, at);
            }

            for (int i = 0; i < _count; i++)
            {
                Array.Copy(_stage, i * StagedBytes, _scratch, at + i * AuditRecord.Length, AuditRecord.Length);
            }

            int count = _count * AuditRecord.Length;
            bool good = at == 0 || hasGap
                ? _files.Replace(name, _scratch, 0, at + count)
                : _files.Write(name, at, _scratch, at, count);
            if (good)
            {
                _first += (uint)_count;
                _count = 0;
                _durable = 0;
            }

            return Note(good);
        }

        /// <summary>
        /// Reserves the numbers of the next segment before the first of them is used, gives up the oldest segment, and counts what was
        /// not acknowledged of it.
        /// </summary>
        private bool Reserve()
        {
            byte[] meta = Bytes.Part(_meta, 0, MetaBytes);
            uint oldest = Oldest;
            byte[] chain = ChainBefore(oldest + SegmentRecords - oldest % SegmentRecords);
            uint lost = Lost;
            _reserved += SegmentRecords;
            if (Oldest > oldest)
            {
                Array.Copy(chain, 0, _meta, OldestChainOffset, AuditRecord.ChainBytes);
                uint kept = Acknowledged < oldest ? oldest : Acknowledged + 1;
                Lost += kept < Oldest ? Oldest - kept : 0;
            }

            if (SaveMeta())
            {
                return true;
            }

            Array.Copy(meta, _meta, MetaBytes);
            _reserved -= SegmentRecords;
            Lost = lost;
            return false;
        }

        private bool SaveMeta()
        {
            _meta[0] = MetaFormat;
            Bytes.Put32(_meta, EpochOffset, Epoch);
            Bytes.Put32(_meta, ReservedOffset, _reserved);
            Bytes.Put32(_meta, AcknowledgedOffset, Acknowledged);
            Bytes.Put32(_meta, LostOffset, Lost);
            bool good = _metaFile.Save(_meta, 0, MetaBytes);
            if (good)
            {
                _savedAcknowledged = Acknowledged;
            }

            return Note(good);
        }

        private bool Note(bool good)
        {
            IsFailing = !good;
            _retryMs = _nowMs + Limits.FlashRetryMs;
            return good;
        }
    }
}
