using System;
using System.Collections.Generic;

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
        private readonly HashSet<int> _subscribed = new();
        private readonly GattServer _server;
        private VirtualPhone? _phone;
        private bool _isStarted;
        private bool _hasPhoneLeft;

        /// <summary>A radio that is off.</summary>
        public VirtualRadio(VirtualClock clock, FaultList faults)
        {
            _clock = clock;
            _faults = faults;
            _server = new GattServer(clock, faults, _sink, FollowPhone);
        }

        /// <summary>The stack refuses to start this many times more.</summary>
        public int StartsToRefuse { get; set; }

        /// <summary>This many notifications more are lost in the air.</summary>
        public int NotificationsToLose { get; set; }

        /// <summary>Successful starts so far, through all reboots.</summary>
        public int Starts { get; private set; }

        /// <summary>Name in the advertisement; empty before the first start.</summary>
        public string Name { get; private set; } = string.Empty;

        /// <summary>True while a phone can see the door and connect.</summary>
        public bool IsAdvertising { get; private set; }

        /// <summary>True while the stack holds a connection.</summary>
        public bool IsConnected => _phone != null;

        /// <summary>True when the stack's lock is taken for good: only a stop and a start mend it.</summary>
        public bool IsBroken => _server.IsBroken;

        /// <summary>MTU of the link; 23 without one.</summary>
        public int Mtu => _server.Mtu;

        internal VirtualClock Clock => _clock;

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
                _faults.Add("Radio: Start while a phone is connected");
                return false;
            }

            if (_isStarted)
            {
                _faults.Add("Radio: Start without Stop before it");
                return false;
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

            VirtualPhone? phone = _phone;
            if (phone == null || IsBroken || !_subscribed.Contains(characteristic))
            {
                return;
            }

            if (NotificationsToLose > 0)
            {
                NotificationsToLose--;
                return;
            }

            byte[] sent = value.AsSpan(0, Math.Min(value.Length, Mtu - 3)).ToArray();
            _sink.Afterwards(() => phone.Notified(characteristic, sent));
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
            DropLink();
            Shut();
        }

        internal bool Connect(VirtualPhone phone)
        {
            if (!IsAdvertising || _server.IsWaiting)
            {
                return false;
            }

            IsAdvertising = false;
            _phone = phone;
            _server.PostSession(true);
            return true;
        }

        internal void Disconnect(VirtualPhone phone)
        {
            if (_phone != phone)
            {
                return;
            }

            // The host task waits for the answer and hears of the loss only afterwards (PLATFORM.md 1.4).
            if (_server.IsWaiting)
            {
                _hasPhoneLeft = true;
                return;
            }

            EndLink();
        }

        internal void Negotiate(VirtualPhone phone, int mtu)
        {
            if (_phone == phone)
            {
                _server.Mtu = Math.Clamp(mtu, DefaultMtu, PreferredMtu);
                _server.PostMtu(_server.Mtu);
            }
        }

        internal int Subscribe(VirtualPhone phone, int characteristic)
        {
            if (_phone != phone)
            {
                return AttError.Disconnected;
            }

            if (!GattServer.CanNotify(characteristic))
            {
                return AttError.WriteNotPermitted;
            }

            _subscribed.Add(characteristic);
            return AttError.None;
        }

        /// <summary>One part of a read, or one whole write, arrives from a phone; see <see cref="GattServer.Request"/>.</summary>
        internal void Request(VirtualPhone phone, int characteristic, byte[]? written, int offset, Action<int, byte[]> finish)
        {
            if (_phone == phone)
            {
                _server.Request(characteristic, written, offset, finish);
            }
            else
            {
                finish(AttError.Disconnected, Array.Empty<byte>());
            }
        }

        /// <summary>The host task is free again, and hears that the phone has gone meanwhile.</summary>
        private void FollowPhone()
        {
            if (_hasPhoneLeft)
            {
                EndLink();
            }
        }

        /// <summary>The phone has gone: the stack advertises again by itself (PLATFORM.md 1.3).</summary>
        private void EndLink()
        {
            ForgetLink();
            IsAdvertising = true;
            _server.PostSession(false);
        }

        /// <summary>The stack goes down under a phone.</summary>
        private void DropLink()
        {
            VirtualPhone? phone = _phone;
            if (phone != null)
            {
                ForgetLink();
                _server.PostSession(false);
                _sink.Afterwards(phone.Dropped);
            }
        }

        private void ForgetLink()
        {
            _phone = null;
            _hasPhoneLeft = false;
            _subscribed.Clear();
            _server.ForgetLink();
        }

        private void End()
        {
            _sink.Dispatch();
            DropLink();
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
            bool isSound = name.Length >= 1 && name.Length <= MaxNameCharacters;
            foreach (char c in name)
            {
                isSound &= c >= ' ' && c <= '~';
            }

            if (!isSound)
            {
                _faults.Add("Radio: a name that is not 1 to 26 ASCII characters");
            }

            return isSound;
        }
    }
}
