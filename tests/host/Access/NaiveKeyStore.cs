using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Wire;

namespace DoorController.Tests.Access
{
    /// <summary>
    /// What the key store must say, written for plainness alone: a set of key numbers per scope, no bitmap, no ring, no slots. It
    /// reads list bodies for itself from PROTOCOL.md section 6.1 and shares no code with the store.
    /// </summary>
    internal sealed class NaiveKeyStore
    {
        private const long Window = 16384;
        private const int BlockKeys = 4096;

        private readonly Dictionary<int, Scope> _known = new();
        private readonly int[] _slots = { -1, -1, -1, -1, -1 };
        private readonly bool[] _allowedAtFirst = new bool[5];
        private readonly uint[] _least = new uint[5];
        private readonly int[] _onFlash = { -1, -1, -1, -1, -1 };
        private readonly HashSet<int> _unreadable = new();
        private ListFields? _pending;
        private int _pendingSlot;

        /// <summary>A list is being stored.</summary>
        public bool IsPending => _pending is not null;

        /// <summary>Version of the list that is being stored.</summary>
        public uint PendingVersion => _pending!.Version;

        /// <summary>Scope of the list that is being stored.</summary>
        public int PendingSlot => _pendingSlot;

        public int ScopeAt(int slot) => _slots[slot];

        public uint Least(int slot) => _least[slot];

        public void SetScope(int slot, int scopeId, bool isAllowed, uint least)
        {
            if (_slots[slot] != scopeId)
            {
                _pending = null;
                _least[slot] = 0;
            }

            _slots[slot] = scopeId;
            _allowedAtFirst[slot] = isAllowed;
            _least[slot] = Math.Max(_least[slot], least);
        }

        public uint Version(int slot) => At(slot)?.Version ?? 0;

        public uint Watermark(int slot) => At(slot)?.Watermark ?? 0;

        public int MinimumGeneration(int slot) => At(slot)?.MinimumGeneration ?? 0;

        public bool IsLost(int slot)
        {
            Scope? scope = At(slot);
            return Version(slot) < _least[slot] || (scope is not null && (scope.IsDeclaredLost || scope.IsDamageFound));
        }

        /// <summary>Place on flash of a slot's window; −1 when it has none.</summary>
        public int Place(int slot) => At(slot) is null ? -1 : Array.IndexOf(_onFlash, _slots[slot]);

        public int Judge(int slot, uint key)
        {
            Scope? scope = At(slot);
            if (IsLost(slot))
            {
                return Verdict.ListLost;
            }

            if (scope is null)
            {
                return _allowedAtFirst[slot] ? Verdict.NotListed : Verdict.Granted;
            }

            if (key < scope.Watermark)
            {
                return Verdict.KeyDead;
            }

            if (key < scope.Watermark + Window && scope.BadBlocks.Contains(BlockOf(key)))
            {
                scope.IsDamageFound = true;
                return Verdict.ListLost;
            }

            bool isSet = scope.Keys.Contains(key);
            return scope.IsAllowed ? (isSet ? Verdict.Granted : Verdict.NotListed) : isSet ? Verdict.Revoked : Verdict.Granted;
        }

        public int Offer(int slot, byte[] body)
        {
            ListFields? list = ListFields.Read(body);
            if (list is null || list.ScopeId != _slots[slot])
            {
                return ListOutcome.Malformed;
            }

            if (_pending is not null)
            {
                return ListOutcome.Busy;
            }

            int outcome = Compare(slot, list);
            if (outcome == ListOutcome.Accepted)
            {
                _pending = list;
                _pendingSlot = slot;
                _unreadable.Clear();
                _unreadable.UnionWith(At(slot)?.BadBlocks ?? []);
            }

            return outcome;
        }

        /// <summary>The list that was being stored is in force.</summary>
        public void Commit()
        {
            ListFields list = _pending!;
            _pending = null;
            int scopeId = _slots[_pendingSlot];
            if (At(_pendingSlot) is null)
            {
                TakePlace(scopeId);
            }

            Scope scope = _known[scopeId];
            bool staysLost = scope.IsDeclaredLost && list.Version < _least[_pendingSlot];
            Merge(scope, list);
            scope.IsDeclaredLost = staysLost;
            scope.IsDamageFound = false;
            scope.BadBlocks.Clear();
        }

        /// <summary>The list that was being stored is forgotten.</summary>
        public void Drop() => _pending = null;

        public void DeclareLost()
        {
            _pending = null;
            foreach (Scope scope in _known.Values)
            {
                scope.IsDeclaredLost = true;
            }
        }

        /// <summary>RAM is gone; what is on flash stays.</summary>
        public void Reboot()
        {
            _pending = null;
            foreach (Scope scope in _known.Values)
            {
                scope.IsDamageFound = false;
            }
        }

        /// <summary>The store looked at every block.</summary>
        public void Scrub()
        {
            foreach (Scope scope in _known.Values)
            {
                scope.IsDamageFound |= scope.BadBlocks.Count > 0;
            }
        }

        /// <summary>Tells which blocks of the ring are whole in neither slot.</summary>
        /// <param name="isWhole">Told block number and content, true when a slot holds it.</param>
        public void FindBadBlocks(int place, Func<int, byte[], bool> isWhole)
        {
            Scope? scope = _known.GetValueOrDefault(_onFlash[place]);
            if (scope is null)
            {
                return;
            }

            byte[] ring = new byte[2048];
            foreach (uint key in scope.Keys)
            {
                ring[key % Window / 8] |= (byte)(1 << (int)(key % 8));
            }

            for (int block = 0; block < 4; block++)
            {
                if (isWhole(block, ring[(block * 512)..((block + 1) * 512)]))
                {
                    scope.BadBlocks.Remove(block);
                }
                else
                {
                    scope.BadBlocks.Add(block);
                }
            }
        }

        private static int BlockOf(uint key) => (int)(key % Window / BlockKeys);

        private void Merge(Scope scope, ListFields list)
        {
            bool isModeChange = scope.Version != 0 && scope.IsAllowed != list.IsAllowed;
            scope.Keys.RemoveWhere(key => isModeChange || _unreadable.Contains(BlockOf(key)));
            scope.Version = list.Version;
            scope.IsAllowed = list.IsAllowed;
            scope.Watermark = Math.Max(scope.Watermark, list.Watermark);
            scope.Generation = Math.Max(scope.Generation, list.Generation);
            scope.MinimumGeneration = Math.Max(scope.MinimumGeneration, list.MinimumGeneration);
            if (list.IsAllowed && list.SaysAll)
            {
                scope.Keys.Clear();
            }

            foreach ((uint key, bool isSet) in list.Keys)
            {
                if (isSet)
                {
                    scope.Keys.Add(key);
                }
                else if (list.IsAllowed)
                {
                    scope.Keys.Remove(key);
                }
            }

            scope.Keys.RemoveWhere(key => key < scope.Watermark);
        }

        private int Compare(int slot, ListFields list)
        {
            Scope? scope = At(slot);
            uint version = Version(slot);
            bool mayEndLoss = IsLost(slot) && list.Base == 0;
            if (list.Version < version || list.Version < _least[slot] || (list.Version == version && !mayEndLoss))
            {
                return ListOutcome.Stale;
            }

            if (list.Base > version)
            {
                return ListOutcome.WrongBase;
            }

            if (scope is null)
            {
                return ListOutcome.Accepted;
            }

            if (scope.IsAllowed != list.IsAllowed)
            {
                return list.Generation <= scope.Generation ? ListOutcome.Malformed
                    : list.Base != 0 ? ListOutcome.WrongBase
                    : ListOutcome.Accepted;
            }

            if (scope.BadBlocks.Count > 0 && list.Base != 0 && !(list.IsAllowed && list.SaysAll))
            {
                scope.IsDamageFound = true;
                return ListOutcome.WrongBase;
            }

            return ListOutcome.Accepted;
        }

        private void TakePlace(int scopeId)
        {
            int place = Enumerable.Range(0, 5).First(p => !_slots.Contains(_onFlash[p]) || !_known.ContainsKey(_onFlash[p]));
            _known.Remove(_onFlash[place]);
            _onFlash[place] = scopeId;
            _known[scopeId] = new Scope();
        }

        private Scope? At(int slot) => _known.GetValueOrDefault(_slots[slot]);

        private sealed class Scope
        {
            public uint Version { get; set; }

            public uint Watermark { get; set; }

            public int MinimumGeneration { get; set; }

            public int Generation { get; set; }

            public bool IsAllowed { get; set; }

            public bool IsDeclaredLost { get; set; }

            public bool IsDamageFound { get; set; }

            public HashSet<uint> Keys { get; } = new();

            public HashSet<int> BadBlocks { get; } = new();
        }
    }
}
