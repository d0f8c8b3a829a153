using System;
using System.IO;

namespace DoorController.Flash
{
    /// <summary>What a copy of a board's whole flash shows.</summary>
    internal static class FlashContent
    {
        private const int BlockBytes = 4096;

        // The specification of littlefs: a superblock begins with a revision and a tag of 4 bytes each, and its name follows.
        private const int MagicOffset = 8;

        /// <summary>True when a block of the flash is the head of a littlefs, in which a door keeps its keys.</summary>
        /// <param name="path">The copy.</param>
        /// <param name="megabytes">Size of the flash.</param>
        /// <exception cref="FlashException">The copy is not there, or not of the whole flash.</exception>
        public static bool HasFileSystem(string path, int megabytes)
        {
            long wanted = (long)megabytes << 20;
            long length = File.Exists(path) ? new FileInfo(path).Length : 0;
            if (length != wanted)
            {
                throw new FlashException(
                    $"nanoff reported the flash as read, but the copy has {length} bytes and the flash {wanted}",
                    "try another USB cable and port, then the same command again");
            }

            using FileStream stream = File.OpenRead(path);
            byte[] block = new byte[BlockBytes];
            for (long at = 0; at < length; at += BlockBytes)
            {
                stream.ReadExactly(block);
                if (block.AsSpan(MagicOffset).StartsWith("littlefs"u8))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
