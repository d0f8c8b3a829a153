using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Tests.Cuts;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>The real store, the naive one, and the random hand that does the same to both.</summary>
    internal sealed class ModelRun : IDisposable
    {
        private const int Slots = 5;
        private const int ScopesEver = 8;

        private readonly Random _random;
        private readonly HostCrypto _crypto = new();
        private readonly TornFiles _files = new();
        private readonly NaiveKeyStore _model = new();
        private readonly List<ListServer> _servers;
        private readonly SortedDictionary<string, int> _counts = new();
        private readonly (string Name, int Weight, Action Act)[] _operations;
        private readonly int _weights;
        private readonly List<uint> _watched = new();
        private bool _isRotten;
        private byte[] _lastBody = new byte[24];
        private KeyStore _store;

        public ModelRun(int seed)
        {
            _random = new Random(seed);
            _store = new KeyStore(_files, _crypto, new byte[Limits.ScratchBytes]);
            _servers = Enumerable.Range(1, ScopesEver).Select(id => new ListServer(id, _random)).ToList();
            for (int slot = 0; slot < Slots; slot++)
            {
                SetScope(slot, slot + 1, 0);
            }

            _operations =
            [
                ("delta", 30, OfferDelta),
                ("full form", 2, () => Offer(AnySlot(), slot => Server(slot).Full())),
                ("delta to a base that is not there", 2, OfferWrongBase),
                ("delta as bitmap", 1, () => Offer(AnySlot(), slot => Server(slot).Full(_model.Version(slot)))),
                ("scattered, full form", 1, () => Offer(AnySlot(), slot => Server(slot).Scattered(0) ?? Server(slot).Full())),
                ("scattered delta", 6, OfferScattered),
                ("old list again", 4, () => Offer(AnySlot(), _ => _lastBody)),
                ("list of a restored server", 1, OfferRogue),
                ("list with wrong bytes", 4, OfferMutated),
                ("step", 10, () => Step(1)),
                ("steps", 30, () => Step(12)),
                ("scrub", 6, Scrub),
                ("reboot", 3, Reboot),
                ("power cut", 8, CutPower),
                ("full disk", 2, FillDisk),
                ("rot", 2, Rot),
                ("lists declared lost", 1, LoseLists),
                ("higher least version", 1, RaiseLeast),
                ("scope moved or replaced", 1, ChangeBundle),
            ];
            _weights = _operations.Sum(operation => operation.Weight);
        }

        /// <summary>The operation that was done last.</summary>
        public string Last { get; private set; } = "none";

        /// <summary>Does one random operation to both, and compares.</summary>
        public void Operate()
        {
            int dice = _random.Next(_weights);
            int chosen = 0;
            while (dice >= _operations[chosen].Weight)
            {
                dice -= _operations[chosen++].Weight;
            }

            Last = _operations[chosen].Name;
            _counts[Last] = _counts.GetValueOrDefault(Last) + 1;
            _operations[chosen].Act();
            Compare();
        }

        /// <summary>How often each operation was done, and what came of it.</summary>
        public string Counts() => string.Join(", ", _counts.Select(pair => $"{pair.Key} {pair.Value}"));

        public void Dispose() => _crypto.Dispose();

        private void OfferDelta()
        {
            Offer(AnySlot(), slot =>
            {
                uint version = _model.Version(slot);
                Server(slot).Overtake(version, _model.Watermark(slot));
                Server(slot).Change();
                return version == 0 ? Server(slot).Full() : Server(slot).Delta(version - (uint)_random.Next(Math.Min(3, (int)version)));
            });
        }

        private void OfferScattered()
        {
            Offer(AnySlot(), slot =>
            {
                uint version = _model.Version(slot);
                Server(slot).Overtake(version, _model.Watermark(slot));
                Server(slot).Change();
                return Server(slot).Scattered(version) ?? Server(slot).Full();
            });
        }

        private void OfferWrongBase()
        {
            Offer(AnySlot(), slot =>
            {
                Server(slot).Change();
                return Server(slot).Delta(Math.Min(_model.Version(slot) + 1, Server(slot).Version - 1));
            });
        }

        private void OfferRogue()
        {
            int slot = AnySlot();
            Server(slot).Overtake(_model.Version(slot), 0);
            Offer(slot, _ => Server(slot).Rogue());
        }

        private void OfferMutated()
        {
            Offer(AnySlot(), slot =>
            {
                byte[] body = (byte[])_lastBody.Clone();
                for (int i = _random.Next(1, 3); i > 0; i--)
                {
                    int at = _random.Next(Math.Min(body.Length, 30));
                    body[at] = (byte)_random.Next(at < 24 ? 3 : 256);
                }

                return body;
            });
        }

        private void Offer(int slot, Func<int, byte[]> make)
        {
            byte[] body = make(slot);
            int expected = _model.Offer(slot, body);
            byte[] given = (byte[])body.Clone();
            int outcome = _store.BeginList(slot, given, given.Length);
            Array.Fill(given, (byte)0xFF);
            if (expected == ListOutcome.Malformed && body[15] == 2 && outcome != expected)
            {
                ReadToTheMistake(outcome);
                return;
            }

            Assert.AreEqual(expected, outcome, "outcome of a list");
            if (expected == ListOutcome.Accepted)
            {
                Count("list accepted");
                _lastBody = body;
                Watch(body);
            }

            Server(slot).Overtake(_model.IsPending ? _model.PendingVersion : 0, _model.Watermark(slot));
        }

        /// <summary>The codes of form 2 are read last, and bit by bit: what is not wanted anyway is not read.</summary>
        private void ReadToTheMistake(int outcome)
        {
            if (outcome == ListOutcome.Busy || outcome == ListOutcome.Stale || outcome == ListOutcome.WrongBase)
            {
                return;
            }

            Assert.AreEqual(ListOutcome.Accepted, outcome);
            int before = _store.FailedSteps;
            while (_store.IsPending)
            {
                _store.Step();
            }

            Assert.IsTrue(_store.WasMalformed);
            Assert.AreEqual(before, _store.FailedSteps);
        }

        private void Step(int count)
        {
            for (int i = 0; i < count && _store.IsPending; i++)
            {
                _store.Step();
            }

            AdoptWhatIsStored();
            if (_isRotten)
            {
                FindBadBlocks();
            }
        }

        private void AdoptWhatIsStored()
        {
            if (_model.IsPending && !_store.IsPending)
            {
                _model.Commit();
            }
        }

        private void Scrub()
        {
            if (_store.IsPending)
            {
                _store.Scrub();
                return;
            }

            for (int look = 0; look <= Slots; look++)
            {
                _store.Scrub();
            }

            _model.Scrub();
            if (_isRotten)
            {
                FindBadBlocks();
            }
        }

        private void Reboot()
        {
            _store = new KeyStore(_files, _crypto, new byte[Limits.ScratchBytes]);
            _model.Reboot();
            for (int slot = 0; slot < Slots; slot++)
            {
                _store.SetScope(slot, _model.ScopeAt(slot), false, _model.Least(slot));
            }
        }

        private void CutPower()
        {
            _files.CutAt = _random.Next(1, 4);
            _files.CutShape = (TornShape)_random.Next(6);
            _files.CutLength = _random.Next(_random.Next(2) == 0 ? 200 : 2048);
            try
            {
                if (!_store.IsPending)
                {
                    OfferDelta();
                }

                Step(12);
                Scrub();
                _files.CutAt = 0;
            }
            catch (PowerLostException)
            {
                Count("power lost");
                if (_model.IsPending && _files.LandedWhole.StartsWith("lists.", StringComparison.Ordinal))
                {
                    Count("power lost after the commit landed");
                    _model.Commit();
                }

                _files.CutAt = 0;
                Reboot();
                FindBadBlocks();
            }
        }

        private void FillDisk()
        {
            if (!_store.IsPending)
            {
                OfferDelta();
            }

            bool isPending = _store.IsPending;
            _files.Failures = 1;
            int before = _store.FailedSteps;
            for (int i = 0; i < 12 && _store.IsPending; i++)
            {
                _store.Step();
            }

            _files.Failures = 0;
            if (isPending)
            {
                Assert.AreEqual(before + 1, _store.FailedSteps, "failed steps");
                _model.Drop();
                FindBadBlocks();
            }
        }

        private void Rot()
        {
            int slot = AnySlot();
            int place = _model.Place(slot);
            if (place < 0 || _store.IsPending)
            {
                return;
            }

            byte[]? content = _files.Content("win" + place + (_random.Next(2) == 0 ? ".a" : ".b"));
            if (content is { Length: > 0 })
            {
                content[_random.Next(content.Length)] ^= (byte)(1 << _random.Next(8));
                Count("byte rotten");
                FindBadBlocks();
            }
        }

        private void FindBadBlocks()
        {
            _isRotten = false;
            for (int place = 0; place < Slots; place++)
            {
                string name = "win" + place;
                byte[] a = _files.Content(name + ".a") ?? [];
                byte[] b = _files.Content(name + ".b") ?? [];
                _model.FindBadBlocks(place, (block, whole) =>
                {
                    _isRotten |= !Holds(a, block, whole) || !Holds(b, block, whole);
                    return Holds(a, block, whole) || Holds(b, block, whole);
                });
            }
        }

        private static bool Holds(byte[] content, int block, byte[] whole)
        {
            return content.Length >= (block + 1) * 512 && content.AsSpan(block * 512, 512).SequenceEqual(whole);
        }

        private void LoseLists()
        {
            Assert.IsTrue(_store.LoseLists());
            _model.DeclareLost();
        }

        private void RaiseLeast()
        {
            int slot = AnySlot();
            SetScope(slot, _model.ScopeAt(slot), _model.Version(slot) + (uint)_random.Next(2));
            Server(slot).Overtake(_model.Least(slot), 0);
        }

        private void ChangeBundle()
        {
            int slot = AnySlot();
            int other = AnySlot();
            int scopeId = _random.Next(1, ScopesEver + 1);
            int place = Enumerable.Range(0, Slots).FirstOrDefault(i => _model.ScopeAt(i) == scopeId, -1);
            if (place < 0)
            {
                SetScope(slot, scopeId, 0);
                return;
            }

            int first = _model.ScopeAt(slot);
            int second = _model.ScopeAt(other);
            SetScope(slot, second, 0);
            SetScope(other, first, 0);
        }

        private void SetScope(int slot, int scopeId, uint least)
        {
            _store.SetScope(slot, scopeId, false, least);
            _model.SetScope(slot, scopeId, false, least);
        }

        private void Watch(byte[] body)
        {
            ListFields list = ListFields.Read(body)!;
            _watched.Clear();
            _watched.AddRange(list.Keys.Where(key => key.IsSet).Select(key => key.Key).Take(12));
            _watched.Add(list.Watermark + 16383);
            _watched.Add(list.Watermark + 16384);
            _watched.Add(list.Watermark == 0 ? 0 : list.Watermark - 1);
        }

        private void Compare()
        {
            Assert.AreEqual(_model.IsPending, _store.IsPending, "pending");
            for (int slot = 0; slot < Slots; slot++)
            {
                Assert.AreEqual(_model.Version(slot), _store.ListVersion(slot), "version");
                Assert.AreEqual(_model.Watermark(slot), _store.Watermark(slot), "watermark");
                Assert.AreEqual(_model.MinimumGeneration(slot), _store.MinimumGeneration(slot), "minimum generation");
                CompareKey(slot, _model.Watermark(slot) + (uint)_random.Next(16500));
            }

            int watchedSlot = AnySlot();
            foreach (uint key in _watched)
            {
                CompareKey(watchedSlot, key);
            }

            if (_random.Next(2000) == 0)
            {
                CompareWholeWindow(watchedSlot);
            }
        }

        private void CompareWholeWindow(int slot)
        {
            uint watermark = _model.Watermark(slot);
            for (uint i = 0; i < 16400; i++)
            {
                CompareKey(slot, watermark + i);
            }

            Count("whole window compared");
        }

        private void CompareKey(int slot, uint key)
        {
            Assert.AreEqual(_model.Judge(slot, key), _store.Judge(slot, key), $"slot {slot}, key {key}");
            Assert.AreEqual(_model.IsLost(slot), _store.IsListLost(slot), $"slot {slot} lost");
        }

        private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

        private int AnySlot() => _random.Next(Slots);

        private ListServer Server(int slot) => _servers[_model.ScopeAt(slot) - 1];
    }
}
