using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace DoorController.Tests.Access
{
    /// <summary>A list body as a reader of PROTOCOL.md section 6.1 understands it who never saw the firmware.</summary>
    internal sealed record ListFields(
        int ScopeId,
        uint Version,
        uint Base,
        int MinimumGeneration,
        bool IsAllowed,
        bool IsBitmap,
        uint Watermark,
        int Generation,
        IReadOnlyList<(uint Key, bool IsSet)> Keys)
    {
        /// <summary>A key that is not named is not set.</summary>
        public bool SaysAll => IsBitmap || Base == 0;

        /// <summary>Reads a body; null when it breaks a rule of its form.</summary>
        public static ListFields? Read(ReadOnlySpan<byte> body)
        {
            if (body.Length < 24)
            {
                return null;
            }

            ReadOnlySpan<byte> data = body[24..];
            uint version = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
            uint baseVersion = BinaryPrimitives.ReadUInt32LittleEndian(body[8..]);
            uint watermark = BinaryPrimitives.ReadUInt32LittleEndian(body[16..]);
            bool isGood = body[0] == 1 && version > baseVersion && body[14] < 2 && body[15] < 2 && watermark % 8 == 0
                && BinaryPrimitives.ReadUInt16LittleEndian(body[22..]) == data.Length && data.Length <= 2048;
            List<(uint Key, bool IsSet)> keys = new();
            if (!isGood || (body[15] == 0 ? !ReadBitmap(data, watermark, keys) : !ReadRuns(data, watermark, keys)))
            {
                return null;
            }

            return new ListFields(
                body[1] | (body[2] << 8) | (body[3] << 16),
                version,
                baseVersion,
                BinaryPrimitives.ReadUInt16LittleEndian(body[12..]),
                body[14] == 1,
                body[15] == 0,
                watermark,
                BinaryPrimitives.ReadUInt16LittleEndian(body[20..]),
                keys);
        }

        private static bool ReadBitmap(ReadOnlySpan<byte> data, uint watermark, List<(uint Key, bool IsSet)> keys)
        {
            for (int i = 0; i < data.Length; i++)
            {
                AddByte(data[i], watermark, i, keys);
            }

            return true;
        }

        private static bool ReadRuns(ReadOnlySpan<byte> data, uint watermark, List<(uint Key, bool IsSet)> keys)
        {
            int next = 0;
            while (data.Length > 0)
            {
                if (data.Length < 4 || data[2] == 0 || data.Length < 3 + data[2])
                {
                    return false;
                }

                int offset = BinaryPrimitives.ReadUInt16LittleEndian(data);
                if (offset < next || offset + data[2] > 2048)
                {
                    return false;
                }

                for (int i = 0; i < data[2]; i++)
                {
                    AddByte(data[3 + i], watermark, offset + i, keys);
                }

                next = offset + data[2];
                data = data[(3 + data[2])..];
            }

            return true;
        }

        private static void AddByte(byte value, uint watermark, int index, List<(uint Key, bool IsSet)> keys)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                keys.Add((watermark + (uint)((index * 8) + bit), (value & (1 << bit)) != 0));
            }
        }
    }
}
