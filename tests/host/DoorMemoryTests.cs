using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Memory;
using DoorController.Storage;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
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
            DoorMemory memory = new(host.Board);
            StoreList(memory, 10);
            memory.FlashStep(0);
            host.Flash.Delete("lists.a");
            host.Flash.Delete("lists.b");
            memory = new DoorMemory(host.Board);
            Assert.IsTrue(memory.KeyStore.IsListLost(0));
            StoreList(memory, 9);
            memory.FlashStep(0);
            Assert.IsTrue(memory.KeyStore.IsListLost(0));
            StoreList(memory, 10);
            Assert.IsFalse(memory.KeyStore.IsListLost(0));
        }

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
