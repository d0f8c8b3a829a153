using DoorController.Hal;
using DoorController.Memory;

namespace DoorController.Radio
{
    /// <summary>
    /// Keeps the radio and the loop alive. It ends sessions that last too long, restarts a radio that went silent (always stop
    /// first), and reboots as the last resort, with a reason that survives the reboot. Bluetooth that dies silently until somebody
    /// pulls the plug is what users of such locks complain about most.
    /// </summary>
    public sealed class Supervisor
    {
        private readonly Board _board;
        private readonly RadioLink _link;
        private readonly DoorMemory _memory;
        private bool _isOn;
        private bool _stopAsked;
        private int _failures;
        private int _loopFaults;
        private long _startDueMs;
        private long _quietSinceMs;
        private long _frameMs;
        private long _grantMs;
        private long _otherMs;
        private long _memoryLookMs;
        private long _faultsSinceMs;
        private int _session;
        private bool _granted;
        private bool _cameBefore;

        /// <summary>Starts with the radio off; the first poll starts it.</summary>
        public Supervisor(Board board, RadioLink link, DoorMemory memory)
        {
            _board = board;
            _link = link;
            _memory = memory;
            LastReboot = RebootNote.Take(board.Files);
        }

        /// <summary>Why the firmware rebooted the board last time, one of <see cref="RebootReason"/>; 0 when it did not.</summary>
        public int LastReboot { get; }

        /// <summary>Restarts of the radio since boot.</summary>
        public int RadioRestarts { get; private set; }

        /// <summary>Sessions that were ended because they lasted too long or asked too often, since boot.</summary>
        public int Shed { get; private set; }

        /// <summary>Exceptions that reached the main loop, since boot.</summary>
        public int Faults { get; private set; }

        /// <summary>Reason for a reboot that is due once the strike is released; 0 when none is.</summary>
        public int RebootDue { get; private set; }

        /// <summary>True while the radio is advertising or connected.</summary>
        public bool IsRadioOn
        {
            get { return _isOn; }
        }

        /// <summary>A frame of the present session was of good form.</summary>
        public void OnValidFrame(long nowMs)
        {
            _frameMs = nowMs;
        }

        /// <summary>A credential of the present session was granted.</summary>
        public void OnGrant(long nowMs)
        {
            _granted = true;
            _grantMs = nowMs;
        }

        /// <summary>True once an unlock was granted in the present session and carrying has lasted long enough after it, unless nobody else came lately.</summary>
        public bool IsCarryingOver(long nowMs)
        {
            return _granted && _cameBefore && nowMs - _grantMs > Limits.CarryAfterUnlockMs;
        }

        /// <summary>Ends the present session by restarting the radio: there is no other way to throw a phone off.</summary>
        public void RestartRadio()
        {
            _stopAsked = true;
        }

        /// <summary>
        /// An exception reached the main loop. When it comes again and again <see cref="Poll"/> may never be reached, so the reboot that is due
        /// happens here as well.
        /// </summary>
        /// <param name="isReleased">The strike is released.</param>
        public void OnLoopFault(long nowMs, bool isReleased)
        {
            CountFault(nowMs);
            if (_loopFaults >= Limits.LoopFaults)
            {
                AskReboot(RebootReason.LoopFaults);
            }

            if (MayReboot(nowMs, isReleased))
            {
                Reboot();
            }
        }

        private void CountFault(long nowMs)
        {
            Faults++;
            if (nowMs - _faultsSinceMs > Limits.FaultWindowMs)
            {
                _faultsSinceMs = nowMs;
                _loopFaults = 0;
            }

            _loopFaults++;
        }

        /// <summary>Asks for a reboot as soon as the strike is released and what is only in RAM was written.</summary>
        public void AskReboot(int reason)
        {
            RebootDue = reason;
        }

        /// <summary>Looks after radio, session and memory.</summary>
        /// <param name="isCarrying">A transfer is under way in this session.</param>
        /// <param name="isReleased">The strike is released.</param>
        /// <param name="name">The name to advertise.</param>
        public void Poll(long nowMs, bool isCarrying, bool isReleased, string name)
        {
            WatchSession(nowMs, isCarrying);
            WatchRadio(nowMs, name);
            WatchMemory(nowMs);
            if (RebootDue == 0 && nowMs > Limits.UptimeMaxMs)
            {
                AskReboot(RebootReason.Uptime);
            }

            if (MayReboot(nowMs, isReleased) && !IsInTheWay() && _memory.Settle())
            {
                Reboot();
            }
        }

        private void WatchSession(long nowMs, bool isCarrying)
        {
            if (_link.Session != _session)
            {
                BeginSession(nowMs);
            }

            if (_link.IsActive && IsTooLong(nowMs, isCarrying))
            {
                RestartRadio();
            }
        }

        private void BeginSession(long nowMs)
        {
            _session = _link.Session;
            _quietSinceMs = nowMs;
            _frameMs = nowMs;
            _granted = false;
            if (_link.IsActive)
            {
                _cameBefore = _otherMs != 0 && nowMs - _otherMs < Limits.QuietDoorMs;
                _otherMs = nowMs;
            }
        }

        private bool IsTooLong(long nowMs, bool isCarrying)
        {
            int longest = isCarrying ? Limits.SessionCarryMs : Limits.SessionMs;
            return nowMs - _frameMs > Limits.SessionIdleMs || nowMs - _link.SessionMs > longest;
        }

        private void WatchRadio(long nowMs, string name)
        {
            bool silent = !_link.IsActive && nowMs - _quietSinceMs > Limits.RadioQuietMs;
            if (_isOn && (_stopAsked || silent || _link.WasSilent))
            {
                StopRadio(nowMs);
            }

            _stopAsked = false;
            if (!_isOn && nowMs >= _startDueMs)
            {
                StartRadio(nowMs, name);
            }
        }

        private void StopRadio(long nowMs)
        {
            _board.Ble.Stop();
            _link.OnRadioRestart();
            _isOn = false;
            RadioRestarts++;
            Shed += _stopAsked ? 1 : 0;
            _startDueMs = nowMs + Limits.RadioPauseMs;
        }

        private void StartRadio(long nowMs, string name)
        {
            _quietSinceMs = nowMs;
            _isOn = _board.Ble.Start(name, _link);
            if (_isOn)
            {
                _link.OnRadioStart();
                _failures = 0;
                return;
            }

            _board.Ble.Stop();
            _startDueMs = nowMs + Limits.RadioRetryMs;
            _failures++;
            if (_failures >= Limits.RadioFailures)
            {
                AskReboot(RebootReason.Radio);
            }
        }

        private void WatchMemory(long nowMs)
        {
            if (nowMs - _memoryLookMs < Limits.MemoryCheckMs)
            {
                return;
            }

            _memoryLookMs = nowMs;
            if (_board.Power.FreeNativeBytes < Limits.NativeLowBytes)
            {
                AskReboot(RebootReason.Memory);
            }
        }

        private bool MayReboot(long nowMs, bool isReleased)
        {
            return RebootDue != 0 && isReleased && (RebootDue == RebootReason.Technician || nowMs >= Limits.RebootEarliestMs);
        }

        /// <summary>A reboot that has weeks of time waits until nobody is connected; a phone that holds on is shed like any other.</summary>
        private bool IsInTheWay()
        {
            return RebootDue == RebootReason.Uptime && _link.IsActive;
        }

        private void Reboot()
        {
            RebootNote.Leave(_board.Files, RebootDue);
            RebootDue = 0;
            _board.Ble.Stop();
            _board.Power.Reboot();
        }
    }
}
