namespace DoorController.Wire
{
    /// <summary>Layout of a bundle: PROTOCOL.md section 6, blob 9.</summary>
    public static class BundleForm
    {
        /// <summary>Bytes of a bundle without scopes.</summary>
        public const int HeaderLength = 71;

        /// <summary>Bytes of a scope entry.</summary>
        public const int ScopeLength = 113;

        /// <summary>Longest bundle in bytes.</summary>
        public const int MaxLength = HeaderLength + Limits.Scopes * ScopeLength;

        /// <summary>Offset of the bundle version.</summary>
        public const int VersionOffset = 1;

        /// <summary>Offset of the door id.</summary>
        public const int DoorIdOffset = 5;

        /// <summary>Offset of the length of the name, u8; the name is behind it.</summary>
        public const int NameOffset = 43;
        /// <summary>Offset in a scope entry: its present generation, u16, and the keys of it.</summary>
        public const int Present = 9;
        /// <summary>Checks every field of a bundle.</summary>
        public static bool IsBundle(byte[] data, int offset, int count)
        {
            if (count < HeaderLength || data[offset] != BlobType.Bundle || Bytes.U16(data, offset + 9) == 0)
            {
                return false;
            }

            int scopes = data[offset + HeaderLength - 1];
            return scopes <= Limits.Scopes && count == HeaderLength + scopes * ScopeLength && HasGoodName(data, offset + NameOffset)
                && HasGoodScopes(data, offset + HeaderLength, scopes);
        }

        private static bool HasGoodName(byte[] data, int at)
        {
            int length = data[at];
            bool good = length >= 1 && length <= Limits.NameBytes && Bytes.AllZero(data, at + 1 + length, Limits.NameBytes - length);
            for (int i = 1; good && i <= length; i++)
            {
                good = data[at + i] >= 0x20 && data[at + i] <= 0x7E;
            }

            return good;
        }

        private static bool HasGoodScopes(byte[] data, int first, int scopes)
        {
            bool good = true;
            for (int slot = 0; good && slot < scopes; slot++)
            {
                int entry = first + slot * ScopeLength;
                good = data[entry + 3] < Limits.DoorsInScope && data[entry + 4] <= 1 && Bytes.U16(data, entry + Present) != 0;
                for (int other = first; good && other < entry; other += ScopeLength)
                {
                    good = Bytes.U24(data, other) != Bytes.U24(data, entry);
                }
            }

            return good;
        }
    }
}
