using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>Form 2 with any keys, and with any bytes.</summary>
    [TestClass]
    public sealed class ScatteredPropertyTests
    {
        private readonly Random _random = new(20261126);

        [TestMethod]
        public void AnyKeysThatAreMadeIntoAList_AreReadFromIt()
        {
            for (int run = 0; run < 300; run++)
            {
                int[] bits = AnyBits();
                byte[] body = ListBlob.Scattered(Header(), 0, bits)!;
                CollectionAssert.AreEqual(bits, ReadAll(body).SkipLast(1).ToArray());
                KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
                KeyStoreSteps.Take(store, body);
                Assert.IsTrue(bits.All(b => store.Judge(0, (uint)b) == Verdict.Revoked));
            }
        }

        [TestMethod]
        public void TheServerSendsTheShortestForm()
        {
            for (int run = 0; run < 30; run++)
            {
                int[] bits = AnyBits();
                byte[] bitmap = new byte[Limits.WindowBytes];
                Array.ForEach(bits, b => bitmap[b / 8] |= (byte)(1 << (b % 8)));
                byte[] full = ListBlob.Full(Header(), bitmap);
                int scattered = ListBlob.Scattered(Header(), 0, bits)!.Length;
                Assert.IsLessThanOrEqualTo(Math.Min(scattered, ListBody.Data + bitmap.AsSpan().TrimEnd((byte)0).Length), full.Length);
                KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
                KeyStoreSteps.Take(store, full);
                Assert.AreEqual(bits.Length, Enumerable.Range(0, Limits.WindowKeys).Count(b => store.Judge(0, (uint)b) == Verdict.Revoked));
            }
        }

        [TestMethod]
        public void AnyBytes_AreReadToAnEnd()
        {
            for (int run = 0; run < 20_000; run++)
            {
                byte[] data = new byte[_random.Next(1, 40)];
                _random.NextBytes(data);
                data[0] = (byte)_random.Next(ScatteredBits.MaxK + 1);
                List<int> bits = [.. ReadAll([.. new byte[ListBody.Data], .. data])];
                Assert.IsTrue(bits[^1] < 0);
                Assert.IsTrue(bits.SkipLast(1).Zip(bits.Skip(1).SkipLast(1), (a, b) => a < b).All(grows => grows));
                if (bits[^1] == ScatteredBits.End)
                {
                    int k = data[0];
                    int length = bits.SkipLast(1).Select((b, i) => ((b - (i == 0 ? -1 : bits[i - 1]) - 1) >> k) + 1 + k).Sum();
                    Assert.AreEqual(data.Length - 1, (length + 7) / 8, "no byte behind the last code: " + Convert.ToHexString(data) + " " + string.Join(',', bits));
                }
            }
        }

        private int[] AnyBits()
        {
            int span = 1 << _random.Next(0, 15);
            int first = _random.Next(Limits.WindowKeys - span + 1);
            return [.. Enumerable.Range(0, _random.Next(Limits.ScatteredKeys + 1)).Select(_ => first + _random.Next(span)).Distinct().Order()];
        }

        private static ListHeader Header() => new(Site.Scope, 10, 1, 0, 0);

        private static IEnumerable<int> ReadAll(byte[] body)
        {
            ScatteredBits bits = new(body, body.Length);
            int bit;
            do
            {
                bit = bits.Next();
                yield return bit;
            }
            while (bit >= 0);
        }
    }
}
