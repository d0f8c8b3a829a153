using System;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// The attribute half of the stack: one request at a time, which waits for its one answer, behind a lock that a second or
    /// a late answer leaves taken for good (PLATFORM.md 1.4).
    /// </summary>
    internal sealed class GattServer
    {
        private readonly VirtualClock _clock;
        private readonly FaultList _faults;
        private readonly EventSink _sink;
        private readonly Action _onFree;
        private RadioRequest? _waiting;
        private ClockAlarm? _limit;
        private byte[]? _longRead;

        /// <summary>A server without a request.</summary>
        /// <param name="clock">Time of the limits.</param>
        /// <param name="faults">Gets what managed code does wrong.</param>
        /// <param name="sink">The radio's thread.</param>
        /// <param name="onFree">Called when a request has ended and the host task can do other work again.</param>
        internal GattServer(VirtualClock clock, FaultList faults, EventSink sink, Action onFree)
        {
            _clock = clock;
            _faults = faults;
            _sink = sink;
            _onFree = onFree;
        }

        /// <summary>What the events call; null while the stack is down.</summary>
        internal IBleEvents? Events { get; set; }

        /// <summary>True from the moment when the attribute table was freed until the stack starts again.</summary>
        internal bool IsTableFreed { get; set; }

        /// <summary>True when the lock is taken for good.</summary>
        internal bool IsBroken { get; set; }

        /// <summary>True while a request waits for its answer: the host task does nothing else.</summary>
        internal bool IsWaiting => _waiting != null;

        /// <summary>MTU of the link.</summary>
        internal int Mtu { get; set; } = VirtualRadio.DefaultMtu;

        internal static bool CanNotify(int characteristic) =>
            characteristic == BleCharacteristic.Result || characteristic == BleCharacteristic.Carry;

        /// <summary>One part of a read, or one whole write, arrives from the phone.</summary>
        /// <param name="characteristic">One of <see cref="BleCharacteristic"/>.</param>
        /// <param name="written">The bytes of a write; null for a read.</param>
        /// <param name="offset">First byte of a long read's part.</param>
        /// <param name="finish">Takes ATT error and value to the phone.</param>
        internal void Request(int characteristic, byte[]? written, int offset, Action<int, byte[]> finish)
        {
            int refusal = written == null ? ReadRefusal(characteristic) : WriteRefusal(characteristic, written.Length);
            if (refusal != AttError.None)
            {
                finish(refusal, Array.Empty<byte>());
                return;
            }

            var request = new RadioRequest(this, characteristic, written, offset, finish);
            if (IsTableFreed)
            {
                _faults.Add("Radio: " + request + " ran into a table that was freed: the board crashes");
                finish(AttError.Disconnected, Array.Empty<byte>());
                return;
            }

            _waiting = request;
            if (IsBroken)
            {
                _limit = _clock.After(VirtualRadio.LockTimeoutMs, () => EndWithout(request, AttError.Unlikely));
                return;
            }

            _limit = _clock.After(VirtualRadio.AnswerLimitMs, () => TimeOut(request));
            _sink.Post(() => Deliver(request));
        }

        /// <summary>Managed code looks into a request: after its end that is the dead stack frame of the host task.</summary>
        internal void Look(RadioRequest request)
        {
            if (request.IsOver)
            {
                IsBroken |= Events != null;
                _faults.Add("Radio: " + request + " was looked into after it was over");
            }
        }

        /// <summary>Managed code answers.</summary>
        internal void Answer(RadioRequest request, bool isWriteAnswer, int error, byte[] value)
        {
            if (request.IsOver || request.IsAnswered)
            {
                IsBroken |= Events != null;
                _faults.Add("Radio: " + request + (request.IsAnswered ? " answered twice" : " answered too late"));
                return;
            }

            request.IsAnswered = true;
            bool isSound = isWriteAnswer == request.IsWrite && error != RadioRequest.NoError
                && value != null && value.Length <= VirtualRadio.MaxValueBytes;
            if (!isSound)
            {
                _faults.Add("Radio: " + request + " answered with nonsense");
                EndWithout(request, AttError.Unlikely);
            }
            else if (request.IsWrite || error != AttError.None)
            {
                EndWithout(request, error);
            }
            else
            {
                EndRead(request, value!);
            }
        }

        /// <summary>The link is gone, and with it whatever waited.</summary>
        internal void ForgetLink()
        {
            _longRead = null;
            Mtu = VirtualRadio.DefaultMtu;
            if (_waiting != null)
            {
                EndWithout(_waiting, AttError.Disconnected);
            }
        }

        /// <summary>Tells of a session.</summary>
        internal void PostSession(bool active)
        {
            _sink.Post(() => Call("a session event", () => Events?.OnSession(active)));
        }

        /// <summary>Tells the MTU that a phone negotiated.</summary>
        internal void PostMtu(int mtu)
        {
            _sink.Post(() => Call("an MTU event", () => Events?.OnMtu(mtu)));
        }

        private static int ReadRefusal(int characteristic) =>
            characteristic == BleCharacteristic.Unlock ? AttError.ReadNotPermitted : AttError.None;

        private static int WriteRefusal(int characteristic, int length)
        {
            if (characteristic != BleCharacteristic.Unlock && characteristic != BleCharacteristic.Carry)
            {
                return AttError.WriteNotPermitted;
            }

            return length <= VirtualRadio.MaxValueBytes ? AttError.None : AttError.InvalidLength;
        }

        private void Deliver(RadioRequest request)
        {
            request.IsDelivered = true;
            Call(request.ToString(), () => Tell(request));
        }

        private void Tell(RadioRequest request)
        {
            if (request.IsWrite)
            {
                Events?.OnWrite(request.Characteristic, request);
            }
            else
            {
                Events?.OnRead(request.Characteristic, request);
            }
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
                _faults.Add("Radio: " + request + " was never answered");
            }

            EndWithout(request, AttError.Unlikely);
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
                EndWithout(request, AttError.InvalidOffset);
                return;
            }

            int count = Math.Min(value.Length - request.Offset, Mtu - 1);
            End(request, AttError.None, value.AsSpan(request.Offset, count).ToArray());
        }

        /// <summary>Ends a request without a value: also a write that went well.</summary>
        private void EndWithout(RadioRequest request, int error) => End(request, error, Array.Empty<byte>());

        private void End(RadioRequest request, int error, byte[] value)
        {
            request.IsOver = true;
            _limit?.Cancel();
            _limit = null;
            _waiting = null;
            _sink.Afterwards(() => request.Finish(error, value));
            _onFree();
        }
    }
}
