using System;
using System.Collections.Generic;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>
    /// The rule beside the true time: whatever comes in whatever order, held back, swapped or brought twice, the true time is not outside of what the
    /// door knows, as long as the server's clock is right; and nothing that is brought again widens what was known.
    /// </summary>
    [TestClass]
    public sealed class ClockModelTests
    {
        private const int Seeds = 300;
        private const int Steps = 120;
        private const int Day = 86_400;

        [TestMethod]
        public void TheTrueTime_IsInTheInterval_AfterEveryStep()
        {
            for (int seed = 1; seed <= Seeds; seed++)
            {
                Live(seed);
            }
        }

        private static void Live(int seed)
        {
            Random random = new(seed);
            using ClockRig rig = new(random.Next(-100, 101), seed);
            rig.Pass(random.Next(1000));
            List<byte[]> held = [];
            for (int step = 0; step < Steps; step++)
            {
                int what = random.Next(12);
                (uint floor, uint latest, int quality) = rig.Known;
                bool mayWiden = Do(what, rig, random, held);
                string where = $"seed {seed}, step {step}, kind {what}";
                rig.AssertHolds(where);
                Assert.IsTrue(mayWiden || (rig.Time.Floor >= floor && (quality != ClockQuality.Proven || rig.Time.Latest <= latest)), where + ": wider than before");
            }
        }

        /// <returns>True when time passed, the power went, or a reset was taken.</returns>
        private static bool Do(int what, ClockRig rig, Random random, List<byte[]> held)
        {
            switch (what)
            {
                case 0:
                    rig.Pass(random.Next(1, 120_000));
                    return true;
                case 1:
                    rig.Pass(random.Next(1, 6 * 3_600_000));
                    return true;
                case 2:
                    rig.Cut(random.Next(2) == 0 ? random.Next(2000) : random.NextInt64(9L * Day * 1000));
                    rig.Ppm = random.Next(-100, 101);
                    return true;
                case 3:
                    rig.Sync(random.Next(9000), random.Next(9000));
                    return true;
                case 4:
                    held.Add(rig.Token(rig.Challenge()));
                    return false;
                case 5:
                    held.Add(rig.Reset(rig.Challenge()));
                    return false;
                case 6:
                    held.Add(rig.Token([.. BitConverter.GetBytes(random.NextInt64())]));
                    return false;
                case 7:
                    rig.Time.CredentialProven((uint)(rig.ServerTime - random.Next(30 * Day)));
                    return false;
                case 8:
                    rig.Time.CredentialProven(rig.ServerTime);
                    return false;
                case 9:
                    return OfAWrongClock(rig, random);
                default:
                    byte[]? blob = held.Count > 0 ? held[random.Next(held.Count)] : null;
                    return blob != null && rig.Bring(blob) == CarryState.Accepted && blob[0] == BlobType.FloorReset;
            }
        }

        /// <summary>While the time is proven, nothing that another clock made moves it: tokens, answers and credentials from hours ahead or any time ago.</summary>
        private static bool OfAWrongClock(ClockRig rig, Random random)
        {
            if (rig.Time.Quality != ClockQuality.Proven)
            {
                return false;
            }

            long ahead = (long)rig.Time.Latest - rig.ServerTime + random.Next(Limits.ClockStepS + 10, 20 * 365 * Day);
            rig.ServerErrorS = random.Next(3) == 0 ? -random.Next(10 * 365 * Day) : ahead;
            (uint, uint, int) known = rig.Known;
            rig.Bring(rig.Token(new byte[8]));
            rig.Time.CredentialProven(rig.ServerTime);
            if (rig.ServerErrorS > 0)
            {
                rig.Bring(rig.Token(rig.Challenge()));
            }

            Assert.AreEqual(known, rig.Known, "of a wrong clock");
            rig.ServerErrorS = 0;
            return false;
        }
    }
}
