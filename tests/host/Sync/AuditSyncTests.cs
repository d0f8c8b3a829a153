using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>The audit trail on its way up: whole, in order, acknowledged once.</summary>
    [TestClass]
    public sealed class AuditSyncTests
    {
        [TestMethod]
        public void TheTrail_GoesUpOnce()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            for (uint key = 5; key < 25; key++)
            {
                Assert.AreEqual(Verdict.Granted, rig.TapVerdict(key));
                rig.Run(10000);
            }

            rig.Run(3 * Limits.SyncPollMs);
            AssertWhole(rig, 20);
            Assert.AreEqual(rig.Server.Kept.Count, rig.Server.Pages.Sum(p => p.Records.Count), "no record was sent twice");
        }

        [TestMethod]
        public void AnAnswerThatIsLost_MeansTheSamePageAgain_AndNoRecordTwice()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            rig.TapVerdict();
            int lost = 0;
            rig.Server.Twist = (path, answer) => path == "/door/audit" && lost++ < 3 ? new NetworkAnswer(500, []) : answer;
            rig.Run(10 * Limits.SyncPollMs);
            Assert.IsTrue(lost > 3);
            AssertWhole(rig, 1);
            StringAssert.Contains(rig.Line, "failures in a row 0");
            Assert.IsFalse(rig.Line.Contains("of the audit trail"), rig.Line);
        }

        [TestMethod]
        public void ATrailThatIsRefused_DelaysNoNews_AndIsTriedLessOften()
        {
            using SyncRig rig = new();
            rig.Server.Twist = (path, answer) => path == "/door/audit" ? new NetworkAnswer(500, []) : answer;
            rig.RunLong(60 * Limits.SyncPollMs);
            Assert.AreEqual(60, rig.Server.Times.Count, "news is asked for every minute");
            Assert.IsTrue(rig.Server.Pages.Count is >= 7 and <= 12, rig.Server.Pages.Count + " tries in an hour");
            StringAssert.Contains(rig.Line, "of the audit trail");
        }

        [TestMethod]
        public void OneDayWithoutAServer_CostsNoUnlockAndNoRecord()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            rig.Network.Server = null;
            for (int hour = 0; hour < 24; hour++)
            {
                rig.RunLong(3600000 - 60000);
                Assert.AreEqual(Verdict.Granted, rig.TapVerdict(), "hour " + hour);
                Assert.AreEqual(Verdict.Granted, rig.TapVerdict(6), "hour " + hour);
            }

            rig.Network.Server = rig.Server.Serve;
            rig.RunLong(2 * Limits.SyncBackoffMaxMs);
            AssertWhole(rig, 48);
        }

        [TestMethod]
        public void MoreRecordsThanGoAtOnce_GoWithTheNextSyncs()
        {
            using SyncRig rig = new();
            rig.Network.Server = null;
            for (int i = 0; i < 1200; i++)
            {
                rig.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, (uint)i);
            }

            rig.Network.Server = rig.Server.Serve;
            rig.RunLong(Limits.SyncBackoffMs * 2);
            Assert.AreEqual(Limits.SyncPages, rig.Server.Pages.Count);
            rig.RunLong(5 * Limits.SyncPollMs);
            AssertWhole(rig, 0);
            Assert.AreEqual(1200, rig.Server.Kept.Values.Count(r => r[AuditRecord.EventOffset] == AuditEvent.Rex));
        }

        [TestMethod]
        public void APowerCut_SendsAtMostWhatWasNotYetNotedAsAcknowledged()
        {
            using SyncRig rig = new();
            for (int i = 0; i < 6; i++)
            {
                rig.TapVerdict();
                rig.Run(2 * Limits.SyncPollMs);
                rig.Rig.Reboot();
                rig.Run(1000);
            }

            rig.Run(2 * Limits.SyncPollMs);
            AssertWhole(rig, 6);
        }

        [TestMethod]
        public void AWordThatIsNoAcknowledgement_OrOfAnotherRecord_MovesNothing()
        {
            byte[] chain = new byte[AuditRecord.ChainBytes];
            foreach (byte[] answer in new[]
            {
                SyncRig.List(100, 5),
                [],
                ServerBlobs.Acknowledgement(Site.Root, 1, 1, 12345, 1, chain),
                ServerBlobs.Acknowledgement(Site.Root, 2, 1, 12345, 1, chain),
            })
            {
                using SyncRig rig = new();
                rig.Server.Twist = (path, given) => path == "/door/audit" ? NetworkAnswer.Ok(answer) : given;
                rig.Run(5000);
                Assert.AreEqual(0u, rig.Memory.Audit.Acknowledged);
                Assert.AreEqual(0u, rig.Memory.KeyStore.ListVersion(0), "a list does not come by this way");
                StringAssert.Contains(rig.Line, "acknowledgement refused");
            }
        }

        /// <summary>Every number from 1 on is there once, each page continues the trail, and the door knows that all are kept.</summary>
        private static void AssertWhole(SyncRig rig, int granted)
        {
            uint last = rig.Memory.Audit.Acknowledged;
            Assert.IsTrue(last > 0);
            CollectionAssert.AreEqual(Enumerable.Range(1, (int)last).Select(i => (uint)i).ToArray(), rig.Server.Kept.Keys.ToArray());
            Assert.AreEqual(granted, rig.Server.Kept.Values.Count(r =>
                r[AuditRecord.EventOffset] == AuditEvent.Credential && r[AuditRecord.VerdictOffset] == Verdict.Granted));
            Assert.AreEqual(0, rig.Server.Pages.SelectMany(p => p.FindBreaks(Site.Root, 1)).Count());
            List<uint> fresh = rig.Server.Pages.Where(p => p.RecordsLost != 0).Select(p => p.RecordsLost).ToList();
            Assert.AreEqual(0, fresh.Count);
        }
    }
}
