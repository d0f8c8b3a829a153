using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Sync;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Memory
{
    /// <summary>The order in which the parts of the door's memory are written, seen through power cuts between them.</summary>
    [TestClass]
    public sealed class DoorMemoryTests
    {
        [TestMethod]
        public void VersionOfAListThatWasCommittedBeforeThePowerCut_IsKeptApartAfterIt()
        {
            using HostBoard host = BoardWithBundle();
            DoorMemory memory = new(host.Board);
            StoreList(memory, 10);
            Assert.AreEqual(0U, memory.Time.Versions.Highest(0));
            memory = new DoorMemory(host.Board);
            Assert.IsFalse(memory.IsListDurable(0));
            Assert.IsTrue(memory.FlashStep(0));
            Assert.AreEqual(10U, memory.Time.Versions.Highest(0));
            Assert.AreEqual(10U, new DoorMemory(host.Board).Time.Versions.Highest(0));
        }

        [TestMethod]
        public void ListsThatRotAwayAreLost_BecauseTheirVersionIsKeptApart()
        {
            using HostBoard host = BoardWithBundle();
            DoorMemory memory = BootWithLostLists(host);
            Assert.IsTrue(memory.KeyStore.IsListLost(0));
            byte[] older = ListBodies.Revoking(9, 0, 5);
            Assert.AreEqual(ListOutcome.Stale, memory.KeyStore.BeginList(0, older, older.Length), "nothing that opens the door");
            StoreList(memory, 10);
            Assert.IsFalse(memory.KeyStore.IsListLost(0));
        }

        [TestMethod]
        public void AList_IsAccepted_OnceItsVersionIsKeptApartOnFlash_AndNotBefore()
        {
            using HostBoard host = BoardWithBundle();
            DoorMemory memory = new(host.Board);
            BlobIntake intake = new(host.Board, memory);
            byte[] blob = ListBlob.ForDoor(Site.Root, 1, 1, ListBodies.Revoking(10, 0, 5));
            int state = intake.Take(blob, 0, blob.Length, 0);
            int steps = 0;
            while (state == CarryState.Judging && steps < Limits.StepsOfOneList)
            {
                Assert.AreEqual(0U, HighestOnFlash(host), "step " + steps);
                memory.FlashStep(0);
                state = intake.Settle();
                steps++;
            }

            Assert.AreEqual((CarryState.Accepted, 10U), (state, HighestOnFlash(host)));
            Assert.AreEqual(3, steps, "window, list states, time record");
        }

        [TestMethod]
        public void AList_WhoseVersionFlashDoesNotTake_IsInForce_AndNotYetAccepted()
        {
            using HostBoard host = BoardWithBundle();
            DoorMemory memory = new(host.Board);
            BlobIntake intake = new(host.Board, memory);
            byte[] blob = ListBlob.ForDoor(Site.Root, 1, 1, ListBodies.Revoking(10, 0, 5));
            Assert.AreEqual(CarryState.Judging, intake.Take(blob, 0, blob.Length, 0));
            while (memory.KeyStore.IsPending)
            {
                memory.FlashStep(0);
            }

            ((MemoryFiles)host.Flash).WritesLeft = 0;
            memory.Poll(1000);
            memory.FlashStep(1000);
            Assert.AreEqual(Verdict.Revoked, memory.KeyStore.Judge(0, 5));
            Assert.AreEqual(CarryState.Judging, intake.Settle());
            Assert.IsTrue(memory.Time.IsFailing && memory.IsFaulty);

            ((MemoryFiles)host.Flash).WritesLeft = -1;
            memory.Poll(1000 + Limits.FlashRetryMs - 1);
            memory.FlashStep(1000 + Limits.FlashRetryMs - 1);
            Assert.AreEqual(CarryState.Judging, intake.Settle(), "tried again after 60 s and no sooner");
            memory.Poll(1000 + Limits.FlashRetryMs);
            memory.FlashStep(1000 + Limits.FlashRetryMs);
            Assert.AreEqual((CarryState.Accepted, 10U), (intake.Settle(), HighestOnFlash(host)));
        }

        [TestMethod]
        public void AnOlderList_IsNothingNewForALostSlot_AndADelta_IsToldToComeInFullForm()
        {
            using HostBoard host = BoardWithBundle();
            DoorMemory memory = BootWithLostLists(host);
            Assert.AreEqual(CarryState.NothingNew, Prepared.Carry(host, memory, ListBodies.Revoking(9, 0, 5)));
            Assert.AreEqual(CarryState.NothingNew, Prepared.Carry(host, memory, ListBodies.Delta(9, 8, 0, 5)));
            Assert.AreEqual(CarryState.BaseMissing, Prepared.Carry(host, memory, ListBodies.Delta(11, 10, 0, 5)));
            Assert.IsTrue(memory.KeyStore.IsListLost(0));
            Assert.AreEqual(CarryState.Accepted, Prepared.Carry(host, memory, ListBodies.Revoking(10, 0, 5)));
            Assert.IsFalse(memory.KeyStore.IsListLost(0));
        }

        [TestMethod]
        public void EveryTenMinutes_OnePlaceIsLookedAt_AndItsTwoWindowsMadeAlike()
        {
            using DoorRig rig = new(flash: new MemoryFiles());
            rig.Apply(ListBodies.Revoking(10, 0, 5));
            rig.Apply(ListBodies.Delta(11, 10, 0, 6));
            MemoryFiles files = (MemoryFiles)rig.Host.Flash;
            byte[] counts = Window(files, "win0.a");
            RunUntil(rig, 600);
            CollectionAssert.AreNotEqual(counts, Window(files, "win0.b"), "the window of the list before");
            RunUntil(rig, 602);
            CollectionAssert.AreEqual(counts, Window(files, "win0.b"));

            files.Rot("win0.a", 1000);
            RunUntil(rig, 4199);
            CollectionAssert.AreNotEqual(counts, Window(files, "win0.a"), "5 places and the list states come first");
            RunUntil(rig, 4230);
            CollectionAssert.AreEqual(counts, Window(files, "win0.a"));
        }

        private static void RunUntil(DoorRig rig, long seconds) => rig.Host.Run(rig.Door.Poll, (seconds * 1000) - rig.Host.Clock.NowMs, 1000);

        private static byte[] Window(MemoryFiles files, string name)
        {
            byte[] window = new byte[Limits.WindowBytes];
            Assert.AreEqual(window.Length, files.Read(name, 0, window, 0, window.Length));
            return window;
        }

        /// <summary>List version 10 was in force and kept apart; then the list states rotted away.</summary>
        private static DoorMemory BootWithLostLists(HostBoard host)
        {
            DoorMemory memory = new(host.Board);
            StoreList(memory, 10);
            memory.FlashStep(0);
            host.Flash.Delete("lists.a");
            host.Flash.Delete("lists.b");
            return new DoorMemory(host.Board);
        }

        private static uint HighestOnFlash(HostBoard host) => new DoorMemory(host.Board).Time.Versions.Highest(0);

        private static HostBoard BoardWithBundle()
        {
            HostBoard host = new(new MemoryFiles());
            byte[] bundle = Site.Bundle(1).Encode(Site.Root);
            new SlotFile(host.Flash, host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length);
            return host;
        }

        private static void StoreList(DoorMemory memory, uint version)
        {
            byte[] body = ListBodies.Revoking(version, 0, 5);
            Assert.AreEqual(ListOutcome.Accepted, memory.KeyStore.BeginList(0, body, body.Length));
            while (memory.KeyStore.IsPending)
            {
                memory.FlashStep(0);
            }

            Assert.AreEqual(version, memory.KeyStore.ListVersion(0));
        }
    }
}
