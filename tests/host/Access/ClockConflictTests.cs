using System.Linq;
using DoorController.Hal;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>A server whose clock is wrong, or was: what the door follows, what it keeps, and how it comes to believe the server again.</summary>
    [TestClass]
    public sealed class ClockConflictTests
    {
        private const long HourMs = 3_600_000;
        private const int TenYears = 10 * 365 * 86_400;
        private const int Flag = 0x40;

        [TestMethod]
        public void AServerWhoseClockIsPutForwardByAnHour_IsFollowed()
        {
            using ClockRig rig = new();
            rig.Sync();
            rig.ServerErrorS = 3590;
            rig.Sync();
            Assert.IsTrue(rig.ServerTime - rig.Time.Floor <= 1 && rig.Time.Latest >= rig.ServerTime && rig.Time.Latest - rig.Time.Floor <= 2);
            Assert.AreEqual((ClockQuality.Proven, false), (rig.Time.Quality, rig.Time.Conflict.Stands));
        }

        [TestMethod]
        [DataRow(3700)]
        [DataRow(TenYears)]
        public void AServerWhoseClockLeaps_IsNotFollowed_AndTheConflictStands(int errorS)
        {
            using ClockRig rig = new();
            rig.Sync();
            rig.ServerErrorS = errorS;
            rig.Pass(HourMs);
            (uint, uint, int) known = rig.Known;
            rig.Sync(0, 0);
            Assert.AreEqual(known, rig.Known);
            Assert.AreEqual((true, rig.ServerTime), (rig.Time.Conflict.Stands, rig.Time.Conflict.Said));
            Assert.AreEqual(CarryState.NothingNew, rig.Bring(rig.Token(rig.Challenge())), "by whatever carrier");
            Assert.AreEqual(known, rig.Known);
            rig.AssertHolds("the leap");
            rig.ServerErrorS = 0;
            rig.Sync();
            Assert.IsFalse(rig.Time.Conflict.Stands, "it was put right");
            rig.AssertHolds("the end of it");
        }

        [TestMethod]
        [DataRow(-3600)]
        [DataRow(-TenYears)]
        public void AServerWhoseClockIsBehind_MovesNothing(int errorS)
        {
            using ClockRig rig = new();
            rig.Sync();
            rig.ServerErrorS = errorS;
            rig.Pass(HourMs);
            (uint, uint, int) known = rig.Known;
            rig.Sync(0, 0);
            Assert.AreEqual(known, rig.Known);
            Assert.AreEqual(CarryState.NothingNew, rig.Bring(rig.Token(rig.Challenge())));
            Assert.AreEqual((known, false), (rig.Known, rig.Time.Conflict.Stands));
            rig.Cut();
            rig.Sync();
            Assert.AreEqual(ClockQuality.Restored, rig.Time.Quality, "after a boot neither: the floor is ahead of the server, which the server is told");
            rig.AssertHolds("a server that is behind");
        }

        [TestMethod]
        public void ThreeAgreeingAnswersOverADay_AreBelieved_AndTwoAreNot()
        {
            using ClockRig rig = new();
            rig.Sync();
            rig.ServerErrorS = TenYears;
            rig.Sync();
            rig.Pass((24 * HourMs) - 5000);
            rig.Sync();
            Assert.IsTrue(rig.Time.Conflict.Stands, "the second, and before a day was over");
            rig.Pass(10_000);
            rig.Sync(0, 0);
            Assert.AreEqual((rig.ServerTime, ClockQuality.Proven, false), (rig.Time.Floor, rig.Time.Quality, rig.Time.Conflict.Stands));
            Assert.IsTrue(rig.Time.Latest - rig.ServerTime <= 2);
        }

        [TestMethod]
        public void TwoAnswersADayApart_AreNoThree()
        {
            using ClockRig rig = new();
            rig.Sync();
            rig.ServerErrorS = TenYears;
            rig.Sync();
            rig.Pass(30 * HourMs);
            rig.Sync();
            Assert.IsTrue(rig.Time.Conflict.Stands);
            rig.Sync();
            Assert.IsFalse(rig.Time.Conflict.Stands);
        }

        [TestMethod]
        [DataRow(290, false, DisplayName = "within 5 min")]
        [DataRow(310, true, DisplayName = "beyond 5 min: the count begins anew")]
        [DataRow(-310, true, DisplayName = "beyond 5 min, back")]
        public void AnswersThatDoNotAgree_AreCountedAnew(int apartS, bool stands)
        {
            using ClockRig rig = new();
            rig.Sync();
            rig.ServerErrorS = TenYears;
            rig.Sync();
            rig.Pass(12 * HourMs);
            rig.ServerErrorS += apartS;
            rig.Sync();
            rig.Pass(12 * HourMs);
            rig.Sync();
            Assert.AreEqual(stands, rig.Time.Conflict.Stands);
        }

        [TestMethod]
        public void ARightAnswerBetweenThem_EndsTheCount()
        {
            using ClockRig rig = new();
            rig.Sync();
            for (int i = 0; i < 5; i++)
            {
                rig.ServerErrorS = TenYears;
                rig.Sync();
                Assert.IsTrue(rig.Time.Conflict.Stands);
                rig.ServerErrorS = 0;
                rig.Sync();
                Assert.IsFalse(rig.Time.Conflict.Stands);
                rig.Pass(12 * HourMs);
                rig.AssertHolds("a clock that comes and goes");
            }
        }

        [TestMethod]
        public void ATokenThatIsHeldBack_NeitherEndsAConflict_NorHelpsToSettleIt_NorDelaysThat()
        {
            using ClockRig rig = new();
            rig.Sync();
            byte[] right = rig.Token(rig.Challenge());
            rig.ServerErrorS = TenYears;
            byte[] wrong = rig.Token(rig.Challenge());
            rig.Pass(HourMs);
            rig.Sync();
            for (int i = 0; i < 20; i++)
            {
                rig.Pass(HourMs);
                rig.Bring(right);
                rig.Bring(wrong);
                Assert.IsTrue(rig.Time.Conflict.Stands);
                rig.AssertHolds("tokens");
            }

            rig.Sync();
            rig.Pass(5 * HourMs);
            rig.Sync();
            Assert.IsFalse(rig.Time.Conflict.Stands);
        }

        [TestMethod]
        public void AFloorReset_EndsAConflict()
        {
            using ClockRig rig = new();
            rig.Sync();
            rig.ServerErrorS = TenYears;
            rig.Sync();
            Assert.AreEqual(CarryState.Accepted, rig.Bring(rig.Reset(rig.Challenge())));
            Assert.AreEqual((rig.ServerTime, false), (rig.Time.Floor, rig.Time.Conflict.Stands));
        }

        /// <summary>What nothing of this boot contradicts is believed: the price of a door that must learn the time from somebody.</summary>
        [TestMethod]
        public void AfterABoot_TheFirstAnswerIsBelieved_AndAFloorResetPutsItRight()
        {
            using ClockRig rig = new();
            rig.Sync();
            rig.Cut();
            rig.ServerErrorS = TenYears;
            rig.Sync(0, 0);
            Assert.AreEqual(rig.ServerTime, rig.Time.Floor);
            rig.ServerErrorS = 0;
            rig.Sync();
            Assert.IsTrue(rig.Time.Floor > rig.ServerTime + 1000, "what is behind the floor moves nothing");
            Assert.AreEqual(CarryState.Accepted, rig.Bring(rig.Reset(rig.Challenge())));
            rig.AssertHolds("the reset");
        }

        [TestMethod]
        public void CredentialsOfAWrongClock_DoNotMoveAProvenTime()
        {
            using ClockRig rig = new();
            rig.Sync();
            (uint, uint, int) known = rig.Known;
            rig.Time.CredentialProven(rig.ServerTime + TenYears);
            Assert.AreEqual(known, rig.Known);
        }

        [TestMethod]
        public void TheServerIsTold_InSyncRequestsOnly_AndTheTrailSaysItOnce()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            rig.Server.ClockErrorS = TenYears;
            rig.RunPastNextSync();
            Assert.AreEqual(0, rig.Server.Requests[^1].Flags & Flag, "the door did not know yet");
            rig.RunPastNextSync();
            rig.RunPastNextSync();
            Assert.AreEqual(Flag, rig.Server.Requests[^1].Flags & Flag);
            rig.Rig.Connect();
            Assert.AreEqual(0, rig.Rig.Read(BleCharacteristic.Hello)[Hello.Flags] & 0xC0);
            rig.Rig.Phone.Disconnect();
            rig.Server.ClockErrorS = 0;
            rig.RunPastNextSync();
            rig.RunPastNextSync();
            Assert.AreEqual(0, rig.Server.Requests[^1].Flags & Flag);
            byte[][] said = [.. rig.Server.Kept.Values.Where(r => r[0] == AuditEvent.ClockConflict)];
            Assert.HasCount(1, said);
            uint argument = Bytes.U32(said[0], AuditRecord.ArgumentOffset);
            Assert.IsTrue(argument > Site.Start + TenYears && argument < Site.Start + TenYears + 600, "what the server said");
        }

        [TestMethod]
        public void AServerWhoseClockComesAndGoes_DoesNotFloodTheTrail()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            for (int minute = 0; minute < 30; minute++)
            {
                rig.Server.ClockErrorS = minute % 2 == 0 ? TenYears : 0;
                rig.RunLong(Limits.SyncPollMs);
            }

            rig.RunLong(2 * Limits.SyncPollMs);
            Assert.AreEqual(1, rig.Server.Kept.Values.Count(r => r[0] == AuditEvent.ClockConflict));
        }
    }
}
