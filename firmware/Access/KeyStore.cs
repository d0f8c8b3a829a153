using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// One bit a key for each scope of the door, on flash, and the rules by which lists change it. A list is made in RAM, written
    /// into the slot that does not count, and committed: until then the old one is untouched and in force.
    /// </summary>
    public sealed class KeyStore : IKeyStore, IFlashWork
    {
        /// <summary>Scope id of a slot that the bundle does not use; a real one has 24 bits.</summary>
        public const int NoScope = -1;

        private readonly ListStates _states;
        private readonly KeyWindow _window;
        private readonly int[] _scopeIds = new int[Limits.Scopes];
        private readonly int[] _places = new int[Limits.Scopes];
        private readonly uint[] _leastVersions = new uint[Limits.Scopes];
        private readonly bool[] _isAllowedAtFirst = new bool[Limits.Scopes];
        private int _damagedPlaces;
        private byte _scrubbed;
        private bool _isStateSaved = true;
        private byte _stagedSlot;
        private int _stagedPlace;
        private Stage _stage;

        /// <summary>Reads the state of every list. No slot has a scope yet: <see cref="SetScope"/> follows.</summary>
        /// <param name="files">The file system.</param>
        /// <param name="crypto">For CRC-32.</param>
        /// <param name="scratch">At least <see cref="KeyWindow.BlockBytes"/>; used within a call only.</param>
        public KeyStore(IFiles files, ICrypto crypto, byte[] scratch)
        {
            _states = new ListStates(files, crypto, scratch);
            _window = new KeyWindow(files, crypto, _states, scratch);
            for (int slot = 0; slot < Limits.Scopes; slot++)
            {
                _scopeIds[slot] = NoScope;
                _places[slot] = ListStates.NoPlace;
            }
        }

        private enum Stage
        {
            Idle,
            Read,
            Write,
            Commit,
        }

        /// <inheritdoc/>
        public bool IsPending
        {
            get { return _stage != Stage.Idle; }
        }

        /// <summary>True when the list that was taken last turned out to break a rule of form 2 in a later step: it was dropped.</summary>
        public bool WasMalformed { get; private set; }

        /// <summary>Flash steps that failed since boot. A list whose step failed is dropped and has to come again.</summary>
        public int FailedSteps { get; private set; }

        /// <summary>Says which scope a slot belongs to; called for all slots at boot, and again when bundle or time record change.</summary>
        /// <param name="slot">0 to 4.</param>
        /// <param name="scopeId">0 to 16,777,215, or <see cref="NoScope"/>.</param>
        /// <param name="isAllowed">Mode of the bundle, for as long as the scope never had a list.</param>
        /// <param name="leastVersion">
        /// The bundle's minimum, or the highest version ever applied, which is kept apart: below it the list is lost. It never
        /// falls while the slot keeps its scope.
        /// </param>
        public void SetScope(int slot, int scopeId, bool isAllowed, uint leastVersion)
        {
            if (_scopeIds[slot] != scopeId)
            {
                _stage = Stage.Idle;
                _scopeIds[slot] = scopeId;
                _places[slot] = _states.PlaceOf(scopeId);
                _leastVersions[slot] = 0;
            }

            _isAllowedAtFirst[slot] = isAllowed;
            if (leastVersion > _leastVersions[slot])
            {
                _leastVersions[slot] = leastVersion;
            }
        }

        /// <inheritdoc/>
        public uint ListVersion(int slot)
        {
            return _places[slot] < 0 ? 0 : _states.Version(_places[slot]);
        }

        /// <inheritdoc/>
        public bool IsListLost(int slot)
        {
            int place = _places[slot];
            return ListVersion(slot) < _leastVersions[slot]
                || (place >= 0 && (_states.IsDeclaredLost(place) || (_damagedPlaces & (1 << place)) != 0));
        }

        /// <inheritdoc/>
        public int MinimumGeneration(int slot)
        {
            return _places[slot] < 0 ? 0 : _states.MinimumGeneration(_places[slot]);
        }

        /// <summary>Every key number of the scope below this one is dead; 0 when it never had a list.</summary>
        public uint Watermark(int slot)
        {
            return _places[slot] < 0 ? 0 : _states.Watermark(_places[slot]);
        }

        /// <inheritdoc/>
        public int Judge(int slot, uint keyNumber)
        {
            if (IsListLost(slot))
            {
                return Verdict.ListLost;
            }

            int place = _places[slot];
            bool isAllowed = place < 0 ? _isAllowedAtFirst[slot] : _states.IsAllowed(place);
            uint watermark = Watermark(slot);
            if (keyNumber < watermark)
            {
                return Verdict.KeyDead;
            }

            int bit = 0;
            if (place >= 0 && keyNumber - watermark < Limits.WindowKeys)
            {
                bit = _window.Bit(place, keyNumber);
            }

            if (bit < 0)
            {
                _damagedPlaces |= 1 << place;
                return Verdict.ListLost;
            }

            return (bit == 1) == isAllowed ? Verdict.Granted : isAllowed ? Verdict.NotListed : Verdict.Revoked;
        }

        /// <inheritdoc/>
        public int BeginList(int slot, byte[] body, int count)
        {
            if (!ListBody.IsWellFormed(body, count) || Bytes.U24(body, ListBody.ScopeId) != _scopeIds[slot])
            {
                return ListOutcome.Malformed;
            }

            if (IsPending)
            {
                return ListOutcome.Busy;
            }

            int outcome = ListRules.Compare(_states, _places[slot], _leastVersions[slot], IsListLost(slot), body);
            if (outcome == ListOutcome.Accepted)
            {
                outcome = Prepare(slot, body, count);
            }

            return outcome;
        }

        /// <inheritdoc/>
        public void Step()
        {
            switch (_stage)
            {
                case Stage.Read:
                    Read();
                    break;
                case Stage.Write:
                    GoOn(_window.Write(_stagedPlace, _states.IsSlotB(ListStates.Staged)), Stage.Commit);
                    break;
                case Stage.Commit:
                    GoOn(Commit(), Stage.Idle);
                    break;
            }
        }

        private void Read()
        {
            int state = _window.ReadOn(_states.Watermark(ListStates.Staged));
            WasMalformed = state == ScatteredBits.Malformed;
            if (state == ScatteredBits.End)
            {
                Seal();
            }
            else if (WasMalformed)
            {
                _stage = Stage.Idle;
            }
        }

        private void Seal()
        {
            _window.StageCrcs();
            _stage = Stage.Write;
        }

        private void GoOn(bool isDone, Stage next)
        {
            FailedSteps += isDone ? 0 : 1;
            _stage = isDone ? next : Stage.Idle;
        }

        /// <summary>
        /// Declares every list lost, as a floor reset does; each stays so until an authenticated list at least as new comes. One
        /// flash step. A list that was being stored is dropped.
        /// </summary>
        /// <returns>True when it is durable. It holds until the next boot in any case.</returns>
        public bool LoseLists()
        {
            _stage = Stage.Idle;
            return _states.DeclareLost();
        }

        /// <summary>
        /// One look at one place, for idle times: a slot that does not hold what it should is written again from the other one, and
        /// a block that is good in neither loses the list. At most one write of 2 KB, after at most 8 KB of reading.
        /// </summary>
        public void Scrub()
        {
            if (IsPending)
            {
                return;
            }

            int place = _scrubbed;
            _scrubbed = (byte)(_scrubbed == Limits.Scopes ? 0 : _scrubbed + 1);
            if (place == Limits.Scopes)
            {
                _isStateSaved = _isStateSaved || _states.Save();
            }
            else if (_states.Version(place) != 0)
            {
                _damagedPlaces |= _window.Mend(place, out bool isRefused) ? 0 : 1 << place;
                FailedSteps += isRefused ? 1 : 0;
            }
        }

        private int Prepare(int slot, byte[] body, int count)
        {
            int place = _places[slot];
            if (place < 0 || ListRules.IsModeChange(_states, place, body) || (_states.IsAllowed(place) && ListBody.SaysAll(body)))
            {
                _window.Clear();
            }
            else if (!_window.Load(place) && !ListBody.IsFull(body))
            {
                _damagedPlaces |= 1 << place;
                return ListOutcome.WrongBase;
            }

            bool isNew = place < 0;
            _stagedSlot = (byte)slot;
            _stagedPlace = isNew ? ListStates.FreePlace(_places) : place;
            _states.Stage(_stagedPlace, isNew, body);
            uint watermark = _states.Watermark(ListStates.Staged);
            _window.RaiseWatermark(isNew ? watermark : _states.Watermark(place), watermark);
            WasMalformed = false;
            _stage = Stage.Read;
            if (_window.Begin(body, count, watermark))
            {
                Seal();
            }

            return ListOutcome.Accepted;
        }

        private bool Commit()
        {
            if (!_states.Commit(_stagedPlace, StaysLost()))
            {
                return false;
            }

            _places[_stagedSlot] = _stagedPlace;
            _damagedPlaces &= ~(1 << _stagedPlace);
            _isStateSaved = false;
            return true;
        }

        /// <summary>Asked when the list comes into force: a key update may have told of a newer one while it was stored.</summary>
        private bool StaysLost()
        {
            return _places[_stagedSlot] == _stagedPlace && _states.IsDeclaredLost(_stagedPlace)
                && _states.Version(ListStates.Staged) < _leastVersions[_stagedSlot];
        }
    }
}
