using System;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Tests.Fuzz
{
    /// <summary>Makes new inputs of old ones. One that had an answer which none before it had is kept and changed further: that is all the guidance there is.</summary>
    internal sealed class Mutator(IReadOnlyList<byte[]> corpus, Random random)
    {
        private const int MostKept = 2000;
        private const int MostBytes = 4200;
        private static readonly byte[] Telling = [0, 1, 0x7F, 0x80, 0xFE, 0xFF];
        private readonly List<byte[]> _kept = [.. corpus];
        private readonly HashSet<string> _answers = [];

        /// <summary>Different answers so far.</summary>
        public int Answers => _answers.Count;

        public byte[] Next()
        {
            List<byte> bytes = [.. Any()];
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                Change(bytes);
            }

            return [.. bytes.Take(MostBytes)];
        }

        public void Answered(byte[] input, string answer)
        {
            if (_answers.Add(answer) && _kept.Count < MostKept)
            {
                _kept.Add(input);
            }
        }

        private byte[] Any() => _kept[random.Next(_kept.Count)];

        private void Change(List<byte> bytes)
        {
            int at = random.Next(bytes.Count + 1);
            int left = bytes.Count - at;
            switch (random.Next(8))
            {
                case 0 when left > 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when left > 0:
                    bytes[at] = Telling[random.Next(Telling.Length)];
                    break;
                case 2 when left > 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(left + 1));
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(left, random.Next(1, 9)));
                    break;
                case 5:
                    byte[] more = new byte[random.Next(1, 17)];
                    random.NextBytes(more);
                    bytes.InsertRange(at, more);
                    break;
                case 6:
                    byte[] other = Any();
                    int from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..(from + random.Next(other.Length - from + 1))]);
                    break;
                default:
                    bytes.AddRange(bytes[at..(at + (left / 2))]);
                    break;
            }
        }
    }
}
