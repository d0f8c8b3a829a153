using System;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// One read or write that waits in the stack for its one answer, like nanoFramework's GattReadRequest and GattWriteRequest.
    /// The stack forgives nothing: a second or a late answer, or a late look into a write, runs into memory that is gone (PLATFORM.md 1.4).
    /// </summary>
    public sealed class RadioRequest : IBleRequest
    {
        /// <summary>In place of an answer that is no ATT error.</summary>
        internal const int NoError = -1;

        private readonly GattServer _server;
        private readonly byte[]? _written;

        internal RadioRequest(GattServer server, int characteristic, byte[]? written, int offset, Action<int, byte[]> finish)
        {
            _server = server;
            Characteristic = characteristic;
            _written = written;
            Offset = offset;
            Finish = finish;
        }

        /// <summary>One of <see cref="BleCharacteristic"/>.</summary>
        public int Characteristic { get; }

        /// <summary>True for a write, false for a read.</summary>
        public bool IsWrite => _written != null;

        /// <summary>True when the adapter said that it will not answer.</summary>
        public bool IsLeft { get; private set; }

        /// <summary>First byte of a long read's part. Managed code never learns it (PLATFORM.md 1.1), so the adapter cannot either.</summary>
        internal int Offset { get; }

        /// <summary>True from the stack's answer, or from the phone's loss, whoever gave it.</summary>
        internal bool IsOver { get; set; }

        /// <summary>True once the adapter has answered.</summary>
        internal bool IsAnswered { get; set; }

        /// <summary>True once the adapter was called with it.</summary>
        internal bool IsDelivered { get; set; }

        /// <summary>Takes ATT error and value to the phone.</summary>
        internal Action<int, byte[]> Finish { get; }

        /// <inheritdoc/>
        public byte[] Take()
        {
            _server.Look(this);
            return _written ?? throw new InvalidOperationException("This request is a read.");
        }

        /// <inheritdoc/>
        public void Respond() => _server.Answer(this, isWriteAnswer: true, AttError.None, Array.Empty<byte>());

        /// <inheritdoc/>
        public void RespondWithValue(byte[] value) => _server.Answer(this, isWriteAnswer: false, AttError.None, value);

        /// <inheritdoc/>
        public void RespondWithError(int error)
        {
            _server.Answer(this, IsWrite, error >= 1 && error <= 255 ? error : NoError, Array.Empty<byte>());
        }

        /// <summary>What was asked for, in words.</summary>
        public override string ToString() => (IsWrite ? "a write to" : "a read of") + " characteristic " + Characteristic;

        /// <inheritdoc/>
        public void Leave() => IsLeft = true;
    }

    /// <summary>ATT errors that the stack itself gives, and what a phone sees when the link ends.</summary>
    public static class AttError
    {
        /// <summary>Success.</summary>
        public const int None = 0;

        /// <summary>The characteristic cannot be read.</summary>
        public const int ReadNotPermitted = 0x02;

        /// <summary>The characteristic cannot be written.</summary>
        public const int WriteNotPermitted = 0x03;

        /// <summary>A part was asked for that begins behind the end of the value.</summary>
        public const int InvalidOffset = 0x07;

        /// <summary>A long write exceeds 512 bytes.</summary>
        public const int InvalidLength = 0x0D;

        /// <summary>Unlikely error: nobody answered in time, or the stack is broken.</summary>
        public const int Unlikely = 0x0E;

        /// <summary>No ATT error: there is no link, or it ended before the answer.</summary>
        public const int Disconnected = 0x100;
    }
}
