using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Audit;
using DoorController.Hal.Host;
using DoorController.Memory;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>
    /// Power cut in every step of what the audit trail stores. A record that was reported as durable is there after the next boot, under
    /// its number and in its chain; what is behind it is whole or not there; no number is used twice.
    /// </summary>
    [TestClass]
    public sealed class AuditCutTests
    {
        private const int Ring = (AuditTrail.Capacity / 128 * 128) + 128;

        private readonly List<(uint Epoch, uint Sequence)> _promised = new();

        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        public void NewTrail() => Try(new VirtualFlash(), memory => Append(memory, 1));

        [TestMethod]
        public void TrailAfterAFormat()
        {
            VirtualFlash flash = Prepared.DoorWithRecords(3);
            flash.Format();
            Try(flash, memory => Append(memory, 1));
        }

        [TestMethod]
        public void OneRecord() => Try(Prepared.Door(), memory => Append(memory, 1));

        [TestMethod]
        public void RecordWithWhatTheDoorDid() => Try(Prepared.Door(), memory =>
        {
            Append(memory, 1);
            memory.Audit.Queue(AuditEvent.DoorOpened, 0, 0, 0);
            memory.Audit.Queue(AuditEvent.DoorClosed, 0, 0, 0);
            Append(memory, 1);
        });

        [TestMethod]
        public void RecordsThatFillTheStage_AndMoveIntoTheirSegment() => Try(Prepared.Door(), memory => Append(memory, 12));

        [TestMethod]
        public void RecordsThatBeginASegment() => Try(Prepared.DoorWithRecords(118), memory => Append(memory, 12));

        [TestMethod]
        public void WrapThatGivesUpTheOldestSegment() => Try(Prepared.DoorWithRecords(Ring - 10), memory => Append(memory, 12));

        [TestMethod]
        public void SecondLapOfTheRing() => Try(Prepared.DoorWithRecords((2 * Ring) - 10), memory => Append(memory, 20));

        [TestMethod]
        public void CountOfRefusals() => Try(Prepared.Door(), memory =>
        {
            memory.Audit.Repeats.Refused(Verdict.Revoked, 1, Site.Scope, 1, 3);
            memory.Audit.Repeats.Refused(Verdict.Revoked, 1, Site.Scope, 1, 3);
            memory.Poll((Limits.AuditAggregateS * 1000L) + 1L);
            Prepared.Settle(memory, (Limits.AuditAggregateS * 1000L) + Limits.AuditQueueMs + 2L);
        });

        [TestMethod]
        public void Acknowledgement()
        {
            VirtualFlash flash = Prepared.DoorWithRecords(60);
            Try(flash, memory =>
            {
                byte[] record = new byte[AuditRecord.Length];
                Assert.AreEqual(1, memory.Audit.Reader.ReadPage(50, record, 0, 1));
                Assert.IsTrue(memory.Audit.Reader.Acknowledge(memory.Audit.Epoch, 50, record, AuditRecord.ChainOffset));
            });
            Prepared.Live(flash, (_, memory) => Assert.AreEqual(0U, memory.Audit.Acknowledged, "each cut had a copy"));
        }

        [TestMethod]
        public void RepairAfterADamagedStage()
        {
            VirtualFlash flash = Prepared.DoorWithRecords(5);
            flash.Rot("austage", flash.Length("austage") - 1);
            Try(flash, memory => Append(memory, 2));
        }

        private void Append(DoorMemory memory, int records)
        {
            for (uint i = 0; i < records; i++)
            {
                Assert.IsTrue(memory.Audit.Append(AuditEvent.Credential, Verdict.Granted, 1, Site.Scope, 1, i, 0));
                _promised.Add((memory.Audit.Epoch, memory.Audit.NextSequence - 1));
            }
        }

        private void Try(VirtualFlash prepared, Action<DoorMemory> act)
        {
            Recall recall = new();
            CutRig rig = new(prepared, Act, _ => "")
            {
                IsRepeatable = false,
                Afterwards = Prepared.Boot,
                SecondCuts = 2,
                Check = (last, found) =>
                {
                    Remembered after = recall.On(found);
                    after.AssertNotBehind(recall.On(last));
                    AssertPromises(after);
                    AssertChained(found, after);
                },
            };
            TestContext.WriteLine($"{rig.Try()} cut points, {rig.Pairs} pairs");

            void Act(VirtualFlash flash)
            {
                _promised.Clear();
                Prepared.Live(flash, (_, memory) => act(memory));
            }
        }

        private void AssertPromises(Remembered after)
        {
            foreach ((uint epoch, uint sequence) in _promised)
            {
                Assert.AreEqual(epoch, after.Epoch, "epoch");
                Assert.IsTrue(after.Records.ContainsKey(sequence), $"record {sequence} was durable, and is gone");
            }
        }

        /// <summary>A server checks each page that way: a record continues the one before, or begins anew behind missing numbers.</summary>
        private static void AssertChained(VirtualFlash flash, Remembered remembered)
        {
            using HostBoard host = new(flash.Copy());
            DoorMemory memory = new(host.Board);
            byte[] key = memory.Keyring.HasKeys ? memory.Keyring.SubKey(Keys.AuditChain) : new byte[Keys.Length];
            byte[] previous = memory.Audit.Reader.ChainBefore(remembered.Records.Keys.First());
            uint expected = remembered.Records.Keys.First();
            foreach ((uint sequence, string hex) in remembered.Records)
            {
                byte[] record = Convert.FromHexString(hex);
                previous = sequence == expected ? previous : memory.Audit.Reader.ChainBefore(sequence);
                byte[] chain = AuditRecord.Chain(host.Board.Crypto, key, previous, record, 0)[..AuditRecord.ChainBytes];
                CollectionAssert.AreEqual(chain, record[AuditRecord.ChainOffset..], "chain of record " + sequence);
                previous = chain;
                expected = sequence + 1;
            }
        }
    }
}
