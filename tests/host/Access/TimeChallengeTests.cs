using System.Linq;
using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>When challenges are made, and for how long they are known.</summary>
    [TestClass]
    public sealed class TimeChallengeTests
    {
        private const long HourMs = 3_600_000;

        private readonly TimeChallenge _challenge = new(new SeededRandom(1));

        [TestMethod]
        public void AChallenge_IsMadeWhenItIsHandedOut_AndHandedOutForThreeHours()
        {
            byte[] first = HandOut(5999);
            CollectionAssert.AreEqual(first, HandOut(5000 + (3 * HourMs)));
            byte[] second = HandOut(6001 + (3 * HourMs));
            CollectionAssert.AreNotEqual(first, second);
            Assert.AreEqual((5000L, 6000 + (3 * HourMs)), (_challenge.MadeMs(first, 0), _challenge.MadeMs(second, 0)), "its age counts from the second in which it was made");
        }

        [TestMethod]
        public void BeforeTheFirstIsHandedOut_NoBytesAreAChallenge()
        {
            Assert.AreEqual(-1, _challenge.MadeMs(new byte[8], 0));
            _challenge.Renew(0, 0);
            Assert.AreEqual(-1, _challenge.MadeMs(new byte[8], 0), "nor are the places of the ring that are free");
        }

        [TestMethod]
        public void HandedOutWithoutPause_EachIsKnownForADay_AndNoNinthIsKept()
        {
            long every = (3 * HourMs) + 1000;
            byte[][] all = [.. Enumerable.Range(0, 9).Select(i => HandOut(i * every))];
            Assert.AreEqual(-1, _challenge.MadeMs(all[0], 0));
            Assert.IsTrue(8 * every > Limits.TimeTokenMs, "by then its answers were too old");
            CollectionAssert.AreEqual(Enumerable.Range(1, 8).Select(i => i * every).ToArray(), all[1..].Select(c => _challenge.MadeMs(c, 0)).ToArray());
        }

        [TestMethod]
        public void OnceTheyEnded_NoneIsKnown_AndAnotherIsHandedOut()
        {
            byte[] first = HandOut(0);
            _challenge.End();
            Assert.AreEqual(-1, _challenge.MadeMs(first, 0));
            CollectionAssert.AreNotEqual(first, HandOut(1));
            Assert.AreEqual(-1, _challenge.MadeMs(first, 0));
        }

        private byte[] HandOut(long nowMs)
        {
            byte[] copy = new byte[Keys.ChallengeLength];
            _challenge.CopyTo(copy, 0, nowMs);
            return copy;
        }
    }
}
