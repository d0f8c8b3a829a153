using System;
using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// The Bluetooth stack of nanoFramework on NimBLE as platform-facts section 1 describes it, with its traps: one connection,
    /// advertising that ends with it and returns only at its end, one request at a time that waits 2 s for its one answer, and
    /// a lock that a second or a late answer leaves taken for good. What the firmware must never do goes to its fault list.
    /// </summary>
    public sealed class VirtualRadio : IBle
    {
        /// <summary>How long a request waits for its answer, in ms (platform-facts 1.4).</summary>
        public const int AnswerLimitMs = 2000;

        /// <summary>How long each GATT access of a broken stack waits for the lock before it fails, in ms (platform-facts 1.4).</summary>
        public const int LockTimeoutMs = 1000;

        /// <summary>MTU before a phone negotiates.</summary>
        public const int DefaultMtu = 23;

        /// <summary>MTU that the door offers: the default of ESP-IDF (platform-facts 1.3).</summary>
        public const int PreferredMtu = 256;

        /// <summary>Longest attribute value in bytes (Bluetooth Core, Vol 3, Part F, 3.2.9).</summary>
        public const int MaxValueBytes = 512;

        private const int MaxNameCharacters = 26;

        private readonly VirtualClock _clock;
        private readonly FaultList _faults;
        private readonly EventSink _sink = new();
        private readonly HashSet<int> _subscribed = new();
        private IRadioAdapter? _adapter;
        private VirtualPhone? _phone;
        private RadioRequest? _waiting;
        private ClockAlarm? _waitingLimit;
        private byte[]? _longRead;
        private bool _isStarted;
        private bool _hasPhoneLeft;

        /// <summary>A radio that is off.</summary>
        public VirtualRadio(VirtualClock clock, FaultList faults)
        {
            _clock = clock;
            _faults = faults;
        }

        /// <summary>Makes the adapter between stack and handler. A test puts a bad one here to see it caught.</summary>
        public Func<IBleHandler, IRadioAdapter> AdapterFactory { get; set; } = handler => new HandlerAdapter(handler);

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

        /// <summary>True when the stack's lock is taken for good: only <see cref="Stop"/> and a start mend it.</summary>
        public bool IsBroken { get; private set; }

        /// <inheritdoc/>
        public int Mtu { get; private set; } = DefaultMtu;

        internal VirtualClock Clock => _clock;

        /// <inheritdoc/>
        public bool Start(string name, IBleHandler handler)
        {
            if (IsForbidden("Start") || !IsNameSound(name))
            {
                return false;
            }

            if (IsConnected)
            {
                IsBroken = true;
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

            _adapter = AdapterFactory(handler);
            Name = name;
            Starts++;
            IsAdvertising = true;
            return true;
        }

        /// <inheritdoc/>
        public void Stop()
        {
            if (IsForbidden("Stop"))
            {
                return;
            }

            _sink.Dispatch();
            DropLink();
            Shut();
        }

        /// <inheritdoc/>
        public void Notify(int characteristic, byte[] value)
        {
            if (!CanNotify(characteristic))
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
        /// radio (platform-facts 1.3).
        /// </summary>
        public void FailConnection() => IsAdvertising = false;

        /// <summary>The processor stops: the link is lost and managed code hears nothing of it.</summary>
        internal void Lose()
        {
            _adapter = null;
            _sink.Clear();
            DropLink();
            _sink.Clear();
            Shut();
        }

        internal bool Connect(VirtualPhone phone)
        {
            if (!IsAdvertising || _waiting != null)
            {
                return false;
            }

            IsAdvertising = false;
            _phone = phone;
            PostSession(true);
            return true;
        }

        internal void Disconnect(VirtualPhone phone)
        {
            if (_phone != phone)
            {
                return;
            }

            // The host task waits for the answer and hears of the loss only afterwards (platform-facts 1.4).
            if (_waiting != null)
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
                Mtu = Math.Clamp(mtu, DefaultMtu, PreferredMtu);
            }
        }

        internal int Subscribe(VirtualPhone phone, int characteristic)
        {
            if (_phone != phone)
            {
                return AttError.Disconnected;
            }

            if (!CanNotify(characteristic))
            {
                return AttError.WriteNotPermitted;
            }

            _subscribed.Add(characteristic);
            return AttError.None;
        }

        /// <summary>One part of a read, or one whole write, arrives from the phone.</summary>
        internal void Request(VirtualPhone phone, int characteristic, byte[]? written, int offset, Action<int, byte[]> finish)
        {
            int refusal = Refusal(phone, characteristic, written);
            if (refusal != AttError.None)
            {
                finish(refusal, Array.Empty<byte>());
                return;
            }

            var request = new RadioRequest(this, characteristic, written, offset, finish);
            _waiting = request;
            if (IsBroken)
            {
                _waitingLimit = _clock.After(LockTimeoutMs, () => End(request, AttError.Unlikely, Array.Empty<byte>()));
                return;
            }

            _waitingLimit = _clock.After(AnswerLimitMs, () => TimeOut(request));
            _sink.Post(() => Deliver(request));
        }

        /// <summary>The adapter answers.</summary>
        internal void Answer(RadioRequest request, bool isWriteAnswer, int error, byte[] value)
        {
            if (request.IsOver || request.IsAnswered)
            {
                IsBroken |= _isStarted;
                _faults.Add("Radio: " + Describe(request) + (request.IsAnswered ? " answered twice" : " answered too late"));
                return;
            }

            request.IsAnswered = true;
            if (isWriteAnswer != request.IsWrite || error == RadioRequest.NoError || value == null || value.Length > MaxValueBytes)
            {
                _faults.Add("Radio: " + Describe(request) + " answered with nonsense");
                End(request, AttError.Unlikely, Array.Empty<byte>());
            }
            else if (request.IsWrite || error != AttError.None)
            {
                End(request, error, value);
            }
            else
            {
                EndRead(request, value);
            }
        }

        private static bool CanRead(int characteristic) => characteristic != BleCharacteristic.Unlock;

        private static bool CanWrite(int characteristic) =>
            characteristic == BleCharacteristic.Unlock || characteristic == BleCharacteristic.Carry;

        private static bool CanNotify(int characteristic) =>
            characteristic == BleCharacteristic.Result || characteristic == BleCharacteristic.Carry;

        private static string Describe(RadioRequest request) =>
            (request.IsWrite ? "a write to" : "a read of") + " characteristic " + request.Characteristic;

        private int Refusal(VirtualPhone phone, int characteristic, byte[]? written)
        {
            if (_phone != phone)
            {
                return AttError.Disconnected;
            }

            if (written == null)
            {
                return CanRead(characteristic) ? AttError.None : AttError.ReadNotPermitted;
            }

            if (!CanWrite(characteristic))
            {
                return AttError.WriteNotPermitted;
            }

            return written.Length <= MaxValueBytes ? AttError.None : AttError.InvalidLength;
        }

        private void Deliver(RadioRequest request)
        {
            request.IsDelivered = true;
            Call(Describe(request), () => _adapter?.OnRequest(request));
        }

        private void PostSession(bool active)
        {
            _sink.Post(() => Call("a session event", () => _adapter?.OnSession(active)));
        }

        private void Call(string what, Action handler)
        {
            long before = _clock.WorldMs;
            try
            {
                handler();
            }
#pragma warning disable CA1031 // The device survives any exception of a handler too; here it is a fault to report.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _faults.Add("Radio: the handler of " + what + " threw " + e.GetType().Name + ": " + e.Message);
            }

            if (_clock.WorldMs != before)
            {
                _faults.Add("Radio: the handler of " + what + " took its time");
            }
        }

        private void TimeOut(RadioRequest request)
        {
            if (request.IsDelivered && !request.IsLeft)
            {
                _faults.Add("Radio: " + Describe(request) + " was never answered");
            }

            End(request, AttError.Unlikely, Array.Empty<byte>());
        }

        private void EndRead(RadioRequest request, byte[] value)
        {
            if (request.Offset == 0)
            {
                _longRead = (byte[])value.Clone();
            }
            else if (_longRead == null || !value.AsSpan().SequenceEqual(_longRead))
            {
                _faults.Add("Radio: the value of characteristic " + request.Characteristic + " changed during a long read");
            }

            if (request.Offset > value.Length)
            {
                End(request, AttError.InvalidOffset, Array.Empty<byte>());
                return;
            }

            int count = Math.Min(value.Length - request.Offset, Mtu - 1);
            End(request, AttError.None, value.AsSpan(request.Offset, count).ToArray());
        }

        private void End(RadioRequest request, int error, byte[] value)
        {
            request.IsOver = true;
            _waitingLimit?.Cancel();
            _waitingLimit = null;
            _waiting = null;
            _sink.Afterwards(() => request.Finish(error, value));
            if (_hasPhoneLeft)
            {
                EndLink();
            }
        }

        private void EndLink()
        {
            ForgetLink();
            IsAdvertising = true;
            PostSession(false);
        }

        private void DropLink()
        {
            VirtualPhone? phone = _phone;
            RadioRequest? request = _waiting;
            if (phone == null)
            {
                return;
            }

            ForgetLink();
            if (request != null)
            {
                End(request, AttError.Disconnected, Array.Empty<byte>());
            }

            PostSession(false);
            _sink.Afterwards(phone.Dropped);
        }

        private void ForgetLink()
        {
            _phone = null;
            _hasPhoneLeft = false;
            _longRead = null;
            _subscribed.Clear();
            Mtu = DefaultMtu;
        }

        private void Shut()
        {
            _isStarted = false;
            IsAdvertising = false;
            IsBroken = false;
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
