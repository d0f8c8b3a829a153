using System;

namespace DoorController.Hal.Host
{
    /// <summary>One read or write of a phone. It is over at once, unless the door leaves the phone waiting.</summary>
    public sealed class AttOperation
    {
        /// <summary>True when the phone has its answer, or has lost the link.</summary>
        public bool IsDone { get; private set; }

        /// <summary>0, an ATT error, or one of <see cref="AttError"/>; valid when done.</summary>
        public int Error { get; private set; }

        /// <summary>True when done without an error.</summary>
        public bool IsOk => IsDone && Error == AttError.None;

        /// <summary>The value that was read; empty after a write or an error.</summary>
        public byte[] Value { get; private set; } = Array.Empty<byte>();

        internal void Finish(int error, byte[] value)
        {
            if (!IsDone)
            {
                IsDone = true;
                Error = error;
                Value = value;
            }
        }
    }
}
