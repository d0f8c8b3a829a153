using DoorController.Access;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Radio;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>State 3 of Carry means durable: the power is cut at the very moment at which a phone can read it.</summary>
    [TestClass]
    public sealed class DurableStateTests
    {
        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void ATimeToken_IsDurable_OnceItIsAccepted(bool isFresh)
        {
            using DoorRig rig = new();
            rig.Run(Limits.AuditQueueMs);
            byte[] challenge = isFresh ? Challenge(rig) : new byte[8];
            BringAndCut(rig, ServerBlobs.TimeToken(Site.Root, 1, 1, challenge, Site.Start), CarryState.Accepted);
            Assert.IsTrue(rig.Door.Memory.Time.Floor >= Site.Start, "floor " + rig.Door.Memory.Time.Floor);
            Assert.AreEqual(isFresh ? ClockQuality.Restored : ClockQuality.Unknown, rig.Door.Memory.Time.Quality);
        }

        [TestMethod]
        public void AFloorReset_IsDurable_OnceItIsAccepted()
        {
            using DoorRig rig = new();
            rig.ProveTime(Site.Start + 1_000_000);
            rig.Run(2000);
            BringAndCut(rig, ServerBlobs.FloorReset(Site.Root, 1, 1, Challenge(rig), Site.Start), CarryState.Accepted);
            Assert.IsTrue(rig.Door.Memory.Time.Floor < Site.Start + 1000);
        }

        [TestMethod]
        public void AKeyUpdate_IsDurable_OnceItIsAccepted()
        {
            using DoorRig rig = new();
            BringAndCut(rig, Site.Bundle(1, version: 7).Seal(Site.Root, 1), CarryState.Accepted);
            Assert.AreEqual(7u, rig.Door.Memory.Keyring.Version);
        }

        [TestMethod]
        public void AList_IsDurable_OnceItIsAccepted()
        {
            using DoorRig rig = new();
            BringAndCut(rig, SyncRig.List(100, 5), CarryState.Accepted);
            Assert.AreEqual(100u, rig.Door.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(100u, rig.Door.Memory.Time.Versions.Highest(0));
        }

        /// <summary>Acknowledged records are offered again after a cut: harmless, and told by a state of its own.</summary>
        [TestMethod]
        public void AnAcknowledgement_IsTaken_AndPromisesNothing()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(), 1));
            rig.Connect();
            rig.Present(Site.Key(Site.Record(6), 1), PhoneKey.NewAttemptId());
            CarryPhone phone = new(rig);
            Assert.AreEqual(CarryState.PageReady, phone.AskPage(0));
            AuditUpload page = AuditUpload.Open(Site.Root, phone.ReadPage())!;
            Assert.AreEqual(CarryState.Taken, phone.Bring(page.Acknowledge(Site.Root)));
            Assert.AreEqual(AuditUpload.SequenceOf(page.Records[^1]), rig.Door.Memory.Audit.Acknowledged);
        }

        /// <summary>A phone that keeps one frame waiting in each pass keeps nothing from being stored.</summary>
        [TestMethod]
        public void APhoneThatNeverPauses_DelaysFlashByAQuarterOfASecondAtMost()
        {
            using DoorRig rig = new();
            rig.Connect();
            rig.Apply(ListBlob.Full(SyncRig.Header(90), []));
            rig.Door.Memory.KeyStore.BeginList(0, SyncRig.List(100, 5), SyncRig.List(100, 5).Length - Bytes.Tag);
            long start = rig.Host.Clock.NowMs;
            while (!rig.Door.Memory.IsListDurable(0) || rig.Door.Memory.KeyStore.ListVersion(0) != 100)
            {
                while (rig.Door.Link.IsQuiet)
                {
                    rig.Phone.Write(BleCharacteristic.Carry, [0x23, 0, 0, 0, 0]);
                }

                rig.Run(10);
                Assert.IsTrue(rig.Host.Clock.NowMs - start <= 2000, "the list waits for the phone");
            }
        }

        /// <summary>Five steps at a quarter of a second each, and the loop in between.</summary>
        [TestMethod]
        public void APhoneWithoutAKey_DoesNotDelayTheListsOfASync()
        {
            using SyncRig rig = new();
            rig.Server.News = _ => [SyncRig.List(100, 5)];
            var phone = new VirtualPhone(rig.Rig.Host.Radio) { Interval = () => rig.Rig.Host.Clock.Advance(10) };
            for (int i = 0; i < 500 && rig.Server.Requests.Count == 0; i++)
            {
                rig.Run(10);
            }

            Assert.IsTrue(phone.Connect(RadioBench.Mtu));
            long start = rig.Rig.Host.Clock.NowMs;
            while (rig.Memory.KeyStore.ListVersion(0) != 100 || !rig.Memory.IsListDurable(0))
            {
                for (int i = 0; i < 3; i++)
                {
                    phone.Write(BleCharacteristic.Carry, [0x23, 0, 0, 0, 0]);
                }

                rig.Run(10);
                Assert.IsTrue(rig.Rig.Host.Clock.NowMs - start <= 3000, "the list waits for a phone without a key");
            }
        }

        /// <summary>A list under way, and a key update in which its scope moves to another slot: what the carrier hears is about its scope.</summary>
        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void AListDroppedByAKeyUpdate_IsNeverCalledAccepted(bool doesOtherScopeHaveANewerList)
        {
            using DoorRig rig = new(Site.Bundle(1, scopes: 2));
            if (doesOtherScopeHaveANewerList)
            {
                Store(rig, ListBlob.Full(SyncRig.Header(200) with { ScopeId = Site.Scope + 1 }, []));
            }

            BlobIntake intake = new(rig.Host.Board, rig.Door.Memory);
            byte[] list = SyncRig.List(100, 5);
            Assert.AreEqual(CarryState.Judging, intake.Take(list, 0, list.Length, 0));
            byte[] swapped = new Bundle(2, 1, 1, "DOOR 1", [new BundleScope(Site.Scope + 1, 0, 1), new BundleScope(Site.Scope, 0, 1)]).Seal(Site.Root, 1);
            Assert.AreEqual(CarryState.Accepted, new BlobIntake(rig.Host.Board, rig.Door.Memory).Take(swapped, 0, swapped.Length, 0));
            int state = intake.Settle();
            for (int i = 0; i < 20 && state == CarryState.Judging; i++)
            {
                rig.Run(100);
                state = intake.Settle();
            }

            Assert.AreEqual(CarryState.Broken, state);
            Assert.AreEqual(0u, rig.Door.Memory.KeyStore.ListVersion(1), "the list is not in force");
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record(), 1))[0], "so its key still opens, and the carrier brings it again");
            list = SyncRig.List(100, 5);
            Assert.AreEqual(CarryState.Judging, intake.Take(list, 0, list.Length, 0));
            rig.Run(1000);
            Assert.AreEqual(CarryState.Accepted, intake.Settle());
            Assert.AreEqual(Verdict.Revoked, (int)rig.Tap(Site.Key(Site.Record(), 1))[0]);
        }

        /// <summary>What credentials told of newer lists belongs to the scope, not to the slot it happened to have.</summary>
        [TestMethod]
        public void NewestListHeardOf_FollowsItsScope_WhenAKeyUpdateMovesIt()
        {
            using DoorRig rig = new(Site.Bundle(1, scopes: 2));
            rig.Tap(Site.Key(Site.Record() with { ListVersion = 77 }, 1));
            Assert.AreEqual(77u, rig.Door.Memory.NewestKnown(0));
            byte[] swapped = new Bundle(2, 1, 1, "DOOR 1", [new BundleScope(Site.Scope + 1, 0, 1), new BundleScope(Site.Scope, 0, 1)]).Seal(Site.Root, 1);
            Assert.AreEqual(CarryState.Accepted, new BlobIntake(rig.Host.Board, rig.Door.Memory).Take(swapped, 0, swapped.Length, 0));
            Assert.AreEqual((0u, 77u), (rig.Door.Memory.NewestKnown(0), rig.Door.Memory.NewestKnown(1)));
        }

        private static void Store(DoorRig rig, byte[] body)
        {
            Assert.AreEqual(ListOutcome.Accepted, rig.Door.Memory.KeyStore.BeginList(1, body, body.Length));
            rig.Run(1000);
        }

        private static byte[] Challenge(DoorRig rig)
        {
            byte[] challenge = new byte[Keys.ChallengeLength];
            rig.Door.Memory.Challenge.CopyTo(challenge, 0, rig.Host.Clock.NowMs);
            return challenge;
        }

        /// <summary>Carries a blob up, reads the status after each single pass of the loop, and cuts the power when it says what is wanted.</summary>
        private static void BringAndCut(DoorRig rig, byte[] blob, int wanted)
        {
            rig.Connect();
            CarryPhone phone = new(rig);
            byte[][] frames = [.. phone.Frames(blob)];
            foreach (byte[] frame in frames[..^1])
            {
                phone.Write(frame);
            }

            rig.Phone.Interval = () => rig.Host.Clock.Advance(10);
            rig.Phone.Write(BleCharacteristic.Carry, frames[^1]);
            int state = CarryState.Judging;
            for (int i = 0; i < 200 && state != wanted; i++)
            {
                rig.Door.Poll();
                rig.Host.Clock.Advance(10);
                state = CarryStatus.Read(rig.Read(BleCharacteristic.Carry)).State;
                Assert.IsTrue(state is CarryState.Receiving or CarryState.Judging || state == wanted, "state " + state);
            }

            Assert.AreEqual(wanted, state);
            rig.Phone.Disconnect();
            rig.Phone.Interval = () => rig.Run(VirtualPhone.IntervalMs);
            rig.Reboot();
        }
    }
}
