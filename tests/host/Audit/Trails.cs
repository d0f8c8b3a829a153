using System.Collections.Generic;
using System.Linq;
using DoorController.Wire;

namespace DoorController.Tests.Audit
{
    /// <summary>What stands in the trail of a door.</summary>
    internal static class Trails
    {
        /// <summary>The durable records from a sequence on.</summary>
        public static byte[][] Records(Door door, uint from = 1)
        {
            List<byte[]> records = [];
            byte[] page = new byte[Limits.PageRecords * AuditRecord.Length];
            for (int count; (count = door.Memory.Audit.Reader.ReadPage(from, page, 0, Limits.PageRecords)) > 0;)
            {
                records.AddRange(page[..(count * AuditRecord.Length)].Chunk(AuditRecord.Length));
                from = Bytes.U32(records[^1], AuditRecord.SequenceOffset) + 1;
            }

            return [.. records];
        }
    }
}
