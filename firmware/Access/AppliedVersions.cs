using System;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// The highest list version ever applied of each scope, kept apart from the key store, so that a store that lost its lists knows it. It stands in
    /// the time record: firmware/STORAGE.md, "Time record".
    /// </summary>
    public sealed class AppliedVersions
    {
        /// <summary>Bytes in the record: scope id u32 and version u32 for each slot.</summary>
        public const int Length = Limits.Scopes * EntryBytes;

        private const int EntryBytes = 8;

        private readonly byte[] _record;
        private readonly int _start;

        /// <summary>The versions in a record.</summary>
        /// <param name="record">Shared: whoever owns it reads and saves it.</param>
        /// <param name="start">Offset of the first entry.</param>
        public AppliedVersions(byte[] record, int start)
        {
            _record = record;
            _start = start;
        }

        /// <summary>
        /// Says which scope is in which slot, once the bundle is known: a version stays with its scope when the slots change, and is
        /// 0 for a scope that was in none (the bundle's minimum version speaks for it). Durable with the next save; until then a boot
        /// finds the old slots and comes to the same.
        /// </summary>
        /// <param name="scopeIds">The scope id of each slot, at most 5; −1 for an empty slot.</param>
        public void Bind(int[] scopeIds)
        {
            byte[] bound = new byte[Length];
            for (int slot = 0; slot < scopeIds.Length; slot++)
            {
                int to = slot * EntryBytes;
                Bytes.Put32(bound, to, (uint)scopeIds[slot]);
                for (int from = _start; from < _start + Length; from += EntryBytes)
                {
                    if (Bytes.U32(_record, from) == (uint)scopeIds[slot] && Bytes.U32(_record, from + 4) > Bytes.U32(bound, to + 4))
                    {
                        Array.Copy(_record, from, bound, to, EntryBytes);
                    }
                }
            }

            Array.Copy(bound, 0, _record, _start, Length);
        }

        /// <summary>Highest list version that was ever applied for a slot's scope; 0 = none.</summary>
        public uint Highest(int slot)
        {
            return Bytes.U32(_record, VersionAt(slot));
        }

        /// <summary>Sets the version of a slot's scope; durable once the record was saved.</summary>
        public void Put(int slot, uint version)
        {
            Bytes.Put32(_record, VersionAt(slot), version);
        }

        private int VersionAt(int slot)
        {
            return _start + slot * EntryBytes + 4;
        }
    }
}
