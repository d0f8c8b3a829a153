using System.IO;
using System.Linq;
using DoorController.Audit;
using DoorController.Sim.Site;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace DoorController.Tests.Sim
{
    /// <summary>The site on your desk: a real key server and real doors, in one time.</summary>
    [TestClass]
    public sealed class SiteWorldTests
    {
        [TestMethod]
        public void Deletion_ReachesADoorWithANetworkWithinOnePoll()
        {
            using SiteWorld world = new();
            SiteDoor lobby = world.Doors[0];
            Guest guest = world.Guests[0];
            Assert.AreEqual(Verdict.Granted, Tap(world, lobby, guest));
            world.Revoke(guest);
            Assert.AreEqual(Verdict.Granted, Tap(world, lobby, guest), "the door has not heard of it");
            world.Live(Limits.SyncPollMs + 500);
            Assert.AreEqual(Verdict.Revoked, Tap(world, lobby, guest));
            Assert.AreEqual(2, lobby.Openings);
        }

        [TestMethod]
        public void Deletion_ReachesADoorWithoutANetworkByTheNextGuest()
        {
            using SiteWorld world = new();
            SiteDoor roof = world.Doors[2];
            world.SetNetwork(roof, false);
            world.Issue();
            world.Revoke(world.Guests[0]);
            world.Live(600_000);
            Assert.AreEqual(Verdict.Granted, Tap(world, roof, world.Guests[0]), "nobody has told it");
            Assert.AreEqual(Verdict.Granted, Tap(world, roof, world.Guests[1]));
            Assert.AreEqual(Verdict.Revoked, Tap(world, roof, world.Guests[0]));
        }

        [TestMethod]
        public void DoorWithoutANetwork_HasItsTimeAndItsTrailAtTheServerByGuestsAlone()
        {
            using SiteWorld world = new();
            SiteDoor roof = world.Doors[2];
            world.SetNetwork(roof, false);
            roof.Door.CutPower(60_000);
            Assert.AreEqual(ClockQuality.Restored, roof.Door.Door.Memory.Time.Quality);
            uint acknowledged = roof.Door.Door.Memory.Audit.Acknowledged;
            for (int i = 0; i < 3; i++)
            {
                Assert.AreEqual(Verdict.Granted, Tap(world, roof, world.Guests[0]));
                world.Live(61_000);
            }

            Assert.AreEqual(ClockQuality.Proven, roof.Door.Door.Memory.Time.Quality);
            Assert.IsGreaterThan(acknowledged, roof.Door.Door.Memory.Audit.Acknowledged);
            CollectionAssert.IsSubsetOf(
                new[] { "brings the time: accepted", "takes a page: of the audit trail, for the server", "brings acknowledgement: taken" },
                world.News.Where(n => n.Contains("phone")).Select(n => n[(n.IndexOf("phone ", System.StringComparison.Ordinal) + 6)..]).ToArray());
        }

        [TestMethod]
        public void ServerAway_DoorsGoOn_AndTheTrailArrivesAfterwards()
        {
            using SiteWorld world = new();
            SiteDoor garage = world.Doors[1];
            world.SetServer(false);
            world.Live(3_600_000);
            Assert.AreEqual(Verdict.Granted, Tap(world, garage, world.Guests[0]));
            Assert.IsEmpty(world.Status());
            world.SetServer(true);
            world.Live(2 * Limits.SyncBackoffMaxMs);
            AuditTrail trail = garage.Door.Door.Memory.Audit;
            Assert.AreEqual(trail.NextSequence - 1, trail.Acknowledged);
        }

        [TestMethod]
        public void Panel_TakesCommandsAndNamesWhatIsWrong()
        {
            using SiteWorld world = new();
            StringWriter output = new();
            SiteDesk desk = new(world, AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) }));
            foreach (string line in new[] { "tap lobby a", "tap attic a", "tap lobby z", "dance", "time 5", "server off", "issue", "show", "quit" })
            {
                desk.Do(line);
            }

            string text = output.ToString();
            foreach (string wanted in new[]
            {
                "LOBBY: guest A: granted", "no door \"attic\": wanted one of LOBBY, GARAGE, ROOF", "no guest \"z\"", "no such command: \"dance\"",
                "time: wanted +N", "the server is away", "GARAGE",
            })
            {
                Assert.Contains(wanted, text);
            }

            Assert.IsTrue(desk.IsOver);
        }

        [TestMethod]
        [DataRow(80)]
        [DataRow(100)]
        [DataRow(200)]
        public void Panel_BreaksNoWordAndRemembersWhatWasHeard(int columns)
        {
            using SiteWorld world = new();
            string heard = Draw(world, columns);
            StringAssert.Matches(heard, new System.Text.RegularExpressions.Regex(@"LOBBY.* \d+ s ago"));
            world.SetServer(false);
            world.Live(518_470_000);
            world.SetNetwork(world.Doors[0], false);
            string text = Draw(world, columns);
            StringAssert.Matches(text, new System.Text.RegularExpressions.Regex(@"LOBBY.* 6 d 0 h ago"));
            Assert.DoesNotContain("never", text);
            StringAssert.Matches(text, new System.Text.RegularExpressions.Regex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d LOBBY: network off"));
            string[] lines = text.Split('\n');
            Assert.IsTrue(lines.All(l => l.TrimEnd().Length <= columns), text);
            foreach (string word in new[] { "strike", "last attempt", "LOBBY", "GARAGE", "ROOF", "released", "none" })
            {
                Assert.IsTrue(lines.Any(l => l.Contains(word, System.StringComparison.Ordinal)), word + " is broken: " + text);
            }
        }

        [TestMethod]
        public void Screen_SaysTheLastLineOnce()
        {
            using SiteWorld world = new();
            StringWriter output = new();
            using SiteScreen screen = new(world, AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) }));
            screen.Do("net roof off");
            Assert.AreEqual(2, output.ToString().Split("ROOF: network off").Length, output.ToString());
            Assert.Contains("site> net roof off", output.ToString(), "what was typed stays readable");
            output.GetStringBuilder().Clear();
            screen.Do("dance");
            Assert.Contains("no such command: \"dance\"", output.ToString());
            screen.End();
            Assert.IsTrue(screen.IsOver);
        }

        private static string Draw(SiteWorld world, int columns)
        {
            StringWriter output = new();
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
            console.Profile.Width = columns;
            console.Write(SitePanel.Draw(world, columns));
            return output.ToString();
        }

        private static int Tap(SiteWorld world, SiteDoor door, Guest guest)
        {
            world.Tap(door, guest);
            return door.Door.Door.LastVerdict;
        }
    }
}
