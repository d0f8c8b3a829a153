using System.Linq;
using DoorController.Hal.Host;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Tests.Cuts;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Storage
{
    /// <summary>Contents of a format that nobody knows, and slot files that are gone in both slots: STORAGE.md sections 5 and 9.</summary>
    [TestClass]
    public sealed class FormatTests
    {
        private readonly VirtualFlash _flash = Prepared.Door();

        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void Lists_ThatAreNotThere_AreLost(bool isUnknown)
        {
            Spoil("lists", isUnknown);
            Prepared.Live(_flash, (_, memory) =>
            {
                Assert.AreEqual((true, 0u, 7u), (memory.KeyStore.IsListLost(0), memory.KeyStore.ListVersion(0), memory.Time.Versions.Highest(0)));
                Assert.AreEqual(Verdict.ListLost, memory.KeyStore.Judge(0, 1));
                Assert.AreEqual(Verdict.Granted, memory.KeyStore.Judge(1, 1), "this scope never had one");
            });
        }

        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void Bundle_ThatIsNotThere_IsKeysLost(bool isUnknown)
        {
            Spoil("bundle", isUnknown);
            Prepared.Live(_flash, (_, memory) => Assert.AreEqual((false, 0, true), (memory.Keyring.HasKeys, memory.Keyring.ScopeCount, memory.IsFaulty)));
        }

        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void Time_ThatIsNotThere_IsAnUnknownClock_AndListsStillCount(bool isUnknown)
        {
            Spoil("time", isUnknown);
            Prepared.Live(_flash, (_, memory) =>
            {
                Assert.AreEqual((ClockQuality.Unknown, 0u), (memory.Time.Quality, memory.Time.Floor));
                Assert.AreEqual((Verdict.Revoked, Verdict.Granted), (memory.KeyStore.Judge(0, 9000), memory.KeyStore.Judge(0, 1)));
            });
        }

        [TestMethod]
        public void WithoutATimeRecord_TheBundlesMinimumStillBinds()
        {
            Spoil("time", false);
            using HostBoard host = new(_flash);
            byte[] bundle = (Site.Bundle(1) with { Scopes = [new(Site.Scope, 0, 1, MinimumListVersion: 8)] }).Encode(Site.Root);
            Assert.IsTrue(new SlotFile(_flash, host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length));
            Assert.AreEqual(Verdict.ListLost, new DoorMemory(host.Board).KeyStore.Judge(0, 1), "version 7 is in force");
        }

        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void AuditMeta_ThatIsNotThere_BeginsANewTrail(bool isUnknown)
        {
            uint epoch = 0;
            VirtualFlash flash = Prepared.DoorWithRecords(300);
            Prepared.Live(flash, (_, memory) => epoch = memory.Audit.Epoch);
            Spoil("aumeta", isUnknown, flash);
            Prepared.Live(flash, (_, memory) =>
            {
                byte[] records = new byte[10 * AuditRecord.Length];
                Assert.AreEqual(1, memory.Audit.Reader.ReadPage(1, records, 0, 10), "nothing of the trail before");
                Assert.AreEqual((AuditEvent.TrailStarted, 2u), ((int)records[0], memory.Audit.NextSequence));
                Assert.AreNotEqual(epoch, memory.Audit.Epoch);
            }, seed: 9);
            Prepared.Live(flash, (_, memory) => Enumerable.Range(0, 10).ToList()
                .ForEach(_ => Assert.IsTrue(memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0))));
            flash.Delete("austage");
            Prepared.Live(flash, (_, memory) =>
            {
                byte[] records = new byte[10 * AuditRecord.Length];
                Assert.AreEqual(1, memory.Audit.Reader.ReadPage(9, records, 0, 10), "nor where numbers of the new one are skipped");
                Assert.AreEqual(128u, Bytes.U32(records, AuditRecord.SequenceOffset));
            });
        }

        /// <summary>Firmware of before kept challenges on flash: 16 bytes of them, under this name.</summary>
        [TestMethod]
        public void ChallengesOfAnEarlierBoot_AreNone_NorAreThoseInAFileThatWasLeft()
        {
            using HostCrypto crypto = new();
            byte[] left = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
            Assert.IsTrue(new SlotFile(_flash, crypto, "chal", new byte[Limits.ScratchBytes]).Save(left, 0, left.Length));
            byte[] challenge = [];
            Prepared.Live(_flash, (_, memory) =>
            {
                challenge = Prepared.Challenge(memory);
                Assert.AreEqual((0L, -1L, -1L), (memory.Challenge.MadeMs(challenge, 0), memory.Challenge.MadeMs(left, 0), memory.Challenge.MadeMs(left, 8)));
            });
            Prepared.Live(_flash, (_, memory) =>
            {
                Prepared.Challenge(memory);
                Assert.AreEqual(-1L, memory.Challenge.MadeMs(challenge, 0));
            }, seed: 9);
        }

        private void Spoil(string name, bool isUnknown) => Spoil(name, isUnknown, _flash);

        /// <summary>Deletes both slots, or gives both a content of format 99 whose CRC is right.</summary>
        private static void Spoil(string name, bool isUnknown, VirtualFlash flash)
        {
            using HostCrypto crypto = new();
            SlotFile file = new(flash, crypto, name, new byte[Limits.ScratchBytes]);
            byte[] content = new byte[Limits.ScratchBytes];
            int length = file.Load(content);
            content[0] = 99;
            for (int i = 0; i < 2; i++)
            {
                Assert.IsTrue(isUnknown ? file.Save(content, 0, length) : flash.Delete(name + (i == 0 ? ".a" : ".b")));
            }
        }
    }
}
