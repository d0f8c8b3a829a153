#nullable enable
using System;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// The windows on flash, 2,048 bytes in each of two slots per place, and the one working copy in RAM in which the next window
    /// is made. Bit number of a key: its number mod 16,384, so raising the watermark moves nothing.
    /// </summary>
    public sealed class KeyWindow
    {
        /// <summary>A lookup reads one block of so many bytes, which has a CRC-32 of its own.</summary>
        public const int BlockBytes = 512;

        /// <summary>Blocks of a window.</summary>
        public const int Blocks = Limits.WindowBytes / BlockBytes;

        private const int Mask = Limits.WindowBytes - 1;

        private readonly IFiles _files;
        private readonly ICrypto _crypto;
        private readonly ListStates _states;
        private readonly byte[] _block;
        private readonly byte[] _working = new byte[Limits.WindowBytes];
        private ScatteredBits? _bits;

        /// <summary>Reads nothing yet.</summary>
        /// <param name="states">Has the CRC of each block.</param>
        /// <param name="block">At least 512 bytes, used within a call and for what <see cref="ReadBlock"/> leaves there.</param>
        public KeyWindow(IFiles files, ICrypto crypto, ListStates states, byte[] block)
        {
            _files = files;
            _crypto = crypto;
            _states = states;
            _block = block;
        }

        /// <summary>Finds the bit of a key.</summary>
        /// <returns>1 set, 0 clear; −1 when its block is damaged in both slots.</returns>
        public int Bit(int place, uint keyNumber)
        {
            int at = (int)(keyNumber >> 3) & Mask;
            int index = at / BlockBytes;
            bool isB = _states.IsSlotB(place);
            if (!ReadBlock(place, isB, place, index) && !ReadBlock(place, !isB, place, index))
            {
                return -1;
            }

            return (_block[at & (BlockBytes - 1)] >> (int)(keyNumber & 7)) & 1;
        }

        /// <summary>Reads one block of one slot.</summary>
        /// <param name="record">Record whose CRC it must match: the place's own, or the staged one.</param>
        /// <returns>True when it is there and its CRC is right. A block of an older window that never changed is right as well.</returns>
        public bool ReadBlock(int place, bool isB, int record, int index)
        {
            return _files.Read(SlotName(place, isB), index * BlockBytes, _block, 0, BlockBytes) == BlockBytes
                && _crypto.Crc32(_block, 0, BlockBytes) == _states.Crc(record, index);
        }

        /// <summary>True when every block of one slot matches a record.</summary>
        public bool IsGood(int place, bool isB, int record)
        {
            for (int index = 0; index < Blocks; index++)
            {
                if (!ReadBlock(place, isB, record, index))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>Makes the working copy the window in force, each block from the slot where it is good.</summary>
        /// <returns>False when a block is damaged in both slots; it is all zeros then.</returns>
        public bool Load(int place)
        {
            bool isWhole = true;
            bool isB = _states.IsSlotB(place);
            for (int index = 0; index < Blocks; index++)
            {
                if (ReadBlock(place, isB, place, index) || ReadBlock(place, !isB, place, index))
                {
                    Array.Copy(_block, 0, _working, index * BlockBytes, BlockBytes);
                }
                else
                {
                    Array.Clear(_working, index * BlockBytes, BlockBytes);
                    isWhole = false;
                }
            }

            return isWhole;
        }

        /// <summary>Empties the working copy.</summary>
        public void Clear()
        {
            Array.Clear(_working, 0, Limits.WindowBytes);
        }

        /// <summary>Clears the bits of the keys that die when the watermark rises, for the keys that enter the window at its top.</summary>
        public void RaiseWatermark(uint from, uint to)
        {
            uint count = (to - from) >> 3;
            if (count >= Limits.WindowBytes)
            {
                Clear();
                return;
            }

            int first = (int)(from >> 3) & Mask;
            int tail = Limits.WindowBytes - first;
            int piece = (int)count < tail ? (int)count : tail;
            Array.Clear(_working, first, piece);
            Array.Clear(_working, 0, (int)count - piece);
        }

        /// <summary>Begins to bring the data of a list into the working copy: OR-ed in mode revoked, replaced in mode allowed.</summary>
        /// <param name="body">A well-formed list body of <paramref name="count"/> bytes; it may be overwritten after this returns.</param>
        /// <param name="watermark">Watermark of the working copy, at or above that of the list.</param>
        /// <returns>False for form 2: <see cref="ReadOn"/> follows.</returns>
        public bool Begin(byte[] body, int count, uint watermark)
        {
            if (body[ListBody.Form] == ListBody.Scattered)
            {
                // A copy: the buffer it came in is another session's before the last key is read, and only these bytes are under the tag.
                _bits = new ScatteredBits(Bytes.Part(body, 0, count), count);
                return false;
            }

            _bits = null;
            ReadBytes(body, count, watermark);
            return true;
        }

        /// <summary>Goes on with the keys of form 2, for a bounded while.</summary>
        /// <param name="watermark">As for <see cref="Begin"/>.</param>
        /// <returns><see cref="ScatteredBits.End"/>, or <see cref="ScatteredBits.Malformed"/> when the working copy is spoilt; anything else: call again.</returns>
        public int ReadOn(uint watermark)
        {
            int bit = 0;
            for (int i = 0; i < Limits.ScatteredKeysOfAStep && bit >= 0; i++)
            {
                bit = _bits!.Next();
                uint key = _bits.First + (uint)bit;
                if (bit >= 0 && key >= watermark)
                {
                    _working[(int)(key >> 3) & Mask] |= (byte)(1 << (int)(key & 7));
                }
            }

            _bits = bit < 0 ? null : _bits;
            return bit;
        }

        private void ReadBytes(byte[] body, int count, uint watermark)
        {
            uint first = Bytes.U32(body, ListBody.Watermark);
            uint dead = (watermark - first) >> 3;
            int skip = dead < Limits.WindowBytes ? (int)dead : Limits.WindowBytes;
            int position = ListBody.Data;
            if (body[ListBody.Form] == ListBody.Bitmap)
            {
                Merge(body, position, (int)(first >> 3), 0, count - position, skip);
                return;
            }

            while (position < count)
            {
                int length = body[position + 2];
                Merge(body, position + ListBody.RunHeader, (int)(first >> 3), Bytes.U16(body, position), length, skip);
                position += ListBody.RunHeader + length;
            }
        }

        /// <summary>Writes the working copy into one slot: one flash step.</summary>
        public bool Write(int place, bool isB)
        {
            return _files.Replace(SlotName(place, isB), _working, 0, Limits.WindowBytes);
        }

        /// <summary>Looks at both slots of a place, and writes the one again that does not hold what it should. Uses the working copy.</summary>
        /// <param name="isRefused">Flash did not take it.</param>
        /// <returns>False when a block is good in neither slot.</returns>
        public bool Mend(int place, out bool isRefused)
        {
            bool isB = _states.IsSlotB(place);
            bool isGood = IsGood(place, isB, place);
            bool isOtherGood = IsGood(place, !isB, place);
            isRefused = false;
            if (isGood && isOtherGood)
            {
                return true;
            }

            bool isWhole = Load(place);
            isRefused = isWhole && isGood != isOtherGood && !Write(place, isGood ? !isB : isB);
            return isWhole;
        }

        /// <summary>Puts the CRCs of the working copy into the staged record.</summary>
        public void StageCrcs()
        {
            for (int index = 0; index < Blocks; index++)
            {
                _states.StageCrc(index, _crypto.Crc32(_working, index * BlockBytes, BlockBytes));
            }
        }

        private void Merge(byte[] body, int from, int first, int offset, int count, int skip)
        {
            int end = offset + count;
            int at = offset > skip ? offset : skip;
            from += at - offset;
            while (at < end)
            {
                int to = (first + at) & Mask;
                int piece = end - at < Limits.WindowBytes - to ? end - at : Limits.WindowBytes - to;
                if (body[ListBody.Mode] == 1)
                {
                    Array.Copy(body, from, _working, to, piece);
                }
                else
                {
                    for (int i = 0; i < piece; i++)
                    {
                        _working[to + i] |= body[from + i];
                    }
                }

                at += piece;
                from += piece;
            }
        }

        private static string SlotName(int place, bool isB)
        {
            return "win" + place.ToString() + (isB ? ".b" : ".a");
        }
    }
}
