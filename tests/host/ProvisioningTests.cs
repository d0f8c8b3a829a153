using DoorController.Hal.Host;
using DoorController.Issuer;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>The files that the flash tool puts on a board, at the boots after it.</summary>
    [TestClass]
    public sealed class ProvisioningTests
    {
        [TestMethod]
        public void Provisioning_IsTakenOnceAndDeleted()
        {
            VirtualFlash flash = new();
            Put(flash, Site.Bundle(1, version: 3));
            Assert.AreEqual(3u, BootVersion(flash));
            Assert.AreEqual(-1, flash.Length("provision"));
            Assert.AreEqual(3u, BootVersion(flash));
        }

        [TestMethod]
        public void OlderBundle_ThatFlashKept_TakesNothingBack()
        {
            VirtualFlash flash = new();
            Put(flash, Site.Bundle(1, version: 3));
            BootVersion(flash);
            Put(flash, Site.Bundle(1, version: 2));
            Assert.AreEqual(3u, BootVersion(flash));
        }

        [TestMethod]
        public void AnotherDoorsBundle_IsTakenWhateverItsVersion()
        {
            VirtualFlash flash = new();
            Put(flash, Site.Bundle(1, version: 3));
            BootVersion(flash);
            Put(flash, Site.Bundle(2, version: 1));
            Assert.AreEqual(1u, BootVersion(flash));
        }

        [TestMethod]
        public void DamagedFile_ChangesNothing()
        {
            VirtualFlash flash = new();
            Put(flash, Site.Bundle(1, version: 3));
            BootVersion(flash);
            byte[] damaged = Site.Bundle(1, version: 9).EncodeProvisioning(Site.Root);
            damaged[20] ^= 1;
            flash.Write("provision", 0, damaged, 0, damaged.Length);
            Assert.AreEqual(3u, BootVersion(flash));
        }

        private static void Put(VirtualFlash flash, Bundle bundle)
        {
            byte[] file = bundle.EncodeProvisioning(Site.Root);
            flash.Write("provision", 0, file, 0, file.Length);
        }

        private static uint BootVersion(VirtualFlash flash)
        {
            using HostBoard host = new(flash);
            return new Door(host.Board, new Settings()).Memory.Keyring.Version;
        }
    }
}
