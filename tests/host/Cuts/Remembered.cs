using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using DoorController.Access;
using DoorController.Audit;
using DoorController.Diagnostics;
using DoorController.Hal.Host;
using DoorController.Memory;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>What doors on the flashes of one cut rig know, each booted once for as long as nothing is written on it.</summary>
    internal sealed class Recall
    {
        private readonly ConditionalWeakTable<VirtualFlash, Tuple<int, Remembered>> _known = new();

        public Remembered On(VirtualFlash flash)
        {
            if (!_known.TryGetValue(flash, out Tuple<int, Remembered>? known) || known.Item1 != flash.Power.Steps)
            {
                known = Tuple.Create(flash.Power.Steps, Remembered.On(flash));
                _known.AddOrUpdate(flash, known);
            }

            return known.Item2;
        }
    }

    /// <summary>All that a door knows after a boot on a copy of a flash. The boot itself is part of the test: it may energise nothing.</summary>
    internal sealed class Remembered
    {
        private static readonly uint[] Keys = [0, 1, 2, 3, 4, 5, 6, 7, 77, 4096, 9000, 9001, 12000, 16383, 16384, 20000];

        private const uint End = 160;

        /// <summary>Numbers that the boots after two cuts may skip.</summary>
        private const uint Skipped = 2 * 128;

        private readonly SortedDictionary<string, long> _marks = new();
        private readonly HashSet<(int Scope, uint Key)> _refused = new();
        private readonly StringBuilder _text = new();

        private Remembered(VirtualFlash flash)
        {
            ReadRaw(flash);
            using HostBoard host = new(flash.Copy());
            Door door = new(host.Board, new Settings());
            AssertReleased(host);
            host.Run(door.Poll, 200);
            AssertReleased(host);
            Assert.IsEmpty(host.Faults, host.Faults.ToString());
            DoorMemory memory = door.Memory;
            AddKeyring(memory.Keyring);
            for (int slot = 0; slot < memory.Keyring.ScopeCount; slot++)
            {
                AddSlot(memory, slot);
            }

            AddTime(memory);
            TechnicianProof technician = new(host.Board, memory.Keyring);
            Add("technician locked", technician.SecondsLocked(0));
            _text.AppendLine("last reboot " + door.Supervisor.LastReboot);
            Oldest = memory.Audit.Oldest;
            Next = memory.Audit.NextSequence;
            Assert.IsTrue(Epoch == 0 || memory.Audit.Epoch == Epoch, "another epoch");
            ReadEnds(memory.Audit.Reader, Oldest, Next, Records);
            Assert.IsTrue(Next > Records.Keys.Last(), "a number is used twice");
        }

        /// <summary>Everything but the audit trail.</summary>
        public string Text => _text.ToString();

        /// <summary>The records that were on flash before the boot, by their number, in hex.</summary>
        public SortedDictionary<uint, string> OnFlash { get; } = new();

        /// <summary>The durable records after the boot.</summary>
        public SortedDictionary<uint, string> Records { get; } = new();

        /// <summary>Epoch on flash before the boot; 0 without a trail.</summary>
        public uint Epoch { get; private set; }

        public uint Next { get; private set; }

        public uint Oldest { get; private set; }

        public long this[string mark] => _marks[mark];

        public static Remembered On(VirtualFlash flash) => new(flash);

        /// <summary>No version, watermark, generation, floor or number is lower than it was, no key that was refused opens, no record is gone.</summary>
        /// <param name="before">What was known before the cut.</param>
        /// <param name="mayFall">Marks that the operation may set back.</param>
        public void AssertNotBehind(Remembered before, params string[] mayFall)
        {
            foreach ((string name, long mark) in before._marks.Where(pair => !mayFall.Contains(pair.Key)))
            {
                Assert.IsTrue(_marks.ContainsKey(name) && _marks[name] >= mark, $"{name} was {mark}, is {_marks.GetValueOrDefault(name, -1)}");
            }

            foreach ((int scope, uint key) in before._refused)
            {
                Assert.IsTrue(_refused.Contains((scope, key)), $"key {key} of scope {scope} was refused, and opens");
            }

            if (before.OnFlash.Count == 0)
            {
                return;
            }

            Assert.AreEqual(before.Epoch, Epoch, "epoch");
            Assert.IsTrue(Next > before.OnFlash.Keys.Last(), $"the number {before.OnFlash.Keys.Last()} was used, {Next} is next");
            uint last = before.OnFlash.Keys.Last();
            foreach ((uint sequence, string record) in before.OnFlash.Where(pair => pair.Key >= Oldest && (pair.Key < Oldest + End || pair.Key + 10 > last)))
            {
                Assert.AreEqual(record, Records.GetValueOrDefault(sequence), "record " + sequence);
            }
        }

        private static void AssertReleased(HostBoard host)
        {
            Assert.AreEqual(0, host.Strike.Pulses, "the strike stays released");
            Assert.IsFalse(host.Strike.IsEnergised);
            Assert.AreEqual(0, host.Floors.Selected);
        }

        private void Add(string name, long mark)
        {
            _marks[name] = mark;
            _text.Append(name).Append(' ').Append(mark).AppendLine();
        }

        private void AddKeyring(Keyring keyring)
        {
            Add("bundle version", keyring.Version);
            Add("door generation", keyring.Generation);
            _text.AppendLine("name " + keyring.Name);
        }

        private void AddSlot(DoorMemory memory, int slot)
        {
            KeyStore store = memory.KeyStore;
            int scope = memory.Keyring.ScopeId(slot);
            Add($"scope {scope} list version", store.ListVersion(slot));
            Add($"scope {scope} watermark", store.Watermark(slot));
            Add($"scope {scope} minimum generation", store.MinimumGeneration(slot));
            Add($"scope {scope} highest version", memory.Time.Versions.Highest(slot));
            Add($"scope {scope} generation", memory.Keyring.ScopeGeneration(slot));
            _text.Append("lost ").Append(store.IsListLost(slot)).Append(", keys");
            foreach (uint key in Keys)
            {
                int verdict = store.Judge(slot, key);
                _text.Append(' ').Append(verdict);
                if (verdict != Verdict.Granted)
                {
                    _refused.Add((scope, key));
                }
            }

            _text.AppendLine();
        }

        private void AddTime(DoorMemory memory)
        {
            Add("floor", memory.Time.Floor);
            _text.AppendLine("latest " + memory.Time.Latest + " quality " + memory.Time.Quality);
        }

        /// <summary>What is on flash, as the boot will find it and before it writes anything.</summary>
        private void ReadRaw(VirtualFlash flash)
        {
            using HostCrypto crypto = new();
            byte[] scratch = new byte[Limits.ScratchBytes];
            AuditMeta meta = new(flash, crypto, scratch);
            if (!meta.Load())
            {
                return;
            }

            AuditStage stage = new(flash, crypto);
            stage.Load(meta.Epoch, out int _);
            Epoch = meta.Epoch;
            if (stage.Count > 0)
            {
                ReadEnds(new AuditReader(meta, stage, new AuditSegments(flash, scratch)), meta.Oldest, stage.Next, OnFlash);
            }
        }

        /// <summary>Reads the first and the last records of a trail, more than a segment of each: no operation touches those between.</summary>
        private static void ReadEnds(AuditReader reader, uint oldest, uint next, SortedDictionary<uint, string> records)
        {
            const uint Tail = End + Skipped;
            Read(reader, oldest, oldest + End, records);
            Read(reader, next > oldest + End + Tail ? next - Tail : oldest + End, next, records);
        }

        private static void Read(AuditReader reader, uint from, uint end, SortedDictionary<uint, string> records)
        {
            byte[] page = new byte[AuditRecord.Length * Limits.PageRecords];
            int count;
            while (from < end && (count = reader.ReadPage(from, page, 0, Limits.PageRecords)) > 0)
            {
                for (int i = 0; i < count; i++)
                {
                    int at = i * AuditRecord.Length;
                    from = Bytes.U32(page, at + AuditRecord.SequenceOffset);
                    records[from] = Convert.ToHexString(page, at, AuditRecord.Length);
                }

                from++;
            }
        }
    }
}
