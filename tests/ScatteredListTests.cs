using DoorController.Access;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>Form 2 of a list, byte by byte: which keys it names, and what breaks it.</summary>
    [TestClass]
    public class ScatteredListTests
    {
        // Bits 1, 2, 10, 40 and 41 with k = 3: the example of PROTOCOL.md section 6.1.
        private static readonly byte[] Example = { 3, 0x13, 0x8F, 0x0D };

        [TestMethod]
        public void TheBitsOfTheExampleAreRead()
        {
            byte[] body = Body(10, 0, Example);
            ScatteredBits bits = new ScatteredBits(body, body.Length);
            foreach (int bit in new int[] { 1, 2, 10, 40, 41, ScatteredBits.End })
            {
                Assert.AreEqual(bit, bits.Next());
            }
        }

        [TestMethod]
        public void AListOfNoKeyRevokesNothingAndCounts()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, Body(10, 0, new byte[] { 0 }));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 0));
        }

        [TestMethod]
        public void ADeltaAddsToWhatIsThereAndAFullFormClearsNothing()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Revoking(9, 0, 5, 9000));
            byte[] delta = Body(11, 0, Example);
            Bytes.Put32(delta, ListBody.Base, 4);
            KeyStoreSteps.Take(store, delta);
            KeyStoreSteps.Take(store, Body(12, 0, new byte[] { 0, 1 }));
            foreach (uint key in new uint[] { 0, 1, 2, 5, 10, 40, 41, 9000 })
            {
                Assert.AreEqual(Verdict.Revoked, store.Judge(0, key));
            }

            Assert.AreEqual(Verdict.Granted, store.Judge(0, 3));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 42));
        }

        [TestMethod]
        public void KeysBelowTheDoorsWatermarkArePassedOver()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Empty(9, 40));
            KeyStoreSteps.Take(store, Body(10, 0, Example));
            Assert.AreEqual(40u, store.Watermark(0));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 40));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 41));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 16384 + 1));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 16384 + 10));
        }

        [TestMethod]
        public void AWindowThatWrapsHasItsKeysWhereTheyBelong()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, Body(10, 16000, new byte[] { 10, 0x03, 0x00, 0x00, 0x5D, 0x05 }));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 16001));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 30000));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 16000));
            Assert.AreEqual(Verdict.KeyDead, store.Judge(0, 15999));
        }

        [TestMethod]
        public void TheLastBitIsTakenAndNoneBehindIt()
        {
            KeyStoreSteps.Take(KeyStoreSteps.Open(new MemoryFiles()), Body(10, 0, new byte[] { 10, 0x01, 0x00, 0xF4, 0x1F }));
            byte[] one = Gap(16383);
            KeyStoreSteps.Take(KeyStoreSteps.Open(new MemoryFiles()), Body(10, 0, one));
            AssertMalformed(Gap(16384));
        }

        [TestMethod]
        public void OneThousandAndTwentyFourKeysAreTakenAndNotOneMore()
        {
            byte[] data = new byte[1 + 128];
            for (int i = 1; i < data.Length; i++)
            {
                data[i] = 0xFF;
            }

            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, Body(10, 0, data));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 1023));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 1024));
            byte[] more = new byte[data.Length + 1];
            Bytes.Put(more, 0, data);
            more[data.Length] = 1;
            AssertMalformed(more);
        }

        [TestMethod]
        public void TheKeysAreThoseOfTheBodyThatWasTakenWhateverIsWrittenOverIt()
        {
            byte[] data = new byte[1 + 128];
            for (int i = 1; i < data.Length; i++)
            {
                data[i] = 0xFF;
            }

            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            byte[] body = Body(10, 0, data);
            KeyStoreSteps.AssertOutcome(ListOutcome.Accepted, store, body);
            store.Step();
            for (int i = 0; i < body.Length; i++)
            {
                body[i] = 0xAA;
            }

            KeyStoreSteps.Finish(store);
            Assert.IsFalse(store.WasMalformed);
            for (uint key = 0; key < 1030; key++)
            {
                Assert.AreEqual(key < 1024 ? Verdict.Revoked : Verdict.Granted, store.Judge(0, key));
            }
        }

        [TestMethod]
        public void WhatKeepsNoRuleIsRefusedAndChangesNothing()
        {
            AssertMalformed(new byte[0]);
            AssertMalformed(new byte[] { 11, 1 });
            AssertMalformed(new byte[] { 0, 0 });
            AssertMalformed(new byte[] { 0, 1, 0 });
            AssertMalformed(new byte[] { 3, 0x13, 0x8F, 0x0D, 0 });
            AssertMalformed(new byte[] { 3, 0x13, 0x8F });
            AssertMalformed(new byte[] { 10, 1 });
            byte[] allowed = ListBodies.Allowing(Body(10, 0, Example), 2);
            KeyStoreSteps.AssertOutcome(ListOutcome.Malformed, KeyStoreSteps.Open(new MemoryFiles()), allowed);
        }

        /// <summary>One bit, with k = 10 so that its code is short.</summary>
        private static byte[] Gap(int bit)
        {
            byte[] data = new byte[5];
            data[0] = 10;
            int zeros = bit >> 10;
            int at = zeros;
            int code = 1 | ((bit & 1023) << 1);
            for (int i = 0; i < 11; i++)
            {
                data[1 + (at >> 3)] |= (byte)(((code >> i) & 1) << (at & 7));
                at++;
            }

            return Bytes.Part(data, 0, 1 + (at + 7) / 8);
        }

        private static byte[] Body(uint version, uint watermark, byte[] data)
        {
            byte[] body = ListBodies.Full(version, watermark, data);
            body[ListBody.Form] = ListBody.Scattered;
            return body;
        }

        private static void AssertMalformed(byte[] data)
        {
            MemoryFiles files = new MemoryFiles();
            KeyStore store = KeyStoreSteps.Open(files);
            byte[] body = Body(10, 0, data);
            if (store.BeginList(0, body, body.Length) != ListOutcome.Malformed)
            {
                KeyStoreSteps.Finish(store);
                Assert.IsTrue(store.WasMalformed);
            }

            Assert.IsFalse(store.IsPending);
            Assert.AreEqual(0u, store.ListVersion(0));
            Assert.AreEqual(0, files.List().Length);
            KeyStoreSteps.Take(store, Body(10, 0, Example));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 0));
        }
    }
}
