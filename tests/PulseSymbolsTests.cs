using DoorController.Hal;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>The symbols of a pulse, as the RMT plays them.</summary>
    [TestClass]
    public class PulseSymbolsTests
    {
        [TestMethod]
        [DataRow(2, 64, 26633)]
        [DataRow(3, 48, 29988)]
        public void EveryPulse_FitsWithItsEndMarker_AndIsSpreadEvenly(int blocks, int blockSymbols, int longest)
        {
            PulseSymbols symbols = new PulseSymbols(blocks, blockSymbols);
            Assert.AreEqual(longest, symbols.MaxPulseMs);
            int[] lengths = { 1, 2, 3, 10, 209, 999, 1000, 5000, 19000, longest - 1, longest };
            foreach (int milliseconds in lengths)
            {
                byte[] bytes = symbols.Make(milliseconds);
                Assert.AreEqual((blocks * blockSymbols - 1) * 4, bytes.Length, "one symbol is left for the end marker");
                int ticks = 0;
                int shortest = int.MaxValue;
                int most = 0;
                for (int i = 0; i < bytes.Length; i += 4)
                {
                    int first = Duration(bytes, i);
                    int second = Duration(bytes, i + 2);
                    int both = first + second;
                    ticks += both;
                    shortest = both < shortest ? both : shortest;
                    most = both > most ? both : most;
                }

                Assert.AreEqual((int)(milliseconds * 3125L / 10), ticks, milliseconds.ToString());
                Assert.IsTrue(most - shortest <= 1, "an early release waits for one symbol");
            }
        }

        /// <summary>A shorter pulse leaves nothing of the longer one before it.</summary>
        [TestMethod]
        public void PulseAfterALongerOne_IsItsOwn()
        {
            PulseSymbols used = new PulseSymbols(3, 48);
            used.Make(20000);
            byte[] again = used.Make(500);
            byte[] fresh = new PulseSymbols(3, 48).Make(500);
            for (int i = 0; i < fresh.Length; i++)
            {
                Assert.AreEqual((int)fresh[i], (int)again[i]);
            }
        }

        private static int Duration(byte[] bytes, int at)
        {
            int duration = bytes[at] | ((bytes[at + 1] & 0x7F) << 8);
            Assert.AreEqual(0x80, bytes[at + 1] & 0x80, "HIGH");
            Assert.AreNotEqual(0, duration, "a duration of 0 ends a transmission");
            return duration;
        }
    }
}
