namespace DoorController.Hal.Host
{
    /// <summary>A file as the directory knows it. Its parts are never changed in place, so copies of a flash may share them.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Content">Its bytes.</param>
    /// <param name="Blocks">Its data blocks, in order; none while it is small enough to live in the metadata.</param>
    internal sealed record FlashFile(string Name, byte[] Content, int[] Blocks)
    {
        /// <summary>Content up to this length lives in the metadata: the smaller of LITTLEFS_CACHE_SIZE (512) and an eighth of a block.</summary>
        public const int InlineMax = 512;

        private const int TagBytes = 4;
        private const int PointerBytes = 8;
        private const int TimeBytes = 4;

        /// <summary>Bytes of the entry in a metadata log: name, content or pointer, and the time stamp of the ESP-IDF port.</summary>
        public int EntryBytes => TagBytes + Name.Length + CloseBytes;

        /// <summary>Bytes that a close adds to a metadata log.</summary>
        public int CloseBytes => TagBytes + (Blocks.Length > 0 ? PointerBytes : Content.Length) + TagBytes + TimeBytes;

        /// <summary>Data blocks of a content. Block i holds 4 bytes of pointer for each power of two that divides i, and one more.</summary>
        public static int BlocksFor(int length)
        {
            if (length <= InlineMax)
            {
                return 0;
            }

            int blocks = 0;
            for (int left = length; left > 0; blocks++)
            {
                left -= RoomIn(blocks);
            }

            return blocks;
        }

        /// <summary>Content bytes that a block of a file holds, by its index.</summary>
        public static int RoomIn(int index)
        {
            return FlashBlocks.BlockBytes - (index == 0 ? 0 : 4 * (System.Numerics.BitOperations.TrailingZeroCount(index) + 1));
        }
    }
}
