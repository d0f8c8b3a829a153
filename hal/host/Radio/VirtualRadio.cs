using System;
using System.Linq;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// The Bluetooth stack of nanoFramework on NimBLE as PLATFORM.md 1 describes it, with its traps: one connection,
    /// advertising that ends with it and returns only at its end, one request at a time that waits 2 s for its one answer, and
    /// a lock that a second or a late answer leaves taken for good. What the firmware must never do goes to its fault list.
    /// </summary>
    public sealed class VirtualRadio : IBleDriver
    {
        /// <summary>How long a request waits for its answer, in ms (PLATFORM.md 1.4).</summary>
        public const int AnswerLimitMs = 2000;

        /// <summary>How long each GATT access of a broken stack waits for the lock before it fails, in ms (PLATFORM.md 1.4).</summary>
        public const int LockTimeoutMs = 1000;

        /// <summary>How long a phone stays connected to a stack whose table was freed, in ms (PLATFORM.md 1.2).</summary>
        public const int LinkEndMs = 2000;

        /// <summary>MTU before a phone negotiates.</summary>
        public const int DefaultMtu = 23;

        /// <summary>MTU that the door offers: the default of ESP-IDF (PLATFORM.md 1.3).</summary>
        public const int PreferredMtu = 256;

        /// <summary>Longest attribute value in bytes (Bluetooth Core, Vol 3, Part F, 3.2.9).</summary>
        public const int MaxValueBytes = 512;

        private const int MaxNameCharacters = 26;

        private readonly VirtualClock _clock;
        private readonly FaultList _faults;
        private readonly EventSink _sink = new();
        private readonly PhoneLink _link;
        private readonly GattServer _server;
        private bool _isStarted;

        /// <summary>A radio that is off.</summary>
        public VirtualRadio(VirtualClock clock, FaultList faults)
        {
            _clock = clock;
            _faults = faults;
            _server = new GattServer(clock, faults, _sink, FollowPhone);
            _link = new PhoneLink(_server, _sink);
        }

        /// <summary>The stack refuses to start this many times more.</summary>
        public int StartsToRefuse { get; set; }

        /// <summary>This many notifications more are lost in the air.</summary>
        public int NotificationsToLose
        {
            get => _link.NotificationsToLose;
            set => _link.NotificationsToLose = value;
        }

        /// <summary>Successful starts so far, through all reboots.</summary>
        public int Starts { get; private set; }

        /// <summary>Name in the advertisement; empty before the first start.</summary>
        public string Name { get; private set; } = string.Empty;

        /// <summary>True while a phone can see the door and connect.</summary>
        public bool IsAdvertising { get; private set; }

        /// <summary>True while the stack holds a connection.</summary>
        public bool IsConnected => _link.IsUp;

        /// <summary>True when the stack's lock is taken for good: only a stop and a start mend it.</summary>
        public bool IsBroken => _server.IsBroken;

        /// <summary>MTU of the link; 23 without one.</summary>
        public int Mtu => _server.Mtu;

        internal VirtualClock Clock => _clock;

        internal PhoneLink Link => _link;

        /// <inheritdoc/>
        public bool Start(string name, IBleEvents events)
        {
            if (IsForbidden("Start") || !IsNameSound(name))
            {
                return false;
            }

            if (IsConnected)
            {
                _server.IsBroken = true;
                return Fault("Start while a phone is connected");
            }

            if (_isStarted)
            {
                return Fault("Start without Stop before it");
            }

            _isStarted = true;
            if (StartsToRefuse > 0)
            {
                StartsToRefuse--;
                return false;
            }

            _server.Events = events;
            _server.IsTableFreed = false;
            Name = name;
            Starts++;
            IsAdvertising = true;
            return true;
        }

        /// <inheritdoc/>
        public void StopAdvertising()
        {
            if (IsForbidden("StopAdvertising"))
            {
                return;
            }

            if (!_isStarted)
            {
                _faults.Add("Radio: the table of a stack that is down was freed again: the board crashes");
                return;
            }

            _server.IsTableFreed = true;
            if (IsConnected)
            {
                Freeze(LinkEndMs);
            }

            End();
        }

        /// <inheritdoc/>
        public void StopStack()
        {
            if (!IsForbidden("StopStack"))
            {
                End();
            }
        }

        /// <inheritdoc/>
        public void Notify(int characteristic, byte[] value)
        {
            if (!GattServer.CanNotify(characteristic))
            {
                _faults.Add("Radio: characteristic " + characteristic + " has no notifications");
                return;
            }

            if (!IsBroken)
            {
                _link.Notify(characteristic, value);
            }
        }

        /// <summary>
        /// The whole runtime stands still in a blocked native call. The clock and the native stack go on: phones connect, their
        /// requests wait, and time out after 2 s.
        /// </summary>
        /// <param name="milliseconds">For so long.</param>
        /// <param name="isLoopFirst">
        /// True when the firmware's loop runs before the radio's thread afterwards; <see cref="DispatchWaiting"/> lets that one
        /// run then. The scheduler gives no promise against it.
        /// </param>
        public void Freeze(long milliseconds, bool isLoopFirst = false)
        {
            bool wasFrozen = _sink.IsFrozen;
            _sink.IsFrozen = true;
            _clock.Advance(milliseconds);
            _sink.IsFrozen = wasFrozen;
            if (!isLoopFirst)
            {
                DispatchWaiting();
            }
        }

        /// <summary>The radio's thread gets its turn.</summary>
        public void DispatchWaiting() => _sink.Dispatch();

        /// <summary>
        /// A connection attempt that fails in the stack: nothing is posted, and advertising is off until somebody restarts the
        /// radio (PLATFORM.md 1.3).
        /// </summary>
        public void FailConnection() => IsAdvertising = false;

        /// <summary>The processor stops: the link is lost and managed code hears nothing of it.</summary>
        internal void Lose()
        {
            _server.Events = null;
            _sink.Clear();
            _link.Drop();
            Shut();
        }

        internal bool Connect(VirtualPhone phone)
        {
            if (!IsAdvertising || _server.IsWaiting)
            {
                return false;
            }

            IsAdvertising = false;
            _link.Begin(phone);
            return true;
        }

        internal void Disconnect(VirtualPhone phone)
        {
            if (_link.Leave(phone))
            {
                GoOn();
            }
        }

        /// <summary>The host task is free again, and hears that the phone has gone meanwhile.</summary>
        private void FollowPhone()
        {
            if (_link.HasPhoneLeft)
            {
                GoOn();
            }
        }

        /// <summary>The phone has gone: the stack advertises again by itself (PLATFORM.md 1.3).</summary>
        private void GoOn()
        {
            _link.Forget();
            IsAdvertising = true;
            _server.PostSession(false);
        }

        private void End()
        {
            _sink.Dispatch();
            _link.Drop();
            Shut();
        }

        private void Shut()
        {
            _isStarted = false;
            IsAdvertising = false;
            _server.IsBroken = false;
            _server.Events = null;
        }

        private bool IsForbidden(string call)
        {
            if (_sink.IsDispatching)
            {
                _faults.Add("Radio: " + call + " on the radio's own thread");
            }

            return _sink.IsDispatching;
        }

        private bool IsNameSound(string name)
        {
            bool isSound = name.Length is >= 1 and <= MaxNameCharacters && name.All(c => c is >= ' ' and <= '~');
            return isSound || Fault("a name that is not 1 to 26 ASCII characters");
        }

        private bool Fault(string what)
        {
            _faults.Add("Radio: " + what);
            return false;
        }
    }
}
