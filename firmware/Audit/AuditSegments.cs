using System;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Audit
{
    /// <summary>
    /// The ring of segment files: 128 records each, in one flash block, each record at the place that its number says. A file has its full
    /// length from its first records on, so that it never lies in the metadata of littlefs. Bytes: firmware/STORAGE.md, "Audit segment".
    /// </summary>
    internal sealed class AuditSegments
    {
        /// <summary>Records of a segment.</summary>
        public const int SegmentRecords = SegmentBytes / AuditRecord.Length;

        /// <summary>Segments of the ring.</summary>
        public const int Count = 17;

        /// <summary>Records of the ring.</summary>
        public const int Records = Count * SegmentRecords;

        private const int SegmentBytes = 4096;

        private readonly IFiles _files;
        private readonly byte[] _scratch;

        public AuditSegments(IFiles files, byte[] scratch)
        {
            _files = files;
            _scratch = scratch;
        }

        /// <summary>True when nothing was ever written for the segment of a number.</summary>
        public bool IsMissing(uint sequence)
        {
            return _files.Length(Name(sequence)) < 0;
        }

        /// <summary>Deletes every segment of the trail before, whose records would count as those of the new one.</summary>
        /// <returns>False when one is still there.</returns>
        public bool Clear()
        {
            bool isGone = true;
            for (uint segment = 0; segment < Count; segment++)
            {
                isGone &= _files.Delete(Name(segment * SegmentRecords));
            }

            return isGone;
        }

        /// <summary>Reads records up to the end of a segment, unchecked; what cannot be read is zeros.</summary>
        /// <param name="sequence">Number of the first one.</param>
        /// <returns>Numbers covered, at most <paramref name="maxRecords"/>.</returns>
        public int Read(uint sequence, byte[] buffer, int offset, int maxRecords)
        {
            int index = (int)(sequence % SegmentRecords);
            int run = SegmentRecords - index < maxRecords ? SegmentRecords - index : maxRecords;
            Array.Clear(buffer, offset, run * AuditRecord.Length);
            _files.Read(Name(sequence), index * AuditRecord.Length, buffer, offset, run * AuditRecord.Length);
            return run;
        }

        /// <summary>
        /// Writes records that lie in one segment: one flash step. Doing it twice is harmless. Not a byte before the first of them is
        /// touched, whatever a power cut left of the file: it holds records that are nowhere else.
        /// </summary>
        /// <param name="sequence">Number of the first one.</param>
        /// <param name="stage">Has the records.</param>
        /// <param name="count">Their number.</param>
        /// <param name="lost">Number of the first record before them that the file should have and has not, which no power cut does; else 0.</param>
        /// <returns>False when flash refused.</returns>
        public bool Write(uint sequence, AuditStage stage, int count, out uint lost)
        {
            string name = Name(sequence);
            int at = (int)(sequence % SegmentRecords) * AuditRecord.Length;
            int length = _files.Length(name);
            int from = length < 0 ? 0 : length < at ? length : at;
            lost = from < at && sequence > 1 ? sequence - (uint)((at - from + AuditRecord.Length - 1) / AuditRecord.Length) : 0;
            int end = at > 0 && length >= SegmentBytes ? at + count * AuditRecord.Length : SegmentBytes;
            Array.Clear(_scratch, from, end - from);
            for (int i = 0; i < count; i++)
            {
                stage.CopyRecord(i, _scratch, at + i * AuditRecord.Length);
            }

            return _files.Write(name, from, _scratch, from, end - from);
        }

        private static string Name(uint sequence)
        {
            return "au" + ((char)('a' + sequence / SegmentRecords % Count)).ToString();
        }
    }
}
