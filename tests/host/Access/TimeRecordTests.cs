using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Storage;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>What the time record keeps beside the floor: list versions by scope and the credit of credentials. And how long a challenge stands.</summary>
    [TestClass]
    public sealed class TimeRecordTests
    {
        private const int Day = 86_400;
        private const int Other = 7;

        private readonly MemoryFiles _files = new();
        private readonly HostCrypto _crypto = new();

        [TestMethod]
        public void AVersion_StaysWithItsScope_WhateverItsSlot()
        {
            DoorTime time = Open(Site.Scope, Other);
            Assert.IsTrue(time.RaiseVersion(0, 10) && time.RaiseVersion(1, 20));
            time.Versions.Bind([Other, Site.Scope]);
            Assert.AreEqual((20U, 10U), (time.Versions.Highest(0), time.Versions.Highest(1)));
            Assert.IsTrue(time.RaiseVersion(1, 11));
            time = Open(Other, Site.Scope);
            Assert.AreEqual((20U, 11U), (time.Versions.Highest(0), time.Versions.Highest(1)));
            time = Open(3, 4, Site.Scope);
            Assert.AreEqual((0U, 0U, 11U), (time.Versions.Highest(0), time.Versions.Highest(1), time.Versions.Highest(2)));
        }

        [TestMethod]
        public void ScopesThatSwapped_AreFoundBeforeTheNextSave_ToBeWhereTheyWere()
        {
            DoorTime time = Open(Site.Scope, Other);
            Assert.IsTrue(time.RaiseVersion(0, 10) && time.RaiseVersion(1, 20));
            time.Versions.Bind([Other, Site.Scope]);
            time = Open(Other, Site.Scope);
            Assert.AreEqual((20U, 10U), (time.Versions.Highest(0), time.Versions.Highest(1)), "a power cut before it was saved");
        }

        [TestMethod]
        public void AHighestVersion_NeverFalls()
        {
            DoorTime time = Open(Site.Scope);
            Assert.IsTrue(time.RaiseVersion(0, 10));
            Assert.IsTrue(time.RaiseVersion(0, 9), "it is durable that a higher one was applied");
            Assert.AreEqual(10U, time.Versions.Highest(0));
            Assert.AreEqual(10U, Open(Site.Scope).Versions.Highest(0));
        }

        [TestMethod]
        public void AVersion_ThatFlashDidNotTake_IsNotHeldFor()
        {
            DoorTime time = Open(Site.Scope);
            _files.WritesLeft = 0;
            Assert.IsFalse(time.RaiseVersion(0, 10));
            Assert.AreEqual(0U, time.Versions.Highest(0));
            Assert.IsTrue(time.IsFailing);
        }

        [TestMethod]
        public void AProofThatIsALowerBoundOnly_GivesCredentialsTheirSevenDaysAgain()
        {
            DoorTime time = Open(Site.Scope);
            time.Prove(Site.Start, true);
            time.CredentialProven(Site.Start + (30 * Day));
            time.Prove(Site.Start + (8 * Day), false);
            time.CredentialProven(Site.Start + (30 * Day));
            Assert.AreEqual(Site.Start + (15 * Day), time.Floor);
            time.Prove(Site.Start + (9 * Day), false);
            time.CredentialProven(Site.Start + (30 * Day));
            Assert.AreEqual(Site.Start + (15 * Day), time.Floor, "one that is behind the floor proves nothing");
        }

        [TestMethod]
        public void AProofThatEndsAnUnprovenTime_IsSavedAtOnce_AndTheNextOneIsNot()
        {
            DoorTime time = Open(Site.Scope);
            time.Prove(Site.Start, true);
            time.Step();
            time = Open(Site.Scope);
            time.Step();
            Assert.IsFalse(time.IsPending);
            time.Prove(Site.Start + 10, true);
            Assert.IsTrue(time.IsPending);
            time.Step();
            time.Prove(Site.Start + 20, true);
            Assert.IsFalse(time.IsPending);
        }

        [TestMethod]
        public void AToken_WhoseChallengeFlashDoesNotSpend_IsALowerBound()
        {
            using DoorRig rig = new(flash: _files);
            byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(rig.Door.Memory), Site.Start);
            _files.WritesLeft = 0;
            Assert.AreEqual(CarryState.Broken, Prepared.Take(rig.Host, rig.Door.Memory, token), "it is not durable either");
            Assert.AreEqual((ClockQuality.Unknown, Site.Start), (rig.Door.Memory.Time.Quality, rig.Door.Memory.Time.Floor));
        }

        [TestMethod]
        public void AFloorReset_GivesCredentialsTheirSevenDaysAgain()
        {
            DoorTime time = Open(Site.Scope);
            time.Prove(Site.Start, true);
            time.CredentialProven(Site.Start + (30 * Day));
            Assert.IsTrue(time.Reset(1000));
            time.CredentialProven(Site.Start);
            Assert.AreEqual(1000U + (7 * Day), time.Floor);
        }

        [TestMethod]
        public void AFloorReset_ThatFlashDidNotTake_ChangesNothing()
        {
            DoorTime time = Open(Site.Scope);
            time.Prove(Site.Start, true);
            _files.WritesLeft = 0;
            Assert.IsFalse(time.Reset(1000));
            Assert.AreEqual((Site.Start, Site.Start), (time.Floor, time.Estimate));
        }

        [TestMethod]
        public void AChallenge_StandsFourHoursFromItsUse()
        {
            TimeChallenge challenge = new(new SeededRandom(1), new SlotFile(_files, _crypto, "chal", new byte[64]));
            challenge.Step(0);
            Assert.IsTrue(challenge.Spend(10_000_000));
            byte[] standing = Copy(challenge);
            Assert.IsFalse(challenge.IsDue(10_000_000 + Limits.TimeChallengeMs));
            Assert.IsTrue(challenge.IsDue(10_000_001 + Limits.TimeChallengeMs));
            challenge.Step(10_000_001 + Limits.TimeChallengeMs);
            CollectionAssert.AreNotEqual(standing, Copy(challenge));
            Assert.IsTrue(challenge.IsGood(standing, 0), "the one before is still good");
            challenge.Step(10_000_002 + (2L * Limits.TimeChallengeMs));
            Assert.IsFalse(challenge.IsGood(standing, 0), "and no older one");
        }

        [TestMethod]
        public void AChallengeThatWasUsed_AndTheOneBeforeIt_AreGoodForNothing()
        {
            TimeChallenge challenge = new(new SeededRandom(1), new SlotFile(_files, _crypto, "chal", new byte[64]));
            challenge.Step(0);
            byte[] before = Copy(challenge);
            challenge.Step(Limits.TimeChallengeMs + 1);
            byte[] standing = Copy(challenge);
            Assert.IsTrue(challenge.IsGood(before, 0) && challenge.IsGood(standing, 0));
            Assert.IsTrue(challenge.Spend(Limits.TimeChallengeMs + 2));
            Assert.IsFalse(challenge.IsGood(before, 0) || challenge.IsGood(standing, 0));
        }

        private static byte[] Copy(TimeChallenge challenge)
        {
            byte[] copy = new byte[Keys.ChallengeLength];
            challenge.CopyTo(copy, 0);
            return copy;
        }

        private DoorTime Open(params int[] scopes)
        {
            DoorTime time = new(_files, _crypto, new byte[Limits.ScratchBytes]);
            time.Versions.Bind(scopes);
            return time;
        }
    }
}
