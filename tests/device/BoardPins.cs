#nullable enable
using nanoFramework.Runtime.Native;
using nanoFramework.TestFramework;
using DoorController.Hal.Esp32;

namespace DoorController.Tests.Device
{
    /// <summary>The pins of the board that the tests run on.</summary>
    public static class BoardPins
    {
        /// <summary>Finds the variant.</summary>
        /// <returns>Its pins; the test is skipped on another chip.</returns>
        public static PinMap OrSkip()
        {
            PinMap? pins = PinMap.Of(SystemInfo.TargetName + " " + SystemInfo.Platform);
            if (pins == null)
            {
                Assert.SkipTest("wanted a board with an ESP32-S3 or an ESP32, and an image with Bluetooth");
            }

            return pins!;
        }
    }
}
