namespace DoorController.Wire
{
    /// <summary>
    /// Reads form 2 of a list, PROTOCOL.md section 6.1: the gaps between bits that are set, in Rice codes. A code is a run of zeros, a one, and k bits more,
    /// low bit first: gap − 1 = zeros · 2^k + the k bits. Every code has a one, so the zeros that fill the last byte are none.
    /// </summary>
    public sealed class ScatteredBits
    {
        /// <summary>What <see cref="Next"/> returns behind the last bit.</summary>
        public const int End = -1;

        /// <summary>What <see cref="Next"/> returns when the data keeps no rule.</summary>
        public const int Malformed = -2;

        /// <summary>Largest k: 2^10 is the gap of 16 keys in a window.</summary>
        public const int MaxK = 10;

        private const int FillBits = 7;

        private readonly byte[] _data;
        private readonly int _end;
        private readonly int _k;
        private int _at;
        private int _rest;
        private int _restBits;
        private int _bit = -1;
        private int _count;

        /// <summary>Reads a list.</summary>
        /// <param name="body">A well-formed body of form 2 and of <paramref name="count"/> bytes; it is read as long as this is.</param>
        public ScatteredBits(byte[] body, int count)
        {
            _data = body;
            _k = body[ListBody.Data];
            _at = ListBody.Data + 1;
            _end = count;
        }

        /// <summary>Key number of bit 0: the watermark of the list.</summary>
        public uint First
        {
            get { return Bytes.U32(_data, ListBody.Watermark); }
        }

        /// <summary>The next bit that is set.</summary>
        /// <returns>0 to 16,383, growing, 1,024 of them at most; then <see cref="End"/>; <see cref="Malformed"/> where a rule is broken.</returns>
        public int Next()
        {
            int zeros = 0;
            while ((_rest & 1) == 0)
            {
                if (_rest == 0)
                {
                    zeros += _restBits;
                    if (_at == _end)
                    {
                        return zeros <= FillBits ? End : Malformed;
                    }

                    _rest = _data[_at++];
                    _restBits = 8;
                }
                else
                {
                    zeros++;
                    _rest >>= 1;
                    _restBits--;
                }
            }

            _rest >>= 1;
            _restBits--;
            int low = Low();
            _bit += (zeros << _k) + low + 1;
            _count++;
            return low >= 0 && _bit < Limits.WindowKeys && _count <= Limits.ScatteredKeys ? _bit : Malformed;
        }

        /// <returns>The k bits behind the one; −1 when the data ends before.</returns>
        private int Low()
        {
            while (_restBits < _k)
            {
                if (_at == _end)
                {
                    return -1;
                }

                _rest |= _data[_at++] << _restBits;
                _restBits += 8;
            }

            int low = _rest & ((1 << _k) - 1);
            _rest >>= _k;
            _restBits -= _k;
            return low;
        }
    }
}
