using System;
using System.Collections.Generic;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>Time on the host.</summary>
    [TestClass]
    public sealed class VirtualClockTests
    {
        [TestMethod]
        public void BoardsTime_FallsBackToZeroAfter497Days_AndTheWorldsDoesNot()
        {
            var clock = new VirtualClock();
            clock.Advance(4_294_967_296L * 10 - 1);
            Assert.AreEqual(42_949_672_959L, clock.NowMs);
            clock.Advance(1);
            Assert.AreEqual(0, clock.NowMs);
            Assert.AreEqual(42_949_672_960L, clock.WorldMs);
        }

        [TestMethod]
        public void Alarms_RunAtTheirExactTime_InTheirOrder()
        {
            var clock = new VirtualClock();
            var log = new List<string>();
            clock.After(20, () => log.Add("late " + clock.NowMs));
            clock.After(10, () => log.Add("first " + clock.NowMs));
            clock.After(10, () => log.Add("second " + clock.NowMs));
            clock.After(31, () => log.Add("not yet"));

            clock.Advance(30);

            CollectionAssert.AreEqual(new[] { "first 10", "second 10", "late 20" }, log);
            Assert.AreEqual(30, clock.NowMs);
        }

        [TestMethod]
        public void Alarm_MaySetOthers_AndMoveTimeOn()
        {
            var clock = new VirtualClock();
            var log = new List<long>();
            clock.After(10, () =>
            {
                clock.After(5, () => log.Add(clock.NowMs));
                clock.Advance(100);
            });
            clock.After(40, () => log.Add(clock.NowMs));

            clock.Advance(50);

            CollectionAssert.AreEqual(new long[] { 15, 40 }, log);
            Assert.AreEqual(110, clock.NowMs, "time never goes back");
        }

        [TestMethod]
        public void CancelledAlarm_StaysSilent()
        {
            var clock = new VirtualClock();
            ClockAlarm alarm = clock.After(10, () => Assert.Fail("was cancelled"));
            alarm.Cancel();
            clock.Advance(20);
            alarm.Cancel();
        }

        [TestMethod]
        public void Restart_BringsTheBoardBackToZero_AndTheWorldGoesOn()
        {
            var clock = new VirtualClock();
            bool hasRung = false;
            clock.After(150, () => hasRung = true);
            clock.Advance(100);
            clock.Restart();
            Assert.AreEqual(0, clock.NowMs);
            clock.Advance(50);
            Assert.AreEqual(50, clock.NowMs);
            Assert.AreEqual(150, clock.WorldMs);
            Assert.IsTrue(hasRung);
        }

        [TestMethod]
        public void NegativeTime_IsRefused()
        {
            var clock = new VirtualClock();
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => clock.Advance(-1));
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => clock.After(-1, () => { }));
            Assert.AreEqual(0, clock.NowMs);
        }

        [TestMethod]
        public void DeskClock_FollowsRealTime_AndKeepsItsJumps()
        {
            var time = new HandTime();
            var desk = new DeskClock(new VirtualClock(), time);
            desk.CatchUp();
            Assert.AreEqual(0, desk.Clock.NowMs);

            time.Pass(TimeSpan.FromMilliseconds(70.9));
            desk.CatchUp();
            Assert.AreEqual(70, desk.Clock.NowMs);

            desk.Clock.Advance(1000);
            time.Pass(TimeSpan.FromMilliseconds(0.2));
            desk.CatchUp();
            Assert.AreEqual(1071, desk.Clock.NowMs, "parts of a millisecond add up");
        }

        private sealed class HandTime : TimeProvider
        {
            private long _ticks;

            public override long TimestampFrequency => TimeSpan.TicksPerSecond;

            public override long GetTimestamp() => _ticks;

            public void Pass(TimeSpan time) => _ticks += time.Ticks;
        }
    }
}
