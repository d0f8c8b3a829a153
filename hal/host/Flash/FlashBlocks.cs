using System;
using System.Linq;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// The erase blocks of the partition: which are in use, how often each was erased, how many bytes were programmed. A free block is
    /// taken in turn, as littlefs does, so a block wears only while it is in the pool of free ones.
    /// </summary>
    public sealed class FlashBlocks
    {
        /// <summary>Bytes of a block, the smallest piece that can be erased.</summary>
        public const int BlockBytes = 4096;

        /// <summary>Programs are rounded up to so many bytes: LITTLEFS_WRITE_SIZE of the ESP-IDF port.</summary>
        public const int ProgramBytes = 128;

        private readonly int[] _erases;
        private readonly bool[] _used;
        private int _cursor;

        internal FlashBlocks(int count)
        {
            _erases = new int[count];
            _used = new bool[count];
        }

        private FlashBlocks(FlashBlocks other)
        {
            _erases = (int[])other._erases.Clone();
            _used = (bool[])other._used.Clone();
            _cursor = other._cursor;
            ProgrammedBytes = other.ProgrammedBytes;
        }

        /// <summary>Blocks of the partition.</summary>
        public int Count => _erases.Length;

        /// <summary>Blocks that nothing is in.</summary>
        public int Free => _used.Count(used => !used);

        /// <summary>Bytes programmed so far, copies, metadata and rounding included.</summary>
        public long ProgrammedBytes { get; private set; }

        /// <summary>Blocks erased so far.</summary>
        public long Erased => _erases.Sum(erases => (long)erases);

        /// <summary>Erases of the block that was erased most.</summary>
        public int MostErases => _erases.Max();

        /// <summary>Erases of one block.</summary>
        public int Erases(int block) => _erases[block];

        internal FlashBlocks Copy() => new(this);

        /// <summary>Littlefs starts its search anywhere after a mount.</summary>
        internal void StartSearchAt(int block) => _cursor = block % Count;

        /// <summary>Takes the next free block in turn; −1 when there is none.</summary>
        internal int Allocate()
        {
            for (int i = 0; i < Count; i++)
            {
                int block = (_cursor + i) % Count;
                if (!_used[block])
                {
                    _used[block] = true;
                    _cursor = block + 1;
                    return block;
                }
            }

            return -1;
        }

        internal void Take(int block) => _used[block] = true;

        internal void Release(int block) => _used[block] = false;

        internal void Erase(int block) => _erases[block]++;

        internal void Program(int bytes) => ProgrammedBytes += RoundUp(bytes);

        internal static int RoundUp(int bytes) => (bytes + ProgramBytes - 1) / ProgramBytes * ProgramBytes;
    }
}
