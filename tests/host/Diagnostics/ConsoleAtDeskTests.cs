using System;
using System.IO;
using DoorController.Issuer;
using DoorController.Sim;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>The sim's prompt hands what it does not know to the door's console, which answers there as it does on the board.</summary>
    [TestClass]
    public sealed class ConsoleAtDeskTests
    {
        [TestMethod]
        public void Every_command_answers_at_the_desk()
        {
            StringWriter output = new();
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
            console.Profile.Width = 200;
            using Desk desk = new(console, InstantKey.Parse(File.ReadAllBytes(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json"))));
            (string Command, string Answer)[] wanted =
            [
                ("help", "which check would refuse it"), ("status", "state: ready"), ("door", "name: DESK DOOR"), ("keys", "index 0, watermark"),
                ("log", "trail started"), ("time", "quality: proven"), ("net", "network: down"), ("sync", "sync: no server"), ("radio", "radio: on"),
                ("heap", "free bytes: managed"), ("explain 1", "key 1 passes checks 13 to 15"), ("selftest", "keys: pass"),
            ];
            foreach ((string command, string answer) in wanted)
            {
                StringAssert.Contains(Do(desk, output, command), answer, StringComparison.Ordinal);
            }

            foreach (string command in (string[])["strike", "reboot"])
            {
                string challenge = Do(desk, output, command).Split("challenge: ")[1][..16];
                string typed = Do(desk, output, $"respond {command} {challenge}").Split('"')[1];
                StringAssert.Contains(Do(desk, output, typed), command == "strike" ? "strike energised for" : "rebooting", StringComparison.Ordinal);
            }
        }

        private static string Do(Desk desk, StringWriter output, string line)
        {
            output.GetStringBuilder().Clear();
            desk.Do(line);
            return output.ToString();
        }
    }
}
