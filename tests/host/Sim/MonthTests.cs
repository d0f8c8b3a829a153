using System;
using System.Linq;
using DoorController.Sim.Month;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace DoorController.Tests.Sim
{
    /// <summary>The month of "tools/sim -- month", small: what comes of it, and what is to be expected.</summary>
    [TestClass]
    public sealed class MonthTests
    {
        private static readonly MonthPlan Cars = MonthPlan.Bank with { SharedDoors = 3, Guests = 20, StayDays = 1, RekeyDay = 1, RevokedShare = 0.4, PowerCutsADay = 1 };
        private static readonly MonthPlan House = MonthPlan.Hotel with { SharedDoors = 2, Rooms = 8, RoomsOfStaff = 4, Guests = 6, WifiShare = 0.5, RekeyDay = 1, StayDays = 1 };

        [TestMethod]
        public void With_the_loop_an_offline_bank_has_its_time_its_keys_and_its_trail_and_without_it_none()
        {
            MonthFigures loop = Play(Cars, 2, hasLoop: true);
            MonthFigures lists = Play(Cars, 2, hasLoop: false);
            Assert.AreEqual((1.0, 0.0), (loop.RekeyedShare, lists.RekeyedShare));
            Assert.IsGreaterThan(0.5, loop.ProvenShare);
            Assert.AreEqual(0, lists.ProvenShare);
            Assert.AreEqual(0, loop.Refused, "nobody whose key is good stands at a shut door");
            Assert.IsGreaterThan(0, lists.Refused, "the door does not know the new keys");
            Assert.IsGreaterThan(0, loop.Kept);
            Assert.AreEqual((0L, 0L), (loop.Lost, lists.Kept));
        }

        [TestMethod]
        public void The_same_seed_gives_the_same_figures()
        {
            string[] first = [.. Play(House, 2, hasLoop: true).Lines("x")];
            CollectionAssert.AreEqual(first, Play(House, 2, hasLoop: true).Lines("x").ToArray());
            CollectionAssert.AreNotEqual(first, Play(House, 2, hasLoop: true, seed: 2).Lines("x").ToArray());
            CollectionAssert.Contains(first, "x_rekeyed_share 1.000 of_doors");
            CollectionAssert.Contains(first, "x_audit_lost 0 records");
        }

        [TestMethod]
        public void Keys_that_were_taken_back_open_as_often_as_is_reckoned()
        {
            MonthFigures figures = Play(Cars with { RevokedShare = 1, OnlineADay = 1, RekeyDay = 9, PowerCutsADay = 0.01 }, 5, hasLoop: true);
            double expected = figures.RevokedExpected;
            Assert.IsGreaterThan(40, expected);
            Assert.IsLessThan(figures.RevokedDeviation * 2, Math.Abs(figures.RevokedOpened - expected), $"{figures.RevokedOpened} openings, and {expected:0.0} were to be expected");
            Assert.IsLessThan(expected / 2, figures.RevokedDeviation * 2, "so that a wrong reckoning is seen");
        }

        [TestMethod]
        public void What_is_to_be_expected_has_its_limits()
        {
            using MonthSite site = new(House with { WifiShare = 1 }, new Random(1), null, new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
            MonthGuest guest = site.AddGuest(0, 86_400_000, 1);
            MonthPlan plan = House with { WifiShare = 1 };
            double each = plan.WifiMinutes / 2.0 / (24 * 60);
            Assert.AreEqual((plan.SharedADay + plan.RoomADay) * each, new MonthExpectation(plan).Openings(guest, 1).Mean, 0.002, "half of the time between two syncs");

            using MonthSite deaf = new(House with { WifiShare = 0 }, new Random(1), null, new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
            MonthGuest unheard = deaf.AddGuest(0, 86_400_000, 1);
            MonthPlan nobody = House with { WifiShare = 0, StaffOnlineADay = 1e-9, OnlineADay = 1e-9, Guests = 0 };
            Assert.AreEqual(nobody.SharedADay + nobody.RoomADay, new MonthExpectation(nobody).Openings(unheard, 1).Mean, 1e-6, "nobody brings the news");
            MonthPlan often = House with { WifiShare = 0, StaffADay = 1e6, StaffOnlineADay = 1e5, Guests = 1_000_000 };
            Assert.AreEqual(0, new MonthExpectation(often).Openings(unheard, 1).Mean, 0.1, "somebody always does");
        }

        [TestMethod]
        [DataRow("--days", "0")]
        [DataRow("--days", "61")]
        [DataRow("--days", "x")]
        [DataRow("--offline-hours", "169")]
        [DataRow("--offline-hours", "0")]
        [DataRow("--site", "house")]
        public void Bad_input_is_one_line_that_names_the_option(string option, string value)
        {
            StringWriterConsole said = new();
            Assert.AreEqual(2, DoorController.Sim.SimApp.Run(["month", option, value], said.Console, said.Error));
            StringAssert.Contains(said.Error.ToString(), value == "house" ? value : option);
        }

        private static MonthFigures Play(MonthPlan plan, double days, bool hasLoop, int seed = 1)
        {
            using MonthWorld world = new(plan, days, seed, hasLoop, null);
            world.Play(_ => { });
            return world.Figures;
        }

        private sealed class StringWriterConsole
        {
            public System.IO.StringWriter Error { get; } = new();

            public IAnsiConsole Console { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(new System.IO.StringWriter()) });
        }
    }
}
