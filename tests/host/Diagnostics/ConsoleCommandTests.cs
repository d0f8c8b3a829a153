using System;
using System.Linq;
using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>What each command of the console says, on the whole door.</summary>
    [TestClass]
    public sealed class ConsoleCommandTests
    {
        /// <summary>Longest line: two rows of the narrowest terminal would be 160.</summary>
        private const int LongestLine = 110;

        private static readonly string[] Commands =
            ["help", "status", "door", "keys", "log", "time", "net", "sync", "radio", "heap", "explain", "strike", "reboot", "selftest"];

        [TestMethod]
        public void Help_names_every_command_and_every_command_answers()
        {
            using ConsoleRig rig = new();
            string[] named = rig.Ask("help").Select(l => l.Split(' ')[0]).ToArray();
            CollectionAssert.AreEquivalent(Commands.Where(c => c != "help").ToArray(), named);
            foreach (string command in Commands)
            {
                string[] lines = rig.Ask(command == "explain" ? "explain 5" : command);
                Assert.AreNotEqual(0, lines.Length, command);
                Assert.IsFalse(lines[0].StartsWith("no command", StringComparison.Ordinal), command);
                Assert.IsTrue(lines.All(l => l.Length is > 0 and <= LongestLine), string.Join('\n', lines));
                Assert.IsTrue(lines.All(l => l.All(c => c is >= ' ' and <= '~')), "plain ASCII: " + string.Join('\n', lines));
            }
        }

        [TestMethod]
        public void No_answer_has_a_key_in_it()
        {
            using ConsoleRig rig = new(Site.Bundle(1, scopes: 3));
            rig.Rig.Tap(Site.Key(Site.Record(), 1));
            string all = string.Join('\n', Commands.SelectMany(c => rig.Ask(c == "explain" ? "explain 5" : c))).ToLowerInvariant();
            byte[] bundle = rig.Rig.Bundle.Encode(Site.Root);
            int tried = 0;
            foreach ((int offset, int length) in ((int, int)[])[(11, 32), (71 + 11, 32), (71 + 43, 16), (71 + 113 + 11, 32), (71 + 226 + 43, 16)])
            {
                for (int at = offset; at + 4 <= offset + length; at++)
                {
                    Assert.IsFalse(all.Contains(Convert.ToHexStringLower(bundle, at, 4), StringComparison.Ordinal), "bytes " + at);
                    tried++;
                }
            }

            Assert.AreEqual(3 * 29 + 2 * 13, tried);
        }

        [TestMethod]
        [DataRow("STATUS")]
        [DataRow("  status")]
        [DataRow("status  ")]
        public void Capitals_and_spaces_do_not_matter(string line)
        {
            using ConsoleRig rig = new();
            Assert.AreEqual("state: ready", rig.Ask(line)[0]);
        }

        [TestMethod]
        [DataRow("explain", "explain: wanted a number from 0 to 4294967295, as in \"explain 5\"")]
        [DataRow("explain five", "explain: wanted a number from 0 to 4294967295, as in \"explain 5\"")]
        [DataRow("explain 4294967296", "explain: wanted a number from 0 to 4294967295, as in \"explain 5\"")]
        [DataRow("explain 1 2", "explain: wanted a number from 0 to 4294967295, as in \"explain 5\"")]
        [DataRow("log -1", "log: wanted a number from 0 to 4294967295, as in \"log 5\"")]
        [DataRow("status now", "status: wanted no argument")]
        [DataRow("open", "no command \"open\": type help")]
        public void A_wrong_line_gets_one_that_says_what_is_wanted(string line, string answer)
        {
            using ConsoleRig rig = new();
            Assert.AreEqual(answer, rig.Ask(line).Single());
        }

        [TestMethod]
        public void An_empty_line_is_answered_by_the_prompt_alone()
        {
            using ConsoleRig rig = new();
            Assert.AreEqual(0, rig.Ask("").Length);
        }

        [TestMethod]
        public void Status_is_ready_only_when_the_door_can_do_all_of_its_work()
        {
            using ConsoleRig rig = new();
            Assert.AreEqual("state: ready", rig.Ask("status")[0]);
            Assert.AreEqual("to do: nothing", rig.Ask("status")[1]);
            rig.Rig.Host.Strike.Refuses = true;
            rig.Door.Opener.Open(AuditEvent.Rex, 0, rig.Rig.Host.Clock.NowMs);
            Assert.AreEqual("state: strike fault", rig.Ask("status")[0]);
            rig.Rig.Apply(ListBodies.Empty(Site.Start, 0));
            rig.Door.Memory.KeyStore.LoseLists();
            Assert.AreEqual("state: list lost", rig.Ask("status")[0]);
            StringAssert.Contains(rig.Ask("status")[1], "let it sync, or tap with a phone");
        }

        [TestMethod]
        public void Status_says_forced_and_held_open_and_inputs_that_should_not_stand()
        {
            using ConsoleRig rig = new(settings: new Settings { HasContact = true });
            Stand(rig, DoorController.Hal.Input.DoorOpen, "state: forced open", "to do: look at the door and close it; see log");
            rig.Rig.Host.Inputs.Set(DoorController.Hal.Input.DoorOpen, false);
            rig.Rig.Run(1000);
            rig.Rig.Tap(Site.Key(Site.Record(), 1));
            rig.Rig.Host.Inputs.Set(DoorController.Hal.Input.DoorOpen, true);
            rig.Rig.Run(31000);
            Assert.AreEqual("state: held open", rig.Ask("status")[0]);
            rig.Rig.Host.Inputs.Set(DoorController.Hal.Input.DoorOpen, false);
            Stand(rig, DoorController.Hal.Input.Tamper, "state: ready", "to do: tamper active; close the housing, or fit the input's link");
            Stand(rig, DoorController.Hal.Input.FireAlarm, "state: ready", "to do: fire alarm active, no opening counts as forced; end it, or fit the input's link");
        }

        [TestMethod]
        [DataRow(0L, "0 s")]
        [DataRow(59L, "59 s")]
        [DataRow(60L, "1 min 0 s")]
        [DataRow(3599L, "59 min 59 s")]
        [DataRow(3600L, "1 h 0 min")]
        [DataRow(86399L, "23 h 59 min")]
        [DataRow(86400L, "1 d 0 h")]
        [DataRow(2592014L, "30 d 0 h")]
        [DataRow(34559999L, "399 d 23 h")]
        public void Status_says_uptime_in_its_two_largest_units_and_no_attempt_where_there_was_none(long seconds, string uptime)
        {
            using ConsoleRig rig = new();
            ConsoleReports reports = new(rig.Door, rig.Rig.Host.Board);
            Assert.AreEqual($"uptime: {uptime}, last attempt none", reports.Status(2, seconds * 1000));
        }

        [TestMethod]
        public void Status_says_bad_settings_a_dead_radio_failing_flash_and_lost_keys()
        {
            using ConsoleRig safe = new(settings: new Settings { IsSafeState = true });
            Assert.AreEqual("state: settings bad", safe.Ask("status")[0]);

            using ConsoleRig mute = new();
            mute.Rig.Host.Radio.StartsToRefuse = int.MaxValue;
            mute.Door.Supervisor.RestartRadio();
            mute.Rig.Run(1000);
            Assert.AreEqual("state: radio off", mute.Ask("status")[0]);

            MemoryFiles files = new();
            using ConsoleRig full = new(flash: files);
            files.WritesLeft = 0;
            full.Door.Opener.Open(AuditEvent.Rex, 0, full.Rig.Host.Clock.NowMs);
            Assert.AreEqual("state: flash fault", full.Ask("status")[0]);

            using DoorController.Hal.Host.HostBoard bare = new(new MemoryFiles());
            Door keyless = new(bare.Board, new Settings());
            Assert.AreEqual("state: keys lost", new ConsoleReports(keyless, bare.Board).Status(0, 0));
        }

        [TestMethod]
        public void Door_says_what_a_tool_looks_for_and_how_the_contacts_are()
        {
            using ConsoleRig rig = new(Site.Bundle(77, version: 3), new Settings { HasContact = true, HasRex = true });
            string[] lines = rig.Ask("door");
            CollectionAssert.AreEqual(new[] { "id: 77", "name: DOOR 77", "bundle: 3" }, lines[..3]);
            Assert.AreEqual("strike: released, pulses since boot 0, hold 5000 ms", lines[3]);
            Assert.AreEqual("contact: closed, no alarm", lines[4]);
            Assert.AreEqual("inputs: rex idle, tamper idle, fire alarm idle", lines[5]);
            rig.Rig.Host.Inputs.Set(Input.DoorOpen | Input.Tamper, true);
            rig.Rig.Run(100);
            lines = rig.Ask("door");
            Assert.AreEqual("contact: open, ALARM, forced or held open", lines[4]);
            Assert.AreEqual("inputs: rex idle, tamper active, fire alarm idle", lines[5]);
            Assert.AreEqual("kind: door", lines[6]);
            using ConsoleRig car = new(floors: 6);
            Assert.AreEqual("kind: elevator car, 6 floors", car.Ask("door")[6]);
        }

        [TestMethod]
        public void Keys_says_scope_list_and_what_is_newer_elsewhere()
        {
            using ConsoleRig rig = new(Site.Bundle(1, scopes: 2));
            rig.Rig.Apply(ListBodies.Revoking(Site.Start, 800, 801));
            rig.Door.Memory.Learn(0, Site.Start + 60);
            string[] lines = rig.Ask("keys");
            Assert.AreEqual("scope 00a1b2: generation 1, index 0, watermark 800", lines[0]);
            Assert.AreEqual("  list: 2025-06-14 16:54:17; a newer one exists, 2025-06-14 16:55:17", lines[1]);
            Assert.AreEqual("scope 00a1b3: generation 1, index 0, watermark 0", lines[2]);
            Assert.AreEqual("  list: never", lines[3]);
            rig.Door.Memory.KeyStore.LoseLists();
            StringAssert.StartsWith(rig.Ask("keys")[1], "  list: LOST, this scope opens for nobody", StringComparison.Ordinal);
        }

        [TestMethod]
        public void Time_net_sync_radio_and_heap_say_what_the_board_says()
        {
            using ConsoleRig rig = new(settings: new Settings { HasServer = true });
            rig.Rig.Host.Network.IsUp = false;
            CollectionAssert.AreEqual(
                new[] { "quality: UNKNOWN, boots since the last proof 255", "floor: none, no server ever proved the time", "latest: none" }, rig.Ask("time"));
            Assert.AreEqual("time: UNKNOWN", rig.Ask("status")[3]);
            rig.Rig.ProveTime(Site.Start);
            string[] time = rig.Ask("time");
            Assert.AreEqual("quality: proven, boots since the last proof 0", time[0]);
            Assert.AreEqual("floor: 2025-06-14 16:54:17 UTC, it is at least this late", time[1]);
            Assert.AreEqual("network: down, server set", rig.Ask("net").Single());
            StringAssert.StartsWith(rig.Ask("sync").Single(), "sync: last never since boot", StringComparison.Ordinal);
            rig.Rig.Connect(mtu: 100);
            CollectionAssert.AreEqual(new[] { "radio: on, phone connected, MTU 100", "sessions: 1, shed 0, queue full 0" }, rig.Ask("radio")[..2]);
            rig.Rig.Host.Power.FreeManagedBytes = 12345;
            Assert.AreEqual("free bytes: managed 12345, native 100000", rig.Ask("heap").Single());
        }

        private static void Stand(ConsoleRig rig, int input, string state, string toDo)
        {
            rig.Rig.Host.Inputs.Set(input, true);
            rig.Rig.Run(200);
            CollectionAssert.AreEqual(new[] { state, toDo }, rig.Ask("status")[..2]);
        }
    }
}
