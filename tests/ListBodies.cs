using DoorController.Wire;

namespace DoorController.Tests
{
    /// <summary>List bodies for tests, byte by byte as PROTOCOL.md section 6.1 has them.</summary>
    public static class ListBodies
    {
        /// <summary>The scope that the lists of tests are for, unless they say another.</summary>
        public const int Scope = 0x00A1B2;

        /// <summary>A list without data.</summary>
        public static byte[] Empty(uint version, uint watermark)
        {
            return Full(version, watermark, new byte[0]);
        }

        /// <summary>A full form in mode revoked as a bitmap.</summary>
        public static byte[] Full(uint version, uint watermark, byte[] bitmap)
        {
            byte[] body = new byte[ListBody.Data + bitmap.Length];
            body[0] = BlobType.List;
            Bytes.Put24(body, ListBody.ScopeId, Scope);
            Bytes.Put32(body, ListBody.Version, version);
            Bytes.Put32(body, ListBody.Watermark, watermark);
            Bytes.Put16(body, ListBody.DataLength, bitmap.Length);
            Bytes.Put(body, ListBody.Data, bitmap);
            return body;
        }

        /// <summary>A full form in mode revoked with the bits of some keys set; all keys lie in the window.</summary>
        public static byte[] Revoking(uint version, uint watermark, params uint[] keys)
        {
            byte[] bitmap = new byte[Limits.WindowBytes];
            foreach (uint key in keys)
            {
                bitmap[(key - watermark) >> 3] |= (byte)(1 << (int)(key & 7));
            }

            return Full(version, watermark, bitmap);
        }

        /// <summary>A delta in mode revoked that sets the bit of one key.</summary>
        public static byte[] Delta(uint version, uint baseVersion, uint watermark, uint key)
        {
            byte[] run = new byte[ListBody.RunHeader + 1];
            Bytes.Put16(run, 0, (int)((key - watermark) >> 3));
            run[2] = 1;
            run[3] = (byte)(1 << (int)(key & 7));
            byte[] body = Full(version, watermark, run);
            Bytes.Put32(body, ListBody.Base, baseVersion);
            body[ListBody.Form] = 1;
            return body;
        }

        /// <summary>The same list for another scope.</summary>
        public static byte[] ForScope(int scopeId, byte[] body)
        {
            Bytes.Put24(body, ListBody.ScopeId, scopeId);
            return body;
        }

        /// <summary>The same list in mode allowed, from a generation on.</summary>
        public static byte[] Allowing(byte[] body, int generation)
        {
            body[ListBody.Mode] = 1;
            Bytes.Put16(body, ListBody.Generation, generation);
            return body;
        }

        /// <summary>The same list with a minimum generation.</summary>
        public static byte[] OfMinimumGeneration(byte[] body, int generation)
        {
            Bytes.Put16(body, ListBody.MinimumGeneration, generation);
            return body;
        }

        /// <summary>The same list in mode revoked, from a generation on.</summary>
        public static byte[] OfGeneration(byte[] body, int generation)
        {
            Bytes.Put16(body, ListBody.Generation, generation);
            return body;
        }
    }
}
