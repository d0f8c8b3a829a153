using System;

namespace DoorController
{
    /// <summary>Little-endian integers in byte arrays, as every format of this project has them.</summary>
    public static class Bytes
    {
        /// <summary>Reads a u16.</summary>
        public static int Get16(byte[] data, int offset)
        {
            return BitConverter.ToUInt16(data, offset);
        }

        /// <summary>Reads a u24.</summary>
        public static uint Get24(byte[] data, int offset)
        {
            return (uint)(BitConverter.ToUInt16(data, offset) | (data[offset + 2] << 16));
        }

        /// <summary>Reads a u32.</summary>
        public static uint Get32(byte[] data, int offset)
        {
            return BitConverter.ToUInt32(data, offset);
        }

        /// <summary>Writes the low 16 bits.</summary>
        public static void Put16(byte[] data, int offset, int value)
        {
            data[offset] = (byte)value;
            data[offset + 1] = (byte)(value >> 8);
        }

        /// <summary>Writes the low 24 bits.</summary>
        public static void Put24(byte[] data, int offset, uint value)
        {
            Put16(data, offset, (int)value);
            data[offset + 2] = (byte)(value >> 16);
        }

        /// <summary>Writes 32 bits.</summary>
        public static void Put32(byte[] data, int offset, uint value)
        {
            Put16(data, offset, (int)value);
            Put16(data, offset + 2, (int)(value >> 16));
        }
    }
}
