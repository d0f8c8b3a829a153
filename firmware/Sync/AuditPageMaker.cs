#nullable enable
using DoorController.Access;
using DoorController.Audit;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Wire;

namespace DoorController.Sync
{
    /// <summary>Makes the sealed audit page of PROTOCOL.md section 6, blob 5, for network and phone alike.</summary>
    public static class AuditPageMaker
    {
        /// <summary>Makes a page.</summary>
        /// <param name="from">Sequence to start from; 0 for the oldest record that is not acknowledged.</param>
        /// <param name="maxRecords">1 to <see cref="Limits.PageRecords"/>.</param>
        /// <returns>The sealed page, at most <see cref="Limits.PageBytes"/> bytes; null when there is no record from there on.</returns>
        public static byte[]? Make(Board board, DoorMemory memory, uint from, int maxRecords)
        {
            AuditTrail audit = memory.Audit;
            byte[] plain = new byte[AuditPage.Records + maxRecords * AuditRecord.Length];
            int count = audit.Reader.ReadPage(from == 0 ? audit.Acknowledged + 1 : from, plain, AuditPage.Records, maxRecords);
            if (count == 0)
            {
                return null;
            }

            uint first = Bytes.U32(plain, AuditPage.Records + AuditRecord.SequenceOffset);
            Bytes.Put32(plain, 0, audit.Epoch);
            Bytes.Put32(plain, AuditPage.LostOffset, audit.Lost);
            Bytes.Put(plain, AuditPage.ChainOffset, audit.Reader.ChainBefore(first));
            plain[AuditPage.CountOffset] = (byte)(from <= audit.Acknowledged + 1 ? count | AuditPage.FromOldest : count);
            Keyring keyring = memory.Keyring;
            return Sealed.Make(
                board.Crypto, board.Random, keyring.SubKey(Keys.AuditPage), BlobType.AuditPage, keyring.DoorId, keyring.Generation, plain,
                AuditPage.Records + count * AuditRecord.Length);
        }
    }
}
