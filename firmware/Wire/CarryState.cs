namespace DoorController.Wire
{
    /// <summary>The states of PROTOCOL.md section 7, as a phone reads them. Numbers are never reused.</summary>
    public static class CarryState
    {
        /// <summary>Nothing is under way.</summary>
        public const int Idle = 0;

        /// <summary>Bytes of a blob are coming in.</summary>
        public const int Receiving = 1;

        /// <summary>A blob is judged or stored.</summary>
        public const int Judging = 2;

        /// <summary>A list, key update, time token or floor reset is taken, and durable.</summary>
        public const int Accepted = 3;

        /// <summary>Its tag is wrong, it is not for this door, or its form is bad.</summary>
        public const int Refused = 4;

        /// <summary>Broken off: a frame was lost or flash failed; begin again.</summary>
        public const int Broken = 5;

        /// <summary>The buffer is in use.</summary>
        public const int Busy = 6;

        /// <summary>Old, or already there.</summary>
        public const int NothingNew = 7;

        /// <summary>A delta whose base is not there.</summary>
        public const int BaseMissing = 8;

        /// <summary>An audit page can be read in slices.</summary>
        public const int PageReady = 9;

        /// <summary>No credential was proven in this session.</summary>
        public const int NotAllowed = 10;

        /// <summary>An acknowledgement is taken. A power cut may forget it: the records are then offered again.</summary>
        public const int Taken = 11;
    }
}
