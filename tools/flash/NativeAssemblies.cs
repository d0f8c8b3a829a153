using System.Collections.Generic;
using System.Linq;

namespace DoorController.Flash
{
    /// <summary>
    /// Checksums that the door's packages want of the firmware image (firmware/packages.config; nf-interpreter of July 2026, RMT of 23 August
    /// 2026). A package without the one it wants keeps the application from starting.
    /// </summary>
    internal static class NativeAssemblies
    {
        /// <summary>RMT 2.x, in images built before 23 August 2026: its early release may leave the strike energised.</summary>
        public const uint Rmt2 = 0x8ADAC728;

        private const uint Rmt3 = 0x84E4A55C;

        private static readonly (string Name, uint Checksum)[] Wanted =
        [
            ("nanoFramework.Device.Bluetooth", 0xE610B405),
            ("System.Net", 0x8EFB9944),
            ("System.Device.Wifi", 0xEE721CDA),
            ("System.IO.FileSystem", 0x1777E2FE),
            ("System.IO.Ports", 0xB798CE30),
            ("System.Device.Gpio", 0x097E7BC5),
            ("nanoFramework.System.Security.Cryptography", 0x1A1CC3FD),
            ("nanoFramework.System.IO.Hashing", 0xEBD8ED20),
            ("nanoFramework.Hardware.Esp32", 0x6A20A689),
            ("nanoFramework.Hardware.Esp32.Rmt", Rmt3),
            ("nanoFramework.Runtime.Native", 0x0EAE898B),
            ("nanoFramework.Runtime.Events", 0x0EAB00C9),
        ];

        /// <summary>Checksums of all of them, for a stand-in of a board.</summary>
        public static IEnumerable<(string Name, uint Checksum)> All => Wanted;

        /// <summary>Names of the native assemblies that an image lacks or has in another version.</summary>
        public static IReadOnlyList<string> MissingFrom(IReadOnlySet<uint> checksums)
        {
            return Wanted.Where(w => !checksums.Contains(w.Checksum)).Select(w => w.Name).ToArray();
        }
    }
}
