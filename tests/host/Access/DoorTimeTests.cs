using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>Floor and estimate: what moves each and by how much, when they are saved, and clocks that jump.</summary>
    [TestClass]
    public sealed class DoorTimeTests
    {
        private const int Day = 86_400;
        private const long MinuteMs = 60_000;

        private readonly VirtualFlash _flash = new();
        private readonly HostCrypto _crypto = new();

        [TestMethod]
        public void FloorRunsSlowerThanTheEstimate_By100Ppm()
        {
            DoorTime time = Proven();
            time.Poll(100_000_000);
            Assert.AreEqual(Site.Start + 100_000 - 10, time.Floor);
            Assert.AreEqual(Site.Start + 100_000, time.Estimate);
        }

        [TestMethod]
        public void FreshProof_SlewsTheEstimateBothWays_NeverBelowTheFloor()
        {
            DoorTime time = Proven();
            time.Poll(100_000_000);
            time.Prove(Site.Start + 99_995, true);
            Assert.AreEqual(Site.Start + 99_995, time.Estimate, "back, within what the crystal may be off");
            time.Prove(Site.Start, true);
            Assert.AreEqual(Site.Start + 99_995, time.Floor, "the floor stays");
            Assert.AreEqual(time.Floor, time.Estimate);
            time.Prove(Site.Start + 200_000, true);
            Assert.AreEqual(Site.Start + 200_000, time.Estimate);
            Assert.AreEqual(Site.Start + 200_000, time.Floor);
        }

        [TestMethod]
        public void LateProof_IsALowerBoundOnly()
        {
            DoorTime time = Open();
            time.Prove(Site.Start, false);
            Assert.AreEqual(Site.Start, time.Floor);
            Assert.AreEqual(ClockQuality.Unknown, time.Quality);
            time.Prove(Site.Start - 5, false);
            Assert.AreEqual(Site.Start, time.Floor);
        }

        [TestMethod]
        public void Credentials_MoveTheFloorBySevenDaysInAll_UntilTheNextProof()
        {
            DoorTime time = Proven();
            time.CredentialProven(Site.Start + (5 * Day));
            Assert.AreEqual(Site.Start + (5 * Day), time.Floor);
            time.CredentialProven(Site.Start + (30 * Day));
            Assert.AreEqual(Site.Start + (7 * Day), time.Floor);
            Save(time);
            time = Open();
            time.CredentialProven(uint.MaxValue);
            Assert.AreEqual(Site.Start + (7 * Day), time.Floor, "a power cut gives no new allowance");
            time.Prove(Site.Start + (8 * Day), true);
            time.CredentialProven(uint.MaxValue);
            Assert.AreEqual(Site.Start + (15 * Day), time.Floor);
            time.CredentialProven(Site.Start);
            Assert.AreEqual(Site.Start + (15 * Day), time.Floor, "never back");
        }

        [TestMethod]
        public void SavesAreAt1_2_4_8_15MinutesAndEvery15()
        {
            DoorTime time = Proven();
            Save(time);
            List<long> minutes = new();
            for (long second = 1; second <= 2 * 3600; second++)
            {
                time.Poll(second * 1000);
                if (time.IsPending)
                {
                    minutes.Add(second / 60);
                    time.Step();
                }
            }

            CollectionAssert.AreEqual(new long[] { 1, 2, 4, 8, 15, 30, 45, 60, 75, 90, 105, 120 }, minutes);
        }

        [TestMethod]
        public void PowerCycleEveryFiveMinutes_DoesNotFreezeTime()
        {
            Save(Proven());
            uint before = Open().Floor;
            for (int cycle = 0; cycle < 10; cycle++)
            {
                DoorTime time = Open();
                for (long second = 0; second < 300; second++)
                {
                    time.Poll(second * 1000);
                    if (time.IsPending)
                    {
                        time.Step();
                    }
                }
            }

            uint gained = Open().Floor - before;
            Assert.IsTrue(gained is >= 10 * 239 and <= 10 * 300, $"{gained} s of {10 * 300}");
        }

        [TestMethod]
        public void BootsWithoutAProof_AreCountedWithTheFirstStep_UntilTheClockIsUnknown()
        {
            Save(Proven());
            for (int boot = 1; boot <= Limits.BootsWithoutProof + 2; boot++)
            {
                DoorTime time = Open();
                Assert.IsTrue(time.IsPending, "the boot is to be counted at once");
                time.Step();
                Assert.AreEqual(boot, time.BootsSinceProof);
                Assert.AreEqual(boot <= Limits.BootsWithoutProof ? ClockQuality.Restored : ClockQuality.Unknown, time.Quality, "boot " + boot);
            }

            DoorTime proven = Open();
            proven.Prove(Site.Start + Day, true);
            Save(proven);
            Assert.AreEqual(ClockQuality.Restored, Open().Quality, "a proof begins the count anew");
        }

        [TestMethod]
        public void CountOfBoots_StopsAt255()
        {
            for (int boot = 0; boot < 300; boot++)
            {
                Save(Open());
            }

            Assert.AreEqual(255, Open().BootsSinceProof);
            Assert.AreEqual(ClockQuality.Unknown, Open().Quality);
        }

        [TestMethod]
        public void MonotonicClockThatGoesBack_IsIgnored_AndOneThatLeapsIsBelieved()
        {
            DoorTime time = Proven();
            time.Poll(50_000);
            time.Poll(10_000);
            Assert.AreEqual(Site.Start + 50, time.Estimate);
            time.Poll(50 * 86_400_000L);
            Assert.AreEqual(Site.Start + (50 * Day), time.Estimate);
            Assert.AreEqual(Site.Start + (50 * Day) - 432, time.Floor);
        }

        [TestMethod]
        public void TimeEndsWith2106_AndDoesNotBeginAgain()
        {
            DoorTime time = Open();
            time.Prove(uint.MaxValue - 5, true);
            time.Poll(60_000);
            Assert.AreEqual(uint.MaxValue, time.Estimate);
            Assert.IsTrue(time.Floor >= uint.MaxValue - 5);
        }

        [TestMethod]
        public void FloorThatLeaps_IsSavedAtOnce_AndSmallStepsAreNot()
        {
            DoorTime time = Proven();
            Save(time);
            time.Prove(Site.Start + Limits.TimeSaveS - 1, false);
            Assert.IsFalse(time.IsPending);
            time.Prove(Site.Start + Limits.TimeSaveS, false);
            Assert.IsTrue(time.IsPending);
        }

        [TestMethod]
        public void FlashThatRefuses_IsTriedAgainAfterAMinute_AndTheFloorHolds()
        {
            DoorTime time = Proven();
            _flash.IsWornOut = true;
            time.Step();
            Assert.IsTrue(time.IsFailing);
            Assert.IsFalse(time.IsPending);
            Assert.AreEqual(Site.Start, time.Floor);
            time.Poll(Limits.FlashRetryMs);
            Assert.IsTrue(time.IsPending);
            _flash.IsWornOut = false;
            time.Step();
            Assert.IsFalse(time.IsFailing);
            Assert.AreEqual(Site.Start + (Limits.FlashRetryMs / 1000) - 1, Open().Floor);
        }

        [TestMethod]
        public void Token_ForTheStandingChallenge_ProvesTheTimeOnce()
        {
            VirtualFlash flash = Prepared.Door();
            byte[] token = [];
            Prepared.Live(flash, (host, memory) =>
            {
                Assert.AreEqual(ClockQuality.Restored, memory.Time.Quality);
                token = ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start + Day);
                Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, token));
                Assert.AreEqual(ClockQuality.Proven, memory.Time.Quality);
                Assert.AreEqual(Site.Start + Day, memory.Time.Estimate);
                Assert.AreEqual(CarryState.NothingNew, Prepared.Take(host, memory, token), "its challenge is used");
            });
            Prepared.Live(flash, (host, memory) =>
            {
                Assert.AreEqual(Site.Start + Day, memory.Time.Floor);
                Assert.AreEqual(CarryState.NothingNew, Prepared.Take(host, memory, token), "after a reboot as well");
                Assert.AreEqual(ClockQuality.Restored, memory.Time.Quality);
            });
        }

        [TestMethod]
        public void Token_ForAChallengeOfBefore_StillProves_OneForAnyOtherIsALowerBound()
        {
            VirtualFlash flash = Prepared.Door();
            byte[] challenge = [];
            Prepared.Live(flash, (_, memory) => challenge = Prepared.Challenge(memory));
            Prepared.Live(flash, (_, _) => { }, Limits.TimeChallengeMs + 1L);
            Prepared.Live(flash, (host, memory) =>
            {
                CollectionAssert.AreNotEqual(challenge, Prepared.Challenge(memory), "it was changed after 4 hours");
                byte[] other = ServerBlobs.TimeToken(Site.Root, 1, 1, new byte[8], Site.Start + Day);
                Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, other));
                Assert.AreEqual(Site.Start + Day, memory.Time.Floor);
                Assert.AreEqual(ClockQuality.Restored, memory.Time.Quality);
                byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, challenge, Site.Start + (2 * Day));
                Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, token));
                Assert.AreEqual(ClockQuality.Proven, memory.Time.Quality);
            });
        }

        [TestMethod]
        public void Token_ThatIsForged_OrForAnotherDoor_MovesNothing()
        {
            VirtualFlash flash = Prepared.Door();
            Prepared.Live(flash, (host, memory) =>
            {
                byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start + Day);
                for (int at = 0; at < token.Length; at++)
                {
                    byte[] forged = (byte[])token.Clone();
                    forged[at] ^= 1;
                    int state = Prepared.Take(host, memory, forged);
                    Assert.AreEqual(CarryState.Refused, state, "byte " + at);
                }

                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, ServerBlobs.TimeToken(Site.Root, 2, 1, Prepared.Challenge(memory), Site.Start + Day)));
                Assert.AreEqual(Site.Start, memory.Time.Floor);
            });
        }

        [TestMethod]
        public void FloorReset_SetsTheFloorBack_LosesEveryList_AndNeedsAGoodChallenge()
        {
            VirtualFlash flash = Prepared.Door();
            byte[] reset = [];
            Prepared.Live(flash, (host, memory) =>
            {
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, ServerBlobs.FloorReset(Site.Root, 1, 1, new byte[8], 1000)));
                reset = ServerBlobs.FloorReset(Site.Root, 1, 1, Prepared.Challenge(memory), 1000);
                Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, reset));
                Assert.AreEqual(1000U, memory.Time.Floor);
                Assert.AreEqual(1000U, memory.Time.Estimate);
                Assert.IsTrue(memory.KeyStore.IsListLost(0));
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, reset), "once");
            });
            Prepared.Live(flash, (host, memory) =>
            {
                Assert.AreEqual(1000U, memory.Time.Floor);
                Assert.AreEqual(Verdict.ListLost, memory.KeyStore.Judge(0, 1));
                Prepared.TakeList(host, memory, ListBodies.Revoking(8, 0, 3, 4, 5, 9000));
                Assert.AreEqual(Verdict.Granted, memory.KeyStore.Judge(0, 1));
                Assert.AreEqual(Verdict.Revoked, memory.KeyStore.Judge(0, 9000));
                Assert.IsTrue(Events(memory).Contains(AuditEvent.FloorReset), "the trail says so");
            });
        }

        private static IEnumerable<int> Events(DoorMemory memory)
        {
            byte[] page = new byte[AuditRecord.Length * Limits.PageRecords];
            int count = memory.Audit.Reader.ReadPage(1, page, 0, Limits.PageRecords);
            return Enumerable.Range(0, count).Select(i => (int)page[i * AuditRecord.Length]);
        }

        private DoorTime Open() => new(_flash, _crypto, new byte[Limits.ScratchBytes]);

        private DoorTime Proven()
        {
            DoorTime time = Open();
            time.Prove(Site.Start, true);
            return time;
        }

        private static void Save(DoorTime time)
        {
            time.Step();
            Assert.IsFalse(time.IsFailing);
        }
    }
}
