using DoorController.Access;
using DoorController.Hal;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>What the key store does when flash lies, fails or is full: it opens for nobody before it forgets a revocation.</summary>
    [TestClass]
    public class KeyStoreLossTests
    {
        private const int InFirstBlock = 5;

        [TestMethod]
        public void OlderThanTheHighestVersionIsLostUntilAListAsNewComes()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStoreSteps.Take(KeyStoreSteps.Open(files, 0), ListBodies.Revoking(10, 0, 5));
            KeyStore store = KeyStoreSteps.Open(files, 20);
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 6));
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Delta(15, 10, 0, 7));
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Revoking(19, 0, 7));
            store.SetScope(0, ListBodies.Scope, false, 15);
            Assert.IsTrue(store.IsListLost(0));
            KeyStoreSteps.AssertOutcome(ListOutcome.WrongBase, store, ListBodies.Delta(20, 15, 0, 8));
            KeyStoreSteps.Take(store, ListBodies.Delta(20, 10, 0, 8));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 6));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 8));
        }

        [TestMethod]
        public void ALossThatWasDeclaredOutlivesAListThatWasOvertakenWhileItWasStored()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            Assert.IsTrue(store.LoseLists());
            KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, ListBodies.Revoking(10, 0, 5));
            store.SetScope(0, ListBodies.Scope, false, 11);
            KeyStoreSteps.Finish(store);
            Assert.IsTrue(store.IsListLost(0));
            store.SetScope(0, ListBodies.Scope + 1, false, 0);
            store.SetScope(0, ListBodies.Scope, false, 0);
            Assert.IsTrue(store.IsListLost(0), "a newer list exists, and the door has not got it");
            KeyStoreSteps.Take(store, ListBodies.Revoking(11, 0, 5));
            Assert.IsFalse(store.IsListLost(0));
        }

        [TestMethod]
        public void LostRecordsOfAllListsOpenForNobody()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStoreSteps.Take(KeyStoreSteps.Open(files, 0), ListBodies.Revoking(10, 0, 5));
            files.Delete("lists.a");
            files.Delete("lists.b");
            KeyStore store = KeyStoreSteps.Open(files, 10);
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 6));
            KeyStoreSteps.AssertOutcome(ListOutcome.WrongBase, store, ListBodies.Delta(11, 10, 0, 6));
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 6));
        }

        [TestMethod]
        public void DamagedBlockLosesTheListUntilTheFullFormComes()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5, 9000));
            files.Rot("win0.b", InFirstBlock);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 9000));
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 6));
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 9001));
            KeyStoreSteps.AssertOutcome(ListOutcome.WrongBase, store, ListBodies.Delta(11, 10, 0, 6));
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Revoking(9, 0, 5));
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5, 9000));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 9001));
        }

        [TestMethod]
        public void DeltaFindsADamagedBlockOfItsBase()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            files.Rot("win0.b", InFirstBlock);
            KeyStoreSteps.AssertOutcome(ListOutcome.WrongBase, store, ListBodies.Delta(11, 10, 0, 9000));
            Assert.IsTrue(store.IsListLost(0));
        }

        [TestMethod]
        public void FullFormKeepsTheRevocationsOfTheGoodBlocks()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5, 9000));
            files.Rot("win0.b", InFirstBlock);
            KeyStoreSteps.Take(store, ListBodies.Revoking(11, 0, 5));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 9000));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
        }

        [TestMethod]
        public void BlockThatIsTheSameInTheOlderWindowAnswers()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            KeyStoreSteps.Take(store, ListBodies.Delta(11, 10, 0, 9000));
            files.Rot("win0.a", InFirstBlock);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
            files.Rot("win0.a", 9000 / 8);
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 9000));
        }

        [TestMethod]
        public void ScrubWritesTheOtherSlotSoThatOneDamagedSlotLosesNothing()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            KeyStoreSteps.Take(store, ListBodies.Delta(11, 10, 0, 6));
            ScrubAll(store);
            for (int round = 0; round < 2; round++)
            {
                files.Rot(round == 0 ? "win0.a" : "win0.b", InFirstBlock);
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 6));
                ScrubAll(store);
            }

            files.Rot("lists.a", 30);
            Assert.AreEqual(11U, KeyStoreSteps.Open(files, 0).ListVersion(0));
            files.Rot("lists.a", 30);
            files.Rot("lists.b", 30);
            Assert.AreEqual(11U, KeyStoreSteps.Open(files, 0).ListVersion(0));
        }

        [TestMethod]
        public void ScrubFindsABlockThatIsDamagedInBothSlots()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            ScrubAll(store);
            files.Rot("win0.a", InFirstBlock);
            files.Rot("win0.b", InFirstBlock + 1);
            Assert.IsFalse(store.IsListLost(0));
            ScrubAll(store);
            Assert.IsTrue(store.IsListLost(0));
        }

        [TestMethod]
        public void ScrubLeavesAloneWhatIsGoodInNeitherSlotAlone()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5, 9000));
            ScrubAll(store);
            files.Rot("win0.a", InFirstBlock);
            files.Rot("win0.b", 9000 / 8);
            ScrubAll(store);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 9000));
            KeyStoreSteps.Take(store, ListBodies.Delta(11, 10, 0, 6));
            Assert.AreEqual(Verdict.Revoked, KeyStoreSteps.Open(files, 0).Judge(0, 9000));
        }

        [TestMethod]
        public void ScrubWaitsForAListThatIsBeingStored()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            byte[] next = ListBodies.Delta(11, 10, 0, 6);
            KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, next);
            store.Step();
            ScrubAll(store);
            KeyStoreSteps.Finish(store);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 6));
        }

        [TestMethod]
        public void DeclaredLossOutlivesABootAndEndsWithAListAsNew()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            Assert.IsTrue(store.LoseLists());
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 6));
            store = KeyStoreSteps.Open(files, 10);
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 6));
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Delta(10, 9, 0, 6));
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Revoking(9, 0, 5));
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 6));
            Assert.AreEqual(Verdict.Granted, KeyStoreSteps.Open(files, 10).Judge(0, 6));
        }

        [TestMethod]
        public void DeclaredLossDropsAListThatWasBeingStored()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles(), 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, ListBodies.Delta(11, 10, 0, 6));
            store.LoseLists();
            Assert.IsFalse(store.IsPending);
            Assert.IsTrue(store.IsListLost(0));
        }

        [TestMethod]
        public void FailedStepDropsTheListAndKeepsTheOldOne()
        {
            for (int writes = 0; writes < 2; writes++)
            {
                MemoryFiles files = new MemoryFiles();
                KeyStore store = KeyStoreSteps.Open(files, 0);
                KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
                files.WritesLeft = writes;
                KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, ListBodies.Delta(11, 10, 0, 6));
                while (store.IsPending)
                {
                    store.Step();
                }

                Assert.AreEqual(1, store.FailedSteps);
                Assert.AreEqual(10U, store.ListVersion(0));
                Assert.AreEqual(Verdict.Granted, store.Judge(0, 6));
                files.WritesLeft = -1;
                KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, ListBodies.Delta(11, 10, 0, 6));
                while (store.IsPending)
                {
                    store.Step();
                }

                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 6));
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
            }
        }

        [TestMethod]
        public void WindowThatFlashOnlySaidItTookKeepsTheOldList()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(new CheckedFiles(files), 0);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5));
            KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, ListBodies.Delta(11, 10, 0, 6));
            files.KeepsOldContent = true;
            store.Step();
            Assert.IsFalse(store.IsPending);
            Assert.AreEqual(1, store.FailedSteps);
            Assert.AreEqual(10U, store.ListVersion(0));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
        }

        private static void ScrubAll(KeyStore store)
        {
            for (int look = 0; look <= Limits.Scopes; look++)
            {
                store.Scrub();
            }
        }
    }
}
