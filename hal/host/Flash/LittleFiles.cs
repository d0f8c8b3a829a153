using System;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Hal.Host
{
    /// <summary>Files over blocks and metadata log, step by step: create, data blocks, close; and what each leaves when power goes in it.</summary>
    internal sealed class LittleFiles
    {
        private const int DeleteBytes = 4;
        private readonly FlashBlocks _blocks;
        private readonly FlashPower _power;
        private readonly Dictionary<string, FlashFile> _files = new();
        private readonly MetadataLog _log;

        /// <summary>Formats.</summary>
        public LittleFiles(FlashBlocks blocks, FlashPower power)
        {
            _blocks = blocks;
            _power = power;
            _log = new MetadataLog(blocks);
        }

        private LittleFiles(LittleFiles other, FlashBlocks blocks, FlashPower power)
        {
            _blocks = blocks;
            _power = power;
            _files = new Dictionary<string, FlashFile>(other._files);
            _log = other._log.Copy(blocks);
        }

        public IEnumerable<FlashFile> All => _files.Values;

        public int MetadataBlocks => _log.Blocks;

        public LittleFiles Copy(FlashBlocks blocks, FlashPower power) => new(this, blocks, power);

        public FlashFile? Find(string name) => _files.GetValueOrDefault(name);

        /// <summary>Changes bytes under the file's feet, as rot does.</summary>
        public void Overwrite(string name, byte[] content) => _files[name] = _files[name] with { Content = content };

        /// <summary>One open, write and close.</summary>
        /// <param name="from">First changed byte.</param>
        /// <param name="isChange">False when the whole content is replaced.</param>
        /// <returns>False when the disk is full; the old content stays, a new file stays empty.</returns>
        public bool Put(string name, byte[] content, int from, bool isChange)
        {
            if (!_files.ContainsKey(name) && !Create(name))
            {
                return false;
            }

            FlashFile old = _files[name];
            int[]? blocks = WriteBlocks(old, content, isChange ? from : 0);
            if (blocks == null)
            {
                return false;
            }

            FlashFile file = new(name, content, blocks);
            MakeRoom(name, file.CloseBytes);
            if (_power.GoesIn(FlashStepKind.Close, name, from, content.Length))
            {
                Land(old, file, new TornWrite(old.Content, content, from, isChange).Landed(_power.Shape, _power.Length));
                throw new PowerLostException();
            }

            return Adopt(old, file);
        }

        /// <summary>Opens a file for writing and closes it as it is; a new one is empty. True, whether the disk has room for its name or not.</summary>
        public bool Open(string name) => _files.ContainsKey(name) || Create(name) || true;

        public void Delete(string name)
        {
            bool isCut = _power.GoesIn(FlashStepKind.Delete, name, 0, 0);
            if (!isCut || _power.Shape != TornShape.Nothing)
            {
                FlashFile file = _files[name];
                _files.Remove(name);
                _log.Append(name, DeleteBytes, 0);
                Release(file.Blocks);
            }

            if (isCut)
            {
                throw new PowerLostException();
            }
        }

        private bool Create(string name)
        {
            FlashFile file = new(name, Array.Empty<byte>(), Array.Empty<int>());
            MakeRoom(name, file.EntryBytes);
            bool isCut = _power.GoesIn(FlashStepKind.Create, name, 0, 0);
            bool isDone = (!isCut || _power.Shape != TornShape.Nothing) && _log.Append(name, file.EntryBytes, file.EntryBytes);
            if (isDone)
            {
                _files[name] = file;
            }

            return isCut ? throw new PowerLostException() : isDone;
        }

        /// <summary>Writes the data blocks from the one on that holds the first changed byte; what is behind it is copied.</summary>
        /// <returns>All blocks of the file; null when the disk is full.</returns>
        private int[]? WriteBlocks(FlashFile old, byte[] content, int from)
        {
            int[] blocks = new int[FlashFile.BlocksFor(content.Length)];
            int kept = 0;
            int start = 0;
            while (kept < old.Blocks.Length && kept < blocks.Length && start + FlashFile.RoomIn(kept) <= from)
            {
                blocks[kept] = old.Blocks[kept];
                start += FlashFile.RoomIn(kept++);
            }

            for (int index = kept; index < blocks.Length; index++)
            {
                bool isCut = _power.GoesIn(FlashStepKind.Block, old.Name, from, content.Length);
                blocks[index] = isCut ? -1 : _blocks.Allocate();
                if (blocks[index] < 0)
                {
                    Release(blocks[kept..index]);
                    return isCut ? throw new PowerLostException() : null;
                }

                int room = FlashFile.RoomIn(index);
                _blocks.Erase(blocks[index]);
                _blocks.Program(Math.Min(room, content.Length - start) + FlashBlocks.BlockBytes - room);
                start += room;
            }

            return blocks;
        }

        private void MakeRoom(string name, int bytes)
        {
            if (!_log.HasRoom(name, bytes) && _power.GoesIn(FlashStepKind.Compaction, name, 0, 0))
            {
                throw new PowerLostException();
            }
        }

        /// <summary>The directory points at the new blocks; those of the old content that are not in it are free.</summary>
        private bool Adopt(FlashFile old, FlashFile file)
        {
            if (!_log.Append(file.Name, file.CloseBytes, file.EntryBytes))
            {
                Release(file.Blocks.Except(old.Blocks));
                return false;
            }

            _files[file.Name] = file;
            Release(old.Blocks.Except(file.Blocks));
            return true;
        }

        /// <summary>Leaves a file as a close that was cut leaves it. Which blocks it is in then does not matter, only how many.</summary>
        private void Land(FlashFile old, FlashFile file, byte[] landed)
        {
            Release(file.Blocks.Except(old.Blocks));
            if (ReferenceEquals(landed, old.Content))
            {
                return;
            }

            Release(old.Blocks);
            int[] blocks = new int[FlashFile.BlocksFor(landed.Length)];
            for (int i = 0; i < blocks.Length; i++)
            {
                blocks[i] = _blocks.Allocate();
            }

            FlashFile left = new(file.Name, landed, blocks);
            _log.Append(left.Name, left.CloseBytes, left.EntryBytes);
            _files[left.Name] = left;
        }

        private void Release(IEnumerable<int> blocks)
        {
            foreach (int block in blocks)
            {
                _blocks.Release(block);
            }
        }
    }
}
