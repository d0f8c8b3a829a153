using System;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// A full or failing disk that says yes and does nothing (PLATFORM.md 5.2): write, replacement and deletion return true, and the
    /// old content stands. A file that is new is there then, and empty.
    /// </summary>
    public sealed class SilentFaults
    {
        private Random _random = new(0);

        /// <summary>Calls that are not done, from the next one on.</summary>
        public int Next { get; set; }

        /// <summary>Share of the calls that are not done, 0 to 1; see <see cref="Seed"/>.</summary>
        public double Share { get; set; }

        /// <summary>Draws them; setting it starts anew.</summary>
        public int Seed
        {
            set => _random = new Random(value);
        }

        /// <summary>How the names of the files begin that this concerns; empty = all files.</summary>
        public string Prefix { get; set; } = "";

        /// <summary>True when a write that a full or worn-out disk refuses is said to be done.</summary>
        public bool HidesRefusals { get; set; }

        /// <summary>Calls so far that were said to be done and were not.</summary>
        public int Count { get; private set; }

        /// <summary>True when this call is not to be done.</summary>
        internal bool Swallows(string name)
        {
            bool isHit = IsConcerned(name) && (Next > 0 || (Share > 0 && _random.NextDouble() < Share));
            Next -= isHit && Next > 0 ? 1 : 0;
            Count += isHit ? 1 : 0;
            return isHit;
        }

        /// <summary>What the caller hears of a call.</summary>
        internal bool Answer(string name, bool isDone)
        {
            bool isHidden = !isDone && HidesRefusals && IsConcerned(name);
            Count += isHidden ? 1 : 0;
            return isDone || isHidden;
        }

        private bool IsConcerned(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);
    }
}
