using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>Tokens and floor resets that are held back, swapped, brought twice, or brought around a power cut.</summary>
    [TestClass]
    public sealed class TimeTokenTests
    {
        private const long MinuteMs = 60_000;
        private const long HourMs = 3_600_000;
        private const int Day = 86_400;

        [TestMethod]
        [DataRow(1)]
        [DataRow(8)]
        [DataRow(24)]
        public void ATokenThatIsHeldBack_ProvesAnInterval_AsWideAsItIsOld(int hours)
        {
            using ClockRig rig = new(ppm: 100);
            byte[] token = rig.Token(rig.Challenge());
            rig.Pass((hours * HourMs) - 10_000);
            Assert.AreEqual(CarryState.Accepted, rig.Bring(token));
            Assert.AreEqual((Site.Start, ClockQuality.Proven), (rig.Time.Floor, rig.Time.Quality));
            rig.AssertHolds("a token of " + hours + " h");
            Assert.IsTrue(rig.Time.Latest - rig.Time.Floor <= (hours * 3600) + 20, "and no wider");
        }

        /// <summary>The report: a token held for hours proved "now", and everybody whose stay began meanwhile was not yet valid.</summary>
        [TestMethod]
        [DataRow(1)]
        [DataRow(8)]
        [DataRow(23)]
        [DataRow(100)]
        public void ATokenThatIsHeldBack_LocksNobodyOut(int hours)
        {
            using DoorRig rig = new();
            rig.Host.Clock.Advance(HourMs);
            rig.Run(100);
            byte[] challenge = Prepared.Challenge(rig.Door.Memory, rig.Host.Clock.NowMs);
            byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, challenge, Site.Start);
            rig.Host.Clock.Advance(hours * HourMs);
            rig.Run(100);
            rig.Connect();
            int state = new CarryPhone(rig).Bring(token);
            Assert.AreEqual(CarryState.Accepted, state);
            rig.Phone.Disconnect();
            rig.Run(100);
            uint now = Site.Start + (uint)(hours * 3600);
            rig.Tap(Site.Key(Site.Record() with { IssuedAt = Site.Start - Day, NotBefore = now, ExpiresAt = now + Day }, 1));
            Assert.AreEqual(Verdict.Granted, rig.Door.LastVerdict);
        }

        [TestMethod]
        public void ATokenThatIsHeldForMoreThanADay_IsALowerBound()
        {
            using ClockRig rig = new();
            byte[] token = rig.Token(rig.Challenge());
            rig.Pass((24 * HourMs) + 1000);
            Assert.AreEqual(CarryState.Accepted, rig.Bring(token));
            Assert.AreEqual((Site.Start, Site.Start, ClockQuality.Unknown), rig.Known);
        }

        [TestMethod]
        [DataRow(19_900, ClockQuality.Proven)]
        [DataRow(20_100, ClockQuality.Unknown)]
        public void ASyncReplyThatTookLonger_IsALowerBound(int milliseconds, int quality)
        {
            using ClockRig rig = new();
            rig.Sync(0, milliseconds);
            Assert.AreEqual((Site.Start, quality), (rig.Time.Floor, rig.Time.Quality));
            rig.AssertHolds("the reply");
        }

        [TestMethod]
        public void TwoTokensThatAreSwapped_ProveWhatTheyProveInOrder()
        {
            (uint, uint, int)[] known = new (uint, uint, int)[2];
            for (int order = 0; order < 2; order++)
            {
                using ClockRig rig = new();
                byte[] first = rig.Token(rig.Challenge());
                rig.Pass(4 * HourMs);
                byte[] second = rig.Token(rig.Challenge());
                rig.Pass(HourMs);
                Assert.AreEqual(CarryState.Accepted, rig.Bring(order == 0 ? first : second));
                Assert.AreEqual(order == 0 ? CarryState.Accepted : CarryState.NothingNew, rig.Bring(order == 0 ? second : first));
                rig.AssertHolds("both");
                known[order] = rig.Known;
            }

            Assert.AreEqual(known[0], known[1]);
        }

        [TestMethod]
        public void OneTokenTwice_ChangesNothing_AndWritesNothing_HoweverOftenAndLate()
        {
            using ClockRig rig = new(ppm: -100);
            byte[] token = rig.Token(rig.Challenge());
            rig.Pass(HourMs);
            Assert.AreEqual(CarryState.Accepted, rig.Bring(token));
            for (int i = 0; i < 50; i++)
            {
                rig.Pass(i * 1_234);
                uint writes = rig.Writes;
                (uint, uint, int) known = rig.Known;
                Assert.AreEqual(CarryState.NothingNew, rig.Bring(token));
                Assert.AreEqual((known, writes), (rig.Known, rig.Writes));
                rig.AssertHolds("the same token");
            }
        }

        [TestMethod]
        public void ATokenTwice_DoesNotWidenWhatALaterAnswerNarrowed()
        {
            using ClockRig rig = new();
            byte[] token = rig.Token(rig.Challenge());
            rig.Pass(8 * HourMs);
            rig.Sync();
            (uint, uint, int) known = rig.Known;
            Assert.AreEqual(CarryState.NothingNew, rig.Bring(token));
            Assert.AreEqual(known, rig.Known);
        }

        [TestMethod]
        public void APowerCutBeforeAToken_MakesItALowerBound()
        {
            using ClockRig rig = new();
            byte[] token = rig.Token(rig.Challenge());
            rig.Cut();
            Assert.AreEqual(CarryState.Accepted, rig.Bring(token));
            Assert.AreEqual((Site.Start, Site.Start, ClockQuality.Unknown), rig.Known);
            Assert.AreEqual(CarryState.NothingNew, rig.Bring(token));
        }

        [TestMethod]
        public void APowerCutAfterAToken_LeavesWhatItProved_AndTheSameTokenIsNothingNew()
        {
            using ClockRig rig = new();
            byte[] token = rig.Token(rig.Challenge());
            rig.Pass(HourMs);
            Assert.AreEqual(CarryState.Accepted, rig.Bring(token));
            uint latest = rig.Time.Latest;
            rig.Cut();
            Assert.AreEqual((Site.Start, latest, ClockQuality.Restored), rig.Known, "the other end is a guess from here on");
            Assert.AreEqual(CarryState.NothingNew, rig.Bring(token));
            Assert.AreEqual((Site.Start, latest, ClockQuality.Restored), rig.Known);
            rig.Cut(7 * 24 * HourMs);
            Assert.AreEqual(CarryState.NothingNew, rig.Bring(token));
            rig.AssertHolds("a week without power");
        }

        [TestMethod]
        public void AToken_ThatFlashDidNotTake_IsBroken_UntilItDoes()
        {
            MemoryFiles files = new();
            using DoorRig rig = new(flash: files);
            byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(rig.Door.Memory), Site.Start);
            files.WritesLeft = 0;
            Assert.AreEqual(CarryState.Broken, Prepared.Take(rig.Host, rig.Door.Memory, token));
            Assert.AreEqual(CarryState.Broken, Prepared.Take(rig.Host, rig.Door.Memory, token), "it is known, and not durable");
            Assert.AreEqual(ClockQuality.Proven, rig.Door.Memory.Time.Quality);
            files.WritesLeft = -1;
            Assert.AreEqual(CarryState.Accepted, Prepared.Take(rig.Host, rig.Door.Memory, token));
            Assert.AreEqual(CarryState.NothingNew, Prepared.Take(rig.Host, rig.Door.Memory, token));
        }

        [TestMethod]
        public void AToken_ForAChallengeThatTheDoorNeverMade_IsALowerBound_AndNoneOnceItSaysWhatCannotBe()
        {
            using ClockRig rig = new();
            Assert.AreEqual(CarryState.Accepted, rig.Bring(rig.Token(new byte[8])));
            Assert.AreEqual((Site.Start, Site.Start, ClockQuality.Unknown), rig.Known);
            rig.Sync();
            (uint, uint, int) known = rig.Known;
            rig.ServerErrorS = Limits.ClockStepS + 10;
            Assert.AreEqual(CarryState.NothingNew, rig.Bring(rig.Token(new byte[8])));
            Assert.AreEqual(known, rig.Known);
        }

        [TestMethod]
        public void AFloorReset_IsGoodForAQuarterOfAnHour_AndALaterOneBringsAnotherChallenge()
        {
            using ClockRig rig = new();
            rig.Sync();
            byte[] old = rig.Challenge();
            rig.Pass(Limits.FloorResetMs - MinuteMs);
            byte[] reset = rig.Reset(old);
            rig.Pass(MinuteMs + 1000);
            (uint, uint, int) known = rig.Known;
            Assert.AreEqual(CarryState.Refused, rig.Bring(reset));
            Assert.AreEqual((known, false), (rig.Known, rig.Memory.KeyStore.IsListLost(0)));
            byte[] fresh = rig.Challenge();
            CollectionAssert.AreNotEqual(old, fresh, "or the next one were late as well");
            Assert.AreEqual(CarryState.Refused, rig.Bring(reset));
            CollectionAssert.AreEqual(fresh, rig.Challenge(), "but not one for each");
            reset = rig.Reset(fresh);
            rig.Pass(Limits.FloorResetMs - 2000);
            Assert.AreEqual(CarryState.Accepted, rig.Bring(reset));
            rig.AssertHolds("the reset");
            Assert.IsTrue(rig.Time.Latest - rig.Time.Floor <= (Limits.FloorResetMs / 1000) + 2);
        }

        [TestMethod]
        public void AFloorReset_IsGoodOnce_AndEndsEveryChallenge()
        {
            using ClockRig rig = new();
            byte[] challenge = rig.Challenge();
            byte[] reset = rig.Reset(challenge);
            byte[] token = rig.Token(challenge);
            Assert.AreEqual(CarryState.Accepted, rig.Bring(reset));
            Assert.AreEqual(CarryState.Refused, rig.Bring(reset));
            CollectionAssert.AreNotEqual(challenge, rig.Challenge());
            Assert.AreEqual(CarryState.NothingNew, rig.Bring(token));
        }

        /// <summary>The report: a reset that somebody held back set the floor back months later.</summary>
        [TestMethod]
        public void AFloorResetThatIsHeldBack_IsRefused_AfterAPowerCutToo()
        {
            using ClockRig rig = new();
            rig.Sync();
            byte[] reset = rig.Reset(rig.Challenge());
            rig.Cut();
            Assert.AreEqual(CarryState.Refused, rig.Bring(reset), "before it was taken");
            byte[] taken = rig.Reset(rig.Challenge());
            Assert.AreEqual(CarryState.Accepted, rig.Bring(taken));
            rig.Cut(90L * 24 * HourMs);
            rig.Sync();
            uint floor = rig.Time.Floor;
            Assert.AreEqual(CarryState.Refused, rig.Bring(reset));
            Assert.AreEqual(CarryState.Refused, rig.Bring(taken));
            Assert.AreEqual(floor, rig.Time.Floor);
        }

        /// <summary>A reset that is late makes another challenge, and whoever keeps it cannot push out the challenges of others for ever.</summary>
        [TestMethod]
        public void AFloorResetThatIsHeldBack_MakesNoMoreChallengesThanTheRingHolds()
        {
            using ClockRig rig = new();
            byte[] reset = rig.Reset(rig.Challenge());
            rig.Pass(3 * HourMs);
            int made = 0;
            byte[] before = rig.Challenge();
            for (int i = 0; i < 10; i++)
            {
                Assert.AreEqual(CarryState.Refused, rig.Bring(reset));
                byte[] after = rig.Challenge();
                made += before.SequenceEqual(after) ? 0 : 1;
                before = after;
                rig.Pass(Limits.FloorResetMs + 1000);
            }

            Assert.AreEqual(Limits.TimeChallenges, made);
        }
    }
}
