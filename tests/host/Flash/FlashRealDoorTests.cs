using System;
using System.IO;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>From a bare board to a door that says "ready": the tool, the stand-in of nanoff, and the door's own firmware and console.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class FlashRealDoorTests : IDisposable
    {
        private readonly StandInBoard _board = new();
        private readonly DoorOnTerminal _door;

        public FlashRealDoorTests()
        {
            _door = new DoorOnTerminal(_board.OnBoard);
        }

        public void Dispose()
        {
            _door.Dispose();
            _board.Dispose();
        }

        [TestMethod]
        public void All_ends_when_the_door_itself_says_that_it_is_ready()
        {
            FlashRun run = All(new DoorFiles()).AssertDone();
            StringAssert.Contains(run.Output, "door  state: ready\n", StringComparison.Ordinal);
            StringAssert.EndsWith(run.Output, "done  Ask the door: it is ready\n", StringComparison.Ordinal);
            FlashRun check = _board.Run("check", "--port", _board.Port, "--console", _door.Name).AssertDone();
            StringAssert.Contains(check.Output, "door  to do: nothing\n", StringComparison.Ordinal);
        }

        [TestMethod]
        public void A_file_that_did_not_reach_the_board_is_seen_by_the_door()
        {
            _board.Fault = "file-lost-provision";
            All(new DoorFiles()).AssertOneLine(ExitCode.Failed, "the door's console says \"id: 0\" to door, and 4711 is wanted");
        }

        [TestMethod]
        public void Every_command_answers_over_the_pseudo_terminal()
        {
            All(new DoorFiles()).AssertDone();
            string[] commands = ["help", "status", "door", "keys", "log", "time", "net", "sync", "radio", "heap", "explain 5", "selftest", "strike", "reboot"];
            FlashRun run = Console(string.Join('\n', commands) + "\n").AssertDone();
            string[] wanted =
            [
                "status           how the door is", "state: ready", "id: 4711", "scope 000064: generation 1", "trail started", "quality: ", "network: ",
                "sync: no server", "radio: on", "free bytes: ", "scope 0000c8: key 5 passes", "flash: pass", "type \"strike ANSWER\"", "type \"reboot ANSWER\"",
            ];
            int at = 0;
            foreach (string part in wanted)
            {
                int found = run.Output.IndexOf(part, at, StringComparison.Ordinal);
                Assert.IsTrue(found >= 0, part + " is not in, or not in its place: " + run.Output);
                at = found;
            }
        }

        [TestMethod]
        public void The_answer_of_respond_opens_the_door()
        {
            All(new DoorFiles()).AssertDone();
            string line = Console("strike\n").AssertDone().Output;
            string challenge = line.Split("challenge: ")[1][..16];
            string answer = _board.Run("respond", "strike", "--challenge", challenge, "--from", Path.Combine(_board.Folder, "keys")).AssertDone().Output.Trim();
            StringAssert.Contains(Console("strike " + answer + "\n").AssertDone().Output, "strike energised", StringComparison.Ordinal);
            Assert.AreEqual(1, _door.Pulses);
        }

        private FlashRun Console(string script)
        {
            return FlashRun.Start(["console", "--port", _door.Name], _board.PrivateRoot, _board.Folder, script);
        }

        private FlashRun All(DoorFiles files)
        {
            string[] options = ["all", "--port", _board.Port, "--image", _board.WriteImage(), "--console", _door.Name];
            return _board.Run([.. options, .. files.WriteTo(_board.Folder)]);
        }
    }
}
