using System;
using System.IO;
using DoorController.Sim;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace DoorController.Tests.Sim
{
    /// <summary>The door on your desk: its scene, its exit codes, its prompt.</summary>
    [TestClass]
    public sealed class SimTests
    {
        private const int Steps = 18;

        [TestMethod]
        public void Demo_GoesAsWanted()
        {
            (int code, string text, string error) = Run("demo");
            Assert.AreEqual(0, code, text);
            Assert.AreEqual("", error);
            Assert.Contains($"{Steps} steps, 0 not as wanted", text);
            Assert.IsFalse(text.Contains("NOT SO", StringComparison.Ordinal));
        }

        [TestMethod]
        public void Demo_FailsWhenAnyOneVerdictIsWrong()
        {
            for (int step = 1; step <= Steps; step++)
            {
                (int code, string text, _) = Run("demo", "--wrong", step.ToString());
                Assert.AreEqual(1, code, "step " + step);
                Assert.AreEqual(1, text.Split("NOT SO").Length - 1, "step " + step);
            }
        }

        [TestMethod]
        public void BadKey_IsOneLineAndExitCode2()
        {
            string file = Path.GetTempFileName();
            try
            {
                File.WriteAllText(file, "{\"instant_key_id\": 7}");
                (int code, string text, string error) = Run("demo", "--key", file);
                Assert.AreEqual(2, code);
                Assert.AreEqual("", text);
                Assert.AreEqual("error: instant_key_id: wanted a UUID, is a number\n", error);
                Assert.AreEqual(2, Run("--key", file + ".none").Code);
                Assert.AreEqual(2, Run("demo", "--what").Code);
            }
            finally
            {
                File.Delete(file);
            }
        }

        [TestMethod]
        [DataRow("2025-06-14T16:54:47.946559Z", 2)]
        [DataRow("2025-06-14T17:04:16.946559Z", 2)]
        [DataRow("2025-06-14T17:04:17.946559Z", 0)]
        [DataRow("2035-06-14T16:54:17.946559Z", 0)]
        [DataRow("2105-12-31T23:59:59.000000Z", 0)]
        public void Demo_PlaysALifeOfAnyLengthOrRefusesIt(string end, int code)
        {
            string file = Path.GetTempFileName();
            try
            {
                string example = File.ReadAllText(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json"));
                File.WriteAllText(file, System.Text.RegularExpressions.Regex.Replace(example, "(\"expires_at\": *\")[^\"]*", "${1}" + end));
                (int actual, string text, string error) = Run("demo", "--key", file);
                Assert.AreEqual(code, actual, text);
                Assert.AreEqual(code == 0 ? "" : "error: expires_at: wanted at least 10 min after created_at, which the scene takes\n", error);
            }
            finally
            {
                File.Delete(file);
            }
        }

        [TestMethod]
        [DataRow("02/03/2027 10:00", "wanted a time with its zone")]
        [DataRow("2026-12-01T10:00:00", "wanted a time with its zone")]
        [DataRow("December 1", "wanted a time with its zone")]
        [DataRow("1970-01-01T00:00:00+14:00", "from 1970 to 2105 in UTC")]
        [DataRow("2105-12-31T23:59:59-14:00", "from 1970 to 2105 in UTC")]
        [DataRow("2025-06-14T18:54:17.946559+02:00", "wanted a time at least 1 s after created_at")]
        public void Key_WithATimeThatIsNoneIsRefused(string end, string line)
        {
            string file = Path.GetTempFileName();
            try
            {
                string example = File.ReadAllText(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json"));
                File.WriteAllText(file, System.Text.RegularExpressions.Regex.Replace(example, "(\"expires_at\": *\")[^\"]*", "${1}" + end));
                (int code, _, string error) = Run("demo", "--key", file);
                Assert.AreEqual(2, code);
                Assert.StartsWith("error: expires_at: ", error);
                Assert.Contains(line, error);
            }
            finally
            {
                File.Delete(file);
            }
        }

        [TestMethod]
        public void Prompt_TakesWhatEverybodyTries()
        {
            StringWriter output = new();
            using Desk desk = new(Plain(output), DoorController.Issuer.InstantKey.Parse(
                File.ReadAllBytes(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json"))));
            Assert.Contains("granted (1)", Do(desk, output, "TAP"));
            Assert.Contains("it is 2025-06-14 17:54:", Do(desk, output, "Time +1H"));
            Assert.Contains("FORCED OPEN", Do(desk, output, "Alarm OPEN"));
            Assert.Contains("state: forced open", Do(desk, output, "STATUS"));
            Assert.AreEqual("tap                  the phone presents its key\n", Do(desk, output, "help tap").ReplaceLineEndings("\n"));
            Assert.Contains("how the door is", Do(desk, output, "help status"));
            Assert.DoesNotContain("the phone presents its key", Do(desk, output, "help status"));
            Assert.Contains("there is no command \"dance\"", Do(desk, output, "help dance"));
            Assert.AreEqual(Do(desk, output, "help"), Do(desk, output, "?"));
            Assert.Contains("no such command: wanted at most 64 plain ASCII characters", Do(desk, output, "émile"));
            Assert.Contains("no such command: wanted at most 64 plain ASCII characters", Do(desk, output, "status" + new string(' ', 60) + "now"));
            Assert.IsFalse(desk.IsOver);
            Do(desk, output, "Exit");
            Assert.IsTrue(desk.IsOver);
        }

        [TestMethod]
        public void Keys_EndTheProgram()
        {
            KeyLine line = new();
            Assert.IsTrue(line.Ends(new ConsoleKeyInfo('\u0004', ConsoleKey.D, false, false, true)));
            line.Add(new ConsoleKeyInfo('t', ConsoleKey.T, false, false, false));
            Assert.IsFalse(line.Ends(new ConsoleKeyInfo('\u0004', ConsoleKey.D, false, false, true)), "something is typed");
            Assert.IsTrue(line.Ends(new ConsoleKeyInfo('\u0003', ConsoleKey.C, false, false, true)));
            Assert.IsFalse(line.Ends(new ConsoleKeyInfo('c', ConsoleKey.C, false, false, false)));
        }

        [TestMethod]
        public void Prompt_DoesWhatItSays()
        {
            StringWriter output = new();
            using Desk desk = new(Plain(output), DoorController.Issuer.InstantKey.Parse(
                File.ReadAllBytes(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json"))));
            Assert.Contains("granted (1)", Do(desk, output, "tap"));
            Assert.Contains("key number 1 is deleted", Do(desk, output, "revoke"));
            Assert.Contains("granted (1)", Do(desk, output, "tap"), "the news has not reached the door");
            Assert.Contains("the list (accepted)", Do(desk, output, "carry"));
            Assert.Contains("revoked (51)", Do(desk, output, "tap"));
            Assert.Contains("REFUSED by check 15, revoked", Do(desk, output, "explain 1"));
            Do(desk, output, "issue");
            Assert.Contains("granted (1)", Do(desk, output, "tap"));
            Assert.Contains("2025-06-17", Do(desk, output, "time +3d"));
            Assert.Contains("expired (54)", Do(desk, output, "tap"));
            Assert.Contains("FORCED OPEN", Do(desk, output, "alarm open"));
            Assert.Contains("restored", Do(desk, output, "cut 1") + Do(desk, output, "time"));
            Assert.Contains("no command \"dance\"", Do(desk, output, "dance"));
            Assert.Contains("wanted +N", Do(desk, output, "time +2x"));
            Assert.Contains("wanted open, close", Do(desk, output, "alarm loud"));
            Assert.IsFalse(desk.IsOver);
            Do(desk, output, "quit");
            Assert.IsTrue(desk.IsOver);
        }

        [TestMethod]
        public void Technician_ProvesHimselfAtThePrompt()
        {
            StringWriter output = new();
            using Desk desk = new(Plain(output), DoorController.Issuer.InstantKey.Parse(
                File.ReadAllBytes(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json"))));
            string challenge = Do(desk, output, "strike").Split(' ', ',')[1];
            string answer = Do(desk, output, "respond strike " + challenge).Split('"')[1];
            int pulses = desk.Door.Host.Strike.Pulses;
            Assert.Contains("strike energised", Do(desk, output, answer));
            Assert.AreEqual(pulses + 1, desk.Door.Host.Strike.Pulses);
            Assert.Contains("no challenge stands", Do(desk, output, answer), "an answer is good once");
            Assert.AreEqual(pulses + 1, desk.Door.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Keys_MakeLinesWithAHistory()
        {
            KeyLine line = new();
            Assert.AreEqual("tap", Type(line, "tap\r"));
            Assert.AreEqual("status", Type(line, "stax\btus\r"));
            line.Add(Arrow(ConsoleKey.UpArrow));
            line.Add(Arrow(ConsoleKey.UpArrow));
            Assert.AreEqual("tap", line.Text);
            line.Add(Arrow(ConsoleKey.UpArrow));
            Assert.AreEqual("tap", line.Text, "there is nothing before the first");
            line.Add(Arrow(ConsoleKey.DownArrow));
            Assert.AreEqual("status", line.Text);
            line.Add(Arrow(ConsoleKey.Escape));
            Assert.AreEqual("", line.Text);
            Assert.IsNull(Type(line, new string('x', 5000)));
            Assert.AreEqual(120, line.Text.Length);
        }

        private static (int Code, string Text, string Error) Run(params string[] args)
        {
            StringWriter output = new();
            StringWriter error = new() { NewLine = "\n" };
            return (SimApp.Run(args, Plain(output), error), output.ToString(), error.ToString());
        }

        private static IAnsiConsole Plain(StringWriter output) => AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });

        private static string Do(Desk desk, StringWriter output, string line)
        {
            output.GetStringBuilder().Clear();
            desk.Do(line);
            return output.ToString();
        }

        private static string? Type(KeyLine line, string text)
        {
            string? whole = null;
            foreach (char c in text)
            {
                ConsoleKey key = c switch { '\r' => ConsoleKey.Enter, '\b' => ConsoleKey.Backspace, _ => ConsoleKey.A };
                whole = line.Add(new ConsoleKeyInfo(c, key, false, false, false));
            }

            return whole;
        }

        private static ConsoleKeyInfo Arrow(ConsoleKey key) => new('\0', key, false, false, false);
    }
}
