using DoorController.Access;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>Slots that change their scopes, and what of a list outlives a loss or a failure.</summary>
    [TestClass]
    public class KeyStoreScopeTests
    {
        private const int Other = 7;

        [TestMethod]
        public void SlotsThatSwapTheirScopesDropTheListThatIsBeingStored()
        {
            for (int steps = 0; steps < 2; steps++)
            {
                KeyStore store = KeyStoreSteps.Open(new MemoryFiles(), 0);
                store.SetScope(1, Other, false, 0);
                KeyStoreSteps.Take(store, 0, ListBodies.Revoking(10, 0, 5));
                KeyStoreSteps.Take(store, 1, ListBodies.ForScope(Other, ListBodies.Revoking(20, 0, 6)));
                KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, ListBodies.Delta(11, 10, 0, 9));
                for (int i = 0; i < steps; i++)
                {
                    store.Step();
                }

                store.SetScope(0, Other, false, 0);
                store.SetScope(1, ListBodies.Scope, false, 0);
                KeyStoreSteps.Finish(store);
                Assert.AreEqual(20U, store.ListVersion(0), "after step " + steps.ToString());
                Assert.AreEqual(10U, store.ListVersion(1), "after step " + steps.ToString());
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 6));
                Assert.AreEqual(Verdict.Granted, store.Judge(0, 5));
                Assert.AreEqual(Verdict.Revoked, store.Judge(1, 5));
                Assert.AreEqual(Verdict.Granted, store.Judge(1, 9));
            }
        }

        [TestMethod]
        public void ASlotWithoutAScopeIsNothingAndTakesNoList()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles(), 0);
            KeyStoreSteps.Take(store, 0, ListBodies.Revoking(10, 0, 5));
            store.SetScope(0, KeyStore.NoScope, false, 0);
            Assert.AreEqual(0U, store.ListVersion(0));
            KeyStoreSteps.AssertOutcome(ListOutcome.Malformed, store, ListBodies.Revoking(11, 0, 5));
            store.SetScope(0, ListBodies.Scope, false, 0);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5), "its place was not given away");
        }

        [TestMethod]
        public void LeastVersionStaysWithItsScopeAndNeverFalls()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles(), 10);
            store.SetScope(0, ListBodies.Scope, false, 3);
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Revoking(9, 0, 5));
            Assert.IsTrue(store.IsListLost(0), "10 was known");
            store.SetScope(0, Other, false, 0);
            Assert.IsFalse(store.IsListLost(0), "of another scope nothing was");
        }

        [TestMethod]
        public void ADeclaredLossOutlivesAListThatIsTooOldEvenWhenTheHighestVersionIsForgotten()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files, 0);
            KeyStoreSteps.Take(store, 0, ListBodies.Revoking(5, 0, 5));
            store.LoseLists();
            store = KeyStoreSteps.Open(files, 10);
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Revoking(7, 0, 5));
            Assert.IsTrue(store.IsListLost(0));
            store = KeyStoreSteps.Open(files, 0);
            Assert.IsTrue(store.IsListLost(0), "the list of then was not the newest");
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 6));
        }

        [TestMethod]
        public void AScopeThatNeverHadAListIsInTheModeOfTheBundleWithAnEmptyWindow()
        {
            KeyStore store = new KeyStore(new MemoryFiles(), new CrcOnly(), new byte[Limits.ScratchBytes]);
            store.SetScope(0, ListBodies.Scope, false, 0);
            store.SetScope(1, Other, true, 0);
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 5));
            Assert.AreEqual(Verdict.NotListed, store.Judge(1, 5));
        }

        [TestMethod]
        public void TheGenerationOfTheModeNeverFalls()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles(), 0);
            KeyStoreSteps.Take(store, 0, ListBodies.OfGeneration(ListBodies.Revoking(10, 0, 5), 5));
            KeyStoreSteps.Take(store, 0, ListBodies.OfGeneration(ListBodies.Revoking(11, 0, 5), 3));
            KeyStoreSteps.AssertOutcome(ListOutcome.Malformed, store, ListBodies.Allowing(ListBodies.Revoking(12, 0, 6), 4));
            KeyStoreSteps.AssertOutcome(ListOutcome.Malformed, store, ListBodies.Allowing(ListBodies.Revoking(12, 0, 6), 5));
            KeyStoreSteps.Take(store, 0, ListBodies.Allowing(ListBodies.Revoking(12, 0, 6), 6));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 5));
        }
    }
}
