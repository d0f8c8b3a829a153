namespace DoorController.Hal
{
    /// <summary>Monotonic time. Never the wall clock: that one starts at 1970 and anybody's SNTP may move it.</summary>
    public interface IClock
    {
        /// <summary>Milliseconds since boot. Never goes back; 64 bits, so it never wraps in the life of a board.</summary>
        long NowMs { get; }
    }
}
