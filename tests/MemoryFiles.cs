using System;
using System.Collections;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Tests
{
    /// <summary>Files in RAM, for tests that run on a device too. What power cuts leave is the matter of the host's virtual flash.</summary>
    public sealed class MemoryFiles : IFiles
    {
        private readonly Hashtable _contents = new Hashtable();

        /// <summary>Writes that succeed before every further one fails; negative = all succeed.</summary>
        public int WritesLeft { get; set; } = -1;

        /// <summary>True when each write says yes and changes nothing, as a full disk may (PLATFORM.md 5.2).</summary>
        public bool KeepsOldContent { get; set; }

        /// <summary>Bytes read so far.</summary>
        public int BytesRead { get; set; }

        /// <summary>Reads so far.</summary>
        public int Reads { get; set; }

        /// <inheritdoc/>
        public int Length(string name)
        {
            return _contents.Contains(name) ? ((byte[])_contents[name]!).Length : -1;
        }

        /// <inheritdoc/>
        public int Read(string name, int position, byte[] buffer, int offset, int count)
        {
            if (!_contents.Contains(name))
            {
                return -1;
            }

            byte[] content = (byte[])_contents[name]!;
            int length = content.Length - position < count ? content.Length - position : count;
            length = length < 0 ? 0 : length;
            Array.Copy(content, length == 0 ? 0 : position, buffer, offset, length);
            BytesRead += length;
            Reads++;
            return length;
        }

        /// <inheritdoc/>
        public bool Write(string name, int position, byte[] buffer, int offset, int count)
        {
            if (!MayWrite() || KeepsOldContent)
            {
                return KeepsOldContent;
            }

            int length = Length(name) < 0 ? 0 : Length(name);
            byte[] content = new byte[length > position + count ? length : position + count];
            Read(name, 0, content, 0, length);
            Array.Copy(buffer, offset, content, position, count);
            _contents[name] = content;
            return true;
        }

        /// <inheritdoc/>
        public bool Replace(string name, byte[] buffer, int offset, int count)
        {
            if (!MayWrite() || KeepsOldContent)
            {
                return KeepsOldContent;
            }

            _contents[name] = Bytes.Part(buffer, offset, count);
            return true;
        }

        /// <inheritdoc/>
        public bool Delete(string name)
        {
            _contents.Remove(name);
            return true;
        }

        /// <inheritdoc/>
        public string[] List()
        {
            string[] names = new string[_contents.Count];
            _contents.Keys.CopyTo(names, 0);
            return names;
        }

        /// <summary>Flips one bit of a file.</summary>
        public void Rot(string name, int position)
        {
            ((byte[])_contents[name]!)[position] ^= 0x10;
        }

        private bool MayWrite()
        {
            if (WritesLeft == 0)
            {
                return false;
            }

            WritesLeft = WritesLeft > 0 ? WritesLeft - 1 : WritesLeft;
            return true;
        }
    }
}
