using System.Linq;
using DoorController.Audit;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>How much of the door's time, buffer and session a phone that carries may have: PROTOCOL.md section 7.</summary>
    [TestClass]
    public sealed class CarryBoundTests
    {
        [TestMethod]
        [DataRow(999, CarryState.Receiving)]
        [DataRow(1000, CarryState.NotAllowed)]
        public void BeforeAnUnlock_NoFurtherBlob_OnceTheDoorHasJudgedForASecond(int judgedMs, int state)
        {
            using DoorRig rig = new();
            Carry carry = CarryOf(rig, new TransferBuffer());
            JudgeAList(rig, carry, 100, 10_000, judgedMs);
            carry.OnFrame(CarryPhone.Begin(BlobType.List, 40));
            Assert.AreEqual(state, StateOf(rig));
            carry.OnProven();
            carry.OnFrame(CarryPhone.Begin(BlobType.List, 40));
            Assert.AreEqual(CarryState.Receiving, StateOf(rig), "after a proof there is no such bound");
        }

        [TestMethod]
        public void TheSecond_IsOfAllBlobsOfASession_AndOfOneSession()
        {
            using DoorRig rig = new();
            Carry carry = CarryOf(rig, new TransferBuffer());
            JudgeAList(rig, carry, 100, 10_000, 600);
            JudgeAList(rig, carry, 101, 20_000, 400);
            carry.OnFrame(CarryPhone.Begin(BlobType.List, 40));
            Assert.AreEqual(CarryState.NotAllowed, StateOf(rig));
            rig.Door.Link.OnSession(true);
            carry.OnFrame(CarryPhone.Begin(BlobType.List, 40));
            Assert.AreEqual(CarryState.Receiving, StateOf(rig));
        }

        [TestMethod]
        public void ABlobThatWasJudged_GivesTheBufferBack()
        {
            using DoorRig rig = new();
            TransferBuffer buffer = new();
            Carry carry = CarryOf(rig, buffer);
            object sync = new();
            foreach (byte[] frame in Frames(ServerBlobs.TimeToken(Site.Root, 2, 1, new byte[8], Site.Start)))
            {
                carry.OnFrame(frame);
            }

            Assert.IsFalse(buffer.TryTake(sync), "it holds the blob");
            carry.Poll(0, false);
            Assert.AreEqual(CarryState.Refused, StateOf(rig));
            Assert.IsTrue(buffer.TryTake(sync));
        }

        [TestMethod]
        public void ASession_ThatEnds_GivesTheBufferBack()
        {
            using DoorRig rig = new();
            TransferBuffer buffer = new();
            Carry carry = CarryOf(rig, buffer);
            carry.OnFrame(CarryPhone.Begin(BlobType.List, 40));
            Assert.IsFalse(buffer.TryTake(this));
            rig.Door.Link.OnSession(false);
            carry.Poll(0, false);
            Assert.IsTrue(buffer.TryTake(this));
        }

        [TestMethod]
        public void ASlice_AtTheEndOfThePage_IsNone_AndOneBeforeItIsItsLastByte()
        {
            using DoorRig rig = new();
            rig.Connect();
            CarryPhone phone = new(rig);
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            Assert.AreEqual(CarryState.PageReady, phone.AskPage(0));
            byte[] page = phone.ReadPage();
            phone.AskPage(0);
            phone.Write([0x24, (byte)page.Length, (byte)(page.Length >> 8)]);
            Assert.AreEqual(CarryState.PageReady, phone.Status().State, "the status still stands");
            phone.Write([0x24, (byte)(page.Length - 1), (byte)((page.Length - 1) >> 8)]);
            Assert.HasCount(6, rig.Read(BleCharacteristic.Carry));
        }

        [TestMethod]
        public void CarryingWithoutAnUnlock_IsNotBoundByTheUnlockOfTheSessionBefore()
        {
            using DoorRig rig = new();
            rig.Tap(Site.Key(Site.Record(), 1));
            rig.Run(1000);
            rig.Connect();
            CarryPhone phone = new(rig);
            byte[] blob = SyncRig.List(100, 5, 9000);
            phone.Write(CarryPhone.Begin(BlobType.List, blob.Length));
            for (int at = 0; at < 12; at++)
            {
                rig.Run(900);
                phone.Write(CarryPhone.Data(at, [blob[at]]));
            }

            Assert.IsTrue(rig.Phone.IsConnected);
            Assert.AreEqual((CarryState.Receiving, 12), (phone.Status().State, phone.Status().Received));
        }

        [TestMethod]
        [DataRow(580_000, false)]
        [DataRow(600_000, true)]
        public void CarryingAfterAnUnlock_IsFree_WhenNobodyElseCameForTenMinutes(int quietMs, bool isFree)
        {
            using DoorRig rig = new();
            rig.Connect();
            rig.Phone.Disconnect();
            rig.Host.Run(rig.Door.Poll, quietMs, 100);
            rig.Connect();
            CarryPhone phone = new(rig);
            rig.Present(Site.Key(Site.Record(), 1), PhoneKey.NewAttemptId());
            phone.Write(CarryPhone.Begin(BlobType.List, 40));
            rig.Run(3500);
            Assert.AreEqual(CarryState.Receiving, phone.Status().State);
            rig.Run(1000);
            Assert.AreEqual(isFree ? CarryState.Receiving : CarryState.NotAllowed, phone.Status().State);
        }

        /// <summary>A data frame without a transfer is a valid frame and carries nothing; one byte of a blob now and then keeps carrying.</summary>
        [TestMethod]
        [DataRow(false, 30_000)]
        [DataRow(true, 60_000)]
        public void ASession_Ends30sAfterItBegan_Or60sWhileItCarries(bool carries, int longestMs)
        {
            using DoorRig rig = new();
            rig.Connect();
            long begun = rig.Door.Link.SessionMs;
            CarryPhone phone = new(rig);
            if (carries)
            {
                phone.Write(CarryPhone.Begin(BlobType.List, 500));
            }

            for (int at = 0; rig.Host.Clock.NowMs - begun < longestMs - 1100; at++)
            {
                phone.Write(CarryPhone.Data(at, [1]));
                rig.Run(980);
            }

            rig.Run(longestMs - 20 - (rig.Host.Clock.NowMs - begun));
            Assert.IsTrue(rig.Phone.IsConnected);
            rig.Run(60);
            Assert.IsFalse(rig.Phone.IsConnected);
        }

        [TestMethod]
        public void ASession_Ends10sAfterItsLastValidFrame()
        {
            using DoorRig rig = new();
            rig.Connect();
            CarryPhone phone = new(rig);
            rig.Run(5000);
            phone.Write(CarryPhone.Data(0, [1]));
            rig.Run(9900);
            Assert.IsTrue(rig.Phone.IsConnected);
            rig.Run(200);
            Assert.IsFalse(rig.Phone.IsConnected);
        }

        [TestMethod]
        public void TheStatus_CountsPagesUpTo255()
        {
            using DoorRig rig = new(flash: new MemoryFiles());
            AuditTrail audit = rig.Door.Memory.Audit;
            Assert.AreEqual(1, PagesAfter(rig, 60));
            Assert.AreEqual(2, PagesAfter(rig, 61));
            Assert.AreEqual(255, PagesAfter(rig, 255 * 60));
            Assert.AreEqual(255, PagesAfter(rig, 256 * 60));
            Assert.AreEqual(0u, audit.Acknowledged);
        }

        [TestMethod]
        public void Frames_OfAnotherForm_ChangeNothing()
        {
            using DoorRig rig = new();
            rig.Connect();
            CarryPhone phone = new(rig);
            phone.Write(CarryPhone.Begin(BlobType.List, 40));
            phone.Write(CarryPhone.Data(0, new byte[5]));
            foreach (byte[] none in new byte[][]
            {
                [0x21, 1, 40], [0x21, 1, 40, 0, 0], [0x22, 5, 0], [0x23, 0, 0, 0], [0x23, 0, 0, 0, 0, 0], [0x24, 0], [0x24, 0, 0, 0], [0x20, 0], [0x25, 0], [0x01, 0],
            })
            {
                phone.Write(none);
                Assert.AreEqual((CarryState.Receiving, 5), (phone.Status().State, phone.Status().Received), System.Convert.ToHexString(none));
            }
        }

        [TestMethod]
        public void NoFrame_NeedsMoreThanMtu23()
        {
            using DoorRig rig = new();
            rig.Connect(0);
            CarryPhone phone = new(rig);
            Assert.AreEqual(20, phone.Frames(SyncRig.List(100, 5, 9000)).Max(frame => frame.Length));
            Assert.HasCount(21, rig.Read(BleCharacteristic.Carry), "the status, in one read of 22 bytes");
            Assert.AreEqual(CarryState.Accepted, phone.Bring(SyncRig.List(100, 5, 9000)));
        }

        /// <summary>Appends until so many records wait, and reads the status anew.</summary>
        private static int PagesAfter(DoorRig rig, uint waiting)
        {
            while (rig.Door.Memory.Audit.NextSequence - 1 < waiting)
            {
                Assert.IsTrue(rig.Door.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            rig.Door.Link.OnSession(true);
            rig.Door.Poll();
            return CarryStatus.Read(Read(rig)).Pages;
        }

        /// <summary>Brings a list whose judging and storing take so long on the clock that the test gives.</summary>
        private static void JudgeAList(DoorRig rig, Carry carry, uint version, long nowMs, int judgedMs)
        {
            foreach (byte[] frame in Frames(SyncRig.List(version, 5)))
            {
                carry.Poll(nowMs, false);
                carry.OnFrame(frame);
            }

            carry.Poll(nowMs, false);
            Assert.AreEqual(CarryState.Judging, StateOf(rig));
            Prepared.Settle(rig.Door.Memory, nowMs);
            carry.Poll(nowMs + judgedMs, false);
            Assert.AreEqual(CarryState.Accepted, StateOf(rig));
        }

        private static byte[][] Frames(byte[] blob) =>
            [CarryPhone.Begin(blob[0], blob.Length), .. blob.Chunk(200).Select((part, i) => CarryPhone.Data(i * 200, part))];

        private static Carry CarryOf(DoorRig rig, TransferBuffer buffer)
        {
            rig.Door.Link.OnSession(true);
            return new Carry(rig.Host.Board, rig.Door.Memory, rig.Door.Link, new BlobIntake(rig.Host.Board, rig.Door.Memory), buffer);
        }

        private static int StateOf(DoorRig rig) => Read(rig)[0];

        private static byte[] Read(DoorRig rig)
        {
            rig.Door.Link.OnRead(BleCharacteristic.Carry, out byte[]? value);
            return value ?? [];
        }
    }
}
