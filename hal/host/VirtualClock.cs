using System;
using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// Time that moves only when told. It counts twice: <see cref="WorldMs"/> runs on through every reboot and is what the
    /// virtual devices record, <see cref="NowMs"/> starts at 0 with each boot, wraps as the board's does, and is all that the firmware sees.
    /// </summary>
    public sealed class VirtualClock : IClock
    {
        /// <summary>The board's clock falls back to 0 after so long, in ms: 2^32 ticks of 10 ms, 497 days (PLATFORM.md 2.4).</summary>
        public const long WrapMs = (1L << 32) * 10;

        private readonly PriorityQueue<ClockAlarm, (long Due, long Order)> _alarms = new();
        private long _bootMs;
        private long _order;

        /// <inheritdoc/>
        public long NowMs => (WorldMs - _bootMs) % WrapMs;

        /// <summary>Milliseconds since this clock was made, whatever happened to the board.</summary>
        public long WorldMs { get; private set; }

        /// <summary>
        /// Moves time on and runs every alarm on the way at its exact time, in the order of their times, then of their
        /// making. An alarm may set others and may itself move time on; time never goes back.
        /// </summary>
        /// <param name="milliseconds">0 or more.</param>
        /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
        public void Advance(long milliseconds)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(milliseconds);
            long target = WorldMs + milliseconds;
            while (_alarms.TryPeek(out ClockAlarm? alarm, out (long Due, long Order) key) && key.Due <= target)
            {
                _alarms.Dequeue();
                WorldMs = Math.Max(WorldMs, key.Due);
                alarm.Ring();
            }

            WorldMs = Math.Max(WorldMs, target);
        }

        /// <summary>Has something done when time reaches a point. With 0 it waits for the next <see cref="Advance"/>.</summary>
        /// <param name="milliseconds">From now, 0 or more.</param>
        /// <param name="action">What to do.</param>
        /// <returns>The alarm, which can be cancelled.</returns>
        /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
        public ClockAlarm After(long milliseconds, Action action)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(milliseconds);
            var alarm = new ClockAlarm(action);
            _alarms.Enqueue(alarm, (WorldMs + milliseconds, _order++));
            return alarm;
        }

        /// <summary>The board starts: <see cref="NowMs"/> is 0 again. Alarms are events of the world and stay.</summary>
        public void Restart() => _bootMs = WorldMs;
    }

    /// <summary>Something that a <see cref="VirtualClock"/> will do.</summary>
    public sealed class ClockAlarm
    {
        private Action? _action;

        internal ClockAlarm(Action action)
        {
            _action = action;
        }

        /// <summary>Calls it off. Harmless when it has happened.</summary>
        public void Cancel() => _action = null;

        internal void Ring()
        {
            Action? action = _action;
            _action = null;
            action?.Invoke();
        }
    }
}
