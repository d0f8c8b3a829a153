using System;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Support
{
    /// <summary>The reader of worked vectors: what it takes, and what it must not pass over.</summary>
    [TestClass]
    public sealed class VectorsTests
    {
        private const string Document = """
            # Title
            ```vectors-other
            a = 00
            ```
            ```vectors
            # a comment
            a = 01 02
              0a0B
            name = "DOOR 1 = two"

            n = e803
            ```
            a = 99
            """;

        [TestMethod]
        public void ABlock_IsReadInOrder_AndNothingOutsideIt()
        {
            Vectors vectors = Vectors.Parse(Document, "vectors");
            CollectionAssert.AreEqual(new[] { "a", "name", "n" }, vectors.Names.ToArray());
            CollectionAssert.AreEqual(new byte[] { 1, 2, 10, 11 }, vectors.Bytes("a"));
            Assert.AreEqual("DOOR 1 = two", vectors.Text("name"));
            Assert.AreEqual(1000ul, vectors.Number("n"));
        }

        [TestMethod]
        [DataRow("```v\na = 1\na = 2\n```")]
        [DataRow("```v\nno value\n```")]
        [DataRow("```v\n = 1\n```")]
        [DataRow("```v\na = 1\n```\n```v\nb = 1\n```")]
        [DataRow("```v\na = 1")]
        [DataRow("```w\na = 1\n```")]
        public void ABlockThatIsNoBlock_IsRefused(string document) =>
            Assert.ThrowsExactly<FormatException>(() => Vectors.Parse(document, "v"));

        [TestMethod]
        public void AValueOfTheWrongKind_IsRefused()
        {
            Vectors vectors = Vectors.Parse(Document, "vectors");
            Assert.ThrowsExactly<FormatException>(() => vectors.Bytes("name"));
            Assert.ThrowsExactly<FormatException>(() => vectors.Text("a"));
            Assert.ThrowsExactly<FormatException>(() => vectors.Bytes("missing"));
        }

        [TestMethod]
        public void FilesAreFoundFromTheRootOfTheRepository() =>
            Assert.ThrowsExactly<FormatException>(() => Vectors.Read("firmware/PROTOCOL.md", "no such block"));
    }
}
