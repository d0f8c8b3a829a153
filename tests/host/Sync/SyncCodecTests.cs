using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>The server's half of sync: what it opens, and what it does not.</summary>
    [TestClass]
    public sealed class SyncCodecTests
    {
        private const uint DoorId = 7;

        private static SyncRequest Request => new(DoorId, 2, Enumerable.Range(1, 16).Select(i => (byte)i).ToArray(),
            [new KnownList(Site.Scope, 10), new KnownList(Site.Scope + 1, 0)]);

        [TestMethod]
        public void ARequest_IsOpenedUnderTheKeyThatItNames()
        {
            SyncRequest opened = SyncRequest.Open(Site.Root, Request.Seal(Site.Root))!;
            Assert.AreEqual((DoorId, 2), (opened.DoorId, opened.DoorGeneration));
            CollectionAssert.AreEqual(Request.Nonce, opened.Nonce);
            CollectionAssert.AreEqual(Request.Lists.ToArray(), opened.Lists.ToArray());
        }

        [TestMethod]
        public void ARequestWithAnyBitChanged_IsNotOpened()
        {
            byte[] body = Request.Seal(Site.Root);
            for (int bit = 0; bit < body.Length * 8; bit++)
            {
                byte[] changed = (byte[])body.Clone();
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.IsNull(SyncRequest.Open(Site.Root, changed), "bit " + bit);
            }
        }

        [TestMethod]
        public void ARequestCutOrLengthened_IsNotOpened()
        {
            byte[] body = Request.Seal(Site.Root);
            for (int length = 0; length < body.Length; length++)
            {
                Assert.IsNull(SyncRequest.Open(Site.Root, body[..length]), "length " + length);
            }

            Assert.IsNull(SyncRequest.Open(Site.Root, [.. body, 0]));
        }

        [TestMethod]
        public void BlobsOfOtherKindsAndOtherSites_AreNotOpened()
        {
            byte[] request = Request.Seal(Site.Root);
            byte[] reply = new SyncReply(Request, Site.Start).Seal(Site.Root, DoorId, 2);
            Assert.IsNull(SyncRequest.Open(Site.Root, reply));
            Assert.IsNull(SyncReply.Open(Site.Root, request));
            Assert.IsNull(AuditUpload.Open(Site.Root, request));
            Assert.IsNull(SyncRequest.Open(SiteRoot.Create(), request));
            Assert.IsNull(SyncReply.Open(SiteRoot.Create(), reply));
        }

        [TestMethod]
        public void ARequestThatCountsItsScopesWrongly_IsNotOpened()
        {
            List<KnownList> six = Enumerable.Range(0, Limits.Scopes + 1).Select(i => new KnownList(i, 1)).ToList();
            Assert.IsNull(SyncRequest.Open(Site.Root, (Request with { Lists = six }).Seal(Site.Root)));
        }

        [TestMethod]
        public void AReply_HoldsWhatFits_AndSaysThatThereIsMore()
        {
            SyncReply reply = new(Request, Site.Start);
            Assert.IsTrue(reply.TryAdd(new byte[2088]));
            Assert.IsFalse(reply.HasMore);
            Assert.IsFalse(reply.TryAdd(new byte[2088]));
            Assert.IsTrue(reply.HasMore);
            Assert.IsTrue(reply.TryAdd(new byte[39]));

            byte[] body = reply.Seal(Site.Root, DoorId, 2);
            Assert.IsTrue(body.Length <= SyncReply.MaxLength);
            SyncReply opened = SyncReply.Open(Site.Root, body)!;
            CollectionAssert.AreEqual(new[] { 2088, 39 }, opened.Blobs.Select(b => b.Length).ToArray());
            Assert.IsTrue(opened.HasMore);
            Assert.AreEqual(Site.Start, opened.Time);
        }

        [TestMethod]
        public void TheFullestReply_IsNoLongerThanItMayBe()
        {
            SyncReply reply = new(Request, Site.Start);
            int length = SyncReply.MaxLength;
            while (!reply.TryAdd(new byte[length]))
            {
                length--;
            }

            Assert.IsTrue(reply.Seal(Site.Root, DoorId, 2).Length is <= SyncReply.MaxLength and > SyncReply.MaxLength - Keys.AesLength);
        }
    }
}
