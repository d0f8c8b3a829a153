using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer
{
    /// <summary>A door's audit trail that grows with every page, as PROTOCOL.md section 6 says (blob 5).</summary>
    internal sealed class GrowingTrail(SiteRoot root, uint doorId)
    {
        private const uint Epoch = 77;
        private readonly List<byte[]> _records = [];

        /// <summary>Sequence of the last record that the server acknowledged.</summary>
        public uint Acknowledged { get; private set; }

        public byte[] ChainOf(int sequence) => sequence == 0 ? new byte[AuditRecord.ChainBytes] : _records[sequence - 1][AuditRecord.ChainOffset..];

        /// <summary>A few more records, in a page with all that is not acknowledged.</summary>
        public byte[] NextPage()
        {
            for (int i = 0; i < 3 && _records.Count < Acknowledged + Limits.PageRecords; i++)
            {
                Grow();
            }

            byte[][] unsent = [.. _records.Skip((int)Acknowledged)];
            byte[] plain =
            [
                .. BitConverter.GetBytes(Epoch), 0, 0, 0, 0, .. ChainOf((int)Acknowledged), (byte)(unsent.Length | AuditPage.FromOldest),
                .. unsent.SelectMany(r => r),
            ];
            ServerCrypto crypto = ServerCrypto.Instance;
            return Sealed.Make(
                crypto, crypto, root.SubKey(doorId, 1, DoorController.Wire.Keys.AuditPage), BlobType.AuditPage, doorId, 1, plain, plain.Length);
        }

        /// <summary>Takes an acknowledgement, as a door does: its tag first.</summary>
        public void Take(byte[] blob)
        {
            uint sequence = BitConverter.ToUInt32(blob, 11);
            CollectionAssert.AreEqual(ServerBlobs.Acknowledgement(root, doorId, 1, Epoch, sequence, ChainOf((int)sequence)), blob);
            Assert.IsGreaterThanOrEqualTo(Acknowledged, sequence);
            Acknowledged = sequence;
        }

        private void Grow()
        {
            byte[] record = new byte[AuditRecord.Length];
            int sequence = _records.Count + 1;
            AuditRecord.Compose(record, 0, AuditEvent.Credential, Verdict.Granted, 2, 1, 7, 1, 5, Site.Start, 0, (uint)sequence);
            byte[] key = root.SubKey(doorId, 1, DoorController.Wire.Keys.AuditChain);
            AuditRecord.Chain(ServerCrypto.Instance, key, ChainOf(sequence - 1), record, 0)[..AuditRecord.ChainBytes].CopyTo(record, AuditRecord.ChainOffset);
            _records.Add(record);
        }
    }
}
