using System;

namespace DoorController.Hal.Host
{
    /// <summary>Power went away in the middle of a flash operation: whatever ran stops here, as the processor does.</summary>
    public sealed class PowerLostException : Exception
    {
        /// <summary>Power went.</summary>
        public PowerLostException()
            : base("power went away")
        {
        }
    }
}
