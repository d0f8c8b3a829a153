using System;

namespace DoorController.Hal.Host
{
    /// <summary>Random bytes that a seed repeats: for tests and the simulation, never for keys. It goes on through a reboot.</summary>
    public sealed class SeededRandom : IRandom
    {
        private readonly Random _random;

        /// <summary>Starts the sequence of a seed.</summary>
        public SeededRandom(int seed)
        {
            _random = new Random(seed);
        }

        /// <inheritdoc/>
        public void Fill(byte[] buffer) => _random.NextBytes(buffer);
    }
}
