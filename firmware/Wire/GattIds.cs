using DoorController.Sync;

namespace DoorController.Wire
{
    /// <summary>The UUIDs of PROTOCOL.md section 2, fixed for good.</summary>
    public static class GattIds
    {
        /// <summary>The primary service.</summary>
        public const string Service = "6d3f0000-8c1e-4b7a-9f52-d0a1c4e7b830";

        /// <summary>Hello: read.</summary>
        public const string Hello = "6d3f0001-8c1e-4b7a-9f52-d0a1c4e7b830";

        /// <summary>Unlock: write.</summary>
        public const string Unlock = "6d3f0002-8c1e-4b7a-9f52-d0a1c4e7b830";

        /// <summary>Result: read, notify.</summary>
        public const string Result = "6d3f0003-8c1e-4b7a-9f52-d0a1c4e7b830";

        /// <summary>Carry: write, read, notify.</summary>
        public const string Carry = "6d3f0004-8c1e-4b7a-9f52-d0a1c4e7b830";
    }
}
