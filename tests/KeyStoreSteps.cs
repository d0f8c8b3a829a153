using DoorController.Access;
using DoorController.Hal;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>What every test of the key store does with it: open it with one scope in slot 0, bring a list, finish its steps.</summary>
    public static class KeyStoreSteps
    {
        /// <summary>A store whose slot 0 has the scope of <see cref="ListBodies"/>, in mode revoked.</summary>
        /// <param name="leastVersion">Below it the list is lost.</param>
        public static KeyStore Open(IFiles files, uint leastVersion = 0)
        {
            KeyStore store = new KeyStore(files, new CrcOnly(), new byte[Limits.ScratchBytes]);
            store.SetScope(0, ListBodies.Scope, false, leastVersion);
            return store;
        }

        /// <summary>Brings a list that is to be in force.</summary>
        public static void Take(KeyStore store, byte[] body)
        {
            Take(store, 0, body);
        }

        /// <summary>Brings a list that is to be in force for the scope of a slot.</summary>
        public static void Take(KeyStore store, int slot, byte[] body)
        {
            Assert.AreEqual(ListOutcome.Accepted, store.BeginList(slot, body, body.Length));
            Finish(store);
            Assert.AreEqual(Bytes.U32(body, ListBody.Version), store.ListVersion(slot));
        }

        /// <summary>Does all steps that are pending; none may fail.</summary>
        public static void Finish(KeyStore store)
        {
            while (store.IsPending)
            {
                store.Step();
            }

            Assert.AreEqual(0, store.FailedSteps);
        }

        /// <summary>Offers a list to slot 0 and does no step.</summary>
        /// <param name="outcome">One of <see cref="ListOutcome"/>.</param>
        public static void AssertOutcome(int outcome, KeyStore store, byte[] body)
        {
            Assert.AreEqual(outcome, store.BeginList(0, body, body.Length));
        }
    }
}
