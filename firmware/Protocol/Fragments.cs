using System;

namespace DoorController
{
    /// <summary>Puts a frame together from fragments of at most 20 bytes, for phones that stay at MTU 23.</summary>
    public sealed class Fragments
    {
        private readonly byte[] buffer = new byte[Unlock.MaxLength];
        private int length;
        private int filled;
        private int next;
        private long startedMs;

        /// <summary>Forgets an unfinished frame.</summary>
        public void Reset()
        {
            next = 0;
        }

        /// <summary>Takes one fragment.</summary>
        /// <param name="fragment">At least its 2 bytes of header were checked by nobody: this does.</param>
        /// <param name="frame">The whole frame once it is complete, else null.</param>
        /// <returns><see cref="Verdict.Pending"/> while more is needed or the fragment was a repeat, <see cref="Verdict.Granted"/> with a
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
            if (index == 0 && !(next == 1 && IsRepeat(fragment, 0)))
            {
                length = fragment[1];
                filled = 0;
                next = 0;
                startedMs = nowMs;
            }

            return Accept(fragment, index, nowMs, out frame);
        }

        private int Accept(byte[] fragment, int index, long nowMs, out byte[]? frame)
        {
            frame = null;
            if (index == next - 1 && IsRepeat(fragment, index))
            {
                return Verdict.Pending;
            }

            int count = fragment.Length - Unlock.FragmentHeader;
            int wanted = Math.Min(Unlock.FragmentPayload, length - filled);
            if (index != next || fragment[1] != length || length > Unlock.MaxLength || count != wanted
                || nowMs - startedMs > Limits.FragmentsMs)
            {
                return Drop();
            }

            Array.Copy(fragment, Unlock.FragmentHeader, buffer, filled, count);
            filled += count;
            next++;
            if (filled < length)
            {
                return Verdict.Pending;
            }

            frame = Bytes.Part(buffer, 0, length);
            Reset();
            return Verdict.Granted;
        }

        private bool IsRepeat(byte[] fragment, int index)
        {
            int count = fragment.Length - Unlock.FragmentHeader;
            int start = index * Unlock.FragmentPayload;
            return fragment[1] == length && start + count == filled
                && Bytes.SameInConstantTime(fragment, Unlock.FragmentHeader, buffer, start, count);
        }

        private int Drop()
        {
            Reset();
            return Verdict.BadFragment;
        }
    }
}
