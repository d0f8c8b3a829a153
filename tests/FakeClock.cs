using DoorController.Hal;

namespace DoorController.Tests
{
    /// <summary>A clock that stands where a test puts it.</summary>
    public sealed class FakeClock : IClock
    {
        /// <inheritdoc/>
        public long NowMs { get; set; }
    }
}
