using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Sync;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>Which key update a door takes: PROTOCOL.md section 6, blobs 2 and 9. The door has bundle version 5 and door generation 2.</summary>
    [TestClass]
    public sealed class KeyUpdateTests
    {
        private const uint Version = 5;
        private const int Generation = 2;

        [TestMethod]
        [DataRow(Version + 1, Generation, CarryState.Accepted)]
        [DataRow(Version + 1, Generation + 1, CarryState.Accepted)]
        [DataRow(Version + 1, Generation - 1, CarryState.Refused)]
        [DataRow(uint.MaxValue, Generation - 1, CarryState.Refused)]
        [DataRow(Version, Generation, CarryState.NothingNew)]
        [DataRow(Version, Generation + 1, CarryState.NothingNew)]
        [DataRow(Version - 1, Generation + 1, CarryState.NothingNew)]
        public void Version_MustRise_AndTheDoorGenerationNeverFalls(uint version, int generation, int state)
        {
            VirtualFlash flash = Door();
            Assert.AreEqual(state, Take(flash, New(version, generation).Seal(Site.Root, Generation)));
            AssertHas(flash, state == CarryState.Accepted ? version : Version, state == CarryState.Accepted ? generation : Generation);
        }

        [TestMethod]
        public void AnotherDoorsBundle_IsRefused_ThoughItIsSealedForThisOne()
        {
            VirtualFlash flash = Door();
            byte[] plain = (New(Version + 1, Generation) with { DoorId = 2 }).Encode(Site.Root);
            Assert.AreEqual(CarryState.Refused, Take(flash, Seal(plain)));
            AssertHas(flash, Version, Generation);
        }

        [TestMethod]
        [DataRow(0, 8, DisplayName = "blob type")]
        [DataRow(43, 0, DisplayName = "no name")]
        [DataRow(43, 27, DisplayName = "name too long")]
        [DataRow(44, 0x1F, DisplayName = "name below 0x20")]
        [DataRow(45, 0x7F, DisplayName = "name above 0x7E")]
        [DataRow(69, 1, DisplayName = "not zero behind the name")]
        [DataRow(70, 0, DisplayName = "fewer scopes than bytes")]
        [DataRow(70, 2, DisplayName = "more scopes than bytes")]
        [DataRow(71 + 3, 64, DisplayName = "index")]
        [DataRow(71 + 4, 2, DisplayName = "mode")]
        [DataRow(71 + 9, 0, DisplayName = "scope generation 0")]
        public void ABadField_IsRefused_AndChangesNothing(int at, int value)
        {
            VirtualFlash flash = Door();
            byte[] plain = New(Version + 1, Generation).Encode(Site.Root);
            plain[at] = (byte)value;
            Assert.AreEqual(CarryState.Refused, Take(flash, Seal(plain)));
            AssertHas(flash, Version, Generation);
        }

        [TestMethod]
        public void DoorGenerationZero_IsRefused()
        {
            VirtualFlash flash = Door();
            byte[] plain = New(Version + 1, Generation).Encode(Site.Root);
            Assert.IsTrue(BundleForm.IsBundle(plain, 0, plain.Length));
            Bytes.Put16(plain, 9, 0);
            Assert.IsFalse(BundleForm.IsBundle(plain, 0, plain.Length), "not even by cable");
            Assert.AreEqual(CarryState.Refused, Take(flash, Seal(plain)));
        }

        [TestMethod]
        public void TheLongestNameAndTheMostScopes_AreTaken_AndOneMoreIsNot()
        {
            Bundle longest = Site.Bundle(1, scopes: Limits.Scopes, version: Version + 1) with { DoorGeneration = Generation, Name = new string('~', 26) };
            byte[] plain = longest.Encode(Site.Root);
            Assert.HasCount(636, plain);
            byte[] six = [.. plain, .. plain[^113..]];
            six[70] = 6;
            Bytes.Put24(six, six.Length - 113, Site.Scope + 9);
            VirtualFlash flash = Door();
            Assert.AreEqual(CarryState.Refused, Take(flash, Seal(six)));
            Assert.AreEqual(CarryState.Accepted, Take(flash, Seal(plain)));
        }

        [TestMethod]
        public void AnUpdateUnderAnotherGenerationOfTheDoorKey_IsRefused()
        {
            VirtualFlash flash = Door();
            Assert.AreEqual(CarryState.Refused, Take(flash, New(Version + 1, Generation).Seal(Site.Root, Generation - 1)));
            Assert.AreEqual(CarryState.Refused, Take(flash, New(Version + 1, Generation + 1).Seal(Site.Root, Generation + 1)));
            AssertHas(flash, Version, Generation);
        }

        [TestMethod]
        public void ScopesThatChangeTheirSlots_KeepTheirLists_AtOnceAndAfterABoot()
        {
            VirtualFlash flash = Prepared.Door();
            BundleScope[] swapped = [new(Site.Scope + 1, 0, Site.Generation), new(Site.Scope, 0, Site.Generation)];
            Prepared.Live(flash, (host, memory) =>
            {
                Prepared.TakeList(host, memory, ListBodies.ForScope(Site.Scope + 1, ListBodies.Revoking(20, 0, 77)));
                Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, (Site.Bundle(1, version: 2) with { Scopes = swapped }).Seal(Site.Root, 1)));
                AssertSwapped(memory);
            });
            Prepared.Live(flash, (_, memory) => AssertSwapped(memory));
        }

        [TestMethod]
        public void ANewDoorKey_ChainsTheRecordsFromThenOn()
        {
            Prepared.Live(Prepared.Door(), (host, memory) =>
            {
                Assert.AreEqual(CarryState.Accepted, Prepared.Take(host, memory, Prepared.Renewed(2, 2).Seal(Site.Root, 1)));
                Assert.IsTrue(memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
                byte[] page = AuditPageMaker.Make(host.Board, memory, memory.Audit.NextSequence - 1, 1)!;
                Assert.AreEqual(0, AuditUpload.Open(Site.Root, page)!.FindBreaks(Site.Root, 2).Count);
            });
        }

        private static void AssertSwapped(DoorMemory memory)
        {
            Assert.AreEqual((20u, 7u), (memory.KeyStore.ListVersion(0), memory.KeyStore.ListVersion(1)));
            Assert.AreEqual((Verdict.Revoked, Verdict.Granted), (memory.KeyStore.Judge(0, 77), memory.KeyStore.Judge(0, 9000)));
            Assert.AreEqual((Verdict.Granted, Verdict.Revoked), (memory.KeyStore.Judge(1, 77), memory.KeyStore.Judge(1, 9000)));
            Assert.AreEqual((20u, 7u), (memory.Time.Versions.Highest(0), memory.Time.Versions.Highest(1)));
        }

        private static Bundle New(uint version, int generation) =>
            new(version, 1, generation, "DOOR 1", [new BundleScope(Site.Scope, 0, Site.Generation)]);

        private static byte[] Seal(byte[] plain)
        {
            ServerCrypto crypto = ServerCrypto.Instance;
            return Sealed.Make(crypto, crypto, Site.Root.SubKey(1, Generation, Keys.Update), BlobType.KeyUpdate, 1, Generation, plain, plain.Length);
        }

        private static VirtualFlash Door()
        {
            VirtualFlash flash = new();
            using HostBoard host = new(flash);
            byte[] bundle = New(Version, Generation).Encode(Site.Root);
            Assert.IsTrue(new SlotFile(flash, host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length));
            return flash;
        }

        private static int Take(VirtualFlash flash, byte[] blob)
        {
            using HostBoard host = new(flash);
            return Prepared.Take(host, new DoorMemory(host.Board), blob);
        }

        private static void AssertHas(VirtualFlash flash, uint version, int generation)
        {
            using HostBoard host = new(flash);
            Keyring keyring = new DoorMemory(host.Board).Keyring;
            Assert.AreEqual((version, generation), (keyring.Version, keyring.Generation));
        }
    }
}
