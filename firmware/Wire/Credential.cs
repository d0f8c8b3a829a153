using DoorController.Hal;

namespace DoorController.Wire
{
    /// <summary>The credential of PROTOCOL.md section 4 and the record sealed inside it.</summary>
    public sealed class Credential
    {
        /// <summary>Bytes of a credential.</summary>
        public const int Length = 52;

        /// <summary>Offset of the IV.</summary>
        public const int Iv = 4;

        /// <summary>Offset of the sealed record.</summary>
        public const int Sealed = 20;

        /// <summary>Bytes of the record.</summary>
        public const int RecordLength = 32;

        /// <summary>Version of the record that this firmware knows.</summary>
        public const int RecordVersion = 1;

        /// <summary>Flag of the record: the mask names floors.</summary>
        public const int FlagFloors = 1;

        private readonly byte[] _record;

        private Credential(byte[] record)
        {
            _record = record;
        }

        /// <summary>Opens a credential that was proven. Never call it before: the record is only as true as the tag.</summary>
        /// <param name="sealKey">16 bytes.</param>
        /// <param name="frame">Holds the 52 bytes at <paramref name="offset"/>.</param>
        public static Credential Open(ICrypto crypto, byte[] sealKey, byte[] frame, int offset)
        {
            byte[] iv = Bytes.Part(frame, offset + Iv, Keys.AesLength);
            return new Credential(crypto.Decrypt(sealKey, iv, Bytes.Part(frame, offset + Sealed, RecordLength)));
        }

        /// <summary>True when version and flags are known to this firmware.</summary>
        public bool IsSupported
        {
            get { return _record[0] == RecordVersion && (_record[1] & ~FlagFloors) == 0; }
        }

        /// <summary>True when <see cref="Mask"/> names floors, else door indexes.</summary>
        public bool IsForFloors
        {
            get { return (_record[1] & FlagFloors) != 0; }
        }

        /// <summary>Generation of the scope, 0 to 65,535.</summary>
        public int Generation
        {
            get { return Bytes.U16(_record, 2); }
        }

        /// <summary>Key number: grows for ever within the scope.</summary>
        public uint KeyNumber
        {
            get { return Bytes.U32(_record, 4); }
        }

        /// <summary>When the server made it, Unix seconds.</summary>
        public uint IssuedAt
        {
            get { return Bytes.U32(_record, 8); }
        }

        /// <summary>First second of its life, Unix seconds.</summary>
        public uint NotBefore
        {
            get { return Bytes.U32(_record, 12); }
        }

        /// <summary>First second after its life, Unix seconds.</summary>
        public uint ExpiresAt
        {
            get { return Bytes.U32(_record, 16); }
        }

        /// <summary>Bit i is floor i, or the door with index i.</summary>
        public ulong Mask
        {
            get { return Bytes.U64(_record, 20); }
        }

        /// <summary>List version of the scope when it was made: tells the door how far behind it is.</summary>
        public uint ListVersion
        {
            get { return Bytes.U32(_record, 28); }
        }
    }
}
