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
        public void AnyBytes_AreReadToAnEnd_AsSomebodyElseReadsThem()
        {
            int good = 0;
            int tooMany = 0;
            for (int run = 0; run < 20_000; run++)
            {
                byte[] data = new byte[run % 50 == 0 ? _random.Next(1, 600) : _random.Next(1, 40)];
                _random.NextBytes(data);
                data[0] = (byte)_random.Next(ScatteredBits.MaxK + 1);
                byte[] body = [.. ListBlob.Scattered(Header(), 0, [])![..ListBody.Data], .. data];
                Bytes.Put16(body, ListBody.DataLength, data.Length);
                int[] bits = [.. ReadAll(body)];
                ListFields? list = ListFields.Read(body);
                Assert.AreEqual(list is null ? ScatteredBits.Malformed : ScatteredBits.End, bits[^1], Convert.ToHexString(data));
                if (list is not null)
                {
                    CollectionAssert.AreEqual(list.Keys.Select(k => (int)k.Key).ToArray(), bits[..^1], Convert.ToHexString(data));
                }

                good += list is null ? 0 : 1;
                tooMany += bits.Length > Limits.ScatteredKeys ? 1 : 0;
            }

            Assert.IsTrue(good > 1000 && tooMany > 10, good + " good, with too many keys " + tooMany);
        }

        [TestMethod]
        public void AnyBytesBehindATag_SetNoBitUnlessAllOfThemAreGood()
        {
            for (int run = 0; run < 60; run++)
            {
                byte[] body = ListBlob.Scattered(Header(), 0, AnyBits())!;
                body[_random.Next(ListBody.Data, body.Length)] ^= (byte)(1 << _random.Next(8));
                KeyStore store = KeyStoreSteps.Open(new MemoryFiles());
                int outcome = store.BeginList(0, body, body.Length);
                KeyStoreSteps.Finish(store);
                HashSet<uint> keys = [.. ListFields.Read(body)?.Keys.Select(k => k.Key) ?? []];
                Assert.AreEqual(ListFields.Read(body) is null, outcome == ListOutcome.Malformed || store.WasMalformed);
                Assert.IsTrue(Enumerable.Range(0, Limits.WindowKeys).All(b => store.Judge(0, (uint)b) == Verdict.Revoked == keys.Contains((uint)b)));
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
