using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Protocol
{
    /// <summary>
    /// PROTOCOL.md section 11 in both directions: the code makes exactly the document's bytes, and the document's bytes alone, read with
    /// nothing but the document's tables and .NET's own cryptography, say what the document says.
    /// </summary>
    [TestClass]
    public sealed class ProtocolVectorsTests
    {
        private static readonly Vectors Document = Vectors.Read("firmware/PROTOCOL.md", "vectors");

        public TestContext TestContext { get; set; } = null!;

        public static IEnumerable<object[]> Cases => VectorCases.All.Select(c => new object[] { c.Name });

        [TestMethod]
        public void Code_MakesTheBytesOfTheDocument()
        {
            List<(string Name, byte[] Value)> made = VectorMaker.Make().ToList();
            foreach ((string name, byte[] value) in made)
            {
                TestContext.WriteLine($"{name} = {Convert.ToHexStringLower(value)}");
            }

            CollectionAssert.AreEqual(made.Select(v => v.Name).ToArray(), Document.Names.ToArray());
            foreach ((string name, byte[] value) in made)
            {
                Assert.AreEqual(Convert.ToHexStringLower(Document.Bytes(name)), Convert.ToHexStringLower(value), name);
            }
        }

        [TestMethod]
        [DynamicData(nameof(Cases))]
        public void Door_AnswersTheDocumentsUnlock_WithTheDocumentsResult(string name)
        {
            VectorCase vector = VectorCases.All.Single(c => c.Name == name);
            var (hello, _, result, verdict, pulses) = VectorMaker.Exchange(vector, Document.Bytes(name + ".unlock"));
            Assert.AreEqual(Hex(name + ".hello"), Convert.ToHexStringLower(hello));
            Assert.AreEqual(Hex(name + ".result"), Convert.ToHexStringLower(result));
            Assert.AreEqual(vector.Verdict == Verdict.BadFragment ? 0 : vector.Verdict, verdict, "the door's own verdict");
            Assert.AreEqual(vector.Verdict, (int)Document.Number(name + ".verdict"));
            Assert.AreEqual(vector.Verdict == Verdict.Granted ? 1 : 0, pulses, "pulses of the strike");
        }

        [TestMethod]
        [DynamicData(nameof(Cases))]
        public void Tags_AreThoseOfTheTables(string name)
        {
            byte[] hello = Document.Bytes(name + ".hello");
            byte[] unlock = Document.Bytes(name + ".unlock");
            byte[] result = Document.Bytes(name + ".result");
            byte[] key = Mac(DoorScopeKey(name), "dc1credk", Document.Bytes(name + ".credential"));
            Assert.AreEqual(Hex(name + ".credential-key"), Convert.ToHexStringLower(key));
            bool isWhole = unlock.Length is 77 or 85 && name is not ("not-proven" or "bad-operation" or "bad-version");
            if (isWhole)
            {
                byte[] tag = Mac(key, "dc1unlck", [(byte)hello.Length, .. hello, (byte)(unlock.Length - 16), .. unlock[..^16]]);
                Assert.AreEqual(Convert.ToHexStringLower(tag[..16]), Convert.ToHexStringLower(unlock[^16..]));
            }

            Assert.AreEqual((int)Document.Number(name + ".verdict") is 1 or 2 or 3 or >= 48 ? 28 : 2, result.Length);
            if (result.Length == 28)
            {
                byte[] tag = Mac(key, "dc1reslt", [(byte)hello.Length, .. hello, (byte)unlock.Length, .. unlock, .. result[..12]]);
                Assert.AreEqual(Convert.ToHexStringLower(tag[..16]), Convert.ToHexStringLower(result[12..]));
            }
        }

        [TestMethod]
        public void Records_AreThoseOfTheTable()
        {
            foreach (VectorCase vector in VectorCases.All)
            {
                byte[] credential = Document.Bytes(vector.Name + ".credential");
                using Aes aes = Aes.Create();
                aes.Key = Mac(ScopeKey(vector.Record), "dc1seals", [])[..16];
                byte[] record = aes.DecryptCbc(credential.AsSpan(20), credential.AsSpan(4, 16), PaddingMode.None);
                CredentialRecord wanted = vector.Record;
                Assert.AreEqual(wanted.ScopeId, credential[0] | (credential[1] << 8) | (credential[2] << 16));
                Assert.AreEqual((byte)wanted.Generation, credential[3]);
                Assert.AreEqual(vector.RecordVersion, record[0]);
                Assert.AreEqual(wanted.IsForFloors ? 1 : 0, record[1]);
                Assert.AreEqual(wanted.Generation, BitConverter.ToUInt16(record, 2));
                Assert.AreEqual(wanted.KeyNumber, BitConverter.ToUInt32(record, 4));
                Assert.AreEqual(wanted.IssuedAt, BitConverter.ToUInt32(record, 8));
                Assert.AreEqual(wanted.NotBefore, BitConverter.ToUInt32(record, 12));
                Assert.AreEqual(wanted.ExpiresAt, BitConverter.ToUInt32(record, 16));
                Assert.AreEqual(wanted.Mask, BitConverter.ToUInt64(record, 20));
                Assert.AreEqual(wanted.ListVersion, BitConverter.ToUInt32(record, 28));
                Assert.AreSequenceEqual(Document.Bytes(vector.Name + ".record"), record);
            }
        }

        [TestMethod]
        public void Fragments_MakeTheFrame_AndTheDoorAnswersThemAsIt()
        {
            byte[][] fragments = [.. Enumerable.Range(0, 5).Select(i => Document.Bytes("fragments." + i))];
            Assert.AreSequenceEqual(Document.Bytes("granted-floors.unlock"), fragments.SelectMany(f => f[2..]));
            for (int i = 0; i < fragments.Length; i++)
            {
                Assert.AreEqual((0x30 | i, 85), (fragments[i][0], fragments[i][1]));
                Assert.HasCount(i < 4 ? 20 : 15, fragments[i]);
            }

            using VectorDoor door = new(Site.Bundle(1), VectorMaker.Nonce, 8);
            Assert.AreEqual(Hex("granted-floors.hello"), Convert.ToHexStringLower(door.Connect()));
            Assert.AreEqual(Hex("granted-floors.result"), Convert.ToHexStringLower(door.Write(fragments)));
        }

        [TestMethod]
        public void HelloOfFiveScopes_HasAVersionForEachSlot()
        {
            byte[] hello = Document.Bytes("five-scopes.hello");
            Assert.HasCount(Hello.LengthWith(5), hello);
            Assert.AreEqual(0b1000, (int)hello[Hello.ListLost], "slot 3 has lost its list");
            CollectionAssert.AreEqual(new[] { 0x0001, 0, 0xABCD, 0, 0 }, Enumerable.Range(0, 5).Select(i => (int)BitConverter.ToUInt16(hello, 27 + (2 * i))).ToArray());
            Assert.AreEqual(5, (int)Document.Bytes("five-scopes.bundle")[70]);
        }

        [TestMethod]
        public void Keys_AreThoseOfTheTable()
        {
            byte[] root = Document.Bytes("site-root");
            byte[] scope = Mac(root, "dc1scope", [0xB2, 0xA1, 0, 1, 0]);
            Assert.AreEqual(Hex("scope-key"), Convert.ToHexStringLower(scope));
            Assert.AreEqual(Hex("door-scope-key"), Convert.ToHexStringLower(Mac(scope, "dc1doors", [1, 0, 0, 0])));
            Assert.AreEqual(Hex("seal-key"), Convert.ToHexStringLower(Mac(scope, "dc1seals", [])[..16]));
            byte[] door = Mac(root, "dc1doork", [1, 0, 0, 0, 1, 0]);
            Assert.AreEqual(Hex("door-key"), Convert.ToHexStringLower(door));
            foreach (string label in Document.Names.Where(n => n.StartsWith("dc1", StringComparison.Ordinal)))
            {
                Assert.AreEqual(Hex(label), Convert.ToHexStringLower(Mac(door, label, [])));
            }

            byte[] list = Document.Bytes("revoked.list");
            byte[] tag = Mac(Document.Bytes("dc1listk"), "dc1listt", [(byte)list.Length, (byte)(list.Length >> 8), .. list]);
            Assert.AreEqual(Hex("list-tag"), Convert.ToHexStringLower(tag[..16]));
        }

        [TestMethod]
        public void EveryVerdict_HasACase()
        {
            int[] all = typeof(Verdict).GetFields().Where(f => f.IsLiteral && f.Name is not (nameof(Verdict.Pending) or nameof(Verdict.GenericRefusal)))
                .Select(f => (int)f.GetRawConstantValue()!).Order().ToArray();
            CollectionAssert.AreEqual(all, VectorCases.All.Select(c => c.Verdict).Distinct().Order().ToArray());
            Assert.AreEqual(all.Length, all.Distinct().Count(), "a number stands for one verdict");
        }

        private static string Hex(string name) => Convert.ToHexStringLower(Document.Bytes(name));

        private static byte[] ScopeKey(CredentialRecord record) => Mac(
            Document.Bytes("site-root"),
            "dc1scope",
            [(byte)record.ScopeId, (byte)(record.ScopeId >> 8), (byte)(record.ScopeId >> 16), (byte)record.Generation, 0]);

        private static byte[] DoorScopeKey(string name) =>
            Mac(ScopeKey(VectorCases.All.Single(c => c.Name == name).Record), "dc1doors", [1, 0, 0, 0]);

        private static byte[] Mac(byte[] key, string label, byte[] data) =>
            HMACSHA256.HashData(key, (byte[])[.. Encoding.ASCII.GetBytes(label), .. data]);
    }
}
