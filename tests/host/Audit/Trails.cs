using System.Collections.Generic;
using DoorController.Wire;

namespace DoorController.Tests.Audit
{
    /// <summary>What stands in the trail of a door.</summary>
    internal static class Trails
    {
        /// <summary>All durable records, in sequence.</summary>
        public static byte[][] Records(Door door)
        {
            List<byte[]> records = new();
            byte[] record = new byte[AuditRecord.Length];
            for (uint from = 1; door.Memory.Audit.Reader.ReadPage(from, record, 0, 1) == 1;)
            {
                records.Add((byte[])record.Clone());
                from = Bytes.U32(record, AuditRecord.SequenceOffset) + 1;
            }

            return records.ToArray();
        }
    }
}
