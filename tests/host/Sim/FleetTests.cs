using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Xml.Linq;
using DoorController.Sim;
using DoorController.Sim.Fleet;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace DoorController.Tests.Sim
{
    /// <summary>The fleet of "tools/sim -- fleet": what doors do, and what is to be expected of them.</summary>
    [TestClass]
    public sealed class FleetTests
    {
        private static readonly FleetPlan Bank = new(6, AreCars: true) { WifiShare = 0, Hours = 6 };

        [TestMethod]
        public void Cars_refuse_a_key_after_as_many_taps_and_hours_as_are_reckoned()
        {
            FleetRun run = Play(Bank, isCarried: true);
            FleetExpectation expected = new(Bank);
            Assert.HasCount(Bank.Rounds, run.TapsToMost);
            AssertMean(expected.TapsToMost(), run.TapsToMost.ToArray());
            AssertMean(expected.HoursToMost(), run.HoursToMost.ToArray());
            AssertMean(expected.Openings(Bank.Hours, true), [.. run.Openings.Select(o => (double)o)]);
            Assert.AreEqual(0, run.Broken);
        }

        [TestMethod]
        public void Without_carrying_a_door_without_WiFi_never_knows_and_one_with_it_within_a_minute()
        {
            FleetPlan plan = new(4, AreCars: false) { WifiShare = 0.5, Hours = 4 };
            FleetRun run = Play(plan, isCarried: false);
            Assert.IsEmpty(run.TapsToMost);
            Assert.HasCount(2 * plan.Rounds, run.Hours);
            Assert.IsLessThanOrEqualTo(FleetHouse.SyncS / 3600.0, run.Hours.Max());
            AssertMean(new FleetExpectation(plan).Openings(plan.Hours, false), [.. run.Openings.Select(o => (double)o)]);
        }

        [TestMethod]
        public void What_is_to_be_expected_has_its_limits()
        {
            FleetPlan one = new(1, AreCars: false) { WifiShare = 0, OnlineShare = 0.25, TapsAnHour = 8 };
            Assert.AreEqual(4, new FleetExpectation(one).TapsToMost(), 1e-6, "of a geometric distribution");
            Assert.AreEqual(0.5, new FleetExpectation(one).HoursToMost(), 1e-9, "of an exponential one");
            Assert.AreEqual(one.TriesAnHour * 0.5, new FleetExpectation(one).Openings(1000, true), 1e-9);
            FleetExpectation none = new(one with { OnlineShare = 0 });
            Assert.AreEqual((double.PositiveInfinity, double.PositiveInfinity), (none.TapsToMost(), none.HoursToMost()));
            Assert.AreEqual((0.0, 0.0), (new FleetExpectation(one with { WifiShare = 1 }).TapsToMost(), new FleetExpectation(one with { WifiShare = 1 }).HoursToMost()));
        }

        [TestMethod]
        public void The_same_seed_gives_the_same_table_and_the_same_plots()
        {
            string file = Path.GetTempFileName();
            string[] arguments = ["fleet", "--cars", "3", "--offline", "--hours", "2", "--svg", file];
            (int code, string first) = Run(arguments);
            string plots = Plots(file);
            Assert.AreEqual((0, first), Run(arguments));
            Assert.AreEqual(0, code, first);
            Assert.IsTrue(plots == Plots(file), "the plots differ");
            Assert.AreNotEqual(first, Run([.. arguments, "--seed", "2"]).Text);
            Assert.AreEqual("svg", XDocument.Parse(plots).Root!.Name.LocalName);
            StringAssert.Contains(first, "taps at each until 3 of 3 cars refuse it");
            File.Delete(file);
        }

        [TestMethod]
        [DataRow("--cars 0", "--cars: wanted 1 to 1000")]
        [DataRow("--doors 1001", "--doors: wanted 1 to 1000")]
        [DataRow("--cars 2 --doors 2", "--cars and --doors: one of them")]
        [DataRow("--offline --wifi 0.5", "--wifi and --offline: one of them")]
        [DataRow("--online 1.5", "--online: wanted 0 to 1")]
        [DataRow("--hours x", "--hours: wanted 1 to 168")]
        public void Bad_input_is_one_line_that_names_the_option(string arguments, string problem)
        {
            (int code, string text) = Run(["fleet", .. arguments.Split(' ')]);
            Assert.AreEqual((2, $"error: {problem}: --help shows the options"), (code, text.Trim()));
        }

        /// <summary>The drawing library numbers its clip paths through all drawings of a process.</summary>
        private static string Plots(string file) => Regex.Replace(File.ReadAllText(file), "cl_[0-9a-f]+", "cl");

        private static FleetRun Play(FleetPlan plan, bool isCarried)
        {
            FleetRun run = new(plan, 1, isCarried);
            run.Play(() => { }, CancellationToken.None);
            return run;
        }

        /// <summary>Within three standard errors, of which each is less than a sixth of the mean: a wrong reckoning is seen.</summary>
        private static void AssertMean(double expected, double[] values)
        {
            double mean = values.Average();
            double error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length);
            Assert.IsLessThan(3 * error, Math.Abs(mean - expected), $"{mean} ± {error}, expected {expected}");
            Assert.IsLessThan(mean / 6, error);
        }

        private static (int Code, string Text) Run(string[] arguments)
        {
            StringWriter text = new();
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text), Interactive = InteractionSupport.No });
            int code = SimApp.Run(arguments, console, text);
            return (code, text.ToString());
        }
    }
}
