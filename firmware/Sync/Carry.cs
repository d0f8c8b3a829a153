#nullable enable
using System;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Radio;
using DoorController.Wire;

namespace DoorController.Sync
{
    /// <summary>
    /// News carried by a phone: blobs up from anybody, audit pages down to one who proved a credential (PROTOCOL.md section 7). No
    /// transfer is resumed.
    /// </summary>
    public sealed class Carry
    {
        private static readonly byte[] Doorbell = new byte[1];

        private const int FrameBegin = 0x21;
        private const int FrameData = 0x22;
        private const int FramePage = 0x23;
        private const int FrameSlice = 0x24;
        private const int DataHeader = 3;
        private const int SliceHeader = 5;
        private const int StatusLength = 21;

        private readonly Board _board;
        private readonly DoorMemory _memory;
        private readonly RadioLink _link;
        private readonly BlobIntake _intake;
        private readonly TransferBuffer _buffer;
        private int _session = -1;
        private int _state;
        private int _type;
        private int _length;
        private int _received;
        private int _lastOffset;
        private int _broughtBytes;
        private long _judgedMs;
        private long _judgingSinceMs;
        private bool _isProven;
        private bool _isOver;

        /// <summary>The carrying of one door.</summary>
        public Carry(Board board, DoorMemory memory, RadioLink link, BlobIntake intake, TransferBuffer buffer)
        {
            _board = board;
            _memory = memory;
            _link = link;
            _intake = intake;
            _buffer = buffer;
        }

        /// <summary>True while a transfer is under way.</summary>
        public bool IsBusy
        {
            get { return _state == CarryState.Receiving || _state == CarryState.Judging || _state == CarryState.PageReady; }
        }

        /// <summary>A credential was proven in this session: audit pages may go down.</summary>
        public void OnProven()
        {
            _isProven = true;
        }

        /// <summary>Takes one frame.</summary>
        /// <returns>True when its form was good.</returns>
        public bool OnFrame(byte[] frame)
        {
            WatchSession();
            switch (frame[0])
            {
                case FrameBegin:
                    return frame.Length == 4 && Begin(frame);
                case FrameData:
                    return frame.Length > DataHeader && Data(frame);
                case FramePage:
                    return frame.Length == 5 && Page(frame);
                case FrameSlice:
                    return frame.Length == 3 && Slice(frame);
                default:
                    return false;
            }
        }

        /// <summary>Starts anew with each session, and goes on judging.</summary>
        /// <param name="isOver">An unlock was granted in this session, and the time for carrying after it is over: others want the door. What is
        /// being judged is finished; no frame of this session moves anything from here on.</param>
        public void Poll(long nowMs, bool isOver)
        {
            WatchSession();
            _isOver = isOver;
            if (_state == CarryState.Judging)
            {
                Judge(nowMs);
                return;
            }

            _judgingSinceMs = nowMs;
            if (isOver && IsBusy)
            {
                End(CarryState.NotAllowed);
                Ring();
            }
        }

        private void Judge(long nowMs)
        {
            int state = _received > 0 ? Take() : _intake.Settle();
            _received = 0;
            if (state == CarryState.Judging)
            {
                return;
            }

            _judgedMs += nowMs - _judgingSinceMs;
            End(state);
            if (state == CarryState.Accepted || state == CarryState.Taken)
            {
                _link.RenewHello();
            }

            Ring();
        }

        private int Take()
        {
            return _buffer.Bytes[0] == _type ? _intake.Take(_buffer.Bytes, 0, _length, _board.Clock.NowMs) : CarryState.Refused;
        }

        private void Ring()
        {
            _board.Ble.Notify(BleCharacteristic.Carry, Doorbell);
        }

        private void WatchSession()
        {
            if (_session == _link.Session)
            {
                return;
            }

            _session = _link.Session;
            _isProven = false;
            _isOver = false;
            _broughtBytes = 0;
            _judgedMs = 0;
            _type = 0;
            _received = 0;
            End(CarryState.Idle);
        }

        private bool Begin(byte[] frame)
        {
            if (_state == CarryState.Judging)
            {
                return true;
            }

            _type = frame[1];
            _length = Bytes.U16(frame, 2);
            _received = 0;
            _lastOffset = -1;
            if (_length == 0 || _length > Limits.TransferBytes)
            {
                End(CarryState.Refused);
                return false;
            }

            if (!MayBring(_length))
            {
                End(CarryState.NotAllowed);
                return true;
            }

            Enter(_buffer.TryTake(this) ? CarryState.Receiving : CarryState.Busy);
            return true;
        }

        private bool MayBring(int bytes)
        {
            return _isProven ? !_isOver : _broughtBytes + bytes <= Limits.CarryBeforeBytes && _judgedMs < Limits.CarryBeforeMs;
        }

        private bool Data(byte[] frame)
        {
            int offset = Bytes.U16(frame, 1);
            int count = frame.Length - DataHeader;
            bool isRepeat = offset == _lastOffset && offset + count == _received;
            if (_state != CarryState.Receiving || isRepeat)
            {
                return true;
            }

            if (offset != _received || offset + count > _length)
            {
                End(CarryState.Broken);
                return true;
            }

            Array.Copy(frame, DataHeader, _buffer.Bytes, offset, count);
            _lastOffset = offset;
            _received += count;
            _broughtBytes += count;
            Enter(_received == _length ? CarryState.Judging : CarryState.Receiving);
            return true;
        }

        private bool Page(byte[] frame)
        {
            if (_state == CarryState.Judging)
            {
                return true;
            }

            bool isAllowed = _isProven && !_isOver;
            if (!isAllowed || !_buffer.TryTake(this))
            {
                End(isAllowed ? CarryState.Busy : CarryState.NotAllowed);
                return true;
            }

            byte[]? page = AuditPageMaker.Make(_board, _memory, Bytes.U32(frame, 1), Limits.PageRecords);
            if (page == null)
            {
                End(CarryState.NothingNew);
                return true;
            }

            _length = Bytes.Put(_buffer.Bytes, 0, page);
            Enter(CarryState.PageReady);
            return true;
        }

        private bool Slice(byte[] frame)
        {
            int offset = Bytes.U16(frame, 1);
            if (_state != CarryState.PageReady)
            {
                return false;
            }

            if (offset >= _length)
            {
                Enter(_state);
                return true;
            }

            int left = _length - offset;
            int count = left < Limits.SliceBytes ? left : Limits.SliceBytes;
            byte[] value = new byte[SliceHeader + count];
            value[0] = FrameSlice;
            Bytes.Put16(value, 1, offset);
            Bytes.Put16(value, 3, _length);
            Array.Copy(_buffer.Bytes, offset, value, SliceHeader, count);
            _link.PublishCarry(value);
            return true;
        }

        private void End(int state)
        {
            _buffer.Release(this);
            Enter(state);
        }

        private void Enter(int state)
        {
            _state = state;
            byte[] status = new byte[StatusLength];
            status[0] = (byte)state;
            status[1] = (byte)_type;
            Bytes.Put16(status, 2, _received);
            _memory.Challenge.CopyTo(status, 4, _board.Clock.NowMs);
            Bytes.Put32(status, 12, _memory.Audit.Epoch);
            Bytes.Put32(status, 16, _memory.Audit.Acknowledged);
            uint waiting = _memory.Audit.NextSequence - 1 - _memory.Audit.Acknowledged;
            uint pages = (waiting + Limits.PageRecords - 1) / Limits.PageRecords;
            status[20] = (byte)(pages < byte.MaxValue ? pages : byte.MaxValue);
            _link.PublishCarry(status);
        }
    }
}
