using System;

namespace DoorController.Hal.Esp32
{
    /// <summary>Monotonic time of Environment.TickCount64 in nanoFramework.Runtime.Native (PLATFORM.md 2.4).</summary>
    public sealed class Esp32Clock : IClock
    {
        /// <inheritdoc/>
        public long NowMs
        {
            get { return Environment.TickCount64; }
        }
    }
}
