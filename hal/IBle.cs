#nullable enable
using DoorController.Sync;
using DoorController.Wire;

namespace DoorController.Hal
{
    /// <summary>
    /// The Bluetooth LE peripheral: one service, one phone at a time. There is no way to throw a phone off but
    /// <see cref="Stop"/>, which ends the whole stack, and no way to know which phone wrote.
    /// </summary>
    public interface IBle
    {
        /// <summary>Creates the service on the first call, then advertises. Calling it while a phone is connected is a fault.</summary>
        /// <param name="name">Advertised name, 1 to 26 ASCII characters (PLATFORM.md 1.2).</param>
        /// <param name="handler">Called on the radio's own thread.</param>
        /// <returns>False when the stack refused; the caller tries again later, after <see cref="Stop"/>.</returns>
        bool Start(string name, IBleHandler handler);

        /// <summary>Ends advertising and the stack; a connected phone is dropped and the handler hears of it.</summary>
        void Stop();

        /// <summary>Bytes of one attribute payload plus 3, as negotiated with the connected phone; 23 before that.</summary>
        int Mtu { get; }

        /// <summary>Tells a subscribed phone that a value changed. May be lost; nothing rests on it.</summary>
        /// <param name="characteristic">One of <see cref="BleCharacteristic"/>.</param>
        /// <param name="value">At most <see cref="Mtu"/> − 3 bytes arrive.</param>
        void Notify(int characteristic, byte[] value);
    }

    /// <summary>The characteristics of the door's service, in the order in which the table of PROTOCOL.md lists them, and those of Device Information.</summary>
    public static class BleCharacteristic
    {
        /// <summary>Read: who the door is and the nonce of the next attempt.</summary>
        public const int Hello = 0;

        /// <summary>Write: an attempt.</summary>
        public const int Unlock = 1;

        /// <summary>Read, notify: what became of the attempt.</summary>
        public const int Result = 2;

        /// <summary>Write, read, notify: news carried for the door, or from it.</summary>
        public const int Carry = 3;

        /// <summary>Read: manufacturer's name, of the Device Information service.</summary>
        public const int Manufacturer = 4;

        /// <summary>Read: firmware revision, of the Device Information service.</summary>
        public const int FirmwareRevision = 5;

        /// <summary>Number of characteristics.</summary>
        public const int Count = 6;
    }

    /// <summary>What the adapter tells the stack after a handler ran.</summary>
    public static class BleAnswer
    {
        /// <summary>Answer with success (and, for a read, the value).</summary>
        public const int Ok = 0;

        /// <summary>Any value from 1 to 255 is answered as that ATT error. This one, "not ready, read again", is ours.</summary>
        public const int NotReady = 0x80;

        /// <summary>ATT error: the queue is full; write again.</summary>
        public const int Busy = 0x81;

        /// <summary>ATT error 13, invalid attribute value length.</summary>
        public const int BadLength = 0x0D;
    }

    /// <summary>
    /// What the firmware does at a radio event. Called on the radio's thread, so each method copies, decides at once and
    /// returns within microseconds; none verifies, writes flash or waits. The adapter answers exactly once with the result.
    /// </summary>
    public interface IBleHandler
    {
        /// <summary>
        /// True when the runtime stood still for so long that the stack may have given up on the request that is about to be looked at: reading it
        /// or answering it would touch freed memory (PLATFORM.md 1.4). The radio is restarted afterwards. Asked before each of the two below.
        /// </summary>
        bool IsLate();

        /// <summary>A phone reads. A long read calls this again for each part and must get the same bytes.</summary>
        /// <param name="characteristic">One of <see cref="BleCharacteristic"/>.</param>
        /// <param name="value">The value, never changed afterwards; null unless the answer is <see cref="BleAnswer.Ok"/>.</param>
        /// <returns>One of <see cref="BleAnswer"/>.</returns>
        int OnRead(int characteristic, out byte[]? value);

        /// <summary>A phone wrote one frame (a long write arrives whole).</summary>
        /// <param name="characteristic">One of <see cref="BleCharacteristic"/>.</param>
        /// <param name="value">The bytes; the handler may keep the array.</param>
        /// <returns>One of <see cref="BleAnswer"/>.</returns>
        int OnWrite(int characteristic, byte[] value);

        /// <summary>A phone connected (true) or is gone (false).</summary>
        void OnSession(bool active);
    }
}
