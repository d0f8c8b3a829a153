using DoorController.Hal;

namespace DoorController.Strike
{
    /// <summary>What the contacts say, one bit each: what <see cref="DoorMonitor.Poll"/> returns.</summary>
    public static class DoorNews
    {
        /// <summary>The REX button was pressed.</summary>
        public const int Rex = 1;

        /// <summary>The door opened, and a pulse or a release input explains it.</summary>
        public const int Opened = 2;

        /// <summary>The door closed.</summary>
        public const int Closed = 4;

        /// <summary>The door opened and nothing had released it.</summary>
        public const int ForcedOpen = 8;

        /// <summary>The door has been open for too long.</summary>
        public const int HeldOpen = 16;

        /// <summary>The housing was opened.</summary>
        public const int Tamper = 32;

        /// <summary>The fire alarm panel began to call.</summary>
        public const int FireAlarm = 64;
    }

    /// <summary>
    /// Watches the contacts: debounces them and tells an opening that something released from a forced one. A pulse explains one opening; a
    /// release input (REX, or the fire alarm panel that cuts the lock's power) explains each one while it is active, and one more after it.
    /// </summary>
    public sealed class DoorMonitor
    {
        private readonly Settings _settings;
        private readonly Debounce _inputs;
        private readonly int _releaseInputs;
        private bool _mayOpen;
        private long _mayOpenUntilMs;
        private long _openedMs;
        private long _closedMs = -Limits.SamePassageMs;
        private bool _isUndecided;
        private bool _heldTold;
        private bool _forced;

        /// <summary>Takes what stands at boot as given: a REX button held then presses nothing.</summary>
        public DoorMonitor(Settings settings, int raw, long nowMs)
        {
            _settings = settings;
            _inputs = new Debounce(raw, nowMs);
            _releaseInputs = settings.HasRex ? Input.FireAlarm | Input.Rex : Input.FireAlarm;
            _openedMs = nowMs;
        }

        /// <summary>True while the door contact says open.</summary>
        public bool IsOpen
        {
            get { return _settings.HasContact && (_inputs.Value & Input.DoorOpen) != 0; }
        }

        /// <summary>True while the door stands open after it was forced.</summary>
        public bool IsForced
        {
            get { return IsOpen && _forced; }
        }

        /// <summary>True while the door stands open after it was forced, or for too long.</summary>
        public bool IsAlarm
        {
            get { return IsOpen && (_forced || _heldTold); }
        }

        /// <summary>The debounced inputs, as bits of <see cref="Input"/>.</summary>
        public int Inputs
        {
            get { return _inputs.Value; }
        }

        /// <summary>The strike was energised for so long: an opening is expected, and it is a new passage.</summary>
        public void OnPulse(int holdMs, long nowMs)
        {
            _mayOpen = true;
            _mayOpenUntilMs = nowMs + holdMs + Limits.OpenAfterPulseMs;
            _openedMs = nowMs;
            _closedMs = nowMs - Limits.SamePassageMs;
            _heldTold = false;
        }

        /// <summary>Takes a raw reading.</summary>
        /// <returns>Bits of <see cref="DoorNews"/>; 0 most of the time.</returns>
        public int Poll(int raw, long nowMs)
        {
            int changed = _inputs.Poll(raw, nowMs);
            int news = changed == 0 ? 0 : Begun(changed & _inputs.Value);
            if ((changed & ~_inputs.Value & _releaseInputs) != 0)
            {
                OnReleaseEnded(nowMs);
            }

            return _settings.HasContact ? news | Contact((changed & Input.DoorOpen) != 0, nowMs) : news;
        }

        private int Begun(int inputs)
        {
            int news = (inputs & Input.Rex) != 0 && _settings.HasRex ? DoorNews.Rex : 0;
            if ((inputs & Input.Tamper) != 0)
            {
                news |= DoorNews.Tamper;
            }

            return (inputs & Input.FireAlarm) != 0 ? news | DoorNews.FireAlarm : news;
        }

        private void OnReleaseEnded(long nowMs)
        {
            long until = nowMs + Limits.OpenAfterPulseMs;
            if (!_mayOpen || until > _mayOpenUntilMs)
            {
                _mayOpenUntilMs = until;
            }

            _mayOpen = true;
        }

        private int Contact(bool changed, long nowMs)
        {
            if (changed)
            {
                return IsOpen ? Open(nowMs) : Close(nowMs);
            }

            return _isUndecided ? DecideOrWait(nowMs) : Held(nowMs);
        }

        private int Close(long nowMs)
        {
            int late = _isUndecided ? Decide(IsReleased(nowMs)) : 0;
            _closedMs = nowMs;
            return late | DoorNews.Closed;
        }

        private int Held(long nowMs)
        {
            if (IsOpen && !_heldTold && nowMs - _openedMs > _settings.HeldOpenS * 1000L)
            {
                _heldTold = true;
                return DoorNews.HeldOpen;
            }

            return 0;
        }

        /// <summary>A leaf that bounced off its frame goes on with the passage it was in, forced or not; one opening is told once.</summary>
        private int Open(long nowMs)
        {
            if (nowMs - _closedMs < Limits.SamePassageMs && (!_forced || !IsReleased(nowMs)))
            {
                return 0;
            }

            _openedMs = nowMs;
            _heldTold = false;
            _forced = false;
            return DecideOrWait(nowMs);
        }

        /// <summary>A release input that moved within the time of debouncing may be about to count: who presses and pushes at once forces nothing.</summary>
        private int DecideOrWait(long nowMs)
        {
            bool isReleased = IsReleased(nowMs);
            _isUndecided = !isReleased && nowMs - _openedMs < Limits.ReleaseSettleMs && _inputs.IsMoving(_releaseInputs, nowMs);
            return _isUndecided ? 0 : Decide(isReleased);
        }

        private int Decide(bool isReleased)
        {
            _isUndecided = false;
            _mayOpen = false;
            _forced = !isReleased;
            return isReleased ? DoorNews.Opened : DoorNews.ForcedOpen;
        }

        private bool IsReleased(long nowMs)
        {
            return (_inputs.Value & _releaseInputs) != 0 || (_mayOpen && nowMs <= _mayOpenUntilMs);
        }
    }
}
