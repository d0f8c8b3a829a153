using System.Linq;
using DoorController.Issuer;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>The walk of an unlock from the phone's first read to the end of the pulse.</summary>
    [TestClass]
    public sealed class DoorTests
    {
        [TestMethod]
        public void Key_OpensOnce_AndThePhoneKnowsTheDoor()
        {
            using var rig = new DoorRig();
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] result = rig.Tap(key);
            Assert.AreEqual(Verdict.Granted, (int)result[0]);
            Assert.IsTrue(key.IsFromTheDoor(rig.LastHello, rig.LastUnlock, result));
            Assert.AreEqual(1, rig.Host.Strike.Pulses);
            rig.Run(20000);
            Assert.IsFalse(rig.Host.Strike.IsEnergised);
            Assert.AreEqual(2, rig.Host.Strike.Edges.Count);
            Assert.AreEqual(5000, rig.Host.Strike.TotalOnMs);
            Assert.AreEqual(0, rig.Host.Faults.Count, string.Join("\n", rig.Host.Faults));
        }
    }
}
