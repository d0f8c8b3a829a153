using System;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>News by phone: every state of PROTOCOL.md section 7, bounds before and after an unlock, and frames that do not come as they should.</summary>
    [TestClass]
    public sealed class CarryTests
    {
        /// <summary>More keys than form 2 names: their list takes several frames.</summary>
        private static readonly uint[] Many = [.. Enumerable.Range(0, 1100).Select(i => 7u * (uint)i)];

        [TestMethod]
        [DataRow(247)]
        [DataRow(0)]
        public void AList_IsTakenFromAnybody_AndIsDurable(int mtu)
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig, mtu);
            Assert.AreEqual(CarryState.Idle, phone.Status().State);
            phone.Write(CarryPhone.Begin(BlobType.List, 500));
            Assert.AreEqual((CarryState.Receiving, BlobType.List, 0), Of(phone.Status()));
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.List(100, 5)));
            rig.Phone.Disconnect();
            rig.Reboot();
            Assert.AreEqual(Verdict.Revoked, (int)rig.Tap(Site.Key(Site.Record(), 1))[0]);
            Assert.AreEqual(0, rig.Host.Faults.Count, rig.Host.Faults.ToString());
        }

        [TestMethod]
        public void AStatus_SaysWhatTheDoorWants()
        {
            using DoorRig rig = new();
            CarryStatus status = Connect(rig).Status();
            byte[] challenge = new byte[Keys.ChallengeLength];
            rig.Door.Memory.Challenge.CopyTo(challenge, 0, rig.Host.Clock.NowMs);
            CollectionAssert.AreEqual(challenge, status.Challenge);
            Assert.AreEqual(
                (rig.Door.Memory.Audit.Epoch, 0u, 1), (status.Epoch, status.Acknowledged, status.Pages));
        }

        [TestMethod]
        public void JudgingAndStoring_TakeAWhile_AndRingWhenTheyAreOver()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            rig.Phone.Subscribe(BleCharacteristic.Carry);
            byte[][] frames = [.. phone.Frames(SyncRig.List(100, 5))];
            foreach (byte[] frame in frames[..^1])
            {
                phone.Write(frame);
            }

            rig.Phone.Interval = () => rig.Host.Clock.Advance(10);
            AttOperation last = rig.Phone.Write(BleCharacteristic.Carry, frames[^1]);
            rig.Phone.Wait(last);
            rig.Door.Poll();
            Assert.AreEqual(CarryState.Judging, CarryStatus.Read(rig.Read(BleCharacteristic.Carry)).State);
            Assert.IsFalse(rig.Phone.Notifications.Any(n => n.Characteristic == BleCharacteristic.Carry));
            rig.Run(500);
            Assert.IsTrue(rig.Phone.Notifications.Any(n => n.Characteristic == BleCharacteristic.Carry));
            Assert.AreEqual(CarryState.Accepted, CarryStatus.Read(rig.Read(BleCharacteristic.Carry)).State);
        }

        [TestMethod]
        public void WhatIsNotForThisDoor_IsRefused()
        {
            byte[] body = ListBlob.Full(SyncRig.Header(100), [0x20]);
            using DoorRig rig = new();
            byte[] wrongTag = SyncRig.List(100, 5);
            wrongTag[^1] ^= 1;
            foreach (byte[] blob in new[]
            {
                wrongTag,
                ListBlob.ForDoor(Site.Root, 2, 1, body),
                ListBlob.ForDoor(Site.Root, 1, 2, body),
                ListBlob.ForDoor(Site.Root, 1, 1, ListBlob.Full(SyncRig.Header(100) with { ScopeId = 9 }, [0x20])),
                ServerBlobs.TimeToken(Site.Root, 2, 1, new byte[8], Site.Start),
                ServerBlobs.FloorReset(Site.Root, 1, 1, new byte[8], Site.Start),
                ServerBlobs.Acknowledgement(Site.Root, 1, 1, 1, 1, new byte[8]),
                new Bundle(2, 2, 1, "OTHER", []).Seal(Site.Root, 1),
                [BlobType.List],
                [77, 1, 2],
                new byte[40],
            })
            {
                CarryPhone phone = Connect(rig);
                Assert.AreEqual(CarryState.Refused, phone.Bring(blob), Convert.ToHexString(blob.AsSpan(0, Math.Min(8, blob.Length))));
                rig.Phone.Disconnect();
                rig.Run(600);
            }

            Assert.AreEqual((0u, 1u), (rig.Door.Memory.KeyStore.ListVersion(0), rig.Door.Memory.Keyring.Version));
        }

        [TestMethod]
        public void WhatIsOldOrThereAlready_IsNothingNew()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.List(100, 5)));
            Assert.AreEqual(CarryState.NothingNew, phone.Bring(SyncRig.List(100, 5)));
            Assert.AreEqual(CarryState.NothingNew, phone.Bring(SyncRig.List(99)));
            Assert.AreEqual(CarryState.NothingNew, phone.Bring(new Bundle(1, 1, 1, "OLD", []).Seal(Site.Root, 1)));
            rig.ProveTime(Site.Start);
            byte[] late = ServerBlobs.TimeToken(Site.Root, 1, 1, new byte[8], Site.Start - 100);
            Assert.AreEqual(CarryState.NothingNew, phone.Bring(late));
        }

        [TestMethod]
        public void ADeltaWithoutItsBase_AsksForTheFullForm()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            Assert.AreEqual(CarryState.BaseMissing, phone.Bring(SyncRig.Delta(50, 100, 5)));
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.List(60)));
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.Delta(50, 100, 5)));
        }

        [TestMethod]
        public void ATimeToken_ThatAnswersTheChallenge_IsAClock_AndALateOneALowerBound()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            byte[] challenge = phone.Status().Challenge;
            byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, challenge, Site.Start + 100);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(token));
            Assert.AreEqual(ClockQuality.Proven, rig.Door.Memory.Time.Quality);
            CollectionAssert.AreEqual(challenge, phone.Status().Challenge, "it stays good for others");
            Assert.AreEqual(CarryState.NothingNew, phone.Bring(token), "the same again");

            rig.Phone.Disconnect();
            rig.Reboot();
            phone = Connect(rig);
            byte[] bound = ServerBlobs.TimeToken(Site.Root, 1, 1, challenge, Site.Start + 5000);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(bound));
            Assert.IsTrue(rig.Door.Memory.Time.Floor >= Site.Start + 5000);
            Assert.AreEqual(ClockQuality.Restored, rig.Door.Memory.Time.Quality);
        }

        [TestMethod]
        public void AFloorReset_AnswersTheChallenge_AndLosesTheLists()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.List(100, 5)));
            rig.ProveTime(Site.Start + 1000000);
            byte[] reset = ServerBlobs.FloorReset(Site.Root, 1, 1, phone.Status().Challenge, Site.Start);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(reset));
            Assert.IsTrue(rig.Door.Memory.Time.Floor < Site.Start + 60);
            Assert.IsTrue(rig.Door.Memory.KeyStore.IsListLost(0));
            Assert.AreEqual(CarryState.Refused, phone.Bring(reset), "good once");
        }

        [TestMethod]
        public void AKeyUpdate_ComesByPhone()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            Bundle bundle = new(2, 1, 1, "DOOR 1", [new BundleScope(Site.Scope, 0, 2)]);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(bundle.Seal(Site.Root, 1)));
            rig.Phone.Disconnect();
            rig.Run(600);
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Tap(Site.Key(Site.Record(), 1))[0]);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record() with { Generation = 2 }, 1))[0]);
        }

        [TestMethod]
        public void AFrameThatIsLostOrOutOfOrder_BreaksTheTransfer_AndARepeatDoesNot()
        {
            using DoorRig rig = new();
            byte[] blob = SyncRig.List(100, Many);
            CarryPhone phone = Connect(rig, 0);
            byte[][] frames = [.. phone.Frames(blob).Take(20)];
            foreach (byte[] frame in frames.Where((_, i) => i != 7))
            {
                phone.Write(frame);
            }

            Assert.AreEqual(CarryState.Broken, phone.Status().State);
            foreach (byte[] frame in new[] { frames[0], frames[1], frames[3], frames[2] })
            {
                phone.Write(frame);
            }

            Assert.AreEqual(CarryState.Broken, phone.Status().State);
            foreach (byte[] frame in new[] { frames[0], frames[1], frames[1], frames[2], frames[2], frames[2], frames[3] })
            {
                phone.Write(frame);
            }

            Assert.AreEqual((CarryState.Receiving, BlobType.List, 3 * phone.FrameBytes), Of(phone.Status()));
            phone.Write(frames[1]);
            Assert.AreEqual(CarryState.Broken, phone.Status().State, "a repeat of any but the last frame");
        }

        [TestMethod]
        public void DataBehindTheEnd_BreaksTheTransfer()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            phone.Write(CarryPhone.Begin(BlobType.TimeToken, 35));
            phone.Write(CarryPhone.Data(0, new byte[36]));
            Assert.AreEqual(CarryState.Broken, phone.Status().State);
            phone.Write(CarryPhone.Begin(BlobType.TimeToken, 0));
            Assert.AreEqual(CarryState.Refused, phone.Status().State);
            phone.Write(CarryPhone.Begin(BlobType.List, Limits.TransferBytes + 1));
            Assert.AreEqual(CarryState.Refused, phone.Status().State);
        }

        [TestMethod]
        public void ATransfer_EndsWithItsSession()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            byte[][] frames = [.. phone.Frames(SyncRig.List(100, Many))];
            Assert.IsTrue(frames.Length > 2);
            phone.Write(frames[0]);
            phone.Write(frames[1]);
            rig.Phone.Disconnect();
            rig.Run(600);
            phone = Connect(rig);
            Assert.AreEqual((CarryState.Idle, 0, 0), Of(phone.Status()));
            phone.Write(frames[2]);
            Assert.AreEqual(CarryState.Idle, phone.Status().State);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.List(100, Many)));
        }

        [TestMethod]
        public void BeforeAnUnlock_ASessionBrings2560Bytes_AndMoreAfterIt()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            byte[] garbage = new byte[Limits.CarryBeforeBytes - 30];
            Assert.AreEqual(CarryState.Refused, phone.Bring(garbage));
            phone.Write(CarryPhone.Begin(BlobType.List, 30));
            Assert.AreEqual(CarryState.Receiving, phone.Status().State);
            phone.Write(CarryPhone.Begin(BlobType.List, 31));
            Assert.AreEqual(CarryState.NotAllowed, phone.Status().State);
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            phone.Write(CarryPhone.Begin(BlobType.List, Limits.TransferBytes));
            Assert.AreEqual(CarryState.Receiving, phone.Status().State);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.List(100, 5)));

            rig.Phone.Disconnect();
            rig.Run(600);
            phone = Connect(rig);
            phone.Write(CarryPhone.Begin(BlobType.List, Limits.CarryBeforeBytes + 1));
            Assert.AreEqual(CarryState.NotAllowed, phone.Status().State, "each session proves anew");
        }

        [TestMethod]
        public void ADeadKey_IsProofEnough()
        {
            using DoorRig rig = new();
            rig.Apply(ListBlob.Full(SyncRig.Header(100), [0x20]));
            CarryPhone phone = Connect(rig);
            Assert.AreEqual(Verdict.Revoked, (int)rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId())[0]);
            Assert.AreEqual(CarryState.PageReady, phone.AskPage(0));
        }

        [TestMethod]
        [DataRow(247)]
        [DataRow(0)]
        public void AuditPages_GoDown_OnlyAfterAProof(int mtu)
        {
            using DoorRig rig = new();
            for (int i = 0; i < 70; i++)
            {
                rig.Door.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0);
            }

            CarryPhone phone = Connect(rig, mtu);
            Assert.AreEqual(CarryState.NotAllowed, phone.AskPage(0));
            PhoneKey stranger = Site.Key(Site.Record(), 1) with { CredentialKey = new byte[32] };
            rig.Present(stranger, PhoneKey.NewAttemptId());
            Assert.AreEqual(CarryState.NotAllowed, phone.AskPage(0), "an attempt that proved nothing");

            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            Assert.AreEqual(CarryState.PageReady, phone.AskPage(0));
            AuditUpload page = AuditUpload.Open(Site.Root, phone.ReadPage())!;
            Assert.AreEqual((1u, rig.Door.Memory.Audit.Epoch), (AuditUpload.SequenceOf(page.Records[0]), page.Epoch));
            Assert.AreEqual(CarryState.Taken, phone.Bring(page.Acknowledge(Site.Root)));
            Assert.AreEqual(page.LastSequence, phone.Status().Acknowledged);
            Assert.AreEqual(CarryState.NothingNew, phone.Bring(page.Acknowledge(Site.Root)));
            Assert.AreEqual(CarryState.NothingNew, phone.AskPage(rig.Door.Memory.Audit.NextSequence + 5));
        }

        [TestMethod]
        public void ASliceOfNothing_GivesTheStatus()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            phone.Write([0x24, 0, 0]);
            Assert.AreEqual(CarryState.Idle, phone.Status().State);
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            Assert.AreEqual(CarryState.PageReady, phone.AskPage(0));
            phone.Write([0x24, 0, 0]);
            Assert.AreEqual(0x24, (int)rig.Read(BleCharacteristic.Carry)[0]);
            phone.Write([0x24, 0xFF, 0xFF]);
            Assert.AreEqual(CarryState.PageReady, phone.Status().State, "no old slice, but the status");
        }

        [TestMethod]
        public void FramesThatAreNone_KeepNoSessionAlive()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            for (int i = 0; i < 15 && rig.Phone.IsConnected; i++)
            {
                rig.Phone.TryWrite(BleCharacteristic.Carry, [(byte)(0x30 + i), 1, 2]);
                rig.Run(1000);
            }

            Assert.IsFalse(rig.Phone.IsConnected);
        }

        [TestMethod]
        public void WhileSyncHasTheBuffer_CarryIsBusy_AndAnUnlockNeedsNone()
        {
            using DoorRig rig = new();
            TransferBuffer buffer = new();
            object sync = new();
            Carry carry = new(rig.Host.Board, rig.Door.Memory, rig.Door.Link, new BlobIntake(rig.Host.Board, rig.Door.Memory), buffer);
            rig.Connect();
            Assert.IsTrue(buffer.TryTake(sync));
            carry.OnFrame(CarryPhone.Begin(BlobType.List, 40));
            Assert.AreEqual(CarryState.Busy, StateOf(rig));
            carry.Poll(0, false);
            Assert.IsFalse(buffer.TryTake(new object()), "what is not Carry's stays with its owner");
            buffer.Release(sync);
            carry.OnFrame(CarryPhone.Begin(BlobType.List, 40));
            Assert.AreEqual(CarryState.Receiving, StateOf(rig));
            Assert.IsFalse(buffer.TryTake(sync));
            carry.OnFrame([0x23, 0, 0, 0, 0]);
            Assert.AreEqual(CarryState.NotAllowed, StateOf(rig));
            Assert.IsTrue(buffer.TryTake(sync), "a transfer that ended gives the buffer back");
        }

        [TestMethod]
        public void FlashThatFails_BreaksTheTransfer_AndTheListCanComeAgain()
        {
            using SyncRig rig = new();
            rig.Settings.HasServer = false;
            CarryPhone phone = Connect(rig.Rig);
            rig.Files.WritesLeft = 0;
            Assert.AreEqual(CarryState.Broken, phone.Bring(SyncRig.List(100, 5)));
            rig.Files.WritesLeft = -1;
            rig.Run(2000);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.List(100, 5)));
        }

        [TestMethod]
        public void AListBySync_AndAListByPhone_AtOnce_AreEachJudgedForItself()
        {
            using DoorRig rig = new();
            BlobIntake bySync = new(rig.Host.Board, rig.Door.Memory);
            BlobIntake byPhone = new(rig.Host.Board, rig.Door.Memory);
            byte[] first = SyncRig.List(100, 5);
            byte[] second = SyncRig.List(101, 5, 6);
            Assert.AreEqual(CarryState.Judging, bySync.Take(first, 0, first.Length, 0));
            Assert.AreEqual(CarryState.Busy, byPhone.Take((byte[])second.Clone(), 0, second.Length, 0));
            Assert.AreEqual(CarryState.Accepted, byPhone.Settle(), "it has nothing under way");
            Assert.AreEqual(CarryState.Judging, bySync.Settle(), "nobody else's question settles this");
            rig.Run(500);
            Assert.AreEqual(CarryState.Accepted, bySync.Settle());
            Assert.AreEqual(CarryState.Judging, byPhone.Take(second, 0, second.Length, 0));
        }

        [TestMethod]
        public void CarryingAfterAnUnlock_Lasts4s_UnlessTheDoorIsQuiet()
        {
            foreach (bool isQuiet in new[] { false, true })
            {
                using DoorRig rig = new();
                rig.Tap(Site.Key(Site.Record(9), 1));
                rig.Run(isQuiet ? Limits.QuietDoorMs + 1000 : 5000);
                CarryPhone phone = Connect(rig);
                rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
                phone.AskPage(0);
                rig.Run(Limits.CarryAfterUnlockMs - 1000);
                Assert.AreEqual(CarryState.PageReady, phone.Status().State);
                rig.Run(2000);
                Assert.AreEqual(isQuiet ? CarryState.PageReady : CarryState.NotAllowed, phone.Status().State);
                Assert.IsTrue(rig.Phone.IsConnected);
            }
        }

        [TestMethod]
        public void ATransferThatBegins4sAfterAnUnlock_IsNotAllowed_AndDropsNoLink()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(9), 1));
            CarryPhone phone = Connect(rig);
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            rig.Run(Limits.CarryAfterUnlockMs + 500);
            phone.Write(CarryPhone.Begin(BlobType.List, 40));
            Assert.AreEqual(CarryState.NotAllowed, phone.Status().State);
            Assert.AreEqual(CarryState.NotAllowed, phone.AskPage(0));
            rig.Run(1000);
            Assert.IsTrue(rig.Phone.IsConnected);
        }

        [TestMethod]
        public void AListThatIsBeingStored_WhenTheTimeForCarryingIsOver_IsStored()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(9), 1));
            CarryPhone phone = Connect(rig);
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            byte[][] frames = [.. phone.Frames(SyncRig.List(100, 5))];
            foreach (byte[] frame in frames[..^1])
            {
                phone.Write(frame);
            }

            rig.Run(Limits.CarryAfterUnlockMs - 300);
            phone.Write(frames[^1]);
            rig.Run(1000);
            Assert.AreEqual(CarryState.Accepted, phone.Judged());
        }

        [TestMethod]
        public void ABlobOfAnotherTypeThanWasBegun_IsRefused()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            byte[] list = SyncRig.List(100, 5);
            phone.Write(CarryPhone.Begin(BlobType.KeyUpdate, list.Length));
            foreach (byte[] frame in phone.Frames(list).Skip(1))
            {
                phone.Write(frame);
            }

            Assert.AreEqual((CarryState.Refused, 0u), (phone.Judged(), rig.Door.Memory.KeyStore.ListVersion(0)));
            Assert.AreEqual(CarryState.Accepted, phone.Bring(list));
        }

        [TestMethod]
        public void ABlobThatChangesNothing_LeavesTheHelloThatWasRead()
        {
            using DoorRig rig = new();
            CarryPhone phone = Connect(rig);
            byte[] list = SyncRig.List(100, 5);
            byte[] before = rig.Read(BleCharacteristic.Hello);
            Assert.AreEqual(CarryState.Accepted, phone.Bring(list));
            rig.Run(Limits.HelloPartsMs + 100);
            byte[] hello = rig.Read(BleCharacteristic.Hello);
            CollectionAssert.AreNotEqual(before, hello);
            list[^1] ^= 1;
            Assert.AreEqual(CarryState.Refused, phone.Bring(list));
            rig.Run(Limits.HelloPartsMs + 100);
            list[^1] ^= 1;
            Assert.AreEqual(CarryState.NothingNew, phone.Bring(list));
            rig.Run(Limits.HelloPartsMs + 100);
            CollectionAssert.AreEqual(hello, rig.Read(BleCharacteristic.Hello));
        }

        private static CarryPhone Connect(DoorRig rig, int mtu = 247)
        {
            rig.Connect(mtu);
            return new CarryPhone(rig);
        }

        private static (int State, int Type, int Received) Of(CarryStatus status) => (status.State, status.Type, status.Received);

        private static int StateOf(DoorRig rig)
        {
            rig.Door.Link.OnRead(BleCharacteristic.Carry, out byte[]? value);
            return value![0];
        }
    }
}
