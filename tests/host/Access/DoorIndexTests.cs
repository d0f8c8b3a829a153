using System.Linq;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>A door in several scopes, with another index in each: a credential names doors by index, whatever slot the scope has.</summary>
    [TestClass]
    public sealed class DoorIndexTests
    {
        private static readonly int[] Indexes = [3, 0, 63, 2, 1];

        [TestMethod]
        [DataRow(0)]
        [DataRow(1)]
        [DataRow(2)]
        [DataRow(3)]
        [DataRow(4)]
        public void AMask_OpensTheDoorWhoseIndexItNames_AndNoOther(int slot)
        {
            using DoorRig rig = new(BundleOf(Indexes));
            for (int bit = 0; bit < Limits.DoorsInScope; bit++)
            {
                CredentialRecord record = Site.Record() with { ScopeId = Site.Scope + slot, Mask = 1UL << bit };
                int wanted = bit == Indexes[slot] ? Verdict.Granted : Verdict.WrongDoor;
                Assert.AreEqual(wanted, (int)rig.Tap(Site.Key(record, 1))[0], $"slot {slot}, bit {bit}");
            }
        }

        [TestMethod]
        public void AMask_OfAllDoorsButThisOne_DoesNotOpen()
        {
            using DoorRig rig = new(BundleOf(Indexes));
            for (int slot = 0; slot < Indexes.Length; slot++)
            {
                CredentialRecord record = Site.Record() with { ScopeId = Site.Scope + slot, Mask = ~(1UL << Indexes[slot]) };
                Assert.AreEqual(Verdict.WrongDoor, (int)rig.Tap(Site.Key(record, 1))[0], "slot " + slot);
            }

            Assert.AreEqual(0, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void AList_RevokesInItsOwnScopeOnly()
        {
            using DoorRig rig = new(BundleOf(Indexes));
            BlobIntake intake = new(rig.Host.Board, rig.Door.Memory);
            byte[] blob = ListBlob.ForDoor(Site.Root, 1, 1, ListBodies.ForScope(Site.Scope + 3, ListBodies.Revoking(10, 0, 5)));
            Assert.AreEqual(CarryState.Judging, intake.Take(blob, 0, blob.Length, 0));
            rig.Run(500);
            for (int slot = 0; slot < Indexes.Length; slot++)
            {
                CredentialRecord record = Site.Record() with { ScopeId = Site.Scope + slot, Mask = ulong.MaxValue };
                Assert.AreEqual(slot == 3 ? Verdict.Revoked : Verdict.Granted, (int)rig.Tap(Site.Key(record, 1))[0], "slot " + slot);
            }

            rig.Connect();
            byte[] hello = rig.Read(BleCharacteristic.Hello);
            CollectionAssert.AreEqual(
                new[] { 0, 0, 0, 10, 0 }, Enumerable.Range(0, Indexes.Length).Select(slot => Bytes.U16(hello, Hello.ListVersions + (2 * slot))).ToArray());
        }

        private static Bundle BundleOf(int[] indexes) => Site.Bundle(1) with
        {
            Scopes = [.. indexes.Select((index, slot) => new BundleScope(Site.Scope + slot, index, Site.Generation))],
        };
    }
}
