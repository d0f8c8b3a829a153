using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>Audit pages of a real trail as the server takes them in, and pages that a damaged or lying door would send.</summary>
    [TestClass]
    public sealed class AuditUploadTests
    {
        [TestMethod]
        public void PagesOfATrail_ContinueEachOther_AndTheirAcknowledgementIsTaken()
        {
            using DoorRig rig = new();
            Write(rig, 200);
            List<byte[]> kept = new();
            byte[] chain = new byte[AuditRecord.ChainBytes];
            for (byte[]? page = Make(rig); page != null; page = Make(rig))
            {
                AuditUpload upload = AuditUpload.Open(Site.Root, page)!;
                CollectionAssert.AreEqual(chain, upload.ChainBefore);
                Assert.IsTrue(upload.IsFromOldest);
                Assert.AreEqual(0, upload.FindBreaks(Site.Root, 1).Count);
                kept.AddRange(upload.Records);
                chain = upload.Records[^1][AuditRecord.ChainOffset..];
                byte[] acknowledgement = upload.Acknowledge(Site.Root);
                BlobIntake intake = new(rig.Host.Board, rig.Door.Memory);
                Assert.AreEqual(CarryState.Taken, intake.Take(acknowledgement, 0, acknowledgement.Length, 0));
                Assert.AreEqual(upload.LastSequence, rig.Door.Memory.Audit.Acknowledged);
            }

            Assert.IsTrue(kept.Count > 200);
            CollectionAssert.AreEqual(
                Enumerable.Range(1, kept.Count).Select(i => (uint)i).ToArray(), kept.Select(AuditUpload.SequenceOf).ToArray());
        }

        [TestMethod]
        public void ARecordChangedBehindTheDoorsBack_IsABreak()
        {
            byte[][] records = Records(6);
            records[2][AuditRecord.KeyNumberOffset] ^= 1;
            Assert.AreEqual(3u, Page(records).FindBreaks(Site.Root, 1).Single());
        }

        [TestMethod]
        public void AMissingRecord_IsABreak_UnlessTheChainBeginsAnew()
        {
            byte[][] records = Records(6);
            Assert.AreEqual(4u, Page([records[0], records[1], records[3]]).FindBreaks(Site.Root, 1).Single());

            byte[] anew = (byte[])records[3].Clone();
            Rechain(anew, new byte[AuditRecord.ChainBytes], Site.Root.SubKey(1, 1, Keys.AuditChain));
            Assert.AreEqual(0, Page([records[0], records[1], anew]).FindBreaks(Site.Root, 1).Count);
        }

        [TestMethod]
        public void RecordsFromBeforeAKeyUpdate_AreChainedUnderTheKeyOfThatTime()
        {
            byte[][] records = Records(4);
            byte[] next = (byte[])records[3].Clone();
            Rechain(next, records[2][AuditRecord.ChainOffset..], Site.Root.SubKey(1, 2, Keys.AuditChain));
            AuditUpload page = Page([records[0], records[1], records[2], next]);
            Assert.AreEqual(0, page.FindBreaks(Site.Root, 2, 1).Count);
            CollectionAssert.AreEqual(new[] { 1u, 2u, 3u }, page.FindBreaks(Site.Root, 2).ToArray());
        }

        [TestMethod]
        public void RecordsFromBeforeThereWereKeys_AreNoBreak_ButOnlyAtTheBeginning()
        {
            byte[] noKey = new byte[Keys.Length];
            byte[][] records = Records(3);
            Rechain(records[0], new byte[AuditRecord.ChainBytes], noKey);
            Rechain(records[1], records[0][AuditRecord.ChainOffset..], Site.Root.SubKey(1, 1, Keys.AuditChain));
            Rechain(records[2], records[1][AuditRecord.ChainOffset..], noKey);
            Assert.AreEqual(3u, Page(records).FindBreaks(Site.Root, 1).Single());
        }

        [TestMethod]
        public void APageWhoseNumbersDoNotGrow_OrThatCountsWrongly_IsNotOpened()
        {
            byte[][] records = Records(3);
            Assert.IsNull(AuditUpload.Open(Site.Root, Seal([records[0], records[0]], 2)));
            Assert.IsNull(AuditUpload.Open(Site.Root, Seal([records[1], records[0]], 2)));
            Assert.IsNull(AuditUpload.Open(Site.Root, Seal(records, 2)));
            Assert.IsNull(AuditUpload.Open(Site.Root, Seal([], 0)));
            Assert.IsNotNull(AuditUpload.Open(Site.Root, Seal(records, 3)));
        }

        [TestMethod]
        public void APageWithAnyByteChanged_IsNotOpened()
        {
            byte[] body = Seal(Records(2), 2);
            for (int i = 0; i < body.Length; i++)
            {
                byte[] changed = (byte[])body.Clone();
                changed[i] ^= 0x40;
                Assert.IsNull(AuditUpload.Open(Site.Root, changed), "byte " + i);
            }
        }

        [TestMethod]
        public void APageFromTheMiddle_SaysSo()
        {
            using DoorRig rig = new();
            Write(rig, 100);
            byte[] middle = AuditPageMaker.Make(rig.Host.Board, rig.Door.Memory, 50, Limits.PageRecords)!;
            Assert.IsFalse(AuditUpload.Open(Site.Root, middle)!.IsFromOldest);
            byte[] begin = AuditPageMaker.Make(rig.Host.Board, rig.Door.Memory, 1, Limits.PageRecords)!;
            Assert.IsTrue(AuditUpload.Open(Site.Root, begin)!.IsFromOldest);
        }

        private static byte[]? Make(DoorRig rig) => AuditPageMaker.Make(rig.Host.Board, rig.Door.Memory, 0, Limits.PageRecords);

        private static void Write(DoorRig rig, int records)
        {
            for (int i = 0; i < records; i++)
            {
                Assert.IsTrue(rig.Door.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, (uint)i));
            }
        }

        private static byte[][] Records(int count)
        {
            byte[] key = Site.Root.SubKey(1, 1, Keys.AuditChain);
            byte[] chain = new byte[AuditRecord.ChainBytes];
            byte[][] records = new byte[count][];
            for (int i = 0; i < count; i++)
            {
                records[i] = new byte[AuditRecord.Length];
                AuditRecord.Compose(
                    records[i], 0, AuditEvent.Credential, Verdict.Granted, 2, 1, Site.Scope, 1, 5, Site.Start, 0, (uint)i + 1);
                Rechain(records[i], chain, key);
                chain = records[i][AuditRecord.ChainOffset..];
            }

            return records;
        }

        private static void Rechain(byte[] record, byte[] before, byte[] key) =>
            Array.Copy(AuditRecord.Chain(ServerCrypto.Instance, key, before, record, 0), 0, record, AuditRecord.ChainOffset, AuditRecord.ChainBytes);

        private static AuditUpload Page(byte[][] records) => AuditUpload.Open(Site.Root, Seal(records, records.Length))!;

        private static byte[] Seal(byte[][] records, int count)
        {
            byte[] plain = [.. new byte[16], (byte)count, .. records.SelectMany(r => r)];
            ServerCrypto crypto = ServerCrypto.Instance;
            return Sealed.Make(crypto, crypto, Site.Root.SubKey(1, 1, Keys.AuditPage), BlobType.AuditPage, 1, 1, plain, plain.Length);
        }
    }
}
