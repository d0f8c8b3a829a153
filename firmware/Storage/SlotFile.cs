using System;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Storage
{
    /// <summary>
    /// A small content that a power cut leaves either as it was or as it is to be: two files, "name.a" and "name.b", written in
    /// turn. The one with the higher sequence number and a right CRC counts; the other one is what the next save overwrites, so the
    /// newest good content is never touched. Bytes: firmware/STORAGE.md, "Slot file".
    /// </summary>
    public sealed class SlotFile
    {
        /// <summary>Longest content in bytes: with header and CRC it stays inside one 4,096-byte flash block.</summary>
        public const int MaxContent = 4000;

        /// <summary>Bytes that a slot holds besides its content: 8 of header, 4 of CRC-32.</summary>
        public const int Overhead = HeaderLength + CrcLength;

        private const int HeaderLength = 8;
        private const int CrcLength = 4;
        private const byte Format = 0xD1;

        private readonly IFiles _files;
        private readonly ICrypto _crypto;
        private readonly string _name;
        private readonly byte[] _scratch;
        private uint _sequence;
        private bool _newestIsB;
        private bool _searched;

        /// <summary>Names the two slots; reads nothing yet.</summary>
        /// <param name="files">The file system.</param>
        /// <param name="crypto">For CRC-32.</param>
        /// <param name="name">1 to 10 characters; the slots are this and ".a" or ".b".</param>
        /// <param name="scratch">At least <see cref="Overhead"/> bytes more than the longest content. Used within a call only.</param>
        public SlotFile(IFiles files, ICrypto crypto, string name, byte[] scratch)
        {
            _files = files;
            _crypto = crypto;
            _name = name;
            _scratch = scratch;
        }

        /// <summary>Reads the newest valid content.</summary>
        /// <param name="buffer">Receives the content; not the scratch.</param>
        /// <returns>Its length in bytes; −1 when neither slot holds a valid content that fits the buffer.</returns>
        public int Load(byte[] buffer)
        {
            int length = Find();
            if (length < 0 || length > buffer.Length)
            {
                return -1;
            }

            Array.Copy(_scratch, HeaderLength, buffer, 0, length);
            return length;
        }

        /// <summary>Writes a content into the slot that is not the newest: one flash step.</summary>
        /// <param name="data">Holds the content; not the scratch.</param>
        /// <param name="offset">Where the content starts.</param>
        /// <param name="count">1 to <see cref="MaxContent"/> bytes.</param>
        /// <returns>True when it is durable; else the previous content still counts.</returns>
        public bool Save(byte[] data, int offset, int count)
        {
            if (count < 1 || count > MaxContent || count + Overhead > _scratch.Length)
            {
                return false;
            }

            if (!_searched)
            {
                Find();
            }

            Frame(data, offset, count);
            if (!_files.Replace(SlotName(!_newestIsB), _scratch, 0, count + Overhead))
            {
                return false;
            }

            _sequence++;
            _newestIsB = !_newestIsB;
            return true;
        }

        /// <summary>Puts header, content and CRC-32 into the scratch, with the sequence after the newest.</summary>
        private void Frame(byte[] data, int offset, int count)
        {
            _scratch[0] = Format;
            _scratch[1] = 0;
            Bytes.Put16(_scratch, 2, count);
            Bytes.Put32(_scratch, 4, _sequence + 1);
            Array.Copy(data, offset, _scratch, HeaderLength, count);
            Bytes.Put32(_scratch, HeaderLength + count, _crypto.Crc32(_scratch, 0, HeaderLength + count));
        }

        /// <summary>Leaves the newest valid slot in the scratch and remembers which it is.</summary>
        private int Find()
        {
            uint a = PeekSequence(false);
            uint b = PeekSequence(true);
            bool isB = b > a;
            int length = ReadSlot(isB);
            if (length < 0)
            {
                isB = !isB;
                length = ReadSlot(isB);
            }

            _searched = true;
            _newestIsB = isB;
            _sequence = length < 0 ? 0 : Bytes.U32(_scratch, 4);
            return length;
        }

        private uint PeekSequence(bool isB)
        {
            return _files.Read(SlotName(isB), 0, _scratch, 0, HeaderLength) == HeaderLength ? Bytes.U32(_scratch, 4) : 0;
        }

        /// <summary>Reads one slot into the scratch.</summary>
        /// <returns>Length of its content; −1 when it is missing, torn or damaged.</returns>
        private int ReadSlot(bool isB)
        {
            int length = _files.Read(SlotName(isB), 0, _scratch, 0, _scratch.Length) - Overhead;
            if (length < 1
                || _scratch[0] != Format
                || Bytes.U16(_scratch, 2) != length
                || Bytes.U32(_scratch, HeaderLength + length) != _crypto.Crc32(_scratch, 0, HeaderLength + length))
            {
                return -1;
            }

            return length;
        }

        private string SlotName(bool isB)
        {
            return _name + (isB ? ".b" : ".a");
        }
    }
}
