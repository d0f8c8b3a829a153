using System;
using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// The commit record of the key store: one record of 32 bytes per place on flash, all in one slot file. It names the slot
    /// whose window counts, so a window that was written and not yet committed is nothing. Bytes: STORAGE.md, "List states".
    /// </summary>
    public sealed class ListStates
    {
        /// <summary>Index of the record that is being prepared; it is never on flash.</summary>
        public const int Staged = Limits.Scopes;

        /// <summary>Bytes of the content of the slot file.</summary>
        public const int ContentLength = FormatLength + (Limits.Scopes * RecordLength);

        /// <summary>Place of a scope that never had a list.</summary>
        public const int NoPlace = -1;

        private const string FileName = "lists";
        private const byte Format = 1;
        private const int FormatLength = 1;
        private const int RecordLength = 32;
        private const int FlagsOffset = 3;
        private const int VersionOffset = 4;
        private const int WatermarkOffset = 8;
        private const int MinimumGenerationOffset = 12;
        private const int GenerationOffset = 14;
        private const int CrcOffset = 16;
        private const int FlagAllowed = 1;
        private const int FlagSlotB = 2;
        private const int FlagLost = 4;

        private readonly byte[] _image = new byte[ContentLength + RecordLength];
        private readonly SlotFile _file;

        /// <summary>Reads the records; a scope whose record is not there counts as never having had a list.</summary>
        /// <param name="scratch">512 bytes, used within a call only.</param>
        public ListStates(IFiles files, ICrypto crypto, byte[] scratch)
        {
            _file = new SlotFile(files, crypto, FileName, scratch);
            if (_file.Load(_image) != ContentLength || _image[0] != Format)
            {
                Array.Clear(_image, 0, _image.Length);
            }
        }

        /// <summary>Scope of a record; meaningless while <see cref="Version"/> is 0.</summary>
        public int ScopeId(int index)
        {
            return Bytes.U24(_image, At(index));
        }

        /// <summary>List version; 0 = the place is free.</summary>
        public uint Version(int index)
        {
            return Bytes.U32(_image, At(index) + VersionOffset);
        }

        /// <summary>Every key number below this one is dead. A multiple of 8.</summary>
        public uint Watermark(int index)
        {
            return Bytes.U32(_image, At(index) + WatermarkOffset);
        }

        /// <summary>Generations below this one are retired.</summary>
        public int MinimumGeneration(int index)
        {
            return Bytes.U16(_image, At(index) + MinimumGenerationOffset);
        }

        /// <summary>Generation that the mode belongs to.</summary>
        public int Generation(int index)
        {
            return Bytes.U16(_image, At(index) + GenerationOffset);
        }

        /// <summary>Mode: true = allowed, only a set bit opens; false = revoked, a set bit refuses.</summary>
        public bool IsAllowed(int index)
        {
            return (_image[At(index) + FlagsOffset] & FlagAllowed) != 0;
        }

        /// <summary>Slot whose window counts: true = b.</summary>
        public bool IsSlotB(int index)
        {
            return (_image[At(index) + FlagsOffset] & FlagSlotB) != 0;
        }

        /// <summary>True when the list was declared lost and has not come again.</summary>
        public bool IsDeclaredLost(int index)
        {
            return (_image[At(index) + FlagsOffset] & FlagLost) != 0;
        }

        /// <summary>CRC-32 of one 512-byte block of the window.</summary>
        public uint Crc(int index, int block)
        {
            return Bytes.U32(_image, At(index) + CrcOffset + (4 * block));
        }

        /// <summary>The place of a scope; <see cref="NoPlace"/> when it never had a list.</summary>
        public int PlaceOf(int scopeId)
        {
            for (int place = 0; place < Limits.Scopes; place++)
            {
                if (Version(place) != 0 && ScopeId(place) == scopeId)
                {
                    return place;
                }
            }

            return NoPlace;
        }

        /// <summary>A place that no slot uses. While a slot has none, there is one, because there are as many places as slots.</summary>
        /// <param name="places">Place of each slot; negative for none.</param>
        public static int FreePlace(int[] places)
        {
            int used = 0;
            foreach (int taken in places)
            {
                used |= taken < 0 ? 0 : 1 << taken;
            }

            int place = 0;
            while ((used & (1 << place)) != 0)
            {
                place++;
            }

            return place;
        }

        /// <summary>Sets the CRC-32 of one block of the staged record.</summary>
        public void StageCrc(int block, uint crc)
        {
            Bytes.Put32(_image, At(Staged) + CrcOffset + (4 * block), crc);
        }

        /// <summary>Prepares the record that a list leads to. Version and generations never fall below those of the place.</summary>
        /// <param name="place">Place that the record is for, free or of the same scope.</param>
        /// <param name="isNew">True when the place held another scope or none.</param>
        /// <param name="body">A well-formed list body.</param>
        public void Stage(int place, bool isNew, byte[] body)
        {
            int to = At(Staged);
            Bytes.Put24(_image, to, Bytes.U24(body, ListBody.ScopeId));
            _image[to + FlagsOffset] = (byte)((body[ListBody.Mode] == 1 ? FlagAllowed : 0)
                | (IsSlotB(place) ? 0 : FlagSlotB));
            Bytes.Put32(_image, to + VersionOffset, Bytes.U32(body, ListBody.Version));
            uint watermark = Bytes.U32(body, ListBody.Watermark);
            int minimum = Bytes.U16(body, ListBody.MinimumGeneration);
            int generation = Bytes.U16(body, ListBody.Generation);
            if (!isNew)
            {
                watermark = watermark > Watermark(place) ? watermark : Watermark(place);
                minimum = minimum > MinimumGeneration(place) ? minimum : MinimumGeneration(place);
                generation = generation > Generation(place) ? generation : Generation(place);
            }

            Bytes.Put32(_image, to + WatermarkOffset, watermark);
            Bytes.Put16(_image, to + MinimumGenerationOffset, minimum);
            Bytes.Put16(_image, to + GenerationOffset, generation);
        }

        /// <summary>Puts the staged record in force, durably: one flash step.</summary>
        /// <param name="isLost">True when the list does not end a loss that was declared.</param>
        /// <returns>False when it could not be written; the place keeps its old record.</returns>
        public bool Commit(int place, bool isLost)
        {
            byte[] old = Bytes.Part(_image, At(place), RecordLength);
            Array.Copy(_image, At(Staged), _image, At(place), RecordLength);
            _image[At(place) + FlagsOffset] |= (byte)(isLost ? FlagLost : 0);
            if (Save())
            {
                return true;
            }

            Bytes.Put(_image, At(place), old);
            return false;
        }

        /// <summary>Declares every list lost, durably: one flash step. It holds in RAM even when it could not be written.</summary>
        public bool DeclareLost()
        {
            for (int index = 0; index < Limits.Scopes; index++)
            {
                _image[At(index) + FlagsOffset] |= FlagLost;
            }

            return Save();
        }

        /// <summary>Writes the records once more, so that both slots of their file hold them: one flash step.</summary>
        public bool Save()
        {
            _image[0] = Format;
            return _file.Save(_image, 0, ContentLength);
        }

        private static int At(int index)
        {
            return FormatLength + (index * RecordLength);
        }
    }
}
