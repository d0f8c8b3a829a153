using DoorController.Wire;

namespace DoorController.Sync
{
    /// <summary>
    /// The buffer that Carry and Sync take turns with. It is apart from the scratch of the flash steps, because an unlock has to record
    /// itself while a phone is still carrying.
    /// </summary>
    public sealed class TransferBuffer
    {
        private object _owner = new object();
        private bool _isTaken;

        /// <summary>The bytes; only for the one who took them.</summary>
        public byte[] Bytes { get; } = new byte[Limits.TransferBytes];

        /// <summary>Takes the buffer, also again.</summary>
        /// <returns>False while another one has it.</returns>
        public bool TryTake(object owner)
        {
            if (_isTaken && _owner != owner)
            {
                return false;
            }

            _owner = owner;
            _isTaken = true;
            return true;
        }

        /// <summary>Gives it back; harmless for one who does not have it.</summary>
        public void Release(object owner)
        {
            if (_owner == owner)
            {
                _isTaken = false;
            }
        }
    }
}
