using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Sync;
using DoorController.Tests.Cuts;
using DoorController.Tests.Diagnostics;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Protocol
{
    /// <summary>Every tag of the protocol counts to its last bit: each bit of its last byte, flipped, is as bad as no tag at all.</summary>
    [TestClass]
    public sealed class TagTests
    {
        [TestMethod]
        public void Unlock()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            foreach (Func<byte[], byte[]> flip in Flips())
            {
                rig.Connect();
                byte[] hello = rig.Read(BleCharacteristic.Hello);
                CollectionAssert.AreEqual(new byte[] { 32, 0 }, rig.Send(flip(key.MakeUnlock(hello, PhoneKey.NewAttemptId()))));
                Assert.AreEqual(Verdict.NotProven, rig.Door.LastVerdict);
                rig.Phone.Disconnect();
                rig.Run(50);
            }

            Assert.AreEqual(0, rig.Host.Strike.Pulses);
            Assert.AreEqual(Verdict.Granted, (int)rig.Tap(key)[0]);
        }

        [TestMethod]
        public void Result()
        {
            using DoorRig rig = new();
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] result = rig.Tap(key);
            Assert.IsTrue(key.IsFromTheDoor(rig.LastHello, rig.LastUnlock, result));
            foreach (Func<byte[], byte[]> flip in Flips())
            {
                Assert.IsFalse(key.IsFromTheDoor(rig.LastHello, rig.LastUnlock, flip(result)));
            }
        }

        [TestMethod]
        public void List() => AssertTaken(_ => SyncRig.List(100, 5), CarryState.Judging);

        [TestMethod]
        public void KeyUpdate() => AssertTaken(_ => Site.Bundle(1, scopes: 2, version: 2).Seal(Site.Root, 1));

        [TestMethod]
        public void TimeToken() => AssertTaken(memory => ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start + 9000));

        [TestMethod]
        public void FloorReset() => AssertTaken(memory => ServerBlobs.FloorReset(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start - 9000));

        [TestMethod]
        public void Acknowledgement() => AssertTaken(memory => Acknowledge(memory, chain => chain), CarryState.Taken);

        /// <summary>8 bytes: an acknowledgement of another record of the same number is none of this trail.</summary>
        [TestMethod]
        public void ChainOfAnAcknowledgement() => Prepared.Live(Prepared.DoorWithRecords(8), (host, memory) =>
        {
            foreach (Func<byte[], byte[]> flip in Flips())
            {
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, Acknowledge(memory, flip)));
            }

            Assert.AreEqual(0u, memory.Audit.Acknowledged);
        });

        [TestMethod]
        public void SyncReply()
        {
            foreach (Func<byte[], byte[]> flip in Flips())
            {
                using SyncRig rig = new();
                rig.Server.News = _ => [SyncRig.List(100, 5)];
                rig.Server.Twist = (_, answer) => answer with { Body = flip(answer.Body) };
                rig.Run(2000);
                Assert.AreEqual(0u, rig.Memory.KeyStore.ListVersion(0));
                Assert.AreEqual(ClockQuality.Unknown, rig.Memory.Time.Quality);
            }
        }

        [TestMethod]
        public void SyncRequest()
        {
            byte[] request = new SyncRequest(1, 1, new byte[16], []).Seal(Site.Root);
            Assert.IsNotNull(DoorController.Issuer.SyncRequest.Open(Site.Root, request));
            Assert.IsTrue(Flips().All(flip => DoorController.Issuer.SyncRequest.Open(Site.Root, flip(request)) == null));
        }

        [TestMethod]
        public void AuditPageAndTheChainInIt()
        {
            byte[] page = [];
            Prepared.Live(Prepared.DoorWithRecords(8), (host, memory) => page = AuditPageMaker.Make(host.Board, memory, 1, 8)!);
            AuditUpload upload = AuditUpload.Open(Site.Root, page)!;
            Assert.IsTrue(Flips().All(flip => AuditUpload.Open(Site.Root, flip(page)) == null));
            Assert.AreEqual(0, upload.FindBreaks(Site.Root, 1).Count);
            foreach (Func<byte[], byte[]> flip in Flips())
            {
                byte[] last = upload.Records[^1];
                byte[] kept = (byte[])last.Clone();
                flip(last).CopyTo(last, 0);
                CollectionAssert.AreEqual(new[] { upload.LastSequence }, upload.FindBreaks(Site.Root, 1).ToArray());
                kept.CopyTo(last, 0);
            }
        }

        /// <summary>5 bytes as 10 hex digits: each bit of the last one.</summary>
        [TestMethod]
        public void AnswerOfATechnician()
        {
            using ConsoleRig rig = new();
            for (int bit = 0; bit < 4; bit++)
            {
                string answer = rig.Answer(rig.Challenge("strike"), TechnicianCommand.Strike);
                int last = Convert.ToInt32(answer[^1..], 16) ^ (1 << bit);
                StringAssert.Contains(rig.Ask("strike " + answer[..^1] + last.ToString("x", null)).Single(), "wrong answer");
                rig.Rig.Run(Limits.TechnicianLockMs << (bit + 1));
            }

            Assert.AreEqual(0, rig.Rig.Host.Strike.Pulses);
            rig.Ask("strike " + rig.Answer(rig.Challenge("strike"), TechnicianCommand.Strike));
            Assert.AreEqual(1, rig.Rig.Host.Strike.Pulses);
        }

        /// <summary>Every blob names its door and the generation of its key: one that names another is refused, though its tag is right.</summary>
        [TestMethod]
        [DataRow(2u, 1)]
        [DataRow(1u, 2)]
        [DataRow(1u, 257)]
        [DataRow(0x01000001u, 1)]
        public void ABlobThatNamesAnother(uint doorId, int generation) => Prepared.Live(Prepared.DoorWithRecords(8), (host, memory) =>
        {
            byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start + 9000);
            byte[] reset = ServerBlobs.FloorReset(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start - 9000);
            foreach ((byte[] blob, string subKey, string label) in new[]
            {
                (token, Keys.Time, "dc1timet"), (reset, Keys.Time, "dc1reset"), (Acknowledge(memory, chain => chain), Keys.Acknowledgement, "dc1acknt"),
            })
            {
                byte[] other = blob[..^Bytes.Tag];
                Bytes.Put32(other, 1, doorId);
                Bytes.Put16(other, 5, generation);
                byte[] tag = Keys.Mac(ServerCrypto.Instance, Site.Root.SubKey(1, 1, subKey), label, other, 0, other.Length)[..Bytes.Tag];
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, [.. other, .. tag]), label);
                byte[] right = Keys.Mac(ServerCrypto.Instance, Site.Root.SubKey(1, 1, subKey), label, blob, 0, other.Length)[..Bytes.Tag];
                CollectionAssert.AreEqual(right, blob[^Bytes.Tag..], "the tag was made as the right one is");
            }
        });

        /// <summary>One sub-key a purpose: what is made under the sub-key of another purpose of the same door is refused.</summary>
        [TestMethod]
        public void ASubKeyOfAnotherPurpose() => Prepared.Live(Prepared.DoorWithRecords(8), (host, memory) =>
        {
            string[] all = [Keys.Request, Keys.Reply, Keys.List, Keys.Time, Keys.AuditPage, Keys.AuditChain, Keys.Acknowledgement, Keys.Update, Keys.Technician];
            byte[] body = SyncRig.List(100, 5)[..^Bytes.Tag];
            byte[] bundle = Site.Bundle(1, version: 2).Encode(Site.Root);
            byte[] token = ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start + 9000)[..^Bytes.Tag];
            byte[] reset = ServerBlobs.FloorReset(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start - 9000)[..^Bytes.Tag];
            byte[] acknowledgement = Acknowledge(memory, chain => chain)[..^Bytes.Tag];
            ServerCrypto crypto = ServerCrypto.Instance;
            byte[] Under(string subKey, string label, byte[] blob) =>
                [.. blob, .. Keys.Mac(crypto, Site.Root.SubKey(1, 1, subKey), label, blob, 0, blob.Length)[..Bytes.Tag]];
            foreach (string subKey in all)
            {
                List<byte[]> blobs = [];
                blobs.AddRange(subKey == Keys.Time ? [] : [Under(subKey, "dc1timet", token), Under(subKey, "dc1reset", reset)]);
                blobs.AddRange(subKey == Keys.Acknowledgement ? [] : [Under(subKey, "dc1acknt", acknowledgement)]);
                blobs.AddRange(subKey == Keys.Update
                    ? []
                    : [Sealed.Make(crypto, crypto, Site.Root.SubKey(1, 1, subKey), BlobType.KeyUpdate, 1, 1, bundle, bundle.Length)]);
                byte[] lengthAndBody = [(byte)body.Length, (byte)(body.Length >> 8), .. body];
                blobs.AddRange(subKey == Keys.List ? [] : [Under(subKey, "dc1listt", lengthAndBody)[2..]]);
                Assert.IsTrue(blobs.All(blob => Prepared.Take(host, memory, blob) == CarryState.Refused), subKey);
            }

            Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, Under(Keys.Time, "dc1reset", token)), "nor under the other label of the same sub-key");
            Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, Under(Keys.Time, "dc1timet", reset)));
        });

        /// <summary>A door that has lived refuses the blob with each bit flipped, and then takes it as it is.</summary>
        private static void AssertTaken(Func<DoorMemory, byte[]> make, int state = CarryState.Accepted) => Prepared.Live(Prepared.DoorWithRecords(8), (host, memory) =>
        {
            byte[] blob = make(memory);
            foreach (Func<byte[], byte[]> flip in Flips())
            {
                Assert.AreEqual(CarryState.Refused, Prepared.Take(host, memory, flip(blob)));
            }

            Assert.AreEqual(state, Prepared.Take(host, memory, blob));
        });

        private static byte[] Acknowledge(DoorMemory memory, Func<byte[], byte[]> changeChain)
        {
            byte[] record = new byte[AuditRecord.Length];
            Assert.AreEqual(1, memory.Audit.Reader.ReadPage(4, record, 0, 1));
            return ServerBlobs.Acknowledgement(Site.Root, 1, 1, memory.Audit.Epoch, 4, changeChain(record[AuditRecord.ChainOffset..]));
        }

        private static IEnumerable<Func<byte[], byte[]>> Flips() => Enumerable.Range(0, 8).Select(bit => (Func<byte[], byte[]>)(bytes =>
        {
            byte[] flipped = (byte[])bytes.Clone();
            flipped[^1] ^= (byte)(1 << bit);
            return flipped;
        }));
    }
}
