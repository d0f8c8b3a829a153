using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;

namespace DoorController.Tests.Scenes
{
    /// <summary>One scope at the key server: which keys are dead since which version of the list. Nothing is ever taken back.</summary>
    internal sealed class SceneScope(int id, bool isAllowedMode)
    {
        private readonly SortedDictionary<uint, uint> _revokedAt = new();
        private readonly SortedDictionary<uint, uint> _listedAt = new();
        private const string NotListed = "not listed";

        private readonly List<(uint Version, uint Watermark, int MinimumGeneration)> _history = [(0, 0, 0)];

        public int Id => id;

        /// <summary>True when only what is listed opens.</summary>
        public bool IsAllowedMode => isAllowedMode;

        /// <summary>Version of the newest list; 0 while there is none.</summary>
        public uint Version { get; private set; }

        public int Generation { get; set; } = 1;

        /// <summary>0 when keys of the one before are refused.</summary>
        public int PreviousGeneration { get; set; }

        public uint PreviousUntil { get; set; }

        public int MinimumGeneration { get; private set; }

        public uint Watermark { get; private set; }

        /// <summary>Number of the next key.</summary>
        public uint NextKey { get; set; } = 1;

        /// <summary>Numbers a new key; in mode allowed that is a new list.</summary>
        public uint Number(uint now)
        {
            while (WhyDead(NextKey, Generation, Version) is string why && why != NotListed)
            {
                NextKey++;
            }

            if (isAllowedMode)
            {
                NewVersion(now);
                _listedAt[NextKey] = Version;
            }

            return NextKey++;
        }

        public void Revoke(uint key, uint now)
        {
            NewVersion(now);
            _revokedAt.TryAdd(key, Version);
        }

        /// <summary>Every key below is dead from now on.</summary>
        public void RaiseWatermark(uint watermark, uint now)
        {
            Watermark = Math.Max(Watermark, watermark / 8 * 8);
            NewVersion(now);
        }

        public void Retire(int generationsBelow, uint now)
        {
            MinimumGeneration = Math.Max(MinimumGeneration, generationsBelow);
            NewVersion(now);
        }

        /// <summary>Why a key is dead for whoever has a version of the list; null when it is not.</summary>
        public string? WhyDead(uint key, int generation, uint version)
        {
            (uint _, uint watermark, int minimum) = _history.Last(h => h.Version <= version);
            return _revokedAt.TryGetValue(key, out uint at) && at <= version ? $"revoked in list {at}"
                : key < watermark ? $"below the watermark {watermark}"
                : generation < minimum ? $"generation {generation} is retired"
                : isAllowedMode && version > 0 && !(_listedAt.TryGetValue(key, out uint since) && since <= version) ? NotListed : null;
        }

        /// <summary>The newest list.</summary>
        /// <param name="baseVersion">0 for the full form.</param>
        /// <param name="isScattered">In form 2, where it can be.</param>
        public byte[] Body(uint baseVersion, bool isScattered)
        {
            ListHeader header = new(id, Version, Generation, MinimumGeneration, Watermark, isAllowedMode);
            if (isAllowedMode)
            {
                return Listed(header, baseVersion);
            }

            uint[] dead = [.. _revokedAt.Keys.Where(k => k >= Watermark)];
            if (isScattered && ListBlob.Scattered(header, baseVersion, [.. dead.Where(k => baseVersion == 0 || _revokedAt[k] > baseVersion).Select(k => (int)(k - Watermark))]) is byte[] bits)
            {
                return bits;
            }

            byte[] bitmap = new byte[Limits.WindowBytes];
            bool[] changed = new bool[bitmap.Length];
            foreach (uint key in dead)
            {
                int bit = (int)(key - Watermark);
                bitmap[bit / 8] |= (byte)(1 << (bit % 8));
                changed[bit / 8] |= _revokedAt[key] > baseVersion;
            }

            return InForm(header, baseVersion, bitmap, changed);
        }

        private byte[] Listed(ListHeader header, uint baseVersion)
        {
            byte[] bitmap = new byte[Limits.WindowBytes];
            bool[] changed = new bool[bitmap.Length];
            foreach ((uint key, uint at) in _listedAt.Where(k => k.Key >= Watermark))
            {
                int bit = (int)(key - Watermark);
                bool isDead = _revokedAt.TryGetValue(key, out uint revokedAt);
                bitmap[bit / 8] |= isDead ? (byte)0 : (byte)(1 << (bit % 8));
                changed[bit / 8] |= at > baseVersion || (isDead && revokedAt > baseVersion);
            }

            return InForm(header, baseVersion, bitmap, changed);
        }

        private static byte[] InForm(ListHeader header, uint baseVersion, byte[] bitmap, bool[] changed) =>
            (baseVersion == 0 ? null : ListBlob.Delta(header, baseVersion, bitmap, changed)) ?? ListBlob.Full(header, bitmap);

        private void NewVersion(uint now)
        {
            Version = Math.Max(Version + 1, now);
            _history.Add((Version, Watermark, MinimumGeneration));
        }
    }
}
