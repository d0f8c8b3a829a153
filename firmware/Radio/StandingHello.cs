#nullable enable
namespace DoorController.Radio
{
    /// <summary>
    /// The Hello that stands, and who has read it. A long read comes in parts that know no offset, so all of them must be of one Hello, and it
    /// is not replaced in between. <see cref="RadioLink"/> guards it: nothing here locks.
    /// </summary>
    internal sealed class StandingHello
    {
        private byte[]? _bytes;
        private bool _isStale;
        private long _readMs;
        private long _partReadMs;

        /// <summary>The bytes; null when none stands.</summary>
        public byte[]? Value
        {
            get { return _bytes; }
        }

        /// <summary>True when one stands and was read.</summary>
        public bool WasRead { get; private set; }

        /// <summary>True when another one should be made: none stands, or it is old or behind the news and nobody reads on.</summary>
        /// <param name="isUsed">A frame waits, which answers the one that stands.</param>
        public bool IsDue(bool isUsed, long nowMs)
        {
            bool old = WasRead && (_isStale || nowMs - _readMs > Limits.HelloMs);
            return _bytes == null || (old && !isUsed && nowMs - _partReadMs > Limits.HelloPartsMs);
        }

        /// <summary>Another one stands from here on. The array is never changed afterwards.</summary>
        public void Put(byte[] value)
        {
            _bytes = value;
            _isStale = false;
            WasRead = false;
        }

        /// <summary>None stands: its nonce was used, or its session is over.</summary>
        public void Drop()
        {
            _bytes = null;
            WasRead = false;
        }

        /// <summary>What it says is no longer so.</summary>
        public void Renew()
        {
            _isStale = true;
            if (!WasRead)
            {
                _bytes = null;
            }
        }

        /// <summary>A phone reads it, or the next part of it.</summary>
        public byte[]? Read(long nowMs)
        {
            _partReadMs = nowMs;
            if (_bytes != null && !WasRead)
            {
                WasRead = true;
                _readMs = nowMs;
            }

            return _bytes;
        }
    }
}
