using System;

namespace DoorController.Tests.KeyServer
{
    /// <summary>The computer's time, moved by what a test says.</summary>
    internal sealed class MovingClock : TimeProvider
    {
        private long _ticks;

        private long _leapTicks;

        public TimeSpan Moved => TimeSpan.FromTicks(_ticks);

        public void Move(TimeSpan by) => _ticks += by.Ticks;

        /// <summary>The wall clock alone is set to another time.</summary>
        public void Leap(TimeSpan by) => _leapTicks += by.Ticks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Moved + TimeSpan.FromTicks(_leapTicks);

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Moved.TotalSeconds * TimestampFrequency);
    }
}
