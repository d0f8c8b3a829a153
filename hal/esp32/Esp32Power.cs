using nanoFramework.Hardware.Esp32;
using nanoFramework.Runtime.Native;

namespace DoorController.Hal.Esp32
{
    /// <summary>Reboot by Power, managed heap by GC.Run, native heap by NativeMemory (PLATFORM.md 6, 10.1, 10.3).</summary>
    public sealed class Esp32Power : IPower
    {
        /// <inheritdoc/>
        public void Reboot()
        {
            Power.RebootDevice();
        }

        /// <inheritdoc/>
        public int FreeManagedBytes
        {
            get { return (int)GC.Run(false); }
        }

        /// <summary>Internal RAM only: PSRAM is of no use to NimBLE (PLATFORM.md 1.7).</summary>
        public int FreeNativeBytes
        {
            get
            {
                NativeMemory.GetMemoryInfo(NativeMemory.MemoryType.Internal, out uint _, out uint free, out uint _);
                return (int)free;
            }
        }
    }
}
