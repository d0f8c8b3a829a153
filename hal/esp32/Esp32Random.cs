using System;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// System.Random, which on the ESP32 is the chip's generator and ignores its seed (PLATFORM.md 7). It is true randomness only
    /// while Bluetooth or Wi-Fi is on, which holds whenever a phone can read a Hello.
    /// </summary>
    public sealed class Esp32Random : IRandom
    {
        private readonly Random _random = new Random();

        /// <inheritdoc/>
        public void Fill(byte[] buffer)
        {
            _random.NextBytes(buffer);
        }
    }
}
