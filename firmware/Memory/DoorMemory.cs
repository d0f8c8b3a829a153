using System;
using DoorController.Access;
using DoorController.Audit;
using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Memory
{
    /// <summary>
    /// All that survives a power cut: keys, key store, time and audit trail, and the order in which they are written. One background
    /// step on flash at a time.
    /// </summary>
    public sealed class DoorMemory
    {
        private readonly Board _board;
        private readonly uint[] _newestKnown = new uint[Limits.Scopes];
        private int[] _bound = new int[0];
        private readonly uint[] _applied = new uint[Limits.Scopes];
        private long _scrubMs;
        private int _lostBits;
        private int _toldLost;
        private int _untoldLists;
        private long _conflictMs;
        private bool _isSettling;

        /// <summary>Reads what flash holds. Each part says for itself what it could not find.</summary>
        public DoorMemory(Board board)
        {
            _board = board;
            byte[] scratch = new byte[Limits.ScratchBytes];
            Keyring = new Keyring(board.Crypto, new SlotFile(board.Files, board.Crypto, "bundle", scratch));
            Time = new DoorTime(board.Files, board.Crypto, scratch);
            KeyStore = new KeyStore(board.Files, board.Crypto, scratch);
            Audit = new AuditTrail(board.Files, board.Crypto, board.Random, Time, scratch);
            Challenge = new TimeChallenge(board.Random);
            Bind();
            Audit.Load();
        }

        /// <summary>The keys of this door.</summary>
        public Keyring Keyring { get; }

        /// <summary>One bit a key for each scope.</summary>
        public KeyStore KeyStore { get; }

        /// <summary>What time it is.</summary>
        public DoorTime Time { get; }

        /// <summary>What time tokens and floor resets answer.</summary>
        public TimeChallenge Challenge { get; }

        /// <summary>What happened here.</summary>
        public AuditTrail Audit { get; }

        /// <summary>True when keys or a list are lost, or flash does not take what must be written.</summary>
        public bool IsFaulty
        {
            get { return !Keyring.HasKeys || _lostBits != 0 || Audit.IsFailing || Time.IsFailing; }
        }

        /// <summary>Newest list version of a slot's scope that a credential told of; advisory.</summary>
        public uint NewestKnown(int slot)
        {
            return _newestKnown[slot];
        }

        /// <summary>A proven credential tells which list version the server had when it was issued.</summary>
        public void Learn(int slot, uint listVersion)
        {
            if (listVersion > _newestKnown[slot])
            {
                _newestKnown[slot] = listVersion;
            }
        }

        /// <summary>Bit i is set when slot i has lost its list.</summary>
        public int ListLostBits()
        {
            int bits = 0;
            for (int slot = 0; slot < Keyring.ScopeCount; slot++)
            {
                if (KeyStore.IsListLost(slot))
                {
                    bits |= 1 << slot;
                }
            }

            return bits;
        }

        /// <summary>Moves time on and looks whether a list is lost.</summary>
        public void Poll(long nowMs)
        {
            Time.Poll(nowMs);
            Audit.Poll(nowMs);
            int lost = ListLostBits();
            _toldLost &= lost;
            if ((lost & ~_toldLost) != 0 || _untoldLists != 0)
            {
                TellOfLists(lost);
            }

            _lostBits = lost;
            NoteConflict(nowMs);
        }

        /// <summary>Tells what the trail has room for; the rest stays untold until it has.</summary>
        private void TellOfLists(int lost)
        {
            for (int slot = 0; slot < Keyring.ScopeCount; slot++)
            {
                int bit = 1 << slot;
                int scope = Keyring.ScopeId(slot);
                if ((lost & ~_toldLost & bit) != 0 && Audit.QueueRoutine(AuditEvent.ListLost, slot, scope, Time.Versions.Highest(slot)))
                {
                    _toldLost |= bit;
                }

                if ((_untoldLists & bit) != 0 && Audit.QueueRoutine(AuditEvent.ListApplied, slot, scope, KeyStore.ListVersion(slot)))
                {
                    _untoldLists &= ~bit;
                }
            }
        }

        /// <summary>Does one bounded step of what has to be written, the most important first.</summary>
        /// <returns>True when a list came into force with it: Hello has to be made anew.</returns>
        public bool FlashStep(long nowMs)
        {
            if (KeyStore.IsPending)
            {
                KeyStore.Step();
                return false;
            }

            int slot = FindNewlyApplied();
            if (slot >= 0 && !Time.IsResting)
            {
                return RememberApplied(slot);
            }

            StepOfTheRest(nowMs);
            return false;
        }

        private void StepOfTheRest(long nowMs)
        {
            if (Time.IsPending)
            {
                Time.Step();
            }
            else if (Audit.IsPending)
            {
                Audit.Step();
            }
            else if (nowMs - _scrubMs > Limits.ScrubMs)
            {
                _scrubMs = nowMs;
                KeyStore.Scrub();
            }
        }

        /// <summary>Has all that is only in RAM written, before a reboot that was planned. Called in each pass until it is so.</summary>
        /// <returns>True when nothing is left to write, or flash refuses it.</returns>
        public bool Settle()
        {
            if (!_isSettling)
            {
                _isSettling = true;
                Time.AskSave();
                Audit.AskCommit();
            }

            return !KeyStore.IsPending && !Time.IsPending && !Audit.IsPending;
        }

        /// <summary>Says again which scope is in which slot, after the bundle or the time record changed.</summary>
        public void Bind()
        {
            int[] scopes = new int[Keyring.ScopeCount];
            for (int slot = 0; slot < scopes.Length; slot++)
            {
                scopes[slot] = Keyring.ScopeId(slot);
            }

            FollowScopes(scopes);
            Time.Versions.Bind(scopes);
            for (int slot = 0; slot < Limits.Scopes; slot++)
            {
                BindSlot(slot, slot < scopes.Length);
            }

            Audit.SetKey(Keyring.HasKeys ? Keyring.SubKey(Keys.AuditChain) : new byte[Keys.Length]);
        }

        private void BindSlot(int slot, bool used)
        {
            uint least = used ? Keyring.MinimumListVersion(slot) : 0;
            uint highest = used ? Time.Versions.Highest(slot) : 0;
            KeyStore.SetScope(
                slot, used ? Keyring.ScopeId(slot) : KeyStore.NoScope, used && Keyring.IsAllowedMode(slot), least > highest ? least : highest);
            uint version = KeyStore.ListVersion(slot);
            _applied[slot] = version < highest ? version : highest;
        }

        /// <summary>True when the list of this slot is in force and will be after any power cut.</summary>
        public bool IsListDurable(int slot)
        {
            return !KeyStore.IsPending && _applied[slot] == KeyStore.ListVersion(slot);
        }

        /// <summary>Once a day at most: a server whose clock comes and goes does not flood the trail.</summary>
        private void NoteConflict(long nowMs)
        {
            if (Time.Conflict.Stands && nowMs >= _conflictMs && Audit.QueueRoutine(AuditEvent.ClockConflict, 0, 0, Time.Conflict.Said))
            {
                _conflictMs = nowMs + Limits.ConflictMs;
            }
        }

        /// <summary>What is kept by slot in RAM moves with its scope; of a scope that is new here nothing is known.</summary>
        private void FollowScopes(int[] scopes)
        {
            uint[] newest = new uint[Limits.Scopes];
            int lost = 0;
            int told = 0;
            int untold = 0;
            for (int slot = 0; slot < scopes.Length; slot++)
            {
                int before = WhereBound(scopes[slot]);
                if (before >= 0)
                {
                    newest[slot] = _newestKnown[before];
                    lost |= ((_lostBits >> before) & 1) << slot;
                    told |= ((_toldLost >> before) & 1) << slot;
                    untold |= ((_untoldLists >> before) & 1) << slot;
                }
            }

            Array.Copy(newest, 0, _newestKnown, 0, Limits.Scopes);
            _lostBits = lost;
            _toldLost = told;
            _untoldLists = untold;
            _bound = scopes;
        }

        private int WhereBound(int scope)
        {
            int slot = _bound.Length - 1;
            while (slot >= 0 && _bound[slot] != scope)
            {
                slot--;
            }

            return slot;
        }

        private int FindNewlyApplied()
        {
            int slot = Keyring.ScopeCount - 1;
            while (slot >= 0 && KeyStore.ListVersion(slot) == _applied[slot])
            {
                slot--;
            }

            return slot;
        }

        /// <summary>The highest version is kept apart from the store, so that a store that lost its lists knows it.</summary>
        private bool RememberApplied(int slot)
        {
            uint version = KeyStore.ListVersion(slot);
            if (!Time.RaiseVersion(slot, version))
            {
                return false;
            }

            _applied[slot] = version;
            int scope = Keyring.ScopeId(slot);
            KeyStore.SetScope(slot, scope, Keyring.IsAllowedMode(slot), version);
            _untoldLists |= 1 << slot;
            return true;
        }
    }
}
