using System;
using System.Linq;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>A server that hangs, lies, truncates, repeats or answers somebody else costs the door nothing but a console line.</summary>
    [TestClass]
    public sealed class SyncFailureTests
    {
        [TestMethod]
        [DataRow(NetworkFault.Refused, "no answer")]
        [DataRow(NetworkFault.Hang, "server hangs")]
        [DataRow(NetworkFault.AnswerLost, "no answer")]
        [DataRow(NetworkFault.Truncated, "answer too long or cut short")]
        [DataRow(NetworkFault.TooLong, "answer too long or cut short")]
        [DataRow(NetworkFault.ErrorStatus, "HTTP status 503")]
        [DataRow(NetworkFault.Garbled, "answer is not the server's, or not to this question")]
        public void AnExchangeThatFails_CostsAConsoleLine(NetworkFault fault, string line)
        {
            using SyncRig rig = new();
            rig.Run(2000);
            rig.Server.News = request => request.Lists[0].Version == 0 ? [SyncRig.List(100, 6)] : [];
            rig.Network.Fault = fault;
            rig.Run(Limits.SyncPollMs + Limits.SyncTimeoutMs + 1000);
            StringAssert.Contains(rig.Line, line);
            Assert.AreEqual(0u, rig.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict());
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict(6));

            rig.Network.Fault = NetworkFault.None;
            rig.Run(Limits.SyncBackoffMs * 4);
            Assert.AreEqual(Verdict.Revoked, rig.TapVerdict(6));
            StringAssert.Contains(rig.Line, "failures in a row 0");
            Assert.AreEqual(0, rig.Rig.Host.Faults.Count, rig.Rig.Host.Faults.ToString());
        }

        [TestMethod]
        public void AServerThatHangs_IsGivenUp_AndTheDoorOpensMeanwhile()
        {
            using SyncRig rig = new();
            rig.Network.Fault = NetworkFault.Hang;
            rig.Run(5000);
            StringAssert.Contains(rig.Line, "under way");
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict());
            rig.Run(Limits.SyncTimeoutMs);
            StringAssert.Contains(rig.Line, "server hangs");
            StringAssert.Contains(rig.Line, "failures in a row 1");
        }

        [TestMethod]
        public void WhileTheConnectOfAGivenUpExchangeLasts_NoneIsStarted_AndItIsNoFailure()
        {
            using SyncRig rig = new();
            rig.Network.Fault = NetworkFault.Hang;
            rig.Run(5000 + Limits.SyncTimeoutMs);
            StringAssert.Contains(rig.Line, "server hangs");
            rig.Run(VirtualNetwork.ConnectMs - Limits.SyncTimeoutMs - 5000);
            StringAssert.Contains(rig.Line, "next due, failures in a row 1, server hangs", "the wait of 15 s is over, and the thread still waits for the connect");
            rig.Network.Fault = NetworkFault.None;
            rig.Run(7000);
            StringAssert.Contains(rig.Line, "failures in a row 0");
        }

        [TestMethod]
        [DataRow(1)]
        [DataRow(2)]
        [DataRow(3)]
        public void TheWaitDoubles_From15SecondsTo15Minutes_WithJitter(int seed)
        {
            using SyncRig rig = new(seed: seed);
            rig.Network.Fault = NetworkFault.ErrorStatus;
            rig.RunLong(3 * 3600000);
            long[] waits = rig.Server.Times.Zip(rig.Server.Times.Skip(1), (a, b) => b - a).ToArray();
            long wanted = Limits.SyncBackoffMs;
            foreach (long wait in waits)
            {
                Assert.IsTrue(wait > wanted * 3 / 4 && wait <= wanted + 400, $"{wait} ms where at most {wanted} ms are wanted");
                wanted = Math.Min(wanted * 2, Limits.SyncBackoffMaxMs);
            }

            Assert.IsTrue(waits.Length >= 14, waits.Length + " tries in 3 h");
            Assert.IsTrue(waits.Any(w => w % 1000 is > 200 and < 800), "the jitter comes from the door's random");
        }

        [TestMethod]
        public void DoorsThatFailedTogether_ComeBackApart()
        {
            long[] seconds = Enumerable.Range(1, 8).Select(seed =>
            {
                using SyncRig rig = new(seed: seed);
                rig.Network.Fault = NetworkFault.ErrorStatus;
                rig.RunLong(60000);
                return rig.Server.Times[1];
            }).ToArray();
            Assert.IsTrue(seconds.Distinct().Count() >= 6, string.Join(' ', seconds));
        }

        [TestMethod]
        public void OneSuccess_EndsTheBackOff()
        {
            using SyncRig rig = new();
            rig.Network.Fault = NetworkFault.ErrorStatus;
            rig.RunLong(600000);
            rig.Network.Fault = NetworkFault.None;
            rig.RunLong(Limits.SyncBackoffMaxMs);
            int before = rig.Server.Times.Count;
            rig.RunLong(10 * Limits.SyncPollMs);
            Assert.AreEqual(10, rig.Server.Times.Count - before);
        }

        [TestMethod]
        public void AnAnswerToAnOldQuestion_IsNoAnswer()
        {
            using SyncRig rig = new();
            rig.Server.News = _ => [SyncRig.List(100, 6)];
            rig.Run(500);
            byte[] old = rig.Server.LastReply;
            uint estimate = rig.Memory.Time.Estimate;
            rig.Server.News = _ => [SyncRig.List(200, 5)];
            rig.Server.Twist = (path, answer) => path == "/door/sync" ? NetworkAnswer.Ok(old) : answer;
            rig.RunPastNextSync();
            StringAssert.Contains(rig.Line, "not to this question");
            Assert.AreEqual(100u, rig.Memory.KeyStore.ListVersion(0));
            Assert.IsTrue(rig.Memory.Time.Estimate >= estimate + 60, "a repeated clock would hold the time");
        }

        [TestMethod]
        public void AnotherDoorsAnswer_AndAnotherSites_AreNoAnswers()
        {
            foreach (bool isOtherSite in new[] { false, true })
            {
                using SyncRig rig = new();
                SiteRoot root = isOtherSite ? SiteRoot.Create() : Site.Root;
                rig.Server.Twist = (path, answer) =>
                {
                    SyncReply reply = new(rig.Server.Requests[^1], rig.Server.Now + 86400);
                    reply.TryAdd(SyncRig.List(100, 5));
                    return NetworkAnswer.Ok(reply.Seal(root, isOtherSite ? 1u : 2u, 1));
                };
                rig.Run(3000);
                StringAssert.Contains(rig.Line, "not the server's");
                Assert.AreEqual((0u, ClockQuality.Unknown), (rig.Memory.KeyStore.ListVersion(0), rig.Memory.Time.Quality));
            }
        }

        [TestMethod]
        public void BlobsForSomebodyElseInATrueAnswer_AreNotTaken_AndTheOthersAre()
        {
            byte[] body = ListBlob.Full(SyncRig.Header(100), [0x20]);
            byte[] forAnother = ListBlob.ForDoor(Site.Root, 2, 1, body);
            byte[] ofAnotherScope = ListBlob.ForDoor(Site.Root, 1, 1, ListBlob.Full(SyncRig.Header(100) with { ScopeId = 3 }, [0x20]));
            byte[] keysOfAnother = new Bundle(5, 2, 1, "OTHER", []).Seal(Site.Root, 1);
            using SyncRig rig = new();
            rig.Server.News = _ => [forAnother, ofAnotherScope, keysOfAnother, [], [99], [1], SyncRig.List(101, 6)];
            rig.Run(3000);
            StringAssert.Contains(rig.Line, "a blob of the server was not taken, state " + CarryState.Refused);
            Assert.AreEqual((101u, 1u), (rig.Memory.KeyStore.ListVersion(0), rig.Memory.Keyring.Version));
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict());
            Assert.AreEqual(Verdict.Revoked, rig.TapVerdict(6));
        }

        [TestMethod]
        public void AnAnswerThatEndsInABlob_LeavesWhatCameBefore_AndNothingElse()
        {
            using SyncRig rig = new();
            rig.Server.Twist = (path, answer) => NetworkAnswer.Ok(Cut(rig.Server.Requests[^1], rig.Server.Now));
            rig.Run(3000);
            StringAssert.Contains(rig.Line, "ends in the middle of a blob");
            Assert.AreEqual(100u, rig.Memory.KeyStore.ListVersion(0));
        }

        [TestMethod]
        public void AnyBytesForAnAnswer_LeaveTheDoorAsItWas()
        {
            Random random = new(7);
            using SyncRig rig = new();
            rig.Server.Twist = (_, answer) =>
            {
                byte[] body = random.Next(3) == 0 ? (byte[])answer.Body.Clone() : new byte[random.Next(Limits.TransferBytes + 1)];
                int spoiled = random.Next(1, 4);
                for (int i = 0; i < spoiled && body.Length > 0; i++)
                {
                    body[random.Next(body.Length)] ^= (byte)random.Next(1, 256);
                }

                return new NetworkAnswer(200, body);
            };
            rig.RunLong(24 * 3600000);
            Assert.IsTrue(rig.Server.Times.Count > 90);
            Assert.AreEqual((0u, 0u), (rig.Memory.KeyStore.ListVersion(0), rig.Memory.Audit.Acknowledged));
            Assert.AreEqual(ClockQuality.Unknown, rig.Memory.Time.Quality);
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict());
        }

        [TestMethod]
        public void AServerThatAlwaysHasMore_IsNotAskedWithoutEnd()
        {
            using SyncRig rig = new();
            rig.Server.SaysMore = true;
            rig.Run(50000);
            Assert.AreEqual(Limits.SyncRounds, rig.Server.Times.Count);
            rig.Run(20000);
            Assert.AreEqual(2 * Limits.SyncRounds, rig.Server.Times.Count);
        }

        [TestMethod]
        public void FlashThatTakesNothing_EndsTheSync_AndTheNextOneStoresTheList()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            rig.Server.News = request => request.Lists[0].Version == 0 ? [SyncRig.List(100, 6)] : [];
            rig.Files.WritesLeft = 3;
            rig.RunLong(5 * Limits.SyncPollMs);
            Assert.IsFalse(rig.Memory.IsListDurable(0) && rig.Memory.Time.Versions.Highest(0) == 100);
            Assert.IsTrue(rig.Line.Contains("not taken") || rig.Line.Contains("flash does not take"), rig.Line);

            rig.Files.WritesLeft = -1;
            rig.RunLong(2 * Limits.SyncBackoffMaxMs);
            Assert.AreEqual((100u, 100u), (rig.Memory.KeyStore.ListVersion(0), rig.Memory.Time.Versions.Highest(0)));
            Assert.AreEqual(Verdict.Revoked, rig.TapVerdict(6));
        }

        [TestMethod]
        public void APhoneThatNeverLeaves_DoesNotKeepTheNewsAway()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            rig.Rig.Connect();
            long end = rig.Rig.Host.Clock.WorldMs + (4 * Limits.SyncPollMs);
            int before = rig.Server.Times.Count;
            while (rig.Rig.Host.Clock.WorldMs < end)
            {
                rig.Rig.Door.Supervisor.OnValidFrame(rig.Rig.Host.Clock.NowMs);
                rig.Run(10);
                if (!rig.Rig.Phone.IsConnected)
                {
                    rig.Rig.Phone.Connect();
                }
            }

            Assert.IsTrue(rig.Server.Times.Count > before, "the overdue sync had its turn");
        }

        [TestMethod]
        public void ANetworkThatComesBack_ShedsNobody()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            rig.Network.IsUp = false;
            rig.RunLong(3600000);
            rig.Rig.Connect();
            int restarts = rig.Rig.Door.Supervisor.RadioRestarts;
            rig.Network.IsUp = true;
            rig.Run(3000);
            Assert.IsTrue(rig.Rig.Phone.IsConnected);
            Assert.AreEqual(restarts, rig.Rig.Door.Supervisor.RadioRestarts);
            int before = rig.Server.Times.Count;
            rig.Rig.Phone.Disconnect();
            rig.Run(1000);
            Assert.AreEqual(before + 1, rig.Server.Times.Count);
        }

        private static byte[] Cut(SyncRequest request, uint time)
        {
            byte[] list = SyncRig.List(100, 6);
            byte[] plain = [.. request.Nonce, .. BitConverter.GetBytes(time), 0, .. Prefixed(list), .. Prefixed(list)[..^1]];
            ServerCrypto crypto = ServerCrypto.Instance;
            return Sealed.Make(crypto, crypto, Site.Root.SubKey(1, 1, Keys.Reply), BlobType.SyncReply, 1, 1, plain, plain.Length);
        }

        private static byte[] Prefixed(byte[] blob) => [(byte)blob.Length, (byte)(blob.Length >> 8), .. blob];
    }
}
