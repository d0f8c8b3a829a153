namespace DoorController.Wire
{
    /// <summary>The body of a list blob: offsets and form, as PROTOCOL.md section 6.1 has them.</summary>
    public static class ListBody
    {
        /// <summary>Offset of the scope id, u24.</summary>
        public const int ScopeId = 1;

        /// <summary>Offset of the version, u32.</summary>
        public const int Version = 4;

        /// <summary>Offset of the base version, u32; 0 in a full form.</summary>
        public const int Base = 8;

        /// <summary>Offset of the minimum generation, u16.</summary>
        public const int MinimumGeneration = 12;

        /// <summary>Offset of the mode: 0 revoked, 1 allowed.</summary>
        public const int Mode = 14;

        /// <summary>Offset of the form: one of the three below.</summary>
        public const int Form = 15;

        /// <summary>Form: the bytes of the window from the first on.</summary>
        public const int Bitmap = 0;

        /// <summary>Form: some bytes of the window.</summary>
        public const int Runs = 1;

        /// <summary>Form: the bits that are set, in mode revoked only: <see cref="ScatteredBits"/>.</summary>
        public const int Scattered = 2;

        /// <summary>Offset of the watermark, u32.</summary>
        public const int Watermark = 16;

        /// <summary>Offset of the generation that the mode belongs to, u16.</summary>
        public const int Generation = 20;

        /// <summary>Offset of the length of the data, u16.</summary>
        public const int DataLength = 22;

        /// <summary>Offset of the data, and shortest body in bytes.</summary>
        public const int Data = 24;

        /// <summary>Bytes of a run before its own: offset u16, count u8.</summary>
        public const int RunHeader = 3;

        /// <summary>True for a full form, false for a delta.</summary>
        public static bool IsFull(byte[] body)
        {
            return Bytes.U32(body, Base) == 0;
        }

        /// <summary>True when the data names every byte of the window, absent ones as 0.</summary>
        public static bool SaysAll(byte[] body)
        {
            return body[Form] == Bitmap || IsFull(body);
        }

        /// <summary>True when length, fields and runs keep to their bounds; says nothing about who made it, nor about what stands behind the k of form 2.</summary>
        public static bool IsWellFormed(byte[] body, int count)
        {
            return count >= Data
                && count <= body.Length
                && Bytes.U16(body, DataLength) == count - Data
                && count - Data <= Limits.WindowBytes
                && body[0] == BlobType.List
                && body[Mode] <= 1
                && (body[Watermark] & 7) == 0
                && Bytes.U32(body, Version) > Bytes.U32(body, Base)
                && HasGoodForm(body, count);
        }

        private static bool HasGoodForm(byte[] body, int count)
        {
            switch (body[Form])
            {
                case Bitmap:
                    return true;
                case Runs:
                    return HasGoodRuns(body, count);
                default:
                    return body[Form] == Scattered && body[Mode] == 0 && count > Data && body[Data] <= ScatteredBits.MaxK;
            }
        }

        private static bool HasGoodRuns(byte[] body, int count)
        {
            int position = Data;
            int free = 0;
            while (position < count)
            {
                if (count - position <= RunHeader)
                {
                    return false;
                }

                int offset = Bytes.U16(body, position);
                int length = body[position + 2];
                position += RunHeader + length;
                if (length == 0 || offset < free || offset + length > Limits.WindowBytes)
                {
                    return false;
                }

                free = offset + length;
            }

            return position == count;
        }
    }
}
