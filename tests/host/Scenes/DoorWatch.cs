using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Wire;

namespace DoorController.Tests.Scenes
{
    /// <summary>
    /// The naive model beside one door: what was acknowledged, what was sent to it, what it said. It looks at the strike at every pulse and at
    /// the door's memory after every pass, and ends the scene when a promise is broken.
    /// </summary>
    internal sealed class DoorWatch(SceneDoor door, SceneWorld world)
    {
        private const string NextNumber = "next number";
        private const int RecordsBehind = 16;

        private readonly List<SceneProof> _proofs = new();
        private readonly Dictionary<int, uint> _acknowledged = new();
        private readonly HashSet<(int Scope, uint Key, uint ExpiresAt)> _expired = new();
        private readonly SortedDictionary<string, long> _marks = new();
        private readonly List<(uint Epoch, uint Sequence, uint Key)> _receipts = new();
        private SceneProof? _opening;
        private uint _savedFloor;
        private bool _isFormatted;
        private uint _knownFloor;
        private uint _bundle = 1;
        private long _resetUntilMs = -1;
        private long _rexUntilMs = -1;
        private long _awayMs;
        private int _late;
        private int _technician;
        private int _edges;
        private int _pulses;
        private int _floorsSelected;

        /// <summary>Time between two passes.</summary>
        public int StepMs { get; set; }

        /// <summary>A file of the trail was damaged behind the door's back.</summary>
        public bool IsTrailRotten { get; set; }

        /// <summary>Flash does not take writes, or did not a while ago.</summary>
        public bool IsFlashBad { get; set; }

        /// <summary>Longest time for which the loop stood still.</summary>
        public long FrozenMs { get; set; }

        public void Broken(string promise, string detail) =>
            throw new SceneViolation(promise, $"door {door.Id}, boot {door.Host.Boots}, {door.WorldMs} ms: {detail}");

        public void Sent(SceneProof proof) => _proofs.Add(proof);

        /// <summary>Somebody else is there, or nobody: what was sent before counts no longer.</summary>
        public void NewVisit()
        {
            foreach (SceneProof proof in _proofs)
            {
                proof.IsOver = true;
            }

            _proofs.RemoveAll(p => p.IsOver && door.WorldMs - Math.Max(p.UsedMs, p.HelloMs) > 2 * Limits.AttemptMs);
        }

        public void RexPressed() => _rexUntilMs = door.WorldMs + 1000 + (4 * StepMs);

        public void TechnicianProved() => _technician = 1;

        public void TechnicianDone() => _technician = 0;

        /// <summary>A floor reset is on its way: the floor may go back.</summary>
        public void MayReset() => _resetUntilMs = door.WorldMs + 120_000;

        /// <summary>The door said that a list is in force and durable.</summary>
        public void ListAcknowledged(int scope, uint version) => _acknowledged[scope] = Math.Max(version, _acknowledged.GetValueOrDefault(scope));

        public void BundleAcknowledged(uint version) => _bundle = Math.Max(_bundle, version);

        /// <summary>The door said that it took a time.</summary>
        public void TimeAcknowledged(uint time) => _knownFloor = Math.Max(_knownFloor, time);

        /// <summary>The door said that it took a floor reset.</summary>
        public void ResetAcknowledged(uint time)
        {
            _knownFloor = time;
            _expired.Clear();
        }

        /// <summary>The partition was formatted: the door knows nothing any more. What was acknowledged still binds it, by the keys that the cable brings.</summary>
        public void Formatted()
        {
            _marks.Clear();
            _receipts.Clear();
            ResetAcknowledged(0);
            _isFormatted = true;
        }

        /// <summary>What a door says in a sync request.</summary>
        public void Said(SyncRequest request)
        {
            for (int slot = 0; slot < request.Lists.Count; slot++)
            {
                if ((request.ListLostBits & (1 << slot)) == 0)
                {
                    ListAcknowledged(request.Lists[slot].ScopeId, request.Lists[slot].Version);
                }
            }

            BundleAcknowledged(request.BundleVersion);
        }

        /// <summary>A Result that its tag proves.</summary>
        public void Answered(SceneProof proof, byte[] result)
        {
            uint epoch = Bytes.U32(result, 2);
            uint sequence = Bytes.U32(result, 6);
            if (result[0] == Verdict.Granted && !_proofs.Any(p => p.IsUsed && p.AttemptId.AsSpan().SequenceEqual(proof.AttemptId)))
            {
                Broken("granted means energised", "a Result says granted for an attempt that never opened");
            }

            if (result[0] == Verdict.Expired && proof.Key.Record.ExpiresAt > proof.Key.Record.IssuedAt)
            {
                _expired.Add((proof.Key.Record.ScopeId, proof.Key.Record.KeyNumber, proof.Key.Record.ExpiresAt));
            }

            if (sequence != 0)
            {
                _receipts.Add((epoch, sequence, proof.Key.Record.KeyNumber));
            }
        }

        /// <summary>What the door has of its lists, for a message.</summary>
        public string Lists()
        {
            DoorMemory memory = door.Door.Memory;
            return string.Join(", ", Enumerable.Range(0, memory.Keyring.ScopeCount).Select(slot =>
                $"{memory.KeyStore.ListVersion(slot)}{(memory.KeyStore.IsListLost(slot) ? " lost" : string.Empty)} (highest {memory.Time.Versions.Highest(slot)}, "
                + $"bundle's least {memory.Keyring.MinimumListVersion(slot)}, server {world.Server.Scope(memory.Keyring.ScopeId(slot)).Version})"));
        }

        /// <summary>Current begins to flow: something must be the cause.</summary>
        public void OnEnergised()
        {
            world.Counts.Pulses++;
            List<string> refusals = new();
            foreach (SceneProof proof in _proofs.Where(p => !p.IsOver))
            {
                if (WhyNot(proof) is string why)
                {
                    refusals.Add($"key {proof.Key.Record.KeyNumber} of scope {proof.Key.Record.ScopeId}: {why}");
                    continue;
                }

                proof.IsUsed = true;
                proof.UsedMs = door.WorldMs;
                _opening = door.WorldMs <= _rexUntilMs || _technician > 0 ? null : proof;
                return;
            }

            if (door.WorldMs <= _rexUntilMs && !door.Settings.IsSafeState)
            {
                _rexUntilMs = -1;
                return;
            }

            if (_technician > 0 && !door.Settings.IsSafeState)
            {
                _technician--;
                return;
            }

            Broken("energised by a fresh accepted proof, REX or the technician", refusals.Count == 0 ? "by nothing" : string.Join("; ", refusals));
        }

        /// <summary>After each pass of the loop.</summary>
        public void AfterPass()
        {
            if (door.Host.Faults.Count > 0)
            {
                Broken("the hardware's rules hold", door.Host.Faults.ToString());
            }

            _awayMs = door.Phone.IsConnected ? door.WorldMs : _awayMs;
            if (door.WorldMs - _awayMs > 500 + FrozenMs)
            {
                NewVisit();
            }

            WatchStrike();
            WatchMemory();
            if (_opening != null)
            {
                SceneProof opening = _opening;
                _opening = null;
                WatchRecord(opening);
            }
        }

        /// <summary>The processor stops.</summary>
        public void BeforeBoot()
        {
            _opening = null;
            _savedFloor = _isFormatted ? 0 : door.Door.Memory.Time.SavedFloor;
            _isFormatted = false;
            _pulses = door.Host.Strike.Pulses;
            _technician = 0;
            _rexUntilMs = -1;
        }

        public void AfterBoot()
        {
            if (door.Host.Strike.Pulses != _pulses || door.Host.Strike.IsEnergised || door.Host.Floors.Selected != 0)
            {
                Broken("a boot energises nothing", "the strike or a floor is energised");
            }

            NewVisit();
            uint floor = door.Door.Memory.Time.Floor;
            if (floor < _savedFloor && door.WorldMs > _resetUntilMs)
            {
                Broken("the floor outlives a cut", $"{_savedFloor} was on flash, the boot has {floor}");
            }

            if (floor < _knownFloor && door.WorldMs > _resetUntilMs)
            {
                Broken("a time that was acknowledged outlives a cut", $"{_knownFloor} was taken, the boot has {floor}");
            }

            // Records that waited for flash go with their numbers, which nobody was told.
            if (door.WorldMs <= _resetUntilMs && floor < Math.Max(_savedFloor, _knownFloor))
            {
                ResetAcknowledged(Math.Min(floor, _knownFloor));
            }

            _marks.Remove("floor");
            _marks.Remove(NextNumber);
            WatchMemory();
            WatchReceipts();
        }

        /// <summary>Every receipt that the door gave is still a record of its trail, or the server's, or a wrap took it.</summary>
        public void WatchReceipts()
        {
            byte[] record = new byte[AuditRecord.Length];
            foreach ((uint epoch, uint sequence, uint key) in _receipts)
            {
                if (IsTrailRotten || epoch != door.Door.Memory.Audit.Epoch || sequence < door.Door.Memory.Audit.Oldest)
                {
                    continue;
                }

                int count = door.Door.Memory.Audit.Reader.ReadPage(sequence, record, 0, 1);
                if (count != 1 || Bytes.U32(record, AuditRecord.SequenceOffset) != sequence || Bytes.U32(record, AuditRecord.KeyNumberOffset) != key)
                {
                    Broken("a receipt is a record", $"record {sequence} of key {key} is not there");
                }
            }
        }

        private string? WhyNot(SceneProof proof)
        {
            CredentialRecord record = proof.Key.Record;
            DoorTime time = door.Door.Memory.Time;
            int slot = door.Door.Memory.Keyring.FindScope(record.ScopeId);
            uint version = Math.Max(_acknowledged.GetValueOrDefault(record.ScopeId), slot < 0 ? 0 : door.Door.Memory.KeyStore.ListVersion(slot));
            return proof.IsUsed ? "this frame has energised before"
                : proof.Boot != door.Host.Boots ? "its Hello is of another boot"
                : door.WorldMs - proof.HelloMs > Limits.HelloMs + Limits.HelloPartsMs + 2000 + FrozenMs + (2 * StepMs) ? "its Hello is old"
                : _proofs.Any(p => p.IsUsed && p.Boot == proof.Boot && door.WorldMs - p.UsedMs < Limits.AttemptMs && p.AttemptId.AsSpan().SequenceEqual(proof.AttemptId)) ? "this attempt has energised before"
                : door.Settings.IsSafeState ? "the door is in the safe state"
                : slot < 0 || (door.Door.Memory.ListLostBits() & (1 << slot)) != 0 ? "its list is lost"
                : world.Server.Scope(record.ScopeId).WhyDead(record.KeyNumber, record.Generation, version) is string dead ? dead + $", list {version}"
                : WhyNotByKeys(record) ?? WhyNotByTime(record, time) ?? WhyNotByPlace(proof, record);
        }

        private string? WhyNotByKeys(CredentialRecord record)
        {
            BundleScope[] since = [.. Enumerable.Range((int)_bundle, (int)(door.Served.Bundle.Version - _bundle + 1))
                .SelectMany(v => door.Served.BundleOf((uint)v).Scopes.Where(s => s.ScopeId == record.ScopeId))];
            return since.Any(s => s.Generation == record.Generation || (s.PreviousGeneration == record.Generation && s.PreviousUntil > _knownFloor))
                ? null : $"no keys of generation {record.Generation} since bundle {_bundle}";
        }

        private string? WhyNotByTime(CredentialRecord record, DoorTime time)
        {
            long begins = (long)record.NotBefore - Verifier.NotBeforeGraceS(time.Quality);
            return record.ExpiresAt <= Math.Max(time.Floor, _knownFloor) ? $"expired at {record.ExpiresAt}, the floor is {time.Floor}, known {_knownFloor}"
                : _expired.Contains((record.ScopeId, record.KeyNumber, record.ExpiresAt)) ? "it was refused as expired"
                : time.Quality != ClockQuality.Unknown && begins > Math.Max(time.Latest, record.IssuedAt) ? "it has not begun"
                : null;
        }

        private string? WhyNotByPlace(SceneProof proof, CredentialRecord record)
        {
            bool isCar = door.Floors > 0;
            ulong place = isCar ? (proof.Floors ?? 0) & ((1UL << door.Floors) - 1) : 1UL << door.Served.Index;
            return record.IsForFloors != isCar || (proof.Floors != null) != isCar ? "the operation is another kind's"
                : (record.Mask & place) == 0 ? "it is for another place"
                : isCar && (door.Host.Floors.Selected & ~(int)(record.Mask & place)) != 0 ? "a floor is selected that it does not have" : null;
        }

        private void WatchStrike()
        {
            IReadOnlyList<StrikeEdge> edges = door.Host.Strike.Edges;
            int bound = Math.Min(door.Settings.HoldMs, door.Host.Strike.MaxPulseMs);
            for (; _edges < edges.Count; _edges++)
            {
                if (!edges[_edges].IsOn && edges[_edges].AtMs - edges[_edges - 1].AtMs > bound + FrozenMs)
                {
                    Broken("never energised beyond the bound", $"{edges[_edges].AtMs - edges[_edges - 1].AtMs} ms, bound {bound}");
                }
            }

            if (door.Host.Strike.IsEnergised && door.WorldMs - edges[^1].AtMs > bound)
            {
                Broken("never energised beyond the bound", $"still on after {door.WorldMs - edges[^1].AtMs} ms, bound {bound}");
            }

            bool isSelected = door.Host.Floors.Selected != 0 && !door.Host.Strike.IsEnergised && !door.Host.Strike.NeverIdle;
            _floorsSelected = isSelected ? _floorsSelected + 1 : 0;
            if (_floorsSelected > 2)
            {
                Broken("floors stand only while the gate does", $"floors {door.Host.Floors.Selected:x}");
            }
        }

        private void WatchMemory()
        {
            DoorMemory memory = door.Door.Memory;
            for (int slot = 0; slot < memory.Keyring.ScopeCount; slot++)
            {
                if (!memory.KeyStore.IsListLost(slot))
                {
                    Rises($"list version {slot}", memory.KeyStore.ListVersion(slot));
                    Rises($"watermark {slot}", memory.KeyStore.Watermark(slot));
                    Rises($"minimum generation {slot}", memory.KeyStore.MinimumGeneration(slot));
                    if (memory.Keyring.HasKeys && memory.KeyStore.ListVersion(slot) < _acknowledged.GetValueOrDefault(memory.Keyring.ScopeId(slot)))
                    {
                        Broken("a list that was acknowledged is there", $"slot {slot}: {_acknowledged[memory.Keyring.ScopeId(slot)]} was, {memory.KeyStore.ListVersion(slot)} is");
                    }
                }
            }

            Rises("bundle version", memory.Keyring.Version);
            Rises("door generation", memory.Keyring.Generation);
            if (memory.Keyring.HasKeys && memory.Keyring.Version < _bundle)
            {
                Broken("keys that were acknowledged are there", $"bundle {_bundle} was, {memory.Keyring.Version} is");
            }

            WatchFloor(memory.Time);
            Rises(NextNumber, memory.Audit.NextSequence);
        }

        private void WatchFloor(DoorTime time)
        {
            if (door.WorldMs <= _resetUntilMs)
            {
                FollowReset(time.Floor);
                return;
            }

            Rises("floor", time.Floor);
            if (time.Floor > time.SavedFloor + Limits.TimeSaveS + 60 + (4 * StepMs / 1000) && !IsFlashBad && !time.IsFailing && StepMs <= 100)
            {
                _late++;
                if (_late > 100)
                {
                    Broken("a cut costs the floor 15 min at most", $"floor {time.Floor}, on flash {time.SavedFloor}");
                }
            }
            else
            {
                _late = 0;
            }
        }

        /// <summary>A reset that the network brings is told to nobody: the floor shows it.</summary>
        private void FollowReset(uint floor)
        {
            if (floor < _marks.GetValueOrDefault("floor"))
            {
                ResetAcknowledged(Math.Min(floor, _knownFloor));
            }

            _marks["floor"] = floor;
        }

        private void Rises(string mark, long value)
        {
            if (_marks.TryGetValue(mark, out long before) && value < before)
            {
                Broken("what counts up never goes back", $"{mark} was {before}, is {value}");
            }

            _marks[mark] = value;
        }

        private void WatchRecord(SceneProof opening)
        {
            if (IsFlashBad || IsTrailRotten)
            {
                return;
            }

            byte[] record = new byte[AuditRecord.Length];
            uint newest = door.Door.Memory.Audit.NextSequence;
            for (uint sequence = newest > RecordsBehind ? newest - RecordsBehind : 1; sequence < newest; sequence++)
            {
                int count = door.Door.Memory.Audit.Reader.ReadPage(sequence, record, 0, 1);
                if (count == 1 && record[0] == AuditEvent.Credential && record[1] == Verdict.Granted && Bytes.U32(record, AuditRecord.KeyNumberOffset) == opening.Key.Record.KeyNumber)
                {
                    return;
                }
            }

            Broken("every opening by a key is in the trail", $"key {opening.Key.Record.KeyNumber} has no record among the last {newest}");
        }
    }
}
