using DoorController.Access;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>The rules by which lists change what the key store says of a key.</summary>
    [TestClass]
    public class KeyStoreTests
    {
        private const uint Top = Limits.WindowKeys;

        [TestMethod]
        public void WithoutAnyListModeOfTheBundleDecides()
        {
            KeyStore store = new KeyStore(new MemoryFiles(), new CrcOnly(), new byte[Limits.ScratchBytes]);
            store.SetScope(0, ListBodies.Scope, false, 0);
            store.SetScope(1, 7, true, 0);
            store.SetScope(2, 8, false, 1);
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 0));
            Assert.AreEqual(Verdict.NotListed, store.Judge(1, 0));
            Assert.AreEqual(Verdict.ListLost, store.Judge(2, 0));
            Assert.IsTrue(store.IsListLost(2));
            Assert.AreEqual(0U, store.ListVersion(0));
        }

        [TestMethod]
        public void RevokedKeysAreRefusedAndNoOthers()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 800, 800, 807, 5000, 800 + Top - 1));
            for (int boot = 0; boot < 2; boot++)
            {
                Assert.AreEqual(Verdict.KeyDead, store.Judge(0, 799));
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 800));
                Assert.AreEqual(Verdict.Granted, store.Judge(0, 801));
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 807));
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5000));
                Assert.AreEqual(Verdict.Granted, store.Judge(0, 5001));
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, 800 + Top - 1));
                Assert.AreEqual(Verdict.Granted, store.Judge(0, 800 + Top));
                Assert.AreEqual(Verdict.Granted, store.Judge(0, uint.MaxValue));
                store = KeyStoreSteps.Open(files);
            }
        }

        [TestMethod]
        public void AllowedKeysOpenAndNoOthers()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Allowing(ListBodies.Revoking(10, 800, 800, 5000), 1));
            Assert.AreEqual(Verdict.KeyDead, store.Judge(0, 799));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 800));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 801));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 5000));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 800 + Top));
        }

        [TestMethod]
        public void InModeRevokedNoNewerListClearsABit()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5, 9000));
            KeyStoreSteps.Take(store, ListBodies.Revoking(11, 0, 6));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 6));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 9000));
        }

        [TestMethod]
        public void InModeAllowedAFullFormReplacesEveryBit()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Allowing(ListBodies.Revoking(10, 0, 5, 9000), 1));
            KeyStoreSteps.Take(store, ListBodies.Allowing(ListBodies.Revoking(11, 0, 6), 1));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 5));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 6));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 9000));
        }

        [TestMethod]
        public void InModeAllowedADeltaReplacesTheBytesItNames()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Allowing(ListBodies.Revoking(10, 0, 8, 9000), 1));
            KeyStoreSteps.Take(store, ListBodies.Allowing(ListBodies.Delta(11, 10, 0, 9), 1));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 8));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 9));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 9000));
        }

        [TestMethod]
        public void RaisedWatermarkKillsBelowAndOpensRoomAbove()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 0, 100, 200));
            KeyStoreSteps.Take(store, ListBodies.Delta(11, 10, 128, 128 + Top - 1));
            Assert.AreEqual(Verdict.KeyDead, store.Judge(0, 100));
            Assert.AreEqual(Verdict.KeyDead, store.Judge(0, 127));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 200));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, Top));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 100 + Top));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 127 + Top));
        }

        [TestMethod]
        public void WatermarkRaisedByMoreThanAWindowEmptiesIt()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 16, 9000));
            KeyStoreSteps.Take(store, ListBodies.Empty(11, (4 * Top) + 16));
            Assert.AreEqual(Verdict.KeyDead, store.Judge(0, (4 * Top) + 15));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, (4 * Top) + 16));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, (4 * Top) + 9000));
        }

        [TestMethod]
        public void LowerWatermarkOfARestoredServerRevivesNothing()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 1600, 2000));
            KeyStoreSteps.Take(store, ListBodies.Revoking(11, 0, 3, 3000));
            Assert.AreEqual(Verdict.KeyDead, store.Judge(0, 3));
            Assert.AreEqual(Verdict.KeyDead, store.Judge(0, 1599));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 2000));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 3000));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 3 + Top));
            Assert.AreEqual(1600U, store.Watermark(0));
        }

        [TestMethod]
        public void MinimumGenerationNeverFalls()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            byte[] body = ListBodies.Empty(10, 0);
            Bytes.Put16(body, ListBody.MinimumGeneration, 300);
            KeyStoreSteps.Take(store, body);
            KeyStoreSteps.Take(store, ListBodies.Empty(11, 0));
            Assert.AreEqual(300, store.MinimumGeneration(0));
        }

        [TestMethod]
        public void ListsComeInOrderOrNotAtAll()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.AssertOutcome(ListOutcome.WrongBase, store, ListBodies.Delta(10, 9, 0, 1));
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 1));
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Revoking(10, 0, 2));
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Revoking(9, 0, 2));
            KeyStoreSteps.AssertOutcome(ListOutcome.Stale, store, ListBodies.Delta(10, 9, 0, 2));
            KeyStoreSteps.AssertOutcome(ListOutcome.WrongBase, store, ListBodies.Delta(12, 11, 0, 2));
            KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, ListBodies.Delta(12, 7, 0, 3));
            KeyStoreSteps.AssertOutcome(ListOutcome.Busy, store, ListBodies.Delta(13, 12, 0, 4));
            KeyStoreSteps.Finish(store);
            Assert.AreEqual(12U, store.ListVersion(0));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 2));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 3));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 4));
        }

        [TestMethod]
        public void ModeChangesOnlyWithAGenerationAndInFullForm()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.OfGeneration(ListBodies.Revoking(10, 80, 100), 4));
            KeyStoreSteps.AssertOutcome(ListOutcome.Malformed, store, ListBodies.Allowing(ListBodies.Revoking(11, 80, 101), 4));
            KeyStoreSteps.AssertOutcome(ListOutcome.WrongBase, store, ListBodies.Allowing(ListBodies.Delta(11, 10, 80, 101), 5));
            KeyStoreSteps.Take(store, ListBodies.Allowing(ListBodies.Revoking(11, 80, 101), 5));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 100));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 101));
            KeyStoreSteps.AssertOutcome(ListOutcome.Malformed, store, ListBodies.OfGeneration(ListBodies.Revoking(12, 80, 102), 4));
            KeyStoreSteps.Take(store, ListBodies.OfGeneration(ListBodies.Revoking(12, 80, 102), 6));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 101));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 102));
            Assert.AreEqual(Verdict.KeyDead, store.Judge(0, 79));
        }

        [TestMethod]
        public void EveryMalformedFieldIsRefusedAndChangesNothing()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files);
            byte[] good = ListBodies.Delta(10, 0, 16, 20);
            AssertMalformed(store, good, 0, 2);
            AssertMalformed(store, good, ListBody.ScopeId, 0);
            AssertMalformed(store, good, ListBody.Version, 0);
            AssertMalformed(store, good, ListBody.Base, 10);
            AssertMalformed(store, good, ListBody.Mode, 2);
            AssertMalformed(store, good, ListBody.Form, 3);
            AssertMalformed(store, good, ListBody.Watermark, 20);
            AssertMalformed(store, good, ListBody.DataLength, 5);
            AssertMalformed(store, good, ListBody.Data + 1, 8);
            AssertMalformed(store, good, ListBody.Data + 2, 0);
            AssertMalformed(store, good, ListBody.Data + 2, 2);
            Assert.AreEqual(ListOutcome.Malformed, store.BeginList(0, good, ListBody.Data - 1));
            Assert.AreEqual(ListOutcome.Malformed, store.BeginList(0, good, good.Length + 1));
            Assert.AreEqual(ListOutcome.Malformed, store.BeginList(0, ListBodies.Full(10, 0, new byte[Limits.WindowBytes + 1]), ListBody.Data + Limits.WindowBytes + 1));
            Assert.IsFalse(store.IsPending);
            Assert.AreEqual(0, files.List().Length);
            KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, good);
        }

        [TestMethod]
        public void RunsOutOfOrderAreRefused()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            byte[] runs = new byte[] { 4, 0, 2, 1, 1, 5, 0, 1, 1 };
            byte[] body = ListBodies.Full(10, 0, runs);
            body[ListBody.Form] = 1;
            KeyStoreSteps.AssertOutcome(ListOutcome.Malformed, store, body);
            body[ListBody.Data + 5] = 6;
            KeyStoreSteps.Take(store, body);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 32));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 40));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 48));
        }

        [TestMethod]
        public void ListIsNotInForceBeforeItsLastStep()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files);
            KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, ListBodies.Revoking(10, 0, 1));
            int steps = 0;
            while (store.IsPending)
            {
                Assert.AreEqual(Verdict.Granted, store.Judge(0, 1));
                Assert.AreEqual(0U, store.ListVersion(0));
                store.Step();
                steps++;
            }

            Assert.AreEqual(2, steps);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 1));
            store.Step();
            Assert.AreEqual(10U, store.ListVersion(0));
        }

        [TestMethod]
        public void LookupReadsOneBlockOf512Bytes()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files);
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 1));
            for (uint key = 0; key < Top; key += 999)
            {
                files.BytesRead = 0;
                files.Reads = 0;
                store.Judge(0, key);
                Assert.AreEqual(1, files.Reads);
                Assert.AreEqual(KeyWindow.BlockBytes, files.BytesRead);
            }
        }

        [TestMethod]
        public void ScopesKeepTheirListsWhenTheBundleReordersThem()
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = new KeyStore(files, new CrcOnly(), new byte[Limits.ScratchBytes]);
            for (int slot = 0; slot < Limits.Scopes; slot++)
            {
                store.SetScope(slot, 100 + slot, false, 0);
                KeyStoreSteps.Take(store, slot, ListBodies.ForScope(100 + slot, ListBodies.Revoking(10, 0, (uint)slot)));
            }

            store = new KeyStore(files, new CrcOnly(), new byte[Limits.ScratchBytes]);
            for (int slot = 0; slot < Limits.Scopes; slot++)
            {
                store.SetScope(slot, 104 - slot, false, 10);
                Assert.AreEqual(Verdict.Revoked, store.Judge(slot, (uint)(4 - slot)));
                Assert.AreEqual(Verdict.Granted, store.Judge(slot, (uint)(5 - slot)));
            }

            store.SetScope(1, 999, false, 0);
            KeyStoreSteps.Take(store, 1, ListBodies.ForScope(999, ListBodies.Revoking(3, 0, 77)));
            Assert.AreEqual(Verdict.Revoked, store.Judge(1, 77));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 4));
            store = new KeyStore(files, new CrcOnly(), new byte[Limits.ScratchBytes]);
            store.SetScope(0, 103, false, 10);
            Assert.IsTrue(store.IsListLost(0));
        }

        private static void AssertMalformed(KeyStore store, byte[] good, int offset, byte value)
        {
            byte[] body = Bytes.Part(good, 0, good.Length);
            body[offset] = value;
            KeyStoreSteps.AssertOutcome(ListOutcome.Malformed, store, body);
        }
    }
}
