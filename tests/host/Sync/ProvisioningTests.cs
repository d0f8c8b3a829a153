using System;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Sync;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
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
        public void TheSameBundleAgain_BringsItsLists()
        {
            VirtualFlash flash = new();
            Put(flash, Site.Bundle(1, version: 3));
            BootVersion(flash);
            Prepared.Provision(flash, Site.Bundle(1, version: 3), ListBodies.Revoking(10, 0, 5));
            using HostBoard host = new(flash);
            Assert.AreEqual(Verdict.Revoked, new Door(host.Board, new Settings()).Memory.KeyStore.Judge(0, 5));
            Assert.AreEqual((-1, -1), (flash.Length("provision"), flash.Length("list0")));
        }

        [TestMethod]
        public void AListThatFlashDidNotTake_IsKept_AndTakenInAtTheNextBoot()
        {
            VirtualFlash prepared = Prepared.Provision(new VirtualFlash(), Site.Bundle(1, version: 3), ListBodies.Revoking(10, 0, 5));
            for (int writes = 1; writes < 4; writes++)
            {
                MemoryFiles files = new();
                foreach (string name in prepared.List())
                {
                    byte[] content = new byte[prepared.Length(name)];
                    prepared.Read(name, 0, content, 0, content.Length);
                    files.Replace(name, content, 0, content.Length);
                }

                using HostBoard host = new(files);
                DoorMemory memory = new(host.Board);
                files.WritesLeft = writes;
                Provisioning.Run(host.Board, memory, new BlobIntake(host.Board, memory), new byte[Limits.TransferBytes]);
                Assert.AreEqual(3u, memory.Keyring.Version, "the bundle was taken");
                Assert.IsTrue(files.Length("provision") > 0 && files.Length("list0") > 0, writes + " writes");
                files.WritesLeft = -1;
                memory = new Door(host.Board, new Settings()).Memory;
                Assert.AreEqual(Verdict.Revoked, memory.KeyStore.Judge(0, 5));
                Assert.AreEqual((-1, -1), (files.Length("provision"), files.Length("list0")));
            }
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

        [TestMethod]
        public void KeyUpdate_ThatFlashDidNotTake_IsBrokenOffAndMayComeAgain()
        {
            VirtualFlash flash = new();
            Put(flash, Site.Bundle(1, version: 3));
            using HostBoard host = new(flash);
            DoorMemory memory = new Door(host.Board, new Settings()).Memory;
            BlobIntake intake = new(host.Board, memory);
            byte[] update = Site.Bundle(1, version: 4).Seal(Site.Root, 1);
            flash.IsWornOut = true;
            Assert.AreEqual(CarryState.Broken, intake.Take(update, 0, update.Length, 0));
            Assert.AreEqual(3u, memory.Keyring.Version);
            flash.IsWornOut = false;
            Assert.AreEqual(CarryState.Accepted, intake.Take(update, 0, update.Length, 0));
            Assert.AreEqual(4u, memory.Keyring.Version);
        }

        [TestMethod]
        public void Bundle_WithOneScopeTwice_IsNone()
        {
            Bundle twice = Site.Bundle(1) with { Scopes = [new BundleScope(Site.Scope, 0, 1), new BundleScope(Site.Scope, 1, 1)] };
            Assert.ThrowsExactly<ArgumentException>(() => twice.Encode(Site.Root));
        }

        [TestMethod]
        public void AFloorReset_ThatFlashDoesNotTake_IsBroken_AndMayComeAgain()
        {
            VirtualFlash flash = new();
            Put(flash, Site.Bundle(1));
            using HostBoard host = new(flash);
            DoorMemory memory = new Door(host.Board, new Settings()).Memory;
            byte[] challenge = new byte[Keys.ChallengeLength];
            memory.Challenge.CopyTo(challenge, 0, 0);
            byte[] reset = ServerBlobs.FloorReset(Site.Root, 1, 1, challenge, Site.Start);
            flash.IsWornOut = true;
            Assert.AreEqual(CarryState.Broken, new BlobIntake(host.Board, memory).Take(reset, 0, reset.Length, 0));
            Assert.AreEqual(0u, memory.Time.Floor);
            flash.IsWornOut = false;
            Assert.AreEqual(CarryState.Accepted, new BlobIntake(host.Board, memory).Take(reset, 0, reset.Length, 0));
            Assert.AreEqual(Site.Start, memory.Time.Floor);
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
