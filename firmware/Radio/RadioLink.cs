#nullable enable
using System;
using System.Text;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Radio
{
    /// <summary>
    /// The seam between the radio's thread and the main loop. The handlers copy into a bounded queue or hand out a frozen snapshot
    /// and return; the loop takes frames, judges them and publishes. When the loop has stood still for too long a handler does not
    /// answer at all: a late answer breaks the stack until it is restarted.
    /// </summary>
    public sealed class RadioLink : IBleHandler
    {
        /// <summary>The Result of a session without an Unlock: read Hello, write the attempt again.</summary>
        private static readonly byte[] NoAttempt = Result.Untagged(Verdict.NoHello);

        private readonly object _gate = new object();
        private readonly IClock _clock;
        private readonly StandingHello _hello = new StandingHello();
        private readonly byte[]?[] _frames = new byte[]?[Limits.FrameQueue];
        private readonly int[] _origins = new int[Limits.FrameQueue];
        private readonly byte[] _manufacturer = Encoding.UTF8.GetBytes(Firmware.Manufacturer);
        private readonly byte[] _revision = Encoding.UTF8.GetBytes(Firmware.VersionText);
        private int _first;
        private int _count;
        private bool _hasBeaten;
        private long _tickMs;
        private byte[]? _result;
        private byte[]? _carry;
        private int _unlocksWaiting;
        private bool _isJudging;

        /// <summary>A link without a session.</summary>
        public RadioLink(IClock clock)
        {
            _clock = clock;
            _tickMs = clock.NowMs;
        }

        /// <summary>True while a phone is connected.</summary>
        public bool IsActive { get; private set; }

        /// <summary>Sessions since boot: tells the loop that the phone it judged for is gone.</summary>
        public int Session { get; private set; }

        /// <summary>When the present or last session began, in ms of the clock.</summary>
        public long SessionMs { get; private set; }

        /// <summary>True once the loop stood still for too long: the handlers stay silent, and the radio must be restarted.</summary>
        public bool WasSilent { get; private set; }

        /// <summary>Frames that were refused because the queue was full, since boot.</summary>
        public int Overflows { get; private set; }

        /// <summary>True when a Hello that stands was read in this session.</summary>
        public bool HelloWasRead
        {
            get { return _hello.WasRead; }
        }

        /// <summary>True when no frame waits.</summary>
        public bool IsQuiet
        {
            get { return _count == 0; }
        }

        /// <summary>Tells the handlers that the loop lives. After a standstill requests from before may still wait for the radio's thread: silence until it was restarted.</summary>
        public void Beat(long nowMs)
        {
            WasSilent |= _hasBeaten && nowMs - _tickMs > Limits.StaleLoopMs;
            _hasBeaten = true;
            _tickMs = nowMs;
        }

        /// <summary>Takes the oldest frame. What was taken before counts as judged.</summary>
        /// <param name="characteristic">Where it was written, one of <see cref="BleCharacteristic"/>.</param>
        /// <returns>Null when none waits.</returns>
        public byte[]? Take(out int characteristic)
        {
            lock (_gate)
            {
                characteristic = _origins[_first];
                _isJudging = _count > 0 && characteristic == BleCharacteristic.Unlock;
                return _count == 0 ? null : Dequeue();
            }
        }

        /// <summary>The Hello that stands; empty when none does.</summary>
        public byte[] StandingHello()
        {
            lock (_gate)
            {
                return _hello.Value ?? new byte[0];
            }
        }

        /// <summary>True when the loop should make a Hello: none stands, or it is old or behind the news and nobody is about to use it or to read its next part.</summary>
        public bool NeedsHello(long nowMs)
        {
            lock (_gate)
            {
                return _hello.IsDue(_count > 0, nowMs);
            }
        }

        /// <summary>Publishes a Hello. The array is never changed afterwards.</summary>
        public void PublishHello(byte[] value)
        {
            lock (_gate)
            {
                _hello.Put(value);
            }
        }

        /// <summary>Ends the life of the Hello that stands: its nonce was used.</summary>
        public void DropHello()
        {
            lock (_gate)
            {
                _hello.Drop();
            }
        }

        /// <summary>What the Hello says has changed: another one takes its place, once nobody is reading it.</summary>
        public void RenewHello()
        {
            lock (_gate)
            {
                _hello.Renew();
            }
        }

        /// <summary>Publishes the Result of an attempt, unless its session is over.</summary>
        public void PublishResult(byte[] value, int session)
        {
            lock (_gate)
            {
                if (session == Session)
                {
                    _result = value;
                }
            }
        }

        /// <summary>Publishes what reading Carry gives.</summary>
        public void PublishCarry(byte[] value)
        {
            lock (_gate)
            {
                _carry = value;
            }
        }

        /// <summary>The radio was stopped and is about to start again: whatever it said no longer holds.</summary>
        public void OnRadioRestart()
        {
            lock (_gate)
            {
                WasSilent = false;
                Forget();
            }

            IsActive = false;
        }

        /// <summary>
        /// The radio has started. That takes up to 10 s of the loop's own time (PLATFORM.md 1.2), in which no request of a phone can have
        /// waited: it is no standstill, or the restart for it would be followed by the next one.
        /// </summary>
        public void OnRadioStart()
        {
            WasSilent = false;
            _tickMs = _clock.NowMs;
        }

        /// <inheritdoc/>
        public bool IsLate()
        {
            WasSilent |= _clock.NowMs - _tickMs > Limits.StaleLoopMs;
            return WasSilent;
        }

        /// <inheritdoc/>
        public int OnRead(int characteristic, out byte[]? value)
        {
            lock (_gate)
            {
                value = Read(characteristic);
            }

            return value == null ? BleAnswer.NotReady : BleAnswer.Ok;
        }

        /// <inheritdoc/>
        public int OnWrite(int characteristic, byte[] value)
        {
            if (value.Length == 0 || value.Length > (characteristic == BleCharacteristic.Unlock ? Unlock.MaxLength : Limits.CarryFrameBytes))
            {
                return BleAnswer.BadLength;
            }

            lock (_gate)
            {
                if (_count == Limits.FrameQueue)
                {
                    Overflows++;
                    return BleAnswer.Busy;
                }

                Enqueue(characteristic, value);
                return BleAnswer.Ok;
            }
        }

        /// <inheritdoc/>
        public void OnSession(bool active)
        {
            lock (_gate)
            {
                Forget();
                Session++;
                SessionMs = _clock.NowMs;
                IsActive = active;
            }
        }

        private byte[]? Dequeue()
        {
            if (_isJudging)
            {
                _unlocksWaiting--;
            }

            byte[]? frame = _frames[_first];
            _frames[_first] = null;
            _first = (_first + 1) % Limits.FrameQueue;
            _count--;
            return frame;
        }

        private void Enqueue(int characteristic, byte[] value)
        {
            int last = (_first + _count) % Limits.FrameQueue;
            _frames[last] = value;
            _origins[last] = characteristic;
            _count++;
            if (characteristic != BleCharacteristic.Unlock)
            {
                return;
            }

            _unlocksWaiting++;
            if (Unlock.BeginsFrame(value[0]))
            {
                _result = Result.Pending();
            }
        }

        private byte[]? Read(int characteristic)
        {
            switch (characteristic)
            {
                case BleCharacteristic.Hello:
                    return ReadHello();
                case BleCharacteristic.Result:
                    return _result ?? NoAttempt;
                case BleCharacteristic.Carry:
                    return _carry;
                case BleCharacteristic.Manufacturer:
                    return _manufacturer;
                case BleCharacteristic.FirmwareRevision:
                    return _revision;
                default:
                    return null;
            }
        }

        /// <summary>None while an Unlock waits or is judged: it may use up the Hello between two parts of this read.</summary>
        private byte[]? ReadHello()
        {
            return _unlocksWaiting > 0 || _isJudging ? null : _hello.Read(_clock.NowMs);
        }

        /// <summary>No unverified request and no Hello survives a session.</summary>
        private void Forget()
        {
            Array.Clear(_frames, 0, _frames.Length);
            _count = 0;
            _unlocksWaiting = 0;
            _isJudging = false;
            _hello.Drop();
            _result = null;
            _carry = null;
        }
    }
}
