#nullable enable
using DoorController.Hal;

namespace DoorController
{
    /// <summary>Makes the sealed audit page of PROTOCOL.md section 6, blob 5, for network and phone alike.</summary>
    public static class AuditPage
    {
        /// <summary>Offset of the first record in the plain text.</summary>
        public const int Records = 17;

        /// <summary>Bit of the count: nothing before the first record waits at the door, so the server may acknowledge the page whatever it has.</summary>
        public const int FromOldest = 0x80;

        private const int LostOffset = 4;
        private const int ChainOffset = 8;
        private const int CountOffset = 16;

        /// <summary>Makes a page.</summary>
        /// <param name="from">Sequence to start from; 0 for the oldest record that is not acknowledged.</param>
        /// <param name="maxRecords">1 to <see cref="Limits.PageRecords"/>.</param>
        /// <returns>The sealed page, at most <see cref="Limits.PageBytes"/> bytes; null when there is no record from there on.</returns>
        public static byte[]? Make(Board board, DoorMemory memory, uint from, int maxRecords)
        {
            AuditTrail audit = memory.Audit;
            byte[] plain = new byte[Records + maxRecords * AuditRecord.Length];
            int count = audit.Reader.ReadPage(from == 0 ? audit.Acknowledged + 1 : from, plain, Records, maxRecords);
            if (count == 0)
            {
                return null;
            }

            uint first = Bytes.U32(plain, Records + AuditRecord.SequenceOffset);
            Bytes.Put32(plain, 0, audit.Epoch);
            Bytes.Put32(plain, LostOffset, audit.Lost);
            Bytes.Put(plain, ChainOffset, audit.Reader.ChainBefore(first));
            plain[CountOffset] = (byte)(from <= audit.Acknowledged + 1 ? count | FromOldest : count);
            Keyring keyring = memory.Keyring;
            return Sealed.Make(
                board.Crypto, board.Random, keyring.SubKey(Keys.AuditPage), BlobType.AuditPage, keyring.DoorId, keyring.Generation, plain,
                Records + count * AuditRecord.Length);
        }
    }
}
