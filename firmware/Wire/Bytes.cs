using System;
using System.Text;

namespace DoorController.Wire
{
    /// <summary>Little-endian fields in byte arrays, and the comparison that leaks no timing. Callers check lengths first.</summary>
    public static class Bytes
    {
        /// <summary>Length of a tag in bytes.</summary>
        public const int Tag = 16;

        /// <summary>Length of a label in bytes.</summary>
        public const int Label = 8;

        /// <summary>Reads 2 bytes.</summary>
        public static int U16(byte[] from, int offset)
        {
            return BitConverter.ToUInt16(from, offset);
        }

        /// <summary>Reads 3 bytes.</summary>
        public static int U24(byte[] from, int offset)
        {
            return from[offset] | (from[offset + 1] << 8) | (from[offset + 2] << 16);
        }

        /// <summary>Reads 4 bytes.</summary>
        public static uint U32(byte[] from, int offset)
        {
            return BitConverter.ToUInt32(from, offset);
        }

        /// <summary>Reads 8 bytes.</summary>
        public static ulong U64(byte[] from, int offset)
        {
            return BitConverter.ToUInt64(from, offset);
        }

        /// <summary>Writes the low 2 bytes of <paramref name="value"/>; returns the offset behind them.</summary>
        public static int Put16(byte[] to, int offset, int value)
        {
            to[offset] = (byte)value;
            to[offset + 1] = (byte)(value >> 8);
            return offset + 2;
        }

        /// <summary>Writes the low 3 bytes of <paramref name="value"/>; returns the offset behind them.</summary>
        public static int Put24(byte[] to, int offset, int value)
        {
            Put16(to, offset, value);
            to[offset + 2] = (byte)(value >> 16);
            return offset + 3;
        }

        /// <summary>Writes 4 bytes; returns the offset behind them.</summary>
        public static int Put32(byte[] to, int offset, uint value)
        {
            Put16(to, offset, (int)value);
            return Put16(to, offset + 2, (int)(value >> 16));
        }

        /// <summary>Copies all of <paramref name="value"/>; returns the offset behind it.</summary>
        public static int Put(byte[] to, int offset, byte[] value)
        {
            Array.Copy(value, 0, to, offset, value.Length);
            return offset + value.Length;
        }

        /// <summary>Writes an ASCII text, for labels of 8 characters; returns the offset behind it.</summary>
        public static int PutText(byte[] to, int offset, string text)
        {
            return offset + Encoding.UTF8.GetBytes(text, 0, text.Length, to, offset);
        }

        /// <summary>Copies a part into a new array.</summary>
        public static byte[] Part(byte[] from, int offset, int count)
        {
            byte[] part = new byte[count];
            Array.Copy(from, offset, part, 0, count);
            return part;
        }

        /// <summary>
        /// Compares <paramref name="count"/> bytes in a time that does not depend on where they differ, so that a tag cannot be
        /// guessed byte by byte.
        /// </summary>
        public static bool SameInConstantTime(byte[] a, int aOffset, byte[] b, int bOffset, int count)
        {
            int difference = 0;
            for (int i = 0; i < count; i++)
            {
                difference |= a[aOffset + i] ^ b[bOffset + i];
            }

            return difference == 0;
        }

        /// <summary>True when <paramref name="count"/> bytes are all zero.</summary>
        public static bool AllZero(byte[] data, int offset, int count)
        {
            int bits = 0;
            for (int i = 0; i < count; i++)
            {
                bits |= data[offset + i];
            }

            return bits == 0;
        }
    }
}
