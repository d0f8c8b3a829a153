using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace DoorController.Flash.Images
{
    /// <summary>
    /// A program as Espressif's loader takes it: a header of 24 bytes, then segments, each with the address it is seen at and its length
    /// (esptool, "Firmware Image Format").
    /// </summary>
    internal sealed class EspImage
    {
        private const byte Magic = 0xE9;
        private const int HeaderBytes = 24;
        private const int SegmentHeaderBytes = 8;

        private readonly byte[] _bytes;
        private readonly List<(uint Address, int Offset, int Length)> _segments = [];

        private EspImage(byte[] bytes)
        {
            _bytes = bytes;
        }

        /// <summary>Takes an image apart.</summary>
        /// <returns>Null when it is none.</returns>
        public static EspImage? Parse(byte[] bytes)
        {
            if (bytes.Length < HeaderBytes || bytes[0] != Magic)
            {
                return null;
            }

            EspImage image = new(bytes);
            int at = HeaderBytes;
            for (int left = bytes[1]; left > 0; left--)
            {
                if (at + SegmentHeaderBytes > bytes.Length)
                {
                    return null;
                }

                uint length = image.Word(at + 4);
                if (length > bytes.Length - at - SegmentHeaderBytes)
                {
                    return null;
                }

                image._segments.Add((image.Word(at), at + SegmentHeaderBytes, (int)length));
                at += SegmentHeaderBytes + (int)length;
            }

            return image;
        }

        /// <summary>Places of whole words in the segments, in file order.</summary>
        /// <param name="room">Bytes that the segment must have from the place on.</param>
        public IEnumerable<int> Places(int room)
        {
            foreach ((_, int offset, int length) in _segments)
            {
                for (int at = 0; at + room <= length; at += 4)
                {
                    yield return offset + at;
                }
            }
        }

        /// <summary>The 32 bits at a place of the file.</summary>
        public uint Word(int place)
        {
            return BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(place));
        }

        /// <summary>True when an address is inside the program.</summary>
        public bool Holds(uint address)
        {
            return Place(address) >= 0;
        }

        /// <summary>Reads a name of letters, digits, dots and underscores that ends with a zero.</summary>
        /// <param name="address">Address of its first byte.</param>
        /// <param name="limit">Most characters.</param>
        /// <returns>Null when there is none.</returns>
        public string? Name(uint address, int limit)
        {
            int start = Place(address);
            if (start < 0)
            {
                return null;
            }

            int end = start;
            while (end < _bytes.Length && end - start <= limit && (char.IsAsciiLetterOrDigit((char)_bytes[end]) || _bytes[end] is (byte)'.' or (byte)'_'))
            {
                end++;
            }

            return end > start && end < _bytes.Length && _bytes[end] == 0 ? Encoding.ASCII.GetString(_bytes, start, end - start) : null;
        }

        private int Place(uint address)
        {
            foreach ((uint first, int offset, int length) in _segments)
            {
                if (address >= first && address - first < (uint)length)
                {
                    return offset + (int)(address - first);
                }
            }

            return -1;
        }
    }
}
