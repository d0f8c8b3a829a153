using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>The tool talks to a door's console over a pseudo-terminal.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class FlashConsoleTests : IDisposable
    {
        private readonly StandInBoard _board = new();
        private readonly PseudoTerminal _terminal = new();
        private readonly Dictionary<string, string[]> _answers = new()
        {
            ["door"] = ["id: 4711", "name: Lobby east", "bundle: 3"],
            ["status"] = ["state: ready"],
        };

        public FlashConsoleTests()
        {
            _board.Target = "ESP32_S3_OCTAL";
            _board.PutApp("1.0.0.0");
            new Thread(Answer) { IsBackground = true }.Start();
        }

        public void Dispose()
        {
            _terminal.Dispose();
            _board.Dispose();
        }

        [TestMethod]
        public void Provision_is_done_when_the_door_says_that_it_has_the_keys()
        {
            FlashRun run = Provision().AssertDone();
            StringAssert.EndsWith(run.Output, "done  Ask the door: it is ready\n", StringComparison.Ordinal);
        }

        [TestMethod]
        [DataRow("door", "id: 12", "says \"id: 12\" to door, and 4711 is wanted")]
        [DataRow("door", "bundle: 2", "says \"bundle: 2\" to door, and 3 is wanted")]
        [DataRow("door", "bundle", "says \"bundle: missing\" to door")]
        [DataRow("status", "state: list lost", "says \"state: list lost\" to status, and ready is wanted")]
        public void A_door_that_says_something_else_is_not_provisioned(string command, string answer, string line)
        {
            string name = answer.Split(':')[0];
            _answers[command] = [.. _answers[command].Where(l => !l.StartsWith(name, StringComparison.Ordinal)), answer];
            Provision().AssertOneLine(ExitCode.Failed, line);
        }

        [TestMethod]
        [DataRow("sync: last 4 s ago, next in 56 s, failures in a row 0", ExitCode.Done, "done  the door synced with 10.0.0.5:80\n")]
        [DataRow("sync: last never since boot, next in 3 s, failures in a row 2", ExitCode.NotVerified, "has not synced with 10.0.0.5:80 (it says \"sync: last never since boot, next in 3 s")]
        public void A_door_with_a_server_is_done_when_it_has_synced(string answer, int code, string line)
        {
            _answers["sync"] = [answer];
            string[] files = new DoorFiles { Settings = "{\"server\":\"10.0.0.5\"}" }.WriteTo(_board.Folder);
            FlashRun run = _board.Run(["provision", "--port", _board.Port, "--console", _terminal.Name, .. files]);
            Assert.AreEqual(code, run.ExitCode, run.Error);
            StringAssert.Contains(run.Output + run.Error, line, StringComparison.Ordinal);
        }

        [TestMethod]
        public void Check_asks_the_door_for_its_state()
        {
            _board.Run("check", "--port", _board.Port, "--console", _terminal.Name).AssertDone();
        }

        [TestMethod]
        public void Check_fails_when_the_door_has_lost_its_keys()
        {
            _answers["status"] = ["state: keys lost"];
            _board.Run("check", "--port", _board.Port, "--console", _terminal.Name).AssertOneLine(ExitCode.Failed, "state: keys lost");
        }

        [TestMethod]
        public void A_console_that_is_silent_is_said()
        {
            using PseudoTerminal silent = new();
            _board.RunUnanswered("check", "--port", _board.Port, "--console", silent.Name).AssertOneLine(ExitCode.Failed, "no door answers on the console " + silent.Name);
        }

        [TestMethod]
        public void A_line_full_of_rubbish_is_no_door()
        {
            using PseudoTerminal noisy = new();
            byte[] rubbish = new byte[64 * 1024];
            new Random(1).NextBytes(rubbish);
            rubbish.AsSpan().Replace((byte)'>', (byte)'?');
            new Thread(() => Write(noisy.Far, rubbish)) { IsBackground = true }.Start();
            _board.RunUnanswered("check", "--port", _board.Port, "--console", noisy.Name).AssertOneLine(ExitCode.Failed, "no door answers");
        }

        [TestMethod]
        public void Console_plays_a_script_and_lets_no_control_sequence_through()
        {
            _answers["door"] = ["id: 4711", "name: \u001b[2J\u0007evil"];
            FlashRun run = FlashRun.Start(["console", "--port", _terminal.Name], _board.PrivateRoot, _board.Folder, "door\nstatus\n").AssertDone();
            Assert.AreEqual("id: 4711\nname: .[2J.evil\nstate: ready\n", run.Output);
        }

        private FlashRun Provision()
        {
            string[] options = ["provision", "--port", _board.Port, "--console", _terminal.Name];
            return _board.Run([.. options, .. new DoorFiles().WriteTo(_board.Folder)]);
        }

        private static void Write(FileStream stream, byte[] bytes)
        {
            try
            {
                stream.Write(bytes);
            }
            catch (IOException)
            {
                // The tool hung up.
            }
        }

        /// <summary>The door's end: echoes what is typed, answers each line, and prompts, as firmware/Console does.</summary>
        private void Answer()
        {
            StringBuilder typed = new();
            byte[] one = new byte[1];
            try
            {
                while (_terminal.Far.Read(one, 0, 1) == 1)
                {
                    if (one[0] != '\r')
                    {
                        typed.Append((char)one[0]);
                        _terminal.Far.Write(one);
                        continue;
                    }

                    string[] lines = _answers.GetValueOrDefault(typed.ToString(), typed.Length == 0 ? [] : ["unknown command"]);
                    string text = "\r\n" + string.Concat(lines.Select(l => l + "\r\n")) + "door> ";
                    _terminal.Far.Write(Encoding.ASCII.GetBytes(text));
                    typed.Clear();
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The tool closed the line; the next open of it is not waited for.
            }
        }
    }
}
