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
            bool isGood = body[0] == 1 && version > baseVersion && body[14] < 2 && body[15] < 3 && watermark % 8 == 0
                && BinaryPrimitives.ReadUInt16LittleEndian(body[22..]) == data.Length && data.Length <= 2048;
            List<(uint Key, bool IsSet)> keys = new();
            isGood = isGood && body[15] switch
            {
                0 => ReadBitmap(data, watermark, keys),
                1 => ReadRuns(data, watermark, keys),
                _ => body[14] == 0 && ReadScattered(data, watermark, keys),
            };
            if (!isGood)
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

        /// <summary>Form 2, bit by bit: zeros, a one, and k bits; what is left at the end are fewer than 8 zeros.</summary>
        private static bool ReadScattered(ReadOnlySpan<byte> data, uint watermark, List<(uint Key, bool IsSet)> keys)
        {
            if (data.Length == 0 || data[0] > 10)
            {
                return false;
            }

            List<int> bits = new();
            foreach (byte value in data[1..])
            {
                for (int i = 0; i < 8; i++)
                {
                    bits.Add((value >> i) & 1);
                }
            }

            int at = 0;
            int bit = -1;
            int one = bits.IndexOf(1);
            while (one >= 0)
            {
                if (one + 1 + data[0] > bits.Count)
                {
                    return false;
                }

                int low = 0;
                for (int i = 0; i < data[0]; i++)
                {
                    low += bits[one + 1 + i] << i;
                }

                bit += ((one - at) * (1 << data[0])) + low + 1;
                keys.Add((watermark + (uint)bit, true));
                if (bit > 16383 || keys.Count > 1024)
                {
                    return false;
                }

                at = one + 1 + data[0];
                one = bits.IndexOf(1, at);
            }

            return bits.Count - at < 8;
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
