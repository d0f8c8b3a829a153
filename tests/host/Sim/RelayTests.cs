using DoorController.Issuer;
using DoorController.Sim;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sim
{
    /// <summary>Somebody advertises the name of one door and passes on the Hello of another one of the same wallet.</summary>
    [TestClass]
    public sealed class RelayTests
    {
        private const uint Pool = 1;
        private const uint Safe = 2;

        [TestMethod]
        public void WhoChoseThePool_DoesNotOpenTheSafe()
        {
            byte[] credential = (Site.Record() with { Mask = 0b11 }).Seal(Site.Root);
            Bundle safe = new(1, Safe, 1, "POOL", [new BundleScope(Site.Scope, 1, Site.Generation)]);
            using DeskDoor relayed = new(Safe, [("provision", safe.EncodeProvisioning(Site.Root))]);
            Walk walk = relayed.Phone.Tap(KeyFor(credential, Pool));
            Assert.IsTrue(walk.IsAnotherDoor);
            Assert.AreEqual((0, 0, 1), (walk.Unlock.Length, walk.Result.Length, walk.Operations), "one read and nothing else");
            Assert.AreEqual(0, relayed.Host.Strike.Pulses);

            Assert.AreEqual(Verdict.Granted, relayed.Phone.Tap(KeyFor(credential, Safe)).OnAir, "the same phone opens it when its person chose it");
        }

        private static PhoneKey KeyFor(byte[] credential, uint door) =>
            new(door, credential, Site.Root.CredentialKey(credential, Site.Scope, Site.Generation, door));
    }
}
