#nullable enable
using DoorController.Wire;

namespace DoorController.Radio
{
    /// <summary>
    /// The last Unlock of the present session that proved a credential, and its Result. A phone that never learned whether its write arrived
    /// writes the same bytes again: their Hello is used up by then, and *no hello* would stand where the grant stood.
    /// </summary>
    public sealed class AnsweredFrame
    {
        private int _session = -1;
        private byte[]? _frame;
        private byte[]? _result;

        /// <summary>Keeps the Result of a frame.</summary>
        public void Keep(byte[] frame, byte[] result, int session)
        {
            _frame = frame;
            _result = result;
            _session = session;
        }

        /// <summary>The Result of these bytes, if they were the last that proved something in this session; else null.</summary>
        public byte[]? Find(byte[] frame, int session)
        {
            bool isIt = session == _session && _frame!.Length == frame.Length
                && Bytes.SameInConstantTime(_frame, 0, frame, 0, frame.Length);
            return isIt ? _result : null;
        }
    }
}
