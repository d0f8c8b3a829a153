using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Fuzz
{
    /// <summary>A few inputs of each reader; .ci/run tries each for 10 s.</summary>
    [TestClass]
    public sealed class FuzzTests
    {
        private const int Inputs = 400;

        public static IEnumerable<object[]> Names => FuzzTargets.All().Select(t => new object[] { t.Name });

        [TestMethod]
        [DynamicData(nameof(Names))]
        public void Each_reader_takes_or_refuses_what_nobody_meant(string name)
        {
            (int inputs, int answers) = FuzzCommand.Try(FuzzTargets.All().Single(t => t.Name == name), 1, i => i < Inputs);
            Assert.AreEqual(Inputs, inputs);
            Assert.IsGreaterThan(1, answers, "every input had the same answer: nothing was read");
        }

        [TestMethod]
        public void A_reader_that_breaks_is_told_with_the_input_that_did_it()
        {
            FuzzTarget fragile = new("fragile", ["good"u8.ToArray()], () => b => b.Contains((byte)0xFF) ? throw new ArgumentException("no") : $"{b.Length}");
            FuzzException e = Assert.ThrowsExactly<FuzzException>(() => FuzzCommand.Try(fragile, 1, i => i < 100_000));
            StringAssert.StartsWith(e.Message, "fragile: ArgumentException: no\n  input ");
            StringAssert.Contains(e.Message, "FF");
        }
    }
}
