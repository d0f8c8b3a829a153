using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Audit;
using DoorController.Hal.Host;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>
    /// The audit trail alone, power cut in every step of an append and again in every step of the boot that follows, in every pair of shapes.
    /// No record is gone that was reported as durable or stood there after the first cut, and numbers are missing only where a record says so.
    /// </summary>
    [TestClass]
    public sealed class AuditTwoCutsTests
    {
        private const int Ring = AuditTrail.Capacity + 128;
        private static readonly HostCrypto Crypto = new();
        private static readonly byte[] Key = new byte[Keys.Length];

        /// <summary>The numbers that the last operation was told are durable.</summary>
        private readonly List<uint> _promised = new();

        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        public void NewTrail() => Try(-1, 1);

        [TestMethod]
        public void RecordBehindOthers() => Try(2, 1);

        [TestMethod]
        public void RecordThatFillsTheFirstStage() => Try(5, 2);

        [TestMethod]
        public void RecordThatFillsALaterStage() => Try(13, 3);

        [TestMethod]
        public void RecordThatBeginsASegment() => Try(126, 3);

        [TestMethod]
        public void RecordThatFillsTheFirstStageOfASegment() => Try(133, 3);

        [TestMethod]
        public void WrapThatGivesUpTheOldestSegment() => Try(Ring - 2, 3);

        [TestMethod]
        public void StageThatMovesOnTheSecondLap() => Try(Ring + 13, 3);

        /// <summary>40 lives in a row that append two records each, most of them cut in a step and a shape drawn by seed; 30 times.</summary>
        [TestMethod]
        public void ManyCutsInARow()
        {
            TornShape[] shapes = Enum.GetValues<TornShape>();
            int cuts = 0;
            for (int seed = 0; seed < 30; seed++)
            {
                Random random = new(seed);
                VirtualFlash flash = new();
                _promised.Clear();
                Live(flash, random.Next(40));
                for (int life = 0; life < 40; life++)
                {
                    Trail before = Trail.OnFlash(flash);
                    flash.Power.CutAt = random.Next(1, 10);
                    flash.Power.Shape = shapes[random.Next(shapes.Length)];
                    flash.Power.Length = random.Next(random.Next(2) == 0 ? 300 : 4096);
                    try
                    {
                        Live(flash, 2);
                    }
                    catch (PowerLostException)
                    {
                        cuts++;
                    }

                    flash.Restart();
                    AssertKept(before, flash);
                }
            }

            TestContext.WriteLine(cuts + " cuts");
        }

        /// <param name="records">Records that the trail had before besides its first; −1 for none.</param>
        /// <param name="appended">Records that the operation appends.</param>
        private void Try(int records, int appended)
        {
            VirtualFlash flash = new();
            if (records >= 0)
            {
                Live(flash, records);
            }

            Trail? before = null;
            VirtualFlash? beforeOf = null;
            CutRig rig = new(flash, Act, _ => "")
            {
                Afterwards = Boot,
                IsRepeatable = false,
                Check = (last, found) =>
                {
                    before = ReferenceEquals(last, beforeOf) ? before : Trail.OnFlash(last);
                    beforeOf = last;
                    AssertKept(before!, found);
                },
            };
            int points = rig.Try();
            TestContext.WriteLine($"{points} cut points, {rig.Pairs} pairs");

            void Act(VirtualFlash files)
            {
                _promised.Clear();
                Live(files, appended);
            }
        }

        /// <summary>The boot does not append; what the operation was promised stands until the next one.</summary>
        private static void Boot(VirtualFlash flash) => Finish(Open(flash));

        private void Live(VirtualFlash flash, int records)
        {
            AuditTrail trail = Open(flash);
            for (uint i = 0; i < records; i++)
            {
                Assert.IsTrue(trail.Append(AuditEvent.Credential, Verdict.Granted, 1, Site.Scope, 1, i, 0));
                _promised.Add(trail.NextSequence - 1);
                Finish(trail);
            }
        }

        private static AuditTrail Open(VirtualFlash flash)
        {
            byte[] scratch = new byte[Limits.ScratchBytes];
            AuditTrail trail = new(flash, Crypto, new SeededRandom(1), new DoorTime(flash, Crypto, scratch), scratch);
            trail.SetKey(Key);
            trail.Load();
            return trail;
        }

        private static void Finish(AuditTrail trail)
        {
            for (int step = 0; step < 8 && trail.IsPending; step++)
            {
                trail.Step();
            }

            Assert.IsFalse(trail.IsPending, "the trail comes to rest");
        }

        private void AssertKept(Trail before, VirtualFlash flash)
        {
            Trail after = Trail.Booted(flash.Copy());
            foreach ((uint sequence, byte[] record) in before.Records.Where(pair => pair.Key >= after.From))
            {
                CollectionAssert.AreEqual(record, after.Records.GetValueOrDefault(sequence), $"record {sequence}");
            }

            foreach (uint sequence in _promised.Where(sequence => sequence >= after.From))
            {
                Assert.IsTrue(after.Records.ContainsKey(sequence), $"record {sequence} was durable, and is gone");
            }

            Assert.IsTrue(after.Next > after.Records.Keys.Last(), "a number is used twice");
            AssertChained(after);
        }

        private static void AssertChained(Trail trail)
        {
            uint last = trail.From - 1;
            byte[] chain = trail.ChainBefore;
            foreach ((uint sequence, byte[] record) in trail.Records)
            {
                if (sequence != last + 1)
                {
                    Assert.AreEqual(AuditEvent.TrailDamaged, (int)record[0], $"{last} is followed by {sequence}, and nothing says why");
                    Array.Clear(chain);
                }

                byte[] wanted = AuditRecord.Chain(Crypto, Key, chain, record, 0)[..AuditRecord.ChainBytes];
                chain = record[AuditRecord.ChainOffset..];
                CollectionAssert.AreEqual(wanted, chain, $"chain of record {sequence}");
                last = sequence;
            }
        }

        /// <summary>The last records of a trail; all of them when they are few.</summary>
        private sealed class Trail
        {
            private const uint Looked = 160;

            private Trail(AuditReader reader, uint oldest, uint next)
            {
                Next = next;
                From = next > oldest + Looked ? next - Looked : oldest;
                ChainBefore = reader.ChainBefore(From);
                byte[] page = new byte[AuditRecord.Length * Limits.PageRecords];
                uint from = From;
                int count;
                while (from < next && (count = reader.ReadPage(from, page, 0, Limits.PageRecords)) > 0)
                {
                    for (int i = 0; i < count; i++)
                    {
                        byte[] record = page[(i * AuditRecord.Length)..((i + 1) * AuditRecord.Length)];
                        from = Bytes.U32(record, AuditRecord.SequenceOffset);
                        Records[from] = record;
                    }

                    from++;
                }
            }

            public SortedDictionary<uint, byte[]> Records { get; } = new();

            public byte[] ChainBefore { get; }

            public uint From { get; }

            public uint Next { get; }

            public static Trail Booted(VirtualFlash flash)
            {
                AuditTrail trail = Open(flash);
                Finish(trail);
                return new Trail(trail.Reader, trail.Oldest, trail.NextSequence);
            }

            /// <summary>As it lies on flash, before any boot looks at it.</summary>
            public static Trail OnFlash(VirtualFlash flash)
            {
                byte[] scratch = new byte[Limits.ScratchBytes];
                AuditMeta meta = new(flash, Crypto, scratch);
                AuditStage stage = new(flash, Crypto);
                bool hasTrail = meta.Load();
                if (hasTrail)
                {
                    stage.Load(meta.Epoch, out int _);
                }

                return new Trail(new AuditReader(meta, stage, new AuditSegments(flash, scratch)), meta.Oldest, stage.Count == 0 ? 0 : stage.Next);
            }
        }
    }
}
