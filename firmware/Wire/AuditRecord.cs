using System;
using DoorController.Hal;

namespace DoorController.Wire
{
    /// <summary>One record of the audit trail, 32 bytes: PROTOCOL.md section 6, "Audit page".</summary>
    public static class AuditRecord
    {
        /// <summary>Bytes of a record.</summary>
        public const int Length = 32;

        /// <summary>Bytes of a chain value.</summary>
        public const int ChainBytes = 8;

        /// <summary>Offset of the event, u8: one of <see cref="AuditEvent"/>.</summary>
        public const int EventOffset = 0;

        /// <summary>Offset of the internal verdict, u8: one of <see cref="Verdict"/>, or 0.</summary>
        public const int VerdictOffset = 1;

        /// <summary>Offset of the quality, u8: bits 0–1 the clock's, bit 7 <see cref="Aggregated"/>.</summary>
        public const int QualityOffset = 2;

        /// <summary>Offset of the detail, u8; what it means depends on the event.</summary>
        public const int DetailOffset = 3;

        /// <summary>Offset of the scope id, u24.</summary>
        public const int ScopeOffset = 4;

        /// <summary>Offset of the low byte of the credential's generation, u8.</summary>
        public const int GenerationOffset = 7;

        /// <summary>Offset of the key number, u32.</summary>
        public const int KeyNumberOffset = 8;

        /// <summary>Offset of the door's estimate of the time, u32.</summary>
        public const int TimeOffset = 12;

        /// <summary>Offset of the argument, u32; what it means depends on the event.</summary>
        public const int ArgumentOffset = 16;

        /// <summary>Offset of the sequence number, u32, from 1.</summary>
        public const int SequenceOffset = 20;

        /// <summary>Offset of the chain, 8 bytes, over everything before it and the chain before.</summary>
        public const int ChainOffset = 24;

        /// <summary>Bit of the quality: the record counts repeats, its argument says how many.</summary>
        public const int Aggregated = 0x80;

        /// <summary>Writes the first 24 bytes.</summary>
        public static void Compose(
            byte[] to,
            int offset,
            int auditEvent,
            int verdict,
            int quality,
            int detail,
            int scopeId,
            int generation,
            uint keyNumber,
            uint time,
            uint argument,
            uint sequence)
        {
            to[offset] = (byte)auditEvent;
            to[offset + VerdictOffset] = (byte)verdict;
            to[offset + QualityOffset] = (byte)quality;
            to[offset + DetailOffset] = (byte)detail;
            Bytes.Put32(to, offset + ScopeOffset, ((uint)scopeId & 0xFFFFFF) | ((uint)generation << 24));
            Bytes.Put32(to, offset + KeyNumberOffset, keyNumber);
            Bytes.Put32(to, offset + TimeOffset, time);
            Bytes.Put32(to, offset + ArgumentOffset, argument);
            Bytes.Put32(to, offset + SequenceOffset, sequence);
        }

        /// <summary>Makes the chain value of a record.</summary>
        /// <param name="key">The audit-tag sub-key, 32 bytes.</param>
        /// <param name="previous">The chain of the record before; 8 zero bytes for the first record and after skipped numbers.</param>
        /// <param name="record">Holds the record at <paramref name="offset"/>; its first 24 bytes count.</param>
        /// <returns>32 bytes, of which the first 8 are the chain.</returns>
        public static byte[] Chain(ICrypto crypto, byte[] key, byte[] previous, byte[] record, int offset)
        {
            byte[] link = new byte[ChainBytes + ChainOffset];
            Array.Copy(previous, link, ChainBytes);
            Array.Copy(record, offset, link, ChainBytes, ChainOffset);
            return Keys.Mac(crypto, key, "dc1chain", link, 0, link.Length);
        }
    }
}
