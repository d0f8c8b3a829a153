using System;
using System.Collections.Generic;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Sync;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>Blobs that are too long or too short though their tag is right, and a phone that goes on while its blob is judged.</summary>
    [TestClass]
    public sealed class BlobFormTests
    {
        [TestMethod]
        [DataRow(-1)]
        [DataRow(1)]
        [DataRow(16)]
        public void ABlobOfAnotherLength_IsRefused_ThoughItsTagIsRight(int more) => Prepared.Live(Prepared.DoorWithRecords(8), (host, memory) =>
        {
            foreach ((byte[] blob, string subKey, string label) in Blobs(memory))
            {
                byte[] other = new byte[blob.Length - Bytes.Tag + more];
                Array.Copy(blob, other, Math.Min(blob.Length - Bytes.Tag, other.Length));
                byte[] tag = Keys.Mac(ServerCrypto.Instance, Site.Root.SubKey(1, 1, subKey), label, other, 0, other.Length)[..Bytes.Tag];
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, [.. other, .. tag]), label);
            }
        });

        [TestMethod]
        public void BytesBehindTheTag_AreRefused_AndTheBlobAloneIsTaken() => Prepared.Live(Prepared.DoorWithRecords(8), (host, memory) =>
        {
            foreach ((byte[] blob, _, string label) in Blobs(memory))
            {
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, [.. blob, 0]), label);
            }

            byte[] acknowledgement = Blobs(memory)[2].Blob;
            Assert.AreEqual(CarryState.Taken, Prepared.Take(host, memory, acknowledgement));
        });

        [TestMethod]
        [DataRow(1)]
        [DataRow(16)]
        [DataRow(20)]
        public void AReplyTooShortForItsFields_IsNone(int length)
        {
            using SyncRig rig = new();
            rig.Server.Twist = (_, answer) =>
            {
                byte[] plain = [.. rig.Server.Requests[^1].Nonce, 1, 2, 3, 4];
                ServerCrypto crypto = ServerCrypto.Instance;
                return answer with { Body = Sealed.Make(crypto, crypto, Site.Root.SubKey(1, 1, Keys.Reply), BlobType.SyncReply, 1, 1, plain, length) };
            };
            rig.Run(1000);
            Assert.AreEqual(ClockQuality.Unknown, rig.Memory.Time.Quality);
            StringAssert.Contains(rig.Line, "answer is not the server's");
        }

        [TestMethod]
        public void ABlobUnderTheTypeOfAnother_IsRefused() => Prepared.Live(Prepared.DoorWithRecords(8), (host, memory) =>
        {
            foreach (byte type in new byte[] { 0, BlobType.AuditPage, BlobType.SyncRequest, BlobType.SyncReply, BlobType.Bundle, 10, 255 })
            {
                byte[] bundle = Site.Bundle(1, version: 2).Encode(Site.Root);
                ServerCrypto crypto = ServerCrypto.Instance;
                byte[] sealedAs = Sealed.Make(crypto, crypto, Site.Root.SubKey(1, 1, Keys.Update), type, 1, 1, bundle, bundle.Length);
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, sealedAs), "type " + type);
            }

            byte[] clear = Site.Bundle(1, version: 2).Encode(Site.Root);
            Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, clear), "a bundle in clear comes by cable only");
        });

        [TestMethod]
        public void WhileABlobIsJudged_FramesChangeNothing()
        {
            foreach (byte[] frame in new List<byte[]> { CarryPhone.Begin(BlobType.TimeToken, 35), CarryPhone.Data(0, [1]), new byte[] { 0x23, 0, 0, 0, 0 }, new byte[] { 0x24, 0, 0 } })
            {
                using DoorRig rig = new();
                rig.Door.Link.OnSession(true);
                Carry carry = new(rig.Host.Board, rig.Door.Memory, rig.Door.Link, new BlobIntake(rig.Host.Board, rig.Door.Memory), new TransferBuffer());
                carry.OnProven();
                byte[] list = SyncRig.List(100, 5);
                carry.OnFrame(CarryPhone.Begin(BlobType.List, list.Length));
                carry.OnProven();
                for (int at = 0; at < list.Length; at += 200)
                {
                    carry.OnFrame(CarryPhone.Data(at, list[at..Math.Min(list.Length, at + 200)]));
                }

                carry.OnFrame(frame);
                Assert.AreEqual(CarryState.Judging, StateOf(rig), "before it is judged: " + frame[0]);
                carry.Poll(0, false);
                carry.OnFrame(frame);
                Assert.AreEqual(CarryState.Judging, StateOf(rig), "while it is stored: " + frame[0]);
                Prepared.Settle(rig.Door.Memory, 0);
                carry.Poll(0, false);
                Assert.AreEqual((CarryState.Accepted, 100u), (StateOf(rig), rig.Door.Memory.KeyStore.ListVersion(0)));
            }
        }

        private static (byte[] Blob, string SubKey, string Label)[] Blobs(DoorMemory memory)
        {
            byte[] record = new byte[AuditRecord.Length];
            Assert.AreEqual(1, memory.Audit.Reader.ReadPage(4, record, 0, 1));
            return
            [
                (ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start + 9000), Keys.Time, "dc1timet"),
                (ServerBlobs.FloorReset(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start - 9000), Keys.Time, "dc1reset"),
                (ServerBlobs.Acknowledgement(Site.Root, 1, 1, memory.Audit.Epoch, 4, record.AsSpan(AuditRecord.ChainOffset)), Keys.Acknowledgement, "dc1acknt"),
            ];
        }

        private static int StateOf(DoorRig rig)
        {
            rig.Door.Link.OnRead(BleCharacteristic.Carry, out byte[]? value);
            return value![0];
        }
    }
}
