using System;

namespace DoorController.Tests.KeyServer
{
    /// <summary>The computer's time, moved by what a test says.</summary>
    internal sealed class MovingClock : TimeProvider
    {
        private long _ticks;

        public TimeSpan Moved => TimeSpan.FromTicks(_ticks);

        public void Move(TimeSpan by) => _ticks += by.Ticks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Moved;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Moved.TotalSeconds * TimestampFrequency);
    }
}
