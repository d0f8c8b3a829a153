using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Protocol
{
    /// <summary>
    /// The order of the table in PROTOCOL.md section 5: attempts that fail many checks at once, mended one by one from the top. The verdict
    /// is always that of the first check that still fails.
    /// </summary>
    [TestClass]
    public sealed class CheckOrderTests
    {
        private const uint Now = Site.Start;

        private static CredentialRecord Good => Site.Record();

        private static CredentialRecord WrongDoor => Good with { Mask = 2 };

        private static CredentialRecord WrongOperation => WrongDoor with { IsForFloors = true };

        private static CredentialRecord NotYetValid => WrongOperation with { NotBefore = Now + 86400 };

        private static CredentialRecord Expired => NotYetValid with { ExpiresAt = Now - 1 };

        [TestMethod]
        public void TheForm_IsJudgedFirst_EvenByADoorWithoutKeys()
        {
            using VectorDoor door = new(null, VectorMaker.Nonce);
            door.Connect();
            Assert.AreEqual(Verdict.BadVersion, Judge(door, [0x43, 1]), "operation and length are wrong too");
            Assert.AreEqual(Verdict.BadOperation, Judge(door, [0x23, 1]), "the length is wrong too");
            Assert.AreEqual(Verdict.BadLength, Judge(door, [0x21, 1]), "no keys, no Hello");
            Assert.AreEqual(Verdict.BadLength, Judge(door, [0x22, .. new byte[76]]), "77 bytes are those of the other operation");
            Assert.AreEqual(Verdict.KeysLost, Judge(door, [0x21, .. new byte[76]]));
        }

        [TestMethod]
        public void ThenWhetherAHelloWasRead_ThenScopeGenerationAndTag()
        {
            using VectorDoor door = new(Site.Bundle(1), VectorMaker.Nonce);
            byte[] unlock = [0x21, .. new byte[76]];
            door.Door.Link.OnSession(true);
            Assert.AreEqual(Verdict.NoHello, Judge(door, unlock), "scope, generation and tag are wrong too");
            door.Connect();
            Assert.AreEqual(Verdict.UnknownScope, Judge(door, unlock));
            Bytes.Put24(unlock, 1, Site.Scope);
            door.Connect();
            Assert.AreEqual(Verdict.UnknownGeneration, Judge(door, unlock), "the tag is wrong too");
            unlock[4] = Site.Generation;
            door.Connect();
            Assert.AreEqual(Verdict.NotProven, Judge(door, unlock), "the record is nonsense too");
        }

        [TestMethod]
        public void ThenTheRecord_TheList_TheTime_AndThePlace()
        {
            BundleScope scope = new(Site.Scope, 0, 2, PreviousGeneration: 1, PreviousUntil: Now + 86400);
            using VectorDoor door = new(Site.Bundle(1) with { Scopes = [scope] }, VectorMaker.Nonce);
            Apply(door, 99, minimumGeneration: 2, watermark: 8);
            door.Door.Memory.KeyStore.SetScope(0, Site.Scope, false, 100);
            Assert.AreEqual(Verdict.UnsupportedCredential, Judge(door, Expired, recordVersion: 2), "and all that follows");
            Assert.AreEqual(Verdict.GenerationRetired, Judge(door, Expired), "the list is lost, the key dead and expired too");
            CredentialRecord second = Expired with { Generation = 2 };
            Assert.AreEqual(Verdict.ListLost, Judge(door, second), "the key is dead and expired too");
            Apply(door, 100, minimumGeneration: 2, watermark: 8);
            Assert.AreEqual(Verdict.KeyDead, Judge(door, second));
            Assert.AreEqual(Verdict.Revoked, Judge(door, second with { KeyNumber = 9 }), "it is expired and not yet valid too");
            second = second with { KeyNumber = 10 };
            Assert.AreEqual(Verdict.Expired, Judge(door, second));
            Assert.AreEqual(Verdict.NotYetValid, Judge(door, NotYetValid with { Generation = 2, KeyNumber = 10 }), "the operation is wrong too");
            Assert.AreEqual(Verdict.WrongOperation, Judge(door, WrongOperation with { Generation = 2, KeyNumber = 10 }), "the door is wrong too");
        }

        [TestMethod]
        public void ThenWhetherThereIsRoom_AndTheStrikeLast()
        {
            using DoorRig rig = new();
            rig.ProveTime(Now);
            for (int i = 0; i < Limits.Attempts; i++)
            {
                Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Good, 1))[0]);
            }

            rig.Host.Strike.Refuses = true;
            Assert.AreEqual(Verdict.WrongDoor, (int)rig.Tap(Site.Key(WrongDoor, 1))[0]);
            Assert.AreEqual(Verdict.Busy, (int)rig.Tap(Site.Key(Good, 1))[0]);
            rig.Run(Limits.AttemptMs);
            Assert.AreEqual(Verdict.StrikeFault, (int)rig.Tap(Site.Key(Good, 1))[0]);
        }

        [TestMethod]
        public void AListThatIsLost_IsToldBySlot()
        {
            Bundle bundle = Site.Bundle(1, scopes: 4);
            BundleScope[] scopes = [.. bundle.Scopes.Select((scope, slot) => slot == 3 ? scope with { MinimumListVersion = 1 } : scope)];
            using VectorDoor door = new(bundle with { Scopes = scopes }, VectorMaker.Nonce);
            byte[] hello = door.Connect();
            Assert.AreEqual(0b1000, (int)hello[Hello.ListLost], "and in the bits of Hello");
            byte[] result = door.Write(Site.Key(Good with { ScopeId = Site.Scope + 3 }, 1).MakeUnlock(hello, VectorMaker.AttemptId));
            CollectionAssert.AreEqual(new byte[] { Verdict.ListLost, 3 }, result[..2]);
            Assert.AreEqual(Verdict.Granted, Judge(door, Good with { ScopeId = Site.Scope + 2 }));
        }

        private static int Judge(VectorDoor door, byte[] frame)
        {
            door.Write(frame);
            return door.Door.LastVerdict;
        }

        private static int Judge(VectorDoor door, CredentialRecord record, byte recordVersion = 1)
        {
            PhoneKey key = VectorMaker.KeyOf(new VectorCase("order", 0, string.Empty) { Record = record, RecordVersion = recordVersion });
            return Judge(door, key.MakeUnlock(door.Connect(), PhoneKey.NewAttemptId()));
        }

        private static void Apply(VectorDoor door, uint version, int minimumGeneration, uint watermark) =>
            door.Apply(ListBlob.Full(new ListHeader(Site.Scope, version, 1, minimumGeneration, watermark), [0b10]));
    }
}
