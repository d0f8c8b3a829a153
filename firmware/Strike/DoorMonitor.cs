using DoorController.Hal;

namespace DoorController.Strike
{
    /// <summary>What the contacts say, one bit each: what <see cref="DoorMonitor.Poll"/> returns.</summary>
    public static class DoorNews
    {
        /// <summary>The REX button was pressed.</summary>
        public const int Rex = 1;

        /// <summary>The door opened after a pulse.</summary>
        public const int Opened = 2;

        /// <summary>The door closed.</summary>
        public const int Closed = 4;

        /// <summary>The door opened and nothing had energised the strike.</summary>
        public const int ForcedOpen = 8;

        /// <summary>The door has been open for too long.</summary>
        public const int HeldOpen = 16;

        /// <summary>The housing was opened.</summary>
        public const int Tamper = 32;

        /// <summary>The fire alarm panel began to call.</summary>
        public const int FireAlarm = 64;
    }

    /// <summary>Watches the contacts: debounces them and tells an opening after a pulse from a forced one.</summary>
    public sealed class DoorMonitor
    {
        private readonly Settings _settings;
        private readonly Debounce _inputs;
        private bool _mayOpen;
        private long _mayOpenUntilMs;
        private long _openedMs;
        private bool _heldTold;
        private bool _forced;

        /// <summary>Takes what stands at boot as given: a REX button held then presses nothing.</summary>
        public DoorMonitor(Settings settings, int raw, long nowMs)
        {
            _settings = settings;
            _inputs = new Debounce(raw, nowMs);
            _openedMs = nowMs;
        }

        /// <summary>True while the door contact says open.</summary>
        public bool IsOpen
        {
            get { return _settings.HasContact && (_inputs.Value & Input.DoorOpen) != 0; }
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

        /// <summary>The strike was energised for so long: an opening is expected.</summary>
        public void OnPulse(int holdMs, long nowMs)
        {
            _mayOpen = true;
            _mayOpenUntilMs = nowMs + holdMs + Limits.OpenAfterPulseMs;
            _openedMs = nowMs;
            _heldTold = false;
        }

        /// <summary>Takes a raw reading.</summary>
        /// <returns>Bits of <see cref="DoorNews"/>; 0 most of the time.</returns>
        public int Poll(int raw, long nowMs)
        {
            int changed = _inputs.Poll(raw, nowMs);
            int begun = changed & _inputs.Value;
            int news = 0;
            if ((begun & Input.Rex) != 0 && _settings.HasRex)
            {
                // Button and door may count in one pass: who presses and pushes at once forces nothing.
                news |= DoorNews.Rex;
                _mayOpen = true;
                _mayOpenUntilMs = nowMs + Limits.OpenAfterPulseMs;
            }

            if ((begun & Input.Tamper) != 0)
            {
                news |= DoorNews.Tamper;
            }

            if ((begun & Input.FireAlarm) != 0)
            {
                news |= DoorNews.FireAlarm;
            }

            return _settings.HasContact ? news | Contact((changed & Input.DoorOpen) != 0, nowMs) : news;
        }

        private int Contact(bool changed, long nowMs)
        {
            if (changed && IsOpen)
            {
                _forced = !(_mayOpen && nowMs <= _mayOpenUntilMs);
                _mayOpen = false;
                _openedMs = nowMs;
                return _forced ? DoorNews.ForcedOpen : DoorNews.Opened;
            }

            if (changed)
            {
                _heldTold = false;
                _forced = false;
                return DoorNews.Closed;
            }

            if (IsOpen && !_heldTold && nowMs - _openedMs > _settings.HeldOpenS * 1000L)
            {
                _heldTold = true;
                return DoorNews.HeldOpen;
            }

            return 0;
        }
    }
}
