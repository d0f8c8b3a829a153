using System.Linq;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>The strike and the floor selectors behind it.</summary>
    [TestClass]
    public sealed class VirtualStrikeTests
    {
        private readonly VirtualClock _clock = new();
        private readonly FaultList _faults;
        private readonly VirtualStrike _strike;

        public VirtualStrikeTests()
        {
            _faults = new FaultList(_clock);
            _strike = new VirtualStrike(_clock, _faults);
        }

        [TestMethod]
        public void Pulse_EndsWithNobodyPolling_AtItsExactTime()
        {
            _clock.Advance(7);
            Assert.IsTrue(_strike.Pulse(3000));
            Assert.IsTrue(_strike.IsEnergised);
            _clock.Advance(3_600_000);

            Assert.IsTrue(_strike.IsIdle);
            CollectionAssert.AreEqual(
                new[] { new StrikeEdge(7, true, StrikeCause.Pulse), new StrikeEdge(3007, false, StrikeCause.End) },
                _strike.Edges.ToArray());
            Assert.AreEqual(3000, _strike.TotalOnMs);
        }

        [TestMethod]
        public void Release_EndsThePulse_AndTheOldEndDoesNotTouchTheNextOne()
        {
            _strike.Pulse(1000);
            _clock.Advance(400);
            _strike.Release();
            _strike.Release();
            Assert.IsTrue(_strike.IsIdle);
            Assert.IsTrue(_strike.Pulse(5000));
            _clock.Advance(4999);

            Assert.IsTrue(_strike.IsEnergised);
            Assert.AreEqual(400 + 4999, _strike.TotalOnMs);
            Assert.AreEqual(new StrikeEdge(400, false, StrikeCause.Release), _strike.Edges[1]);
            Assert.HasCount(3, _strike.Edges);
            Assert.AreEqual(2, _strike.Pulses);
        }

        [TestMethod]
        [DataRow(0)]
        [DataRow(-1)]
        [DataRow(29_989)]
        public void PulseOutOfRange_IsRefused(int milliseconds)
        {
            Assert.IsFalse(_strike.Pulse(milliseconds));
            Assert.IsEmpty(_strike.Edges);
        }

        [TestMethod]
        public void LongestPulse_IsPlayed()
        {
            Assert.IsTrue(_strike.Pulse(_strike.MaxPulseMs));
            Assert.AreEqual(29_988, _strike.MaxPulseMs, "143 symbols of 65,534 ticks of 3.2 µs");
            _clock.Advance(29_987);
            Assert.IsTrue(_strike.IsEnergised);
            _clock.Advance(1);
            Assert.IsFalse(_strike.IsEnergised);
        }

        [TestMethod]
        public void SecondPulse_IsRefusedWhileOneIsPlayed()
        {
            _strike.Pulse(1000);
            Assert.IsFalse(_strike.Pulse(1000));
            Assert.AreEqual(1, _strike.OverlapsRefused);
            _clock.Advance(1000);
            Assert.AreEqual(1000, _strike.TotalOnMs);
            Assert.IsTrue(_strike.Pulse(1), "the moment that it ends, it is idle");
        }

        /// <summary>The classic ESP32 ends a pulse early only where a symbol ends: 5 s over 143 symbols are 34.97 ms each.</summary>
        [TestMethod]
        [DataRow(100, 105)]
        [DataRow(104, 105)]
        [DataRow(4999, 5000)]
        public void Release_OnTheClassicEsp32_WaitsForTheEndOfASymbol(int askedMs, int releasedMs)
        {
            _strike.EndsAtSymbol = true;
            _strike.Pulse(5000);
            _clock.Advance(askedMs);
            _strike.Release();
            Assert.AreEqual(releasedMs, _strike.Edges[1].AtMs);
            Assert.AreEqual(releasedMs, _clock.NowMs, "the runtime stood still meanwhile");
        }

        [TestMethod]
        public void BrokenOutput_EnergisesNothing()
        {
            _strike.Refuses = true;
            Assert.IsFalse(_strike.Pulse(1000));
            Assert.IsTrue(_strike.IsIdle);
            Assert.IsEmpty(_strike.Edges);
        }

        [TestMethod]
        public void HangingPeripheral_TakesNoPulse_AndStillEndsTheOneItPlays()
        {
            _strike.Pulse(1000);
            _strike.NeverIdle = true;
            _clock.Advance(1000);
            Assert.IsFalse(_strike.IsEnergised);
            Assert.IsFalse(_strike.IsIdle);
            Assert.IsFalse(_strike.Pulse(1000));
            Assert.HasCount(2, _strike.Edges);
        }

        [TestMethod]
        public void Floors_AreEnabledOnlyBehindAnEnergisedGate()
        {
            var floors = new VirtualFloors(_clock, _strike) { Count = 4 };
            floors.Select(0b1_0110);
            Assert.AreEqual(0b0110, floors.Selected, "a floor that is not wired");
            Assert.AreEqual(0, floors.Enabled);
            _strike.Pulse(500);
            Assert.AreEqual(0b0110, floors.Enabled);
            _clock.Advance(500);
            Assert.AreEqual(0, floors.Enabled);
            floors.Select(0);
            CollectionAssert.AreEqual(new[] { new OutputChange(0, 0b0110), new OutputChange(500, 0) }, floors.Changes.ToArray());
        }

        [TestMethod]
        public void Floors_OfADoor_DoNothing()
        {
            var floors = new VirtualFloors(_clock, _strike);
            floors.Select(0xFF);
            Assert.AreEqual(0, floors.Selected);
        }
    }
}
