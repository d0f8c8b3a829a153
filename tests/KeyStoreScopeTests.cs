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
            for (int steps = 0; steps < 3; steps++)
            {
                KeyStore store = Open(new MemoryFiles(), 0);
                store.SetScope(1, Other, false, 0);
                Take(store, 0, ListBodies.Revoking(10, 0, 5));
                Take(store, 1, ListBodies.ForScope(Other, ListBodies.Revoking(20, 0, 6)));
                AssertOutcome(ListOutcome.Accepted, store, ListBodies.Delta(11, 10, 0, 9));
                for (int i = 0; i < steps; i++)
                {
                    store.Step();
                }

                store.SetScope(0, Other, false, 0);
                store.SetScope(1, ListBodies.Scope, false, 0);
                Finish(store);
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
            KeyStore store = Open(new MemoryFiles(), 0);
            Take(store, 0, ListBodies.Revoking(10, 0, 5));
            store.SetScope(0, KeyStore.NoScope, false, 0);
            Assert.AreEqual(0U, store.ListVersion(0));
            AssertOutcome(ListOutcome.Malformed, store, ListBodies.Revoking(11, 0, 5));
            store.SetScope(0, ListBodies.Scope, false, 0);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5), "its place was not given away");
        }

        [TestMethod]
        public void LeastVersionStaysWithItsScopeAndNeverFalls()
        {
            KeyStore store = Open(new MemoryFiles(), 10);
            store.SetScope(0, ListBodies.Scope, false, 3);
            Take(store, 0, ListBodies.Revoking(9, 0, 5));
            Assert.IsTrue(store.IsListLost(0), "10 was known");
            store.SetScope(0, Other, false, 0);
            Assert.IsFalse(store.IsListLost(0), "of another scope nothing was");
        }

        [TestMethod]
        public void ADeclaredLossOutlivesAListThatIsTooOldEvenWhenTheHighestVersionIsForgotten()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = Open(files, 0);
            Take(store, 0, ListBodies.Revoking(5, 0, 5));
            store.LoseLists();
            store = Open(files, 10);
            Take(store, 0, ListBodies.Revoking(7, 0, 5));
            Assert.IsTrue(store.IsListLost(0));
            store = Open(files, 0);
            Assert.IsTrue(store.IsListLost(0), "the list of then was not the newest");
            Assert.AreEqual(Verdict.ListLost, store.Judge(0, 6));
        }

        [TestMethod]
        public void TheGenerationOfTheModeNeverFalls()
        {
            KeyStore store = Open(new MemoryFiles(), 0);
            Take(store, 0, ListBodies.OfGeneration(ListBodies.Revoking(10, 0, 5), 5));
            Take(store, 0, ListBodies.OfGeneration(ListBodies.Revoking(11, 0, 5), 3));
            AssertOutcome(ListOutcome.Malformed, store, ListBodies.Allowing(ListBodies.Revoking(12, 0, 6), 4));
            AssertOutcome(ListOutcome.Malformed, store, ListBodies.Allowing(ListBodies.Revoking(12, 0, 6), 5));
            Take(store, 0, ListBodies.Allowing(ListBodies.Revoking(12, 0, 6), 6));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 5));
        }

        private static KeyStore Open(MemoryFiles files, uint leastVersion)
        {
            KeyStore store = new KeyStore(files, new CrcOnly(), new byte[Limits.ScratchBytes]);
            store.SetScope(0, ListBodies.Scope, false, leastVersion);
            return store;
        }

        private static void Take(KeyStore store, int slot, byte[] body)
        {
            Assert.AreEqual(ListOutcome.Accepted, store.BeginList(slot, body, body.Length));
            Finish(store);
            Assert.AreEqual(Bytes.U32(body, ListBody.Version), store.ListVersion(slot));
        }

        private static void Finish(KeyStore store)
        {
            while (store.IsPending)
            {
                store.Step();
            }

            Assert.AreEqual(0, store.FailedSteps);
        }

        private static void AssertOutcome(int outcome, KeyStore store, byte[] body)
        {
            Assert.AreEqual(outcome, store.BeginList(0, body, body.Length));
        }
    }
}
