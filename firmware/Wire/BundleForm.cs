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

            int name = data[offset + NameOffset];
            int scopes = data[offset + HeaderLength - 1];
            bool good = scopes <= Limits.Scopes && count == HeaderLength + scopes * ScopeLength
                && name >= 1 && name <= Limits.NameBytes
                && Bytes.AllZero(data, offset + NameOffset + 1 + name, Limits.NameBytes - name);
            for (int i = 0; good && i < name; i++)
            {
                byte letter = data[offset + NameOffset + 1 + i];
                good = letter >= 0x20 && letter <= 0x7E;
            }

            for (int slot = 0; good && slot < scopes; slot++)
            {
                int entry = offset + HeaderLength + slot * ScopeLength;
                good = data[entry + 3] < Limits.DoorsInScope && data[entry + 4] <= 1 && Bytes.U16(data, entry + Present) != 0;
                for (int other = offset + HeaderLength; good && other < entry; other += ScopeLength)
                {
                    good = Bytes.U24(data, other) != Bytes.U24(data, entry);
                }
            }

            return good;
        }
    }
}
