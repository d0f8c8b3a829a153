namespace DoorController.Wire
{
    /// <summary>Layout of Hello: PROTOCOL.md section 3.</summary>
    public static class Hello
    {
        /// <summary>Version of the protocol that this firmware speaks.</summary>
        public const int Version = 1;

        /// <summary>Offset of the door id, 4 bytes.</summary>
        public const int DoorId = 1;

        /// <summary>Offset of the nonce.</summary>
        public const int Nonce = 5;

        /// <summary>Bytes of the nonce.</summary>
        public const int NonceLength = 16;

        /// <summary>Offset of the time floor, 4 bytes.</summary>
        public const int Floor = 21;

        /// <summary>Offset of the flags.</summary>
        public const int Flags = 25;

        /// <summary>Offset of the list-lost bits, one a slot.</summary>
        public const int ListLost = 26;

        /// <summary>Offset of the list versions, 2 bytes a slot.</summary>
        public const int ListVersions = 27;

        /// <summary>Mask of the clock quality in the flags.</summary>
        public const int ClockQualityMask = 3;

        /// <summary>Flag: a whole frame fits one write.</summary>
        public const int WholeFrame = 4;

        /// <summary>Flag: the door has no keys.</summary>
        public const int KeysLost = 8;

        /// <summary>Flag: audit records wait to be carried.</summary>
        public const int AuditWaiting = 16;

        /// <summary>Flag: an elevator car; the operation is floors.</summary>
        public const int ElevatorCar = 32;

        /// <summary>Bytes of a Hello with this many scopes.</summary>
        public static int LengthWith(int scopes)
        {
            return ListVersions + 2 * scopes;
        }
    }
}
