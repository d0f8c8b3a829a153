using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;

namespace DoorController.Tests.Cuts
{
    /// <summary>
    /// Files that lose power in a chosen write and leave it in a chosen shape. Worse than littlefs, which leaves a file old or new;
    /// quick enough for a million operations.
    /// </summary>
    internal sealed class TornFiles : IFiles
    {
        private readonly Dictionary<string, byte[]> _contents = new();

        /// <summary>Writes until power goes; 0 = it stays.</summary>
        public int CutAt { get; set; }

        /// <summary>How the cut write lands.</summary>
        public TornShape CutShape { get; set; }

        /// <summary>Bytes of it that land, where the shape asks for a number.</summary>
        public int CutLength { get; set; }

        /// <summary>File of the cut write, when all of it landed; else empty.</summary>
        public string LandedWhole { get; private set; } = "";

        /// <summary>Writes that fail from now on as on a full disk.</summary>
        public int Failures { get; set; }

        /// <summary>Length of the content of each write.</summary>
        public List<int> Lengths { get; } = new();

        /// <summary>The same files, apart from these.</summary>
        public TornFiles Copy()
        {
            TornFiles copy = new();
            foreach ((string name, byte[] content) in _contents)
            {
                copy._contents[name] = (byte[])content.Clone();
            }

            return copy;
        }

        public byte[]? Content(string name) => _contents.GetValueOrDefault(name);

        public int Length(string name) => _contents.TryGetValue(name, out byte[]? content) ? content.Length : -1;

        public int Read(string name, int position, byte[] buffer, int offset, int count)
        {
            if (!_contents.TryGetValue(name, out byte[]? content))
            {
                return -1;
            }

            int length = Math.Clamp(content.Length - position, 0, count);
            Array.Copy(content, Math.Min(position, content.Length), buffer, offset, length);
            return length;
        }

        public bool Write(string name, int position, byte[] buffer, int offset, int count)
        {
            byte[] old = _contents.GetValueOrDefault(name, Array.Empty<byte>());
            byte[] content = new byte[Math.Max(old.Length, position + count)];
            old.CopyTo(content, 0);
            Array.Copy(buffer, offset, content, position, count);
            return Land(name, content);
        }

        public bool Replace(string name, byte[] buffer, int offset, int count) => Land(name, buffer[offset..(offset + count)]);

        public bool Delete(string name) => _contents.Remove(name) || true;

        public string[] List() => _contents.Keys.ToArray();

        private bool Land(string name, byte[] content)
        {
            Lengths.Add(content.Length);
            if (Failures > 0)
            {
                Failures--;
                return false;
            }

            if (CutAt == 0 || --CutAt > 0)
            {
                _contents[name] = content;
                return true;
            }

            Tear(name, content);
            LandedWhole = _contents.TryGetValue(name, out byte[]? landed) && landed.AsSpan().SequenceEqual(content) ? name : "";
            throw new PowerLostException();
        }

        private void Tear(string name, byte[] content)
        {
            byte[] old = _contents.GetValueOrDefault(name, Array.Empty<byte>());
            int length = Math.Min(CutLength, content.Length);
            byte[] landed = content[..length];
            switch (CutShape)
            {
                case TornShape.Nothing:
                    return;
                case TornShape.Whole:
                    landed = content;
                    break;
                case TornShape.Mixed:
                    landed = [.. landed, .. old.AsSpan(Math.Min(length, old.Length))];
                    break;
                case TornShape.Garbage:
                    landed = [.. landed, .. content[length..].Select((value, i) => (byte)(value ^ ((i % 255) + 1)))];
                    break;
                case TornShape.Empty:
                    landed = Array.Empty<byte>();
                    break;
            }

            _contents[name] = landed;
        }
    }
}
