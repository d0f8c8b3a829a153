#nullable enable
namespace DoorController.Wire
{
    /// <summary>Layout of an audit page's plain text: PROTOCOL.md section 6, blob 5.</summary>
    public static class AuditPage
    {
        /// <summary>Offset of the first record in the plain text.</summary>
        public const int Records = 17;

        /// <summary>Bit of the count: nothing before the first record waits at the door, so the server may acknowledge the page whatever it has.</summary>
        public const int FromOldest = 0x80;

        /// <summary>Offset of the records lost to a wrap, u32; the epoch is before it.</summary>
        public const int LostOffset = 4;

        /// <summary>Offset of the chain before the first record, 8 bytes.</summary>
        public const int ChainOffset = 8;

        /// <summary>Offset of the count, u8, with <see cref="FromOldest"/>.</summary>
        public const int CountOffset = 16;
    }
}
