namespace DoorController.Hal
{
    /// <summary>The processor as a whole: memory and the last resort.</summary>
    public interface IPower
    {
        /// <summary>Restarts the board. May return on a host; the caller does nothing afterwards.</summary>
        void Reboot();

        /// <summary>Free bytes of the managed heap. Collects garbage first, so it costs milliseconds.</summary>
        int FreeManagedBytes { get; }

        /// <summary>Free bytes of the native heap.</summary>
        int FreeNativeBytes { get; }
    }
}
