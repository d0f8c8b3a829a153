using System;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// The directory as littlefs keeps it: pairs of blocks, each a log to which every create, close and delete appends. A log that is
    /// full is compacted into the other block of its pair; one whose entries fill half a block is split; a pair that was erased 513
    /// times moves to a new block. Sizes and thresholds as in littlefs 2.11 with the settings of the ESP-IDF port.
    /// </summary>
    internal sealed class MetadataLog
    {
        /// <summary>Compactions after which a pair moves: LITTLEFS_BLOCK_CYCLES of 512, made odd.</summary>
        private const int Cycles = 513;
        private const int SplitBytes = FlashBlocks.BlockBytes / 2;
        private const int CrcBytes = 8;
        private const int TailBytes = 12;
        private const int SuperblockBytes = 44;
        private const int Reserve = 40;

        private readonly FlashBlocks _blocks;
        private readonly List<Pair> _pairs = new();

        /// <summary>Formats: the superblock and root pair are blocks 0 and 1.</summary>
        public MetadataLog(FlashBlocks blocks)
        {
            _blocks = blocks;
            blocks.Take(0);
            blocks.Take(1);
            _pairs.Add(new Pair(0, 1) { IsSuperblock = true });
            for (int block = 0; block < 2; block++)
            {
                blocks.Erase(block);
                blocks.Program(SuperblockBytes + CrcBytes);
            }

            _pairs[0].Used = FlashBlocks.RoundUp(SuperblockBytes + CrcBytes);
        }

        private MetadataLog(MetadataLog other, FlashBlocks blocks)
        {
            _blocks = blocks;
            _pairs.AddRange(other._pairs.Select(pair => pair.Copy()));
        }

        /// <summary>Blocks of all pairs.</summary>
        public int Blocks => _pairs.Count * 2;

        public MetadataLog Copy(FlashBlocks blocks) => new(this, blocks);

        /// <summary>True when an entry of this size needs no compaction now.</summary>
        public bool HasRoom(string file, int bytes) => HasRoom(PairOf(file), bytes);

        /// <summary>Appends to the log that has the file's entry, after a compaction where it has no room.</summary>
        /// <param name="file">Name of the file.</param>
        /// <param name="bytes">Bytes that are appended.</param>
        /// <param name="entryBytes">Bytes of the entry from then on; 0 = it is deleted.</param>
        /// <returns>False when the metadata does not fit any more.</returns>
        public bool Append(string file, int bytes, int entryBytes)
        {
            Pair pair = PairOf(file);
            int before = pair.Entries.GetValueOrDefault(file);
            Set(pair, file, entryBytes);
            if (pair.Entries.Count == 0 && !pair.IsSuperblock)
            {
                Drop(pair);
                return true;
            }

            if (HasRoom(pair, bytes))
            {
                Add(pair, bytes);
                return true;
            }

            if (Compact(pair))
            {
                return true;
            }

            Set(pair, file, before);
            return false;
        }

        private static bool HasRoom(Pair pair, int bytes)
        {
            return FlashBlocks.RoundUp(pair.Used + bytes + CrcBytes) <= FlashBlocks.BlockBytes;
        }

        private static void Set(Pair pair, string file, int entryBytes)
        {
            if (entryBytes == 0)
            {
                pair.Entries.Remove(file);
            }
            else
            {
                pair.Entries[file] = entryBytes;
            }
        }

        /// <summary>Entries are in the order of their names over all pairs, so a name has its pair whether it is there or not.</summary>
        private Pair PairOf(string file)
        {
            int index = _pairs.Count - 1;
            while (index > 0 && string.CompareOrdinal(_pairs[index].First, file) > 0)
            {
                index--;
            }

            return _pairs[index];
        }

        /// <summary>A pair without entries is taken out of the list of pairs.</summary>
        private void Drop(Pair pair)
        {
            _blocks.Release(pair.Now);
            _blocks.Release(pair.Other);
            Pair before = _pairs[_pairs.IndexOf(pair) - 1];
            _pairs.Remove(pair);
            Point(before);
        }

        /// <summary>A pair says anew which one comes behind it.</summary>
        private void Point(Pair pair)
        {
            if (HasRoom(pair, TailBytes))
            {
                Add(pair, TailBytes);
            }
            else
            {
                Compact(pair);
            }
        }

        private void Add(Pair pair, int bytes)
        {
            int end = FlashBlocks.RoundUp(pair.Used + bytes + CrcBytes);
            _blocks.Program(end - pair.Used);
            pair.Used = end;
        }

        private bool Compact(Pair pair)
        {
            while (pair.LiveBytes > SplitBytes && pair.Entries.Count > 1 && Split(pair, pair.Entries.Count / 2))
            {
                // Each turn halves it.
            }

            if (pair.LiveBytes + Reserve > FlashBlocks.BlockBytes)
            {
                return false;
            }

            pair.Revision++;
            if (pair.Revision % Cycles == 0)
            {
                Move(pair);
            }

            WriteAnew(pair);
            return true;
        }

        private void WriteAnew(Pair pair)
        {
            (pair.Now, pair.Other) = (pair.Other, pair.Now);
            _blocks.Erase(pair.Now);
            pair.Used = FlashBlocks.RoundUp(pair.LiveBytes + CrcBytes);
            _blocks.Program(pair.Used);
        }

        /// <summary>The entries from an index on get a pair of their own.</summary>
        private bool Split(Pair pair, int from)
        {
            int first = _blocks.Allocate();
            int second = first < 0 ? -1 : _blocks.Allocate();
            if (second < 0)
            {
                if (first >= 0)
                {
                    _blocks.Release(first);
                }

                return false;
            }

            Pair tail = new(first, second);
            foreach (string name in pair.Entries.Keys.Skip(from).ToArray())
            {
                tail.Entries[name] = pair.Entries[name];
                pair.Entries.Remove(name);
            }

            tail.First = from == 0 ? "" : tail.Entries.Keys.First();
            _pairs.Insert(_pairs.IndexOf(pair) + 1, tail);
            WriteAnew(tail);
            return true;
        }

        /// <summary>
        /// Wear levelling of metadata: the block that would be written is given back for a fresh one, and whoever points here learns of
        /// it. The superblock cannot move; it hands all its entries to a pair that can.
        /// </summary>
        private void Move(Pair pair)
        {
            if (pair.IsSuperblock)
            {
                if (!pair.IsExpanded && _blocks.Free > _blocks.Count / 8 && Split(pair, 0))
                {
                    pair.IsExpanded = true;
                }

                return;
            }

            int fresh = _blocks.Allocate();
            if (fresh < 0)
            {
                return;
            }

            _blocks.Release(pair.Other);
            pair.Other = fresh;
            Point(_pairs[_pairs.IndexOf(pair) - 1]);
        }

        private sealed class Pair
        {
            public Pair(int now, int other)
            {
                Now = now;
                Other = other;
            }

            public int Now { get; set; }

            public int Other { get; set; }

            public int Used { get; set; }

            public int Revision { get; set; }

            public bool IsSuperblock { get; init; }

            public bool IsExpanded { get; set; }

            /// <summary>Smallest name that belongs here; empty = from the first on.</summary>
            public string First { get; set; } = "";

            public SortedDictionary<string, int> Entries { get; private init; } = new(StringComparer.Ordinal);

            public int LiveBytes => Entries.Values.Sum() + TailBytes + (IsSuperblock ? SuperblockBytes : 0);

            public Pair Copy() => new(Now, Other)
            {
                Used = Used,
                Revision = Revision,
                IsSuperblock = IsSuperblock,
                IsExpanded = IsExpanded,
                First = First,
                Entries = new SortedDictionary<string, int>(Entries, StringComparer.Ordinal),
            };
        }
    }
}
