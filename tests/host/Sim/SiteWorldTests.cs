using System.IO;
using System.Linq;
using DoorController.Audit;
using DoorController.Sim.Site;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace DoorController.Tests
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

        private static int Tap(SiteWorld world, SiteDoor door, Guest guest)
        {
            world.Tap(door, guest);
            return door.Door.Door.LastVerdict;
        }
    }
}
