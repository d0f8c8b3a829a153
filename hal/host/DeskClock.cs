using System;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// Ties a <see cref="VirtualClock"/> to real time for a door on a desk. The virtual clock still moves only when told, so
    /// all devices keep their one thread: the desk's loop calls <see cref="CatchUp"/>, and jumps with <see cref="VirtualClock.Advance"/>.
    /// </summary>
    public sealed class DeskClock
    {
        private readonly TimeProvider _time;
        private readonly long _start;
        private long _passedMs;

        /// <summary>Starts to follow real time.</summary>
        /// <param name="clock">The clock to drive.</param>
        /// <param name="time">Real time, or a test's.</param>
        public DeskClock(VirtualClock clock, TimeProvider time)
        {
            Clock = clock;
            _time = time;
            _start = time.GetTimestamp();
        }

        /// <summary>The driven clock.</summary>
        public VirtualClock Clock { get; }

        /// <summary>Moves the virtual clock on by the whole milliseconds that really passed since the last call. Jumps add to them.</summary>
        public void CatchUp()
        {
            long realMs = (long)_time.GetElapsedTime(_start).TotalMilliseconds;
            long dueMs = realMs - _passedMs;
            if (dueMs > 0)
            {
                _passedMs = realMs;
                Clock.Advance(dueMs);
            }
        }
    }
}
