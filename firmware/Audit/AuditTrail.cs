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
        private readonly AuditMeta _meta;
        private readonly AuditStage _stage;
        private readonly AuditWriter _writer;
        private readonly RoutineBudget _budget;

        /// <summary>Names the parts; reads nothing yet.</summary>
        /// <param name="files">The file system.</param>
        /// <param name="crypto">For chain and CRC.</param>
        /// <param name="random">For the epoch.</param>
        /// <param name="time">Stamps the records.</param>
        /// <param name="scratch">4,096 bytes; used within a call only.</param>
        public AuditTrail(IFiles files, ICrypto crypto, IRandom random, DoorTime time, byte[] scratch)
        {
            _random = random;
            _meta = new AuditMeta(files, crypto, scratch);
            _stage = new AuditStage(files, crypto);
            AuditSegments segments = new AuditSegments(files, scratch);
            Reader = new AuditReader(_meta, _stage, segments);
            _writer = new AuditWriter(time, _meta, _stage, segments, Reader);
            _budget = new RoutineBudget(_meta);
            Repeats = new RepeatTally(this, _budget);
        }

        /// <summary>Where go what may come again and again, so that it cannot wash the trail out.</summary>
        public RepeatTally Repeats { get; }

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
        public uint NotWritten
        {
            get { return _writer.NotWritten; }
        }

        /// <summary>Number of this boot in this trail, u16.</summary>
        public uint Boots
        {
            get { return (uint)_meta.Boots; }
        }

        /// <summary>True while the last write failed. Records wait in RAM, <see cref="Limits.AuditStageRecords"/> at most.</summary>
        public bool IsFailing
        {
            get { return _writer.IsFailing; }
        }

        /// <inheritdoc/>
        public bool IsPending
        {
            get { return _writer.IsPending; }
        }

        /// <summary>Sets the audit-tag sub-key that chains the records from now on.</summary>
        /// <param name="key">32 bytes, kept. Without one the chain is made under 32 zero bytes.</param>
        public void SetKey(byte[] key)
        {
            _writer.SetKey(key);
        }

        /// <summary>Finds the end of the trail, or starts a new one. Once, before anything else and while a radio is on (IRandom).</summary>
        public void Load()
        {
            _writer.Load(_random);
        }

        /// <summary>Moves time on and lets counts come due.</summary>
        /// <param name="nowMs">Monotonic ms since boot.</param>
        public void Poll(long nowMs)
        {
            _writer.Poll(nowMs);
            Repeats.Poll(nowMs);
        }

        /// <summary>Asks for what is queued to be written with the next flash step.</summary>
        public void AskCommit()
        {
            _writer.AskCommit();
        }

        /// <summary>Does one bounded step, at most one write of at most 4 KB.</summary>
        public void Step()
        {
            _writer.Step();
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
            return _writer.Add(auditEvent, verdict, 0, detail, scopeId, generation, keyNumber, argument) && _writer.Commit();
        }

        /// <summary>
        /// Adds a record that becomes durable with the next one appended, or within <see cref="Limits.AuditQueueMs"/>: for the door
        /// contact and news of the supervisor, so that an unlock and what the door does then share writes. A power cut forgets it.
        /// </summary>
        /// <returns>False when there is no room: counted in <see cref="NotWritten"/>.</returns>
        public bool Queue(int auditEvent, int detail, int scopeId, uint argument)
        {
            return _writer.Add(auditEvent, 0, 0, detail, scopeId, 0, 0, argument);
        }

        /// <summary>As <see cref="Queue"/>, for a key update that was taken: where no network goes, a page that a phone fetched is how the server hears of it.</summary>
        /// <param name="version">Of the door's bundle.</param>
        /// <param name="generation">Of the door.</param>
        public bool QueueKeys(uint version, int generation)
        {
            return _writer.Add(AuditEvent.KeysUpdated, 0, 0, 0, 0, 0, version, (uint)generation);
        }

        /// <summary>As <see cref="Queue"/>, for what is neither grant nor opening nor alarm: the trail takes 48 such records a day at most.</summary>
        /// <returns>False when it has none left: the caller tells it later, or not at all.</returns>
        public bool QueueRoutine(int auditEvent, int detail, int scopeId, uint argument)
        {
            if (!_budget.Take())
            {
                return false;
            }

            Queue(auditEvent, detail, scopeId, argument);
            return true;
        }

        /// <summary>Queues a count of what came again.</summary>
        internal bool QueueCount(int auditEvent, int verdict, int scopeId, uint keyNumber, uint count)
        {
            return _writer.Add(auditEvent, verdict, AuditRecord.Aggregated, 0, scopeId, 0, keyNumber, count);
        }
    }
}
