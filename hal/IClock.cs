namespace DoorController.Hal
{
    /// <summary>Monotonic time. Never the wall clock: that one starts at 1970 and anybody's SNTP may move it.</summary>
    public interface IClock
    {
        /// <summary>
        /// Milliseconds since boot. The board's falls back to 0 after 497 days (PLATFORM.md 2.4), so the firmware reboots long before:
        /// <c>Limits.UptimeMaxMs</c>.
        /// </summary>
        long NowMs { get; }
    }
}
