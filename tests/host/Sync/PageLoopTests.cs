using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>A phone that opens no page and follows PROTOCOL.md section 7, "Fetching audit pages", alone.</summary>
    [TestClass]
    public sealed class PageLoopTests
    {
        private const int PagesOfAVisit = 3;

        private readonly SortedSet<uint> _kept = [];
        private readonly List<byte[]> _acknowledgements = [];
        private uint _end;

        [TestMethod]
        public void VisitAfterVisit_TheServerGetsEveryRecord_AndTheDoorIsToldSo()
        {
            using DoorRig rig = new();
            for (int i = 0; i < 500; i++)
            {
                rig.Door.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0);
            }

            uint wanted = rig.Door.Memory.Audit.NextSequence - 1;
            int visits = 0;
            while (_end < wanted && visits < 10)
            {
                visits++;
                Post(Visit(rig));
            }

            Assert.IsTrue(visits is >= 3 and <= 5, visits + " visits");
            CollectionAssert.IsSubsetOf(Enumerable.Range(1, (int)wanted).Select(n => (uint)n).ToArray(), _kept);
            Visit(rig);
            Assert.IsGreaterThanOrEqualTo(wanted, rig.Door.Memory.Audit.Acknowledged);
        }

        /// <summary>One guest's visit: unlock, what is in hand, then pages.</summary>
        private List<byte[]> Visit(DoorRig rig)
        {
            rig.Connect();
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            CarryPhone phone = new(rig);
            foreach (byte[] acknowledgement in _acknowledgements)
            {
                Assert.AreEqual(CarryState.Taken, phone.Bring(acknowledgement));
            }

            _acknowledgements.Clear();
            List<byte[]> pages = [];
            CarryStatus status = phone.Status();
            uint first = status.Acknowledged + 1;
            for (uint k = 0; k < PagesOfAVisit && k < status.Pages && phone.AskPage(first + (60 * k)) == CarryState.PageReady; k++)
            {
                pages.Add(phone.ReadPage());
            }

            rig.Phone.Disconnect();
            rig.Run(3000);
            return pages;
        }

        /// <summary>Keeps the pages, and acknowledges as section 6 says: with bit 7, else only what has nothing missing before it.</summary>
        private void Post(List<byte[]> pages)
        {
            foreach (AuditUpload page in pages.Select(p => AuditUpload.Open(Site.Root, p)!))
            {
                _kept.UnionWith(page.Records.Select(AuditUpload.SequenceOf));
                if (page.IsFromOldest || AuditUpload.SequenceOf(page.Records[0]) <= _end + 1)
                {
                    _end = page.LastSequence;
                    _acknowledgements.Clear();
                    _acknowledgements.Add(page.Acknowledge(Site.Root));
                }
            }
        }
    }
}
