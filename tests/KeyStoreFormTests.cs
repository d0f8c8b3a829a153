using DoorController.Access;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>Full form and delta, each as bitmap and as runs: which bytes a list speaks of.</summary>
    [TestClass]
    public class KeyStoreFormTests
    {
        [TestMethod]
        public void InModeAllowedAFullFormInRunsSaysThatAbsentBytesAre0()
        {
            KeyStore store = Allowing(5, 9000);
            byte[] body = ListBodies.Allowing(ListBodies.Delta(11, 0, 0, 77), 1);
            KeyStoreSteps.Take(store, body);
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 77));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 5));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 9000));
        }

        [TestMethod]
        public void InModeAllowedABitmapSaysEveryByteAlsoAsADelta()
        {
            KeyStore store = Allowing(5, 9000);
            byte[] body = ListBodies.Allowing(ListBodies.Full(11, 0, new byte[] { 0, 2 }), 1);
            Bytes.Put32(body, ListBody.Base, 10);
            KeyStoreSteps.Take(store, body);
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 5));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 9));
            Assert.AreEqual(Verdict.NotListed, store.Judge(0, 9000));
        }

        [TestMethod]
        public void InModeRevokedNoFormClearsABit()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Revoking(10, 0, 5, 6, 9000));
            byte[] zeros = ListBodies.Full(11, 0, new byte[] { 3, 0, 1, 0 });
            zeros[ListBody.Data] = 0;
            zeros[ListBody.Form] = 1;
            Bytes.Put32(zeros, ListBody.Base, 10);
            KeyStoreSteps.Take(store, zeros);
            byte[] bitmap = ListBodies.Full(12, 0, new byte[Limits.WindowBytes]);
            Bytes.Put32(bitmap, ListBody.Base, 11);
            KeyStoreSteps.Take(store, bitmap);
            KeyStoreSteps.Take(store, ListBodies.Empty(13, 0));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 5));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 6));
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 9000));
        }

        [TestMethod]
        public void TheLongestRunsAndTheLongestBitmapAreTaken()
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            byte[] runs = new byte[ListBody.RunHeader + 255];
            Bytes.Put16(runs, 0, Limits.WindowBytes - 255);
            runs[2] = 255;
            runs[runs.Length - 1] = 0x80;
            byte[] body = ListBodies.Full(10, 80, runs);
            body[ListBody.Form] = 1;
            KeyStoreSteps.Take(store, body);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 80 + Limits.WindowKeys - 1));
            Assert.AreEqual(Verdict.Granted, store.Judge(0, 80 + Limits.WindowKeys));
            body = ListBodies.Revoking(11, 80, 80);
            Assert.AreEqual(2072, body.Length);
            KeyStoreSteps.Take(store, body);
            Assert.AreEqual(Verdict.Revoked, store.Judge(0, 80));
        }

        private static KeyStore Allowing(uint one, uint other)
        {
            KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
            KeyStoreSteps.Take(store, ListBodies.Allowing(ListBodies.Revoking(10, 0, one, other), 1));
            return store;
        }
    }
}
