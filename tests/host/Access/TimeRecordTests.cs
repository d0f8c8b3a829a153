using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>What the time record keeps beside the time: list versions by scope and the credit of credentials.</summary>
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
            time.ProveAtLeast(Site.Start);
            time.CredentialProven(Site.Start + (30 * Day));
            time.ProveAtLeast(Site.Start + (8 * Day));
            time.CredentialProven(Site.Start + (30 * Day));
            Assert.AreEqual(Site.Start + (15 * Day), time.Floor);
            time.ProveAtLeast(Site.Start + (9 * Day));
            time.CredentialProven(Site.Start + (30 * Day));
            Assert.AreEqual(Site.Start + (15 * Day), time.Floor, "one that is behind the floor proves nothing");
        }

        [TestMethod]
        public void AProofThatEndsAnUnprovenTime_IsSavedAtOnce_AndTheNextOneIsNot()
        {
            DoorTime time = Open(Site.Scope);
            time.Prove(Site.Start, 0);
            time.Step();
            time = Open(Site.Scope);
            time.Step();
            Assert.IsFalse(time.IsPending);
            time.Prove(Site.Start + 10, 0);
            Assert.IsTrue(time.IsPending);
            time.Step();
            time.Prove(Site.Start + 20, 0);
            Assert.IsFalse(time.IsPending);
        }

        [TestMethod]
        public void AFloorReset_GivesCredentialsTheirSevenDaysAgain()
        {
            DoorTime time = Open(Site.Scope);
            time.ProveAtLeast(Site.Start);
            time.CredentialProven(Site.Start + (30 * Day));
            Assert.IsTrue(time.Reset(1000, 0));
            time = Open(Site.Scope);
            time.CredentialProven(Site.Start);
            Assert.AreEqual(1000U + (7 * Day), time.Floor);
        }

        [TestMethod]
        public void AFloorReset_ThatFlashDidNotTake_ChangesNothing()
        {
            DoorTime time = Open(Site.Scope);
            time.Prove(Site.Start, 0);
            _files.WritesLeft = 0;
            Assert.IsFalse(time.Reset(1000, 0));
            Assert.AreEqual((Site.Start, Site.Start + 1), (time.Floor, time.Latest));
        }

        private DoorTime Open(params int[] scopes)
        {
            DoorTime time = new(_files, _crypto, new byte[Limits.ScratchBytes]);
            time.Versions.Bind(scopes);
            return time;
        }
    }
}
