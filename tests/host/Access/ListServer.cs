using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Tests.Access
{
    /// <summary>The server of one scope, as far as a random test needs it: what it knows, and the bodies it makes of that.</summary>
    internal sealed class ListServer
    {
        private readonly Random _random;
        private readonly Dictionary<uint, byte> _bytes = new();
        private readonly Dictionary<uint, uint> _changedAt = new();

        public ListServer(int scopeId, Random random)
        {
            ScopeId = scopeId;
            _random = random;
        }

        public int ScopeId { get; }

        public uint Version { get; private set; } = 1;

        public uint Watermark { get; private set; }

        public bool IsAllowed { get; private set; }

        public int Generation { get; private set; } = 1;

        public int MinimumGeneration { get; private set; }

        /// <summary>Sets or clears a few keys, now and then raises the watermark or begins a generation, and makes a version of it.</summary>
        public void Change()
        {
            Version += (uint)_random.Next(1, 5);
            int dice = _random.Next(200);
            if (dice == 0)
            {
                BeginGeneration();
            }
            else if (dice < 6)
            {
                RaiseWatermark((uint)_random.Next(1, 100) * 8);
            }
            else if (dice == 6)
            {
                RaiseWatermark((uint)_random.Next(1, 5000) * 8);
            }

            for (int i = _random.Next(1, 12); i > 0; i--)
            {
                Flip(Watermark + (uint)_random.Next(16384));
            }
        }

        /// <summary>The bytes that changed since a version.</summary>
        public byte[] Delta(uint since)
        {
            uint[] changed = _changedAt.Where(pair => pair.Value > since).Select(pair => pair.Key).Order().ToArray();
            List<byte> data = new();
            for (int i = 0; i < changed.Length;)
            {
                int count = 1;
                while (count < 255 && i + count < changed.Length && changed[i + count] == changed[i] + count)
                {
                    count++;
                }

                uint offset = changed[i] - (Watermark / 8);
                data.Add((byte)offset);
                data.Add((byte)(offset >> 8));
                data.Add((byte)count);
                data.AddRange(changed.Skip(i).Take(count).Select(index => _bytes.GetValueOrDefault(index)));
                i += count;
            }

            return data.Count > 2048 ? Full(since) : Body(since, 1, data.ToArray());
        }

        /// <summary>Every byte, as a bitmap; with a base it is a delta that names them all.</summary>
        public byte[] Full(uint since = 0)
        {
            byte[] bitmap = new byte[2048];
            foreach ((uint index, byte value) in _bytes)
            {
                bitmap[index - (Watermark / 8)] = value;
            }

            int length = 2048;
            while (length > 0 && bitmap[length - 1] == 0)
            {
                length--;
            }

            return Body(since, 0, bitmap[..length]);
        }

        /// <summary>The keys that are set, as gaps; null in mode allowed, or when they are too many. Bit by bit, and not always with the best k.</summary>
        public byte[]? Scattered(uint since)
        {
            uint[] keys = [.. _bytes.Where(p => _changedAt[p.Key] > since).SelectMany(p => Enumerable.Range(0, 8)
                .Where(i => (p.Value & (1 << i)) != 0).Select(i => (p.Key * 8) + (uint)i)).Order()];
            if (IsAllowed || keys.Length > 1024)
            {
                return null;
            }

            int k = _random.Next(3, 11);
            List<bool> bits = new();
            uint before = Watermark - 1;
            foreach (uint key in keys)
            {
                uint gap = key - before - 1;
                bits.AddRange(Enumerable.Repeat(false, (int)(gap >> k)));
                bits.Add(true);
                bits.AddRange(Enumerable.Range(0, k).Select(i => ((gap >> i) & 1) != 0));
                before = key;
            }

            byte[] data = [(byte)k, .. bits.Chunk(8).Select(c => (byte)c.Select((b, i) => b ? 1 << i : 0).Sum())];
            return data.Length > 2048 ? null : Body(since, 2, data);
        }

        /// <summary>What a server says that was restored from an old backup: anything, under a newer version.</summary>
        public byte[] Rogue()
        {
            Version += (uint)_random.Next(1, 5);
            byte[] bitmap = new byte[_random.Next(2049)];
            for (int i = _random.Next(20); i > 0 && bitmap.Length > 0; i--)
            {
                bitmap[_random.Next(bitmap.Length)] = (byte)_random.Next(256);
            }

            byte[] body = Body(0, 0, bitmap);
            long watermark = Math.Max(0, (Watermark / 8) + _random.Next(-3000, 300)) * 8;
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(16), (uint)watermark);
            BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(12), (ushort)_random.Next(3));
            return body;
        }

        /// <summary>The server learns how far a door is.</summary>
        public void Overtake(uint version, uint watermark)
        {
            Version = Math.Max(Version, version);
            RaiseWatermark(Math.Max(Watermark, watermark) - Watermark);
        }

        private void BeginGeneration()
        {
            Generation++;
            MinimumGeneration = Generation - 1;
            if (_random.Next(2) == 0)
            {
                IsAllowed = !IsAllowed;
                _bytes.Clear();
                _changedAt.Clear();
            }
        }

        private void RaiseWatermark(uint by)
        {
            Watermark += by;
            foreach (uint index in _changedAt.Keys.Where(index => index < Watermark / 8).ToArray())
            {
                _changedAt.Remove(index);
                _bytes.Remove(index);
            }
        }

        private void Flip(uint key)
        {
            byte value = _bytes.GetValueOrDefault(key / 8);
            byte bit = (byte)(1 << (int)(key % 8));
            _bytes[key / 8] = IsAllowed ? (byte)(value ^ bit) : (byte)(value | bit);
            _changedAt[key / 8] = Version;
        }

        private byte[] Body(uint since, byte form, byte[] data)
        {
            byte[] body = new byte[24 + data.Length];
            BinaryPrimitives.WriteInt32LittleEndian(body, 1 | (ScopeId << 8));
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(4), Version);
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(8), since);
            BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(12), (ushort)MinimumGeneration);
            body[14] = IsAllowed ? (byte)1 : (byte)0;
            body[15] = form;
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(16), Watermark);
            BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(20), (ushort)Generation);
            BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(22), (ushort)data.Length);
            data.CopyTo(body, 24);
            return body;
        }
    }
}
