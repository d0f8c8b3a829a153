#nullable enable
using System;
using DoorController.Wire;

namespace DoorController.Radio
{
    /// <summary>Puts a frame together from fragments of at most 20 bytes, for phones that stay at MTU 23.</summary>
    public sealed class Fragments
    {
        private readonly byte[] _buffer = new byte[Unlock.MaxLength];
        private int _length;
        private int _filled;
        private int _next;
        private long _startedMs;

        /// <summary>Forgets an unfinished frame.</summary>
        public void Reset()
        {
            _next = 0;
        }

        /// <summary>Takes one fragment.</summary>
        /// <param name="fragment">At least its 2 bytes of header were checked by nobody: this does.</param>
        /// <param name="frame">The whole frame once it is complete, else null.</param>
        /// <returns><see cref="Verdict.Pending"/> while more is needed or the fragment repeats the last one (also of a whole frame), <see cref="Unlock.GoodForm"/> with a
        /// frame, or the verdict that drops the frame.</returns>
        public int Add(byte[] fragment, long nowMs, out byte[]? frame)
        {
            frame = null;
            if (fragment.Length <= Unlock.FragmentHeader)
            {
                return Drop();
            }

            if (fragment[0] >> 5 != Hello.Version)
            {
                Reset();
                return Verdict.BadVersion;
            }

            int index = fragment[0] & 0x0F;
            if (index == 0 && !(_next == 1 && IsRepeat(fragment, 0)))
            {
                Begin(fragment[1], nowMs);
            }

            return Accept(fragment, index, nowMs, out frame);
        }

        private void Begin(int length, long nowMs)
        {
            _length = length;
            _filled = 0;
            _next = 0;
            _startedMs = nowMs;
        }

        private int Accept(byte[] fragment, int index, long nowMs, out byte[]? frame)
        {
            frame = null;
            if (index == _next - 1 && IsRepeat(fragment, index))
            {
                return Verdict.Pending;
            }

            if (index != _next || !Continues(fragment) || nowMs - _startedMs > Limits.FragmentsMs)
            {
                return Drop();
            }

            Append(fragment);
            if (_filled < _length)
            {
                return Verdict.Pending;
            }

            frame = Bytes.Part(_buffer, 0, _length);
            return Unlock.GoodForm;
        }

        private bool Continues(byte[] fragment)
        {
            int left = _length - _filled;
            int wanted = left < Unlock.FragmentPayload ? left : Unlock.FragmentPayload;
            return fragment[1] == _length && _length <= Unlock.MaxLength && fragment.Length - Unlock.FragmentHeader == wanted;
        }

        private void Append(byte[] fragment)
        {
            int count = fragment.Length - Unlock.FragmentHeader;
            Array.Copy(fragment, Unlock.FragmentHeader, _buffer, _filled, count);
            _filled += count;
            _next++;
        }

        private bool IsRepeat(byte[] fragment, int index)
        {
            int count = fragment.Length - Unlock.FragmentHeader;
            int start = index * Unlock.FragmentPayload;
            return fragment[1] == _length && start + count == _filled
                && Bytes.SameInConstantTime(fragment, Unlock.FragmentHeader, _buffer, start, count);
        }

        private int Drop()
        {
            Reset();
            return Verdict.BadFragment;
        }
    }
}
