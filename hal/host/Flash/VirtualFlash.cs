using System;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// The config partition with littlefs on it, as the device uses it (PLATFORM.md 5): a close makes durable, a file is
    /// copied from the block of its first changed byte to its end, small files live in the metadata, and files at rest keep their blocks
    /// out of wear levelling. Power may go in every step of it; every byte programmed and every erase is counted.
    /// </summary>
    public sealed class VirtualFlash : IFiles
    {
        /// <summary>Blocks of the 256 KB partition of a 4 MB board.</summary>
        public const int BoardBlocks = 64;

        /// <summary>Blocks that the Wi-Fi and certificate files of the runtime hold in the same partition.</summary>
        public const int SystemBlocks = 4;

        private const int LongestName = 12;
        private const int SearchStride = 37;
        private readonly List<int> _foreign = new();
        private LittleFiles _files;
        private int _mounts;

        /// <summary>An erased partition, formatted at its first mount.</summary>
        /// <param name="blocks">Blocks of 4 KB, at least 16.</param>
        /// <exception cref="ArgumentOutOfRangeException">Fewer than 16 blocks.</exception>
        public VirtualFlash(int blocks = BoardBlocks)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 16);
            Blocks = new FlashBlocks(blocks);
            _files = new LittleFiles(Blocks, Power);
            Fill(SystemBlocks);
        }

        private VirtualFlash(VirtualFlash other)
        {
            Blocks = other.Blocks.Copy();
            _files = other._files.Copy(Blocks, Power);
            _foreign.AddRange(other._foreign);
            _mounts = other._mounts;
            IsWornOut = other.IsWornOut;
        }

        /// <summary>Wear and bytes.</summary>
        public FlashBlocks Blocks { get; }

        /// <summary>Steps, and the cut in one of them.</summary>
        public FlashPower Power { get; } = new();

        /// <summary>Calls that are said to be done and are not.</summary>
        public SilentFaults Silent { get; } = new();

        /// <summary>Bytes of content that were read. The directory look-ups of littlefs are not counted.</summary>
        public long ReadBytes { get; private set; }

        /// <summary>Reads so far.</summary>
        public int Reads { get; private set; }

        /// <summary>Calls so far that write or delete.</summary>
        public int Writes { get; private set; }

        /// <summary>True when no write is taken any more.</summary>
        public bool IsWornOut { get; set; }

        /// <summary>Blocks of the metadata.</summary>
        public int MetadataBlocks => _files.MetadataBlocks;

        /// <summary>The same flash, apart from this one. Its counters of calls start anew, and neither a cut nor a silent fault is set.</summary>
        public VirtualFlash Copy() => new(this);

        /// <summary>Power is back: the file system is mounted.</summary>
        public void Restart()
        {
            Power.Restore();
            _mounts++;
            Blocks.StartSearchAt(_mounts * SearchStride);
        }

        /// <summary>What a mount that fails comes to: an empty file system. Erases stay counted.</summary>
        public void Format()
        {
            for (int block = 0; block < Blocks.Count; block++)
            {
                Blocks.Release(block);
            }

            _foreign.Clear();
            _files = new LittleFiles(Blocks, Power);
            Fill(SystemBlocks);
        }

        /// <summary>Files that are not of the firmware take so many blocks more, or all that there are.</summary>
        public void Fill(int blocks)
        {
            for (int block = 0; blocks > 0 && block >= 0; blocks--)
            {
                block = Blocks.Allocate();
                if (block >= 0)
                {
                    _foreign.Add(block);
                }
            }
        }

        /// <summary>Takes back what <see cref="Fill"/> did, but for the blocks of the system.</summary>
        public void Unfill()
        {
            foreach (int block in _foreign.Skip(SystemBlocks))
            {
                Blocks.Release(block);
            }

            _foreign.RemoveRange(SystemBlocks, Math.Max(0, _foreign.Count - SystemBlocks));
        }

        /// <summary>Data blocks of the files whose names are counted.</summary>
        public int BlocksOf(Func<string, bool> isCounted) => _files.All.Where(file => isCounted(file.Name)).Sum(file => file.Blocks.Length);

        /// <summary>A copy of a file's bytes; null when there is none.</summary>
        public byte[]? Content(string name) => (byte[]?)_files.Find(name)?.Content.Clone();

        /// <summary>Flips a bit of a file.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The file has no such byte.</exception>
        public void Rot(string name, int position, int bit = 4)
        {
            byte[]? content = Content(name);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, content?.Length ?? 0);
            content![position] ^= (byte)(1 << bit);
            _files.Overwrite(name, content);
        }

        /// <inheritdoc/>
        public int Length(string name) => _files.Find(Checked(name))?.Content.Length ?? -1;

        /// <inheritdoc/>
        public int Read(string name, int position, byte[] buffer, int offset, int count)
        {
            byte[]? content = _files.Find(Checked(name))?.Content;
            if (content == null)
            {
                return -1;
            }

            int length = Math.Clamp(content.Length - position, 0, count);
            Array.Copy(content, Math.Min(position, content.Length), buffer, offset, length);
            ReadBytes += length;
            Reads++;
            return length;
        }

        /// <inheritdoc/>
        public bool Write(string name, int position, byte[] buffer, int offset, int count)
        {
            byte[]? old = _files.Find(Checked(name))?.Content;
            int length = old?.Length ?? 0;
            if (position < 0 || position > length)
            {
                return false;
            }

            byte[] content = new byte[Math.Max(length, position + count)];
            old?.CopyTo(content, 0);
            Array.Copy(buffer, offset, content, position, count);
            return Do(name, () => _files.Put(name, content, position, old != null));
        }

        /// <inheritdoc/>
        public bool Replace(string name, byte[] buffer, int offset, int count)
        {
            byte[] content = buffer[offset..(offset + count)];
            return Do(Checked(name), () => _files.Put(name, content, 0, false));
        }

        /// <inheritdoc/>
        public bool Delete(string name)
        {
            if (_files.Find(Checked(name)) == null)
            {
                return true;
            }

            return Do(name, () =>
            {
                _files.Delete(name);
                return true;
            });
        }

        /// <inheritdoc/>
        public string[] List() => _files.All.Select(file => file.Name).ToArray();

        private bool Do(string name, Func<bool> change)
        {
            Writes++;
            return Silent.Swallows(name) ? _files.Open(name) : Silent.Answer(name, !IsWornOut && change());
        }

        private string Checked(string name)
        {
            if (name.Length is 0 or > LongestName || !name.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.'))
            {
                throw new ArgumentException("name: wanted 1 to 12 of a-z, 0-9 and '.', is " + name, nameof(name));
            }

            return Power.IsLost ? throw new InvalidOperationException("flash was used while its power was off") : name;
        }
    }
}
