using System;
using DoorController.Access;
using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>
    /// What happened at the door, in numbered records that are each bound to the one before. The newest records are in one small file,
    /// the stage; full stages move into a ring of segment files. Bytes and power cuts: firmware/STORAGE.md, "Audit trail".
    /// </summary>
    public sealed class AuditTrail : IFlashWork
    {
        /// <summary>Records that are held at least, before a wrap overwrites the oldest.</summary>
        public const int Capacity = AuditSegments.Records - AuditSegments.SegmentRecords;

        private readonly IRandom _random;
        private readonly DoorTime _time;
        private readonly AuditMeta _meta;
        private readonly AuditStage _stage;
        private readonly AuditSegments _segments;
        private byte[] _key = new byte[Keys.Length];
        private long _nowMs;
        private bool _mustSkip;
        private uint _unreported;
        private uint _missing;
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
            _random = random;
            _time = time;
            _meta = new AuditMeta(files, crypto, scratch);
            _stage = new AuditStage(files, crypto);
            _segments = new AuditSegments(files, scratch);
            Reader = new AuditReader(_meta, _stage, _segments);
            Refusals = new RefusalTally(this);
        }

        /// <summary>Where refused attempts go, so that they cannot wash the trail out.</summary>
        public RefusalTally Refusals { get; }

        /// <summary>What is durable of the trail, for those who carry it away.</summary>
        public AuditReader Reader { get; }

        /// <summary>Random number of this trail, never 0. A new one means that the trail before is gone: door new or formatted.</summary>
        public uint Epoch
        {
            get { return _meta.Epoch; }
        }

        /// <summary>Number of the next record. The first record of an epoch is 1.</summary>
        public uint NextSequence
        {
            get { return _stage.Next; }
        }

        /// <summary>Number of the last record that a server has acknowledged; 0 = none.</summary>
        public uint Acknowledged
        {
            get { return _meta.Acknowledged; }
        }

        /// <summary>Number of the oldest record that is still held.</summary>
        public uint Oldest
        {
            get { return _meta.Oldest; }
        }

        /// <summary>Numbers that a wrap overwrote in this epoch before they were acknowledged.</summary>
        public uint Lost
        {
            get { return _meta.Lost; }
        }

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
                    && (_mustSkip || IsCommitDue || _stage.IsFull || IsReservationDue || _missing != 0 || _unreported != 0
                        || IsAcknowledgementDue);
            }
        }

        private bool IsCommitDue
        {
            get { return _stage.Durable < _stage.Count && (IsFailing || _stage.IsFull || _nowMs >= _dueMs); }
        }

        private bool IsReservationDue
        {
            get { return NextSequence >= _meta.Reserved; }
        }

        private bool IsAcknowledgementDue
        {
            get { return _meta.Unsaved >= Limits.AuditAcknowledgedUnsaved; }
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
            if (!_meta.Load())
            {
                byte[] epoch = new byte[4];
                _random.Fill(epoch);
                _meta.Begin(Bytes.U32(epoch, 0) | 1);
                Append(AuditEvent.TrailStarted, 0, 0, 0, 0, 0, Epoch);
                return;
            }

            bool isWhole = _stage.Load(Epoch, out int length);
            if (_stage.Count == 0 && length < AuditStage.EntryBytes && _meta.Reserved == AuditSegments.SegmentRecords && _segments.IsMissing(1))
            {
                _stage.StartAt(1);
                Append(AuditEvent.TrailStarted, 0, 0, 0, 0, 0, Epoch);
                return;
            }

            if (_stage.Count > 0)
            {
                _meta.RaiseReserved((NextSequence + AuditSegments.SegmentRecords - 1) / AuditSegments.SegmentRecords * AuditSegments.SegmentRecords);
            }

            if (!isWhole)
            {
                _mustSkip = true;
                Skip();
            }
        }

        /// <summary>Moves time on and lets the counts of refusals come due.</summary>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        public void Poll(long nowMs)
        {
            _nowMs = nowMs;
            Refusals.Poll(nowMs);
        }

        /// <summary>Asks for what is queued to be written with the next flash step.</summary>
        public void AskCommit()
        {
            _dueMs = _nowMs;
        }

        /// <summary>Does one bounded step, at most one write of at most 4 KB.</summary>
        public void Step()
        {
            if (_mustSkip)
            {
                Skip();
            }
            else if (IsCommitDue)
            {
                Commit();
            }
            else if (_stage.IsFull)
            {
                Flush();
            }
            else if (IsReservationDue)
            {
                Reserve();
            }
            else if (_missing != 0)
            {
                uint missing = _missing;
                _missing = 0;
                Append(AuditEvent.TrailDamaged, 0, 0, 0, 0, 0, missing);
            }
            else if (_unreported != 0)
            {
                uint unreported = _unreported;
                _unreported = 0;
                Append(AuditEvent.RecordsLost, 0, 0, 0, 0, 0, unreported);
            }
            else if (IsAcknowledgementDue)
            {
                Note(_meta.Save());
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

        /// <summary>
        /// Something in the stage is not as it was written. What is good of it moves into its segment; then all numbers that may have
        /// been used are skipped, up to the end of what is reserved.
        /// </summary>
        private bool Skip()
        {
            uint missing = _stage.Count > 0 ? NextSequence : 0;
            if (_stage.Count > 0 && !Flush())
            {
                return false;
            }

            _stage.StartAt(_meta.Reserved);
            _mustSkip = false;
            return Append(AuditEvent.TrailDamaged, 0, 0, 0, 0, 0, missing);
        }

        private bool Add(int auditEvent, int verdict, int aggregated, int detail, int scopeId, int generation, uint keyNumber, uint argument)
        {
            if ((_mustSkip && !Skip()) || (_stage.IsFull && !Flush()) || (IsReservationDue && !Reserve()))
            {
                NotWritten++;
                _unreported++;
                return false;
            }

            if (_stage.Durable == _stage.Count)
            {
                _dueMs = _nowMs + Limits.AuditQueueMs;
            }

            byte[] to = _stage.Compose(out int offset);
            AuditRecord.Compose(
                to, offset, auditEvent, verdict, _time.Quality | aggregated, detail, scopeId, generation, keyNumber, _time.Estimate, argument, NextSequence);
            _stage.Seal(_key, Epoch);
            return true;
        }

        private bool Commit()
        {
            return Note(_stage.Commit());
        }

        /// <summary>
        /// Moves the stage into its segment. Doing it twice is harmless. The stage is durable first, for it is where the next boot looks
        /// for the end of the trail.
        /// </summary>
        private bool Flush()
        {
            if (!Commit())
            {
                return false;
            }

            bool isWritten = _segments.Write(_stage.First, _stage, _stage.Count, out uint lost);
            _missing = lost == 0 ? _missing : lost;
            if (!Note(isWritten))
            {
                return false;
            }

            _stage.Empty();
            return true;
        }

        /// <summary>Reserves the numbers of the next segment before the first of them is used. A new trail begins when nothing of the one before is left.</summary>
        private bool Reserve()
        {
            if (_meta.Reserved == 0 && !(_segments.Clear() && _stage.Clear()))
            {
                return Note(false);
            }

            uint next = Oldest + AuditSegments.SegmentRecords - Oldest % AuditSegments.SegmentRecords;
            return Note(_meta.Reserve(Reader.ChainBefore(next)));
        }

        private bool Note(bool good)
        {
            IsFailing = !good;
            _retryMs = _nowMs + Limits.FlashRetryMs;
            return good;
        }
    }
}
