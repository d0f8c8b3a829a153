using DoorController.Access;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>Gets the records of the trail into stage, segments and meta, in the order in which no power cut takes back a number: firmware/STORAGE.md section 4.</summary>
    internal sealed class AuditWriter
    {
        private readonly DoorTime _time;
        private readonly AuditMeta _meta;
        private readonly AuditStage _stage;
        private readonly AuditSegments _segments;
        private readonly AuditReader _reader;
        private readonly TrailGaps _gaps = new TrailGaps();
        private byte[] _key = new byte[Keys.Length];
        private long _nowMs;
        private bool _mustSkip;
        private long _dueMs;
        private long _retryMs;

        public AuditWriter(DoorTime time, AuditMeta meta, AuditStage stage, AuditSegments segments, AuditReader reader)
        {
            _time = time;
            _meta = meta;
            _stage = stage;
            _segments = segments;
            _reader = reader;
        }

        /// <summary>Records since boot for which there was neither flash nor RAM.</summary>
        public uint NotWritten
        {
            get { return _gaps.NotWritten; }
        }

        /// <summary>True while the last write failed.</summary>
        public bool IsFailing { get; private set; }

        /// <summary>True when there is a step to do.</summary>
        public bool IsPending
        {
            get
            {
                return (!IsFailing || _nowMs >= _retryMs)
                    && (_mustSkip || IsCommitDue || _stage.IsFull || IsReservationDue || _gaps.IsDue || _meta.IsSaveDue);
            }
        }

        private bool IsCommitDue
        {
            get { return _stage.Durable < _stage.Count && (IsFailing || _stage.IsFull || _nowMs >= _dueMs); }
        }

        private bool IsReservationDue
        {
            get { return _stage.Next >= _meta.Reserved; }
        }

        /// <summary>Chains the records from now on.</summary>
        public void SetKey(byte[] key)
        {
            _key = key;
        }

        /// <summary>Moves time on.</summary>
        public void Poll(long nowMs)
        {
            _nowMs = nowMs;
        }

        /// <summary>Asks for what is queued to be written with the next flash step.</summary>
        public void AskCommit()
        {
            _dueMs = _nowMs;
        }

        /// <summary>Finds the end of the trail, or starts a new one. Once, before anything else and while a radio is on (IRandom).</summary>
        public void Load(IRandom random)
        {
            if (!_meta.Load())
            {
                _meta.Begin(NewEpoch(random));
                Tell(AuditEvent.TrailStarted, _meta.Epoch);
                return;
            }

            bool isWhole = _stage.Load(_meta.Epoch, out int length);
            if (_stage.Count == 0 && length < AuditStage.EntryBytes && _meta.Reserved == AuditSegments.SegmentRecords && _segments.IsMissing(1))
            {
                _stage.StartAt(1);
                Tell(AuditEvent.TrailStarted, _meta.Epoch);
                return;
            }

            if (_stage.Count > 0)
            {
                _meta.RaiseReserved((_stage.Next + AuditSegments.SegmentRecords - 1) / AuditSegments.SegmentRecords * AuditSegments.SegmentRecords);
            }

            if (!isWhole)
            {
                _mustSkip = true;
                Skip();
            }
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
            else if (_gaps.IsDue)
            {
                int what = _gaps.Take(out uint argument);
                Tell(what, argument);
            }
            else if (_meta.IsSaveDue)
            {
                Note(_meta.Save());
            }
        }

        /// <summary>
        /// Something in the stage is not as it was written. What is good of it moves into its segment; then all numbers that may have
        /// been used are skipped, up to the end of what is reserved.
        /// </summary>
        private bool Skip()
        {
            uint missing = _stage.Count > 0 ? _stage.Next : 0;
            if (_stage.Count > 0 && !Flush())
            {
                return false;
            }

            _stage.StartAt(_meta.Reserved);
            _mustSkip = false;
            return Tell(AuditEvent.TrailDamaged, missing);
        }

        /// <summary>Adds a record to the stage; it becomes durable with <see cref="Commit"/>, at the latest by a step after <see cref="Limits.AuditQueueMs"/>.</summary>
        /// <param name="aggregated"><see cref="AuditRecord.Aggregated"/>, or 0.</param>
        /// <returns>False when there is no room: counted in <see cref="NotWritten"/>.</returns>
        public bool Add(int auditEvent, int verdict, int aggregated, int detail, int scopeId, int generation, uint keyNumber, uint argument)
        {
            if ((_mustSkip && !Skip()) || (_stage.IsFull && !Flush()) || (IsReservationDue && !Reserve()))
            {
                _gaps.OnNotWritten();
                return false;
            }

            if (_stage.Durable == _stage.Count)
            {
                _dueMs = _nowMs + Limits.AuditQueueMs;
            }

            byte[] to = _stage.Compose(out int offset);
            AuditRecord.Compose(
                to, offset, auditEvent, verdict, _time.Quality | aggregated, detail, scopeId, generation, keyNumber, _time.Estimate, argument, _stage.Next);
            _stage.Seal(_key, _meta.Epoch);
            return true;
        }

        private static uint NewEpoch(IRandom random)
        {
            byte[] epoch = new byte[4];
            random.Fill(epoch);
            return Bytes.U32(epoch, 0) | 1;
        }

        private bool Tell(int auditEvent, uint argument)
        {
            return Add(auditEvent, 0, 0, 0, 0, 0, 0, argument) && Commit();
        }

        /// <summary>Makes durable what is in the stage.</summary>
        /// <returns>False when flash refused.</returns>
        public bool Commit()
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
            _gaps.OnMissing(lost);
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

            uint next = _meta.Oldest + AuditSegments.SegmentRecords - _meta.Oldest % AuditSegments.SegmentRecords;
            return Note(_meta.Reserve(_reader.ChainBefore(next)));
        }

        private bool Note(bool good)
        {
            IsFailing = !good;
            _retryMs = _nowMs + Limits.FlashRetryMs;
            return good;
        }
    }
}
