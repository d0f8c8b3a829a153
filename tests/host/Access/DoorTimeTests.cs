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
    /// <summary>The interval that a door keeps of the time: what moves each end and by how much, when it is saved, and clocks that jump.</summary>
    [TestClass]
    public sealed class DoorTimeTests
    {
        private const int Day = 86_400;
        private const long MinuteMs = 60_000;

        private readonly VirtualFlash _flash = new();
        private readonly HostCrypto _crypto = new();

        [TestMethod]
        public void FloorRunsSlower_AndTheOtherEndFaster_ThanTheCrystal_By100Ppm()
        {
            DoorTime time = Proven();
            time.Poll(100_000_000);
            Assert.AreEqual(Site.Start + 100_000 - 10, time.Floor);
            Assert.AreEqual(Site.Start + 100_000 + 11 + 1, time.Latest, "rounded up, and the second that the server said may have been over nearly");
        }

        [TestMethod]
        public void TheBestGuess_IsTheMiddleOfTheInterval_AndAfterABootItsOtherEnd()
        {
            DoorTime time = Open();
            time.Poll(20_000);
            time.Prove(Site.Start, 0);
            Assert.AreEqual((Site.Start, Site.Start + 22), (time.Floor, time.Latest));
            Assert.AreEqual(Site.Start + 11, time.Estimate);
            Save(time);
            time = Open();
            Assert.AreEqual((Site.Start, Site.Start + 22, Site.Start + 22), (time.Floor, time.Latest, time.Estimate));
            time.Poll(60_000);
            Assert.AreEqual((Site.Start + 59, Site.Start + 83), (time.Floor, time.Estimate), "it goes on as if the power had never been off");
            Save(time);
            Assert.AreEqual(Site.Start + 83, Open().Estimate);
        }

        [TestMethod]
        public void AnAnswer_NarrowsTheInterval_FromBothEnds_AndNeverWidensIt()
        {
            DoorTime time = Proven();
            time.Poll(100_000_000);
            Assert.IsTrue(time.Prove(Site.Start + 99_995, 100_000_000));
            Assert.AreEqual((Site.Start + 99_995, Site.Start + 99_996), (time.Floor, time.Latest));
            Assert.IsFalse(time.Prove(Site.Start + 99_995, 100_000_000 - 50_000), "an older question says no more");
            Assert.AreEqual((Site.Start + 99_995, Site.Start + 99_996), (time.Floor, time.Latest));
        }

        [TestMethod]
        public void AnAnswer_ThatIsALittleBehindTheFloor_EndsTheIntervalThere_AndOneFarBehindItMovesNothing()
        {
            DoorTime time = Proven();
            time.Poll(1_000_000);
            uint floor = time.Floor;
            Assert.IsTrue(time.Prove(floor - Limits.ClockAgreeS, 1_000_000));
            Assert.AreEqual((floor, floor), (time.Floor, time.Latest));
            Assert.IsFalse(time.Prove(floor - Limits.ClockAgreeS, 1_000_000), "twice");
            Assert.IsFalse(time.Prove(floor - Limits.ClockAgreeS - 2, 1_000_000));
            Assert.AreEqual((floor, floor), (time.Floor, time.Latest));
        }

        [TestMethod]
        public void AnAnswer_FarBehindTheFloorOfABootWithoutAProof_ProvesNothing()
        {
            Save(Proven());
            DoorTime time = Open();
            Assert.IsFalse(time.Prove(Site.Start - Day, 0));
            Assert.AreEqual((Site.Start, ClockQuality.Restored), (time.Floor, time.Quality));
        }

        [TestMethod]
        public void LateProof_IsALowerBoundOnly()
        {
            DoorTime time = Open();
            Assert.IsTrue(time.ProveAtLeast(Site.Start));
            Assert.AreEqual((Site.Start, Site.Start), (time.Floor, time.Latest));
            Assert.AreEqual(ClockQuality.Unknown, time.Quality);
            Assert.IsFalse(time.ProveAtLeast(Site.Start - 5));
            Assert.AreEqual(Site.Start, time.Floor);
        }

        [TestMethod]
        public void Credentials_MoveTheFloorBySevenDaysInAll_UntilTheNextProof()
        {
            Save(Proven());
            DoorTime time = Open();
            time.CredentialProven(Site.Start + (5 * Day));
            Assert.AreEqual(Site.Start + (5 * Day), time.Floor);
            time.CredentialProven(Site.Start + (30 * Day));
            Assert.AreEqual(Site.Start + (7 * Day), time.Floor);
            Save(time);
            time = Open();
            time.CredentialProven(uint.MaxValue);
            Assert.AreEqual(Site.Start + (7 * Day), time.Floor, "a power cut gives no new allowance");
            time.Prove(Site.Start + (8 * Day), 0);
            Save(time);
            time = Open();
            time.CredentialProven(uint.MaxValue);
            Assert.AreEqual(Site.Start + (15 * Day), time.Floor);
            time.CredentialProven(Site.Start);
            Assert.AreEqual(Site.Start + (15 * Day), time.Floor, "never back");
        }

        /// <summary>Each of them sets the floor's beginning anew, to a whole second.</summary>
        [TestMethod]
        public void CredentialsWhoseSevenDaysAreUsedUp_DoNotHoldTheFloor()
        {
            Save(Proven());
            DoorTime time = Open();
            for (long ms = 0; ms < 600_000; ms += 500)
            {
                time.Poll(ms);
                time.CredentialProven(uint.MaxValue);
            }

            Assert.AreEqual(Site.Start + (7 * Day) + 599, time.Floor);
        }

        [TestMethod]
        public void WhileTheTimeIsProven_ACredentialOfAnHourLater_MovesTheFloor_AndALaterOneDoesNot()
        {
            DoorTime time = Proven();
            time.CredentialProven(time.Latest + Limits.ClockStepS + 1);
            Assert.AreEqual((Site.Start, Site.Start + 1), (time.Floor, time.Latest));
            uint issued = time.Latest + Limits.ClockStepS;
            time.CredentialProven(issued);
            Assert.AreEqual((issued, issued), (time.Floor, time.Latest));
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
            proven.Prove(Site.Start + Day, 0);
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
            Assert.AreEqual(Site.Start + 49, time.Floor);
            time.Poll(50 * 86_400_000L);
            Assert.AreEqual(Site.Start + (50 * Day) - 432, time.Floor);
            Assert.AreEqual(Site.Start + (50 * Day) + 433 + 1, time.Latest);
        }

        [TestMethod]
        public void TimeEndsWith2106_AndDoesNotBeginAgain()
        {
            DoorTime time = Open();
            time.Prove(uint.MaxValue - 5, 0);
            time.Poll(60_000);
            Assert.AreEqual(uint.MaxValue, time.Latest);
            Assert.IsTrue(time.Floor >= uint.MaxValue - 5);
            time.Prove(uint.MaxValue, 60_000);
            Assert.AreEqual((uint.MaxValue, uint.MaxValue), (time.Floor, time.Estimate));
        }

        [TestMethod]
        public void FloorThatLeaps_IsSavedAtOnce_AndSmallStepsAreNot()
        {
            DoorTime time = Proven();
            Save(time);
            time.ProveAtLeast(Site.Start + Limits.TimeSaveS - 1);
            Assert.IsFalse(time.IsPending);
            time.ProveAtLeast(Site.Start + Limits.TimeSaveS);
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
        public void FloorReset_SetsBothEndsBack_LosesEveryList_AndNeedsAGoodChallenge()
        {
            VirtualFlash flash = Prepared.Door();
            byte[] reset = [];
            Prepared.Live(flash, (host, memory) =>
            {
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, ServerBlobs.FloorReset(Site.Root, 1, 1, new byte[8], 1000)));
                reset = ServerBlobs.FloorReset(Site.Root, 1, 1, Prepared.Challenge(memory), 1000);
                Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, reset));
                Assert.AreEqual((1000U, 1001U), (memory.Time.Floor, memory.Time.Latest));
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
            time.Prove(Site.Start, 0);
            return time;
        }

        private static void Save(DoorTime time)
        {
            time.Step();
            Assert.IsFalse(time.IsFailing);
        }
    }
}
