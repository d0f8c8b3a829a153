using DoorController.Hal;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>A console line that picks up noise is closed for a while, and a person never is.</summary>
    [TestClass]
    public class NoiseGateTests
    {
        [TestMethod]
        public void AsMuchAsAPersonTypes_StaysOpen_ForEver()
        {
            NoiseGate gate = new NoiseGate();
            for (int second = 0; second < 100; second++)
            {
                Assert.IsTrue(gate.Take(NoiseGate.MaxBytes, second * 1000L));
                Assert.IsFalse(gate.IsClosed(second * 1000L));
            }
        }

        [TestMethod]
        public void OneByteMoreInASecond_ClosesForAMinute_AndThenItCountsAnew()
        {
            NoiseGate gate = new NoiseGate();
            Assert.IsTrue(gate.Take(NoiseGate.MaxBytes, 5000));
            Assert.IsFalse(gate.Take(1, 5999));
            Assert.IsTrue(gate.IsClosed(5999));
            Assert.IsTrue(gate.IsClosed(65998));
            Assert.IsFalse(gate.IsClosed(65999));
            Assert.IsTrue(gate.Take(NoiseGate.MaxBytes, 65999));
            Assert.IsFalse(gate.Take(1, 66000));
        }
    }
}
