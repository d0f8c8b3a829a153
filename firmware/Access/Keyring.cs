using System.Text;
using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// The keys of this door, as its bundle holds them (PROTOCOL.md section 6, blob 9): door key, and for each scope the door-scope
    /// key and seal key of the present generation and of the one before it until its deadline. Kept as the bytes of the bundle.
    /// </summary>
    public sealed class Keyring
    {
        private const int Previous = 59;
        private const int PreviousKeys = 65;

        private readonly ICrypto _crypto;
        private readonly SlotFile _file;
        private byte[] _bundle = new byte[0];

        /// <summary>Reads the keys from flash; <see cref="HasKeys"/> tells whether there were any.</summary>
        public Keyring(ICrypto crypto, SlotFile file)
        {
            _crypto = crypto;
            _file = file;
            byte[] stored = new byte[BundleForm.MaxLength];
            int count = file.Load(stored);
            if (count > 0 && BundleForm.IsBundle(stored, 0, count))
            {
                Hold(stored, 0, count);
            }
        }

        /// <summary>False when there is no readable bundle: nothing can be authenticated and only the cable helps.</summary>
        public bool HasKeys
        {
            get { return _bundle.Length > 0; }
        }

        /// <summary>Version of the bundle; 0 without keys.</summary>
        public uint Version
        {
            get { return HasKeys ? Bytes.U32(_bundle, BundleForm.VersionOffset) : 0; }
        }

        /// <summary>The door's id; 0 without keys.</summary>
        public uint DoorId
        {
            get { return HasKeys ? Bytes.U32(_bundle, BundleForm.DoorIdOffset) : 0; }
        }

        /// <summary>Generation of the door key, 0 to 65,535.</summary>
        public int Generation
        {
            get { return HasKeys ? Bytes.U16(_bundle, 9) : 0; }
        }

        /// <summary>The name that is advertised, 1 to 26 characters.</summary>
        public string Name { get; private set; } = "DOOR-NO-KEYS";

        /// <summary>Scopes of this door, 0 to 5.</summary>
        public int ScopeCount
        {
            get { return HasKeys ? _bundle[BundleForm.HeaderLength - 1] : 0; }
        }

        /// <summary>Id of the scope in a slot, 24 bits.</summary>
        public int ScopeId(int slot)
        {
            return Bytes.U24(_bundle, Entry(slot));
        }

        /// <summary>This door's index in the scope of a slot, 0 to 63.</summary>
        public int DoorIndex(int slot)
        {
            return _bundle[Entry(slot) + 3];
        }

        /// <summary>True when only listed keys of the scope open (mode allowed).</summary>
        public bool IsAllowedMode(int slot)
        {
            return _bundle[Entry(slot) + 4] == 1;
        }

        /// <summary>An older list than this one does not end "list lost".</summary>
        public uint MinimumListVersion(int slot)
        {
            return Bytes.U32(_bundle, Entry(slot) + 5);
        }

        /// <summary>BundleForm.Present generation of the scope in a slot.</summary>
        public int ScopeGeneration(int slot)
        {
            return Bytes.U16(_bundle, Entry(slot) + BundleForm.Present);
        }

        /// <summary>Slot of a scope; −1 when this door does not belong to it.</summary>
        public int FindScope(int scopeId)
        {
            int slot = ScopeCount - 1;
            while (slot >= 0 && ScopeId(slot) != scopeId)
            {
                slot--;
            }

            return slot;
        }

        /// <summary>Finds the generation that a credential's clear byte names, the present one first.</summary>
        /// <param name="generationLow">Low byte of the generation.</param>
        /// <param name="floor">Time floor: a previous generation is refused from its deadline on.</param>
        /// <returns>Offset of its keys for <see cref="DoorScopeKey"/> and <see cref="SealKey"/>; −1 when none is held.</returns>
        public int FindGeneration(int slot, int generationLow, uint floor)
        {
            int entry = Entry(slot);
            if (_bundle[entry + BundleForm.Present] == generationLow)
            {
                return entry + BundleForm.Present + 2;
            }

            return floor < Deadline(slot, generationLow) ? entry + PreviousKeys : -1;
        }

        /// <summary>Deadline of the previous generation, Unix time in s, when the low byte names that one; else 0.</summary>
        public uint Deadline(int slot, int generationLow)
        {
            int entry = Entry(slot);
            bool named = Bytes.U16(_bundle, entry + Previous) != 0 && _bundle[entry + Previous] == generationLow;
            return named ? Bytes.U32(_bundle, entry + Previous + 2) : 0;
        }

        /// <summary>Generation whose keys stand at an offset that <see cref="FindGeneration"/> returned.</summary>
        public int GenerationAt(int slot, int keys)
        {
            int entry = Entry(slot);
            return Bytes.U16(_bundle, entry + (keys == entry + PreviousKeys ? Previous : BundleForm.Present));
        }

        /// <summary>Door-scope key, 32 bytes, at an offset that <see cref="FindGeneration"/> returned.</summary>
        public byte[] DoorScopeKey(int keys)
        {
            return Bytes.Part(_bundle, keys, Keys.Length);
        }

        /// <summary>Seal key, 16 bytes, at an offset that <see cref="FindGeneration"/> returned.</summary>
        public byte[] SealKey(int keys)
        {
            return Bytes.Part(_bundle, keys + Keys.Length, Keys.AesLength);
        }

        /// <summary>A sub-key of the door key, 32 bytes, made anew each time so that it does not lie in memory.</summary>
        /// <param name="label">One of the labels of <see cref="Keys"/>.</param>
        public byte[] SubKey(string label)
        {
            return Keys.SubKey(_crypto, Bytes.Part(_bundle, 11, Keys.Length), label);
        }

        /// <summary>
        /// Takes another bundle and makes it durable. By cable (<paramref name="anyVersion"/>) it replaces whatever there was; by any other
        /// way it must be for this door, with a higher version and no lower generation.
        /// </summary>
        /// <returns>False, and nothing changed, when it is refused or flash failed.</returns>
        public bool Replace(byte[] data, int offset, int count, bool anyVersion)
        {
            bool isTaken = anyVersion ? BundleForm.IsBundle(data, offset, count) : IsNewer(data, offset, count);
            if (!isTaken || !_file.Save(data, offset, count))
            {
                return false;
            }

            Hold(data, offset, count);
            return true;
        }

        /// <summary>True for a good bundle of this very door with a higher version and no lower generation.</summary>
        public bool IsNewer(byte[] data, int offset, int count)
        {
            return BundleForm.IsBundle(data, offset, count) && Bytes.U32(data, offset + BundleForm.VersionOffset) > Version
                && Bytes.U32(data, offset + BundleForm.DoorIdOffset) == DoorId && Bytes.U16(data, offset + 9) >= Generation;
        }

        /// <summary>The name becomes text once: the main loop asks for it in every pass, and the device's Encoding allocates at each call.</summary>
        private void Hold(byte[] data, int offset, int count)
        {
            _bundle = Bytes.Part(data, offset, count);
            Name = Encoding.UTF8.GetString(_bundle, BundleForm.NameOffset + 1, _bundle[BundleForm.NameOffset]);
        }

        private static int Entry(int slot)
        {
            return BundleForm.HeaderLength + slot * BundleForm.ScopeLength;
        }
    }
}
