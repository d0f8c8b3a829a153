using System;

namespace DoorController.Hal
{
    /// <summary>
    /// A strike pulse in the form of the RMT: symbols of 4 bytes, each two durations of 15 bits with a level in the top bit, little-endian.
    /// Every symbol of a pulse fits into the memory of its channel with the end marker behind it, so that the hardware plays it to its end with the
    /// runtime frozen (PLATFORM.md 9.3). The pulse is spread evenly over all of them, because the classic ESP32 ends a pulse early only at
    /// the end of a symbol: 39 ms at 5 s, 157 ms at 20 s.
    /// </summary>
    public sealed class PulseSymbols
    {
        /// <summary>Ticks in a second: the slowest that the classic ESP32 can, 80 MHz / 256. A tick is 3.2 µs.</summary>
        public const int ResolutionHz = 312500;

        /// <summary>Bytes of a symbol.</summary>
        public const int SymbolBytes = 4;

        private const int PartTicks = 32767;
        private const byte High = 0x80;

        private readonly byte[] _symbols;
        private readonly int _count;

        /// <summary>A channel with so much memory.</summary>
        /// <param name="blocks">Memory blocks of the channel.</param>
        /// <param name="blockSymbols">Symbols in a block. In all at most 157, so that each has two ticks of the shortest pulse.</param>
        public PulseSymbols(int blocks, int blockSymbols)
        {
            _count = blocks * blockSymbols - 1;
            _symbols = new byte[_count * SymbolBytes];
            MaxPulseMs = (int)((long)_count * 2 * PartTicks * 1000 / ResolutionHz);
        }

        /// <summary>Longest pulse in ms.</summary>
        public int MaxPulseMs { get; }

        /// <summary>The symbols of a pulse.</summary>
        /// <param name="milliseconds">1 to <see cref="MaxPulseMs"/>.</param>
        /// <returns>The same array at each call.</returns>
        public byte[] Make(int milliseconds)
        {
            int ticks = (int)((long)milliseconds * ResolutionHz / 1000);
            int longer = ticks % _count;
            Fill(0, longer, ticks / _count + 1);
            Fill(longer, _count - longer, ticks / _count);
            return _symbols;
        }

        /// <summary>Puts one symbol and copies it over the others, twice as many each time: a byte loop would delay the strike by 10 ms.</summary>
        private void Fill(int first, int count, int ticks)
        {
            if (count == 0)
            {
                return;
            }

            int start = first * SymbolBytes;
            Put(start, ticks - ticks / 2);
            Put(start + 2, ticks / 2);
            int done = SymbolBytes;
            int all = count * SymbolBytes;
            while (done < all)
            {
                int more = done < all - done ? done : all - done;
                Array.Copy(_symbols, start, _symbols, start + done, more);
                done += more;
            }
        }

        private void Put(int at, int duration)
        {
            _symbols[at] = (byte)duration;
            _symbols[at + 1] = (byte)((duration >> 8) | High);
        }
    }
}
