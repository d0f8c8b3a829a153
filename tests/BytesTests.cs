using DoorController.Diagnostics;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>Bytes and numbers, and the comparison that takes as long whatever differs.</summary>
    [TestClass]
    public class BytesTests
    {
        [TestMethod]
        public void NumbersAreLittleEndian()
        {
            byte[] data = new byte[12];
            Bytes.Put16(data, 0, 0x1234);
            Bytes.Put24(data, 2, 0x56789A);
            Bytes.Put32(data, 5, 0xFEDCBA98);
            Assert.AreEqual(0x34, (int)data[0]);
            Assert.AreEqual(0x9A, (int)data[2]);
            Assert.AreEqual(0x98, (int)data[5]);
            Assert.AreEqual(0x1234, Bytes.U16(data, 0));
            Assert.AreEqual(0x56789A, Bytes.U24(data, 2));
            Assert.AreEqual(0xFEDCBA98u, Bytes.U32(data, 5));
        }

        [TestMethod]
        public void EveryDifferentBitIsSeen()
        {
            byte[] one = new byte[18];
            byte[] other = new byte[18];
            Assert.IsTrue(Bytes.SameInConstantTime(one, 1, other, 2, 16));
            for (int bit = 0; bit < 128; bit++)
            {
                other[2 + bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.IsFalse(Bytes.SameInConstantTime(one, 1, other, 2, 16));
                other[2 + bit / 8] = 0;
            }
        }

        [TestMethod]
        [DataRow("0", true, 0u)]
        [DataRow("4294967295", true, 4294967295u)]
        [DataRow("4294967296", false, 0u)]
        [DataRow("99999999999999999999", false, 0u)]
        [DataRow("", false, 0u)]
        [DataRow("-1", false, 0u)]
        [DataRow("1x", false, 0u)]
        public void NumbersOfTheConsoleAreReadOrRefused(string text, bool isNumber, uint value)
        {
            Assert.AreEqual(isNumber, LineText.TryNumber(text, out uint read));
            if (isNumber)
            {
                Assert.AreEqual(value, read);
            }
        }
    }
}
