using DoorController.Issuer;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>Doors without a network whose power goes: who gets in, who does not, and what it costs.</summary>
    [TestClass]
    public sealed class OfflineClockTests
    {
        private const int Day = 86_400;
        private const long DayMs = Day * 1000L;

        /// <summary>Seconds by which a test's own doings move the clock.</summary>
        private const int Slack = 30;

        [TestMethod]
        public void ADoorThatWasOffForAWeek_OpensForAFreshCredential_AndForAnOlderOne_OnceAPhoneBroughtATokenForItsChallenge()
        {
            using DoorRig rig = Proven();
            byte[] before = Prepared.Challenge(rig.Door.Memory, rig.Host.Clock.NowMs);
            rig.Reboot(7 * DayMs);
            uint now = TrueTime(rig);
            PhoneKey older = Key(5, issued: Site.Start, begins: now - 60);
            PhoneKey fresh = Key(6, issued: now - 60, begins: now - 60);
            Assert.AreEqual(Verdict.NotYetValid, (int)rig.Tap(older)[0], "the door thinks it is a week earlier");
            Assert.AreEqual(CarryState.Accepted, Bring(rig, ServerBlobs.TimeToken(Site.Root, 1, 1, before, Site.Start + 60)));
            Assert.AreEqual(Verdict.NotYetValid, (int)rig.Tap(older)[0], "a token of before the power went says nothing about now");
            byte[] challenge = Prepared.Challenge(rig.Door.Memory, rig.Host.Clock.NowMs);
            byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, challenge, now);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(fresh)[0]);
            Assert.AreEqual(CarryState.Accepted, Bring(rig, token));
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(older)[0]);
            Assert.AreEqual(Verdict.Expired, (int)rig.Tap(Key(7, issued: Site.Start, begins: Site.Start, ends: now - 3600))[0]);
        }

        /// <summary>The price, as the document states it.</summary>
        [TestMethod]
        public void WhoeverCutsThePower_ComesInADayEarly_AndNoEarlier()
        {
            using DoorRig rig = Proven();
            uint now = TrueTime(rig);
            PhoneKey within = Key(5, issued: Site.Start, begins: now + Day);
            PhoneKey beyond = Key(6, issued: Site.Start, begins: now + Day + Slack);
            Assert.AreEqual(Verdict.NotYetValid, (int)rig.Tap(within)[0]);
            rig.Reboot();
            Assert.AreEqual(Verdict.NotYetValid, (int)rig.Tap(beyond)[0]);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(within)[0]);
        }

        [TestMethod]
        public void After17Cuts_NotBeforeIsNoMoreRefused_UntilATokenForAChallengeOfThatBootComes()
        {
            using DoorRig rig = Proven();
            PhoneKey early = Key(5, issued: Site.Start, begins: Site.Start + (300 * Day));
            for (int cut = 1; cut <= Limits.BootsWithoutProof; cut++)
            {
                rig.Reboot();
                Assert.AreEqual((Verdict.NotYetValid, ClockQuality.Restored), ((int)rig.Tap(early)[0], rig.Door.Memory.Time.Quality), "cut " + cut);
            }

            byte[] before = Prepared.Challenge(rig.Door.Memory, rig.Host.Clock.NowMs);
            rig.Reboot();
            Assert.AreEqual((Verdict.Granted, ClockQuality.Unknown), ((int)rig.Tap(early)[0], rig.Door.Memory.Time.Quality), "cut 17");
            Assert.AreEqual(CarryState.Accepted, Bring(rig, ServerBlobs.TimeToken(Site.Root, 1, 1, before, TrueTime(rig))));
            Assert.AreEqual(ClockQuality.Unknown, rig.Door.Memory.Time.Quality, "one for a challenge of before says no more than it did");
            byte[] challenge = Prepared.Challenge(rig.Door.Memory, rig.Host.Clock.NowMs);
            Assert.AreEqual(CarryState.Accepted, Bring(rig, ServerBlobs.TimeToken(Site.Root, 1, 1, challenge, TrueTime(rig))));
            rig.Run(Limits.AttemptMs);
            Assert.AreEqual(Verdict.NotYetValid, (int)rig.Tap(early)[0]);
            rig.Reboot();
            Assert.AreEqual((Verdict.NotYetValid, ClockQuality.Restored), ((int)rig.Tap(early)[0], rig.Door.Memory.Time.Quality), "and the count begins anew");
        }

        /// <summary>Hours of uptime between cuts are not lost to the guess: it goes on from what it was.</summary>
        [TestMethod]
        public void ADoorThatIsCutEveryFewHours_ForDays_StaysWithinADay()
        {
            using DoorRig rig = Proven();
            for (int cut = 0; cut < Limits.BootsWithoutProof; cut++)
            {
                rig.Host.Run(rig.Door.Poll, 6 * 3_600_000 + 14 * 60_000, 1000);
                rig.Reboot(60_000);
            }

            uint now = TrueTime(rig);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Key(5, issued: Site.Start, begins: now))[0]);
        }

        /// <summary>Credentials push the floor by seven days at most, and a later stay expires by the true time all the same.</summary>
        [TestMethod]
        public void CredentialsThatPushAnUnprovenFloor_EndAfterSevenDays_AndAnAnswerOfTheServerEndsTheirWork()
        {
            using DoorRig rig = Proven();
            rig.Reboot();
            rig.Tap(Key(5, issued: Site.Start + (20 * Day), begins: Site.Start));
            rig.Tap(Key(6, issued: Site.Start + (40 * Day), begins: Site.Start));
            Assert.IsTrue(rig.Door.Memory.Time.Floor - (Site.Start + (7 * Day)) < Slack, "floor " + rig.Door.Memory.Time.Floor);
            rig.ProveTime(Site.Start + (41 * Day));
            Assert.IsTrue(rig.Door.Memory.Time.Floor - (Site.Start + (41 * Day)) < Slack);
            rig.Tap(Key(7, issued: Site.Start + (50 * Day), begins: Site.Start));
            Assert.IsTrue(rig.Door.Memory.Time.Floor - (Site.Start + (41 * Day)) < Slack, "it is known not to be later");
        }

        private static DoorRig Proven()
        {
            DoorRig rig = new();
            rig.ProveTime(TrueTime(rig));
            rig.Run(1000);
            return rig;
        }

        private static uint TrueTime(DoorRig rig) => (uint)(Site.Start + (rig.Host.Clock.WorldMs / 1000));

        private static PhoneKey Key(uint number, uint issued, uint begins, uint ends = uint.MaxValue) =>
            Site.Key(Site.Record(number) with { IssuedAt = issued, NotBefore = begins, ExpiresAt = ends }, 1);

        private static int Bring(DoorRig rig, byte[] blob)
        {
            rig.Connect();
            int state = new CarryPhone(rig).Bring(blob);
            rig.Phone.Disconnect();
            rig.Run(100);
            return state;
        }
    }
}
