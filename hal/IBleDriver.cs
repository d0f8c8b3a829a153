#nullable enable
namespace DoorController.Hal
{
    /// <summary>
    /// What a Bluetooth stack of nanoFramework can do, thinly: <see cref="BlePeripheral"/> holds the rules that keep it alive. No call throws.
    /// </summary>
    public interface IBleDriver
    {
        /// <summary>Creates the attribute table on the first call, then starts stack and advertising. Only with the stack down.</summary>
        /// <param name="name">As in <see cref="IBle.Start"/>.</param>
        /// <param name="events">Called on the radio's own thread, also before this returns.</param>
        /// <returns>False when the stack refused.</returns>
        bool Start(string name, IBleEvents events);

        /// <summary>
        /// Frees the attribute table and ends the stack. A phone that is connected stays so for up to 2 s more, and whatever it reads then is read
        /// from freed memory (PLATFORM.md 1.2). On a stack that is down it frees the table a second time.
        /// </summary>
        void StopAdvertising();

        /// <summary>Ends the stack and leaves the table, about 1 KB that nobody frees. Harmless when the stack is down.</summary>
        void StopStack();

        /// <summary>As in <see cref="IBle.Notify"/>.</summary>
        void Notify(int characteristic, byte[] value);
    }

    /// <summary>What a stack tells, on the radio's own thread. A handler that throws leaves its request without an answer.</summary>
    public interface IBleEvents
    {
        /// <summary>A phone reads one of <see cref="BleCharacteristic"/>.</summary>
        void OnRead(int characteristic, IBleRequest request);

        /// <summary>A phone wrote to one of <see cref="BleCharacteristic"/>.</summary>
        void OnWrite(int characteristic, IBleRequest request);

        /// <summary>A phone connected (true) or is gone (false).</summary>
        void OnSession(bool active);

        /// <summary>The connected phone has negotiated an MTU.</summary>
        void OnMtu(int mtu);
    }

    /// <summary>
    /// One request that waits in the stack for 2 s. Everything but <see cref="Leave"/> looks into the stack's own memory, which is gone when the
    /// 2 s are over: whoever may be too late leaves it (PLATFORM.md 1.4). Answered once, or left.
    /// </summary>
    public interface IBleRequest
    {
        /// <summary>The bytes of a write, in an array of its own.</summary>
        byte[] Take();

        /// <summary>Answers a write with success.</summary>
        void Respond();

        /// <summary>Answers a read with the whole value; the stack cuts out the part that was asked for.</summary>
        /// <param name="value">At most 512 bytes.</param>
        void RespondWithValue(byte[] value);

        /// <summary>Answers either with an ATT error.</summary>
        /// <param name="error">1 to 255.</param>
        void RespondWithError(int error);

        /// <summary>Leaves the request to the stack, which answers it with error 0x0E.</summary>
        void Leave();
    }
}
