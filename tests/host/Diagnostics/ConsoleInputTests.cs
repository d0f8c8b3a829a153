using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using DoorController.Diagnostics;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>Line editing that a dumb terminal survives, and input that means nothing.</summary>
    [TestClass]
    public sealed class ConsoleInputTests
    {
        [TestMethod]
        public void A_million_random_bytes_neither_hang_nor_change_anything()
        {
            const int count = 1_000_000;
            using ConsoleRig typed = new();
            using ConsoleRig quiet = new();
            byte[] noise = new byte[count];
            new Random(6).NextBytes(noise);
            int at = 0;
            long polls = 0;
            while (at < count || typed.Rig.Host.Serial.WaitingBytes > 0)
            {
                int room = Math.Min(count - at, typed.Rig.Host.Serial.InputCapacityBytes - typed.Rig.Host.Serial.WaitingBytes);
                typed.Rig.Host.Serial.Type(noise.AsSpan(at, room));
                at += room;
                typed.Rig.Run(10);
                quiet.Rig.Run(10);
                typed.Rig.Host.Serial.TakeOutput();
                Assert.IsTrue(++polls < count, "it goes on taking input");
            }

            Assert.AreEqual(0, typed.Rig.Host.Serial.LostBytes);
            AssertSameDoor(quiet, typed);
            typed.Rig.Host.Serial.Type("\u0003");
            typed.ReadToPrompt();
            Assert.AreEqual("state: ready", typed.Ask("status")[0], "it still listens");
        }

        [TestMethod]
        public void Fifty_thousand_lines_of_words_it_knows_change_nothing_either()
        {
            string[] words =
            [
                "help", "status", "door", "keys", "log", "time", "net", "sync", "radio", "heap", "explain", "strike 0123456789", "reboot 0123456789",
                "5", "4294967295", "-1", "log 3", "explain 5", "\b\b", "\u0015", "\u001b[A", "\t", "\0", "ÿ", new string('x', 300),
            ];
            using ConsoleRig typed = new();
            using ConsoleRig quiet = new();
            Random random = new(7);
            for (int line = 0; line < 50_000; line++)
            {
                string text = string.Join(random.Next(2) == 0 ? " " : "", Enumerable.Range(0, random.Next(4)).Select(_ => words[random.Next(words.Length)]));
                typed.Rig.Host.Serial.Type(text + "\r");
                for (int i = 0; i < 3 || typed.Rig.Host.Serial.WaitingBytes > 0; i++)
                {
                    typed.Rig.Run(10);
                    quiet.Rig.Run(10);
                    typed.Rig.Host.Serial.TakeOutput();
                }
            }

            AssertSameDoor(quiet, typed);
        }

        [TestMethod]
        [DataRow("statux\bs", "status")]
        [DataRow("staxx\u007f\u007ftus", "status")]
        [DataRow("\b\bstatus", "status")]
        [DataRow("rubbish\u0015status", "status")]
        [DataRow("sta\u001b[Atus", "status")]
        [DataRow("sta\u001b[1;5Ctus", "status")]
        [DataRow("sta\u001bOPtus", "status")]
        [DataRow("sta\ttus\u0007\u0000", "status")]
        [DataRow("caf\u00e9", "caf")]
        public void Keys_of_a_dumb_terminal(string typed, string line)
        {
            LineEditor editor = new();
            string? got = null;
            foreach (byte value in Encoding.UTF8.GetBytes(typed + "\r"))
            {
                got = editor.Add(value, out _);
            }

            Assert.AreEqual(line, got);
        }

        [TestMethod]
        public void What_is_echoed_shows_the_line_on_a_terminal_that_knows_only_backspace()
        {
            using ConsoleRig rig = new();
            rig.Rig.Host.Serial.Type("hxe\b\bex\bap\u001b[D");
            rig.Rig.Run(200);
            Assert.AreEqual("heap", Screen(rig.Rig.Host.Serial.TakeText()));
            rig.Rig.Host.Serial.Type("\u0015net");
            rig.Rig.Run(200);
            Assert.AreEqual("> net", Screen(rig.Rig.Host.Serial.TakeText()).Trim());
        }

        [TestMethod]
        [DataRow("\r")]
        [DataRow("\n")]
        [DataRow("\r\n")]
        public void Every_line_end_ends_one_line(string end)
        {
            using ConsoleRig rig = new();
            rig.Rig.Host.Serial.Type("net" + end);
            rig.Rig.Run(500);
            string text = rig.Rig.Host.Serial.TakeText();
            Assert.AreEqual("net\r\nnetwork: up, server not set in door.json\r\n> ", text);
        }

        [TestMethod]
        public void A_line_is_full_at_its_bound_and_rings()
        {
            using ConsoleRig rig = new();
            rig.Rig.Host.Serial.Type(new string('x', Limits.ConsoleLineBytes + 3));
            rig.Rig.Run(500);
            Assert.AreEqual(new string('x', Limits.ConsoleLineBytes) + "\a\a\a", rig.Rig.Host.Serial.TakeText());
            rig.Rig.Host.Serial.Type("\r");
            StringAssert.Contains(rig.ReadToPrompt(), "no command \"xxx", StringComparison.Ordinal);
        }

        [TestMethod]
        public void Lines_typed_ahead_are_answered_one_after_the_other()
        {
            using ConsoleRig rig = new();
            rig.Rig.Host.Serial.Type("net\rheap\rnet\r");
            rig.Rig.Run(2000);
            const string net = "net\r\nnetwork: up, server not set in door.json\r\n> ";
            Assert.AreEqual(net + "heap\r\nfree bytes: managed 40000, native 100000\r\n> " + net, rig.Rig.Host.Serial.TakeText());
        }

        [TestMethod]
        public void One_Poll_sends_no_more_than_its_bound_and_takes_no_more_than_its_bound()
        {
            using ConsoleRig rig = new();
            rig.Rig.Host.Serial.Type("help\rselftest\rkeys\rstatus\rlog\r" + new string('x', 100));
            StringBuilder all = new();
            for (int i = 0; i < 500; i++)
            {
                int waiting = rig.Rig.Host.Serial.WaitingBytes;
                rig.Rig.Run(10);
                string sent = rig.Rig.Host.Serial.TakeText();
                Assert.IsTrue(sent.Length <= Limits.ConsoleOutputBytes, sent);
                Assert.IsTrue(waiting - rig.Rig.Host.Serial.WaitingBytes <= Limits.ConsoleInputBytes);
                all.Append(sent);
            }

            StringAssert.EndsWith(all.ToString(), "> " + new string('x', Limits.ConsoleLineBytes) + new string('\a', 36), StringComparison.Ordinal);
        }

        [TestMethod]
        public void A_line_that_takes_one_byte_at_a_time_or_none_gets_everything_in_the_end()
        {
            using ConsoleRig rig = new();
            string whole = string.Join("\r\n", rig.Ask("help"));
            rig.Rig.Host.Serial.OutputCapacityBytes = 1;
            StringBuilder text = new();
            rig.Rig.Host.Serial.Type("help\r");
            for (int i = 0; i < 3000; i++)
            {
                rig.Rig.Run(10);
                if (i % 2 == 0)
                {
                    text.Append(rig.Rig.Host.Serial.TakeText());
                }
            }

            Assert.AreEqual("help\r\n" + whole + "\r\n> ", text.ToString());
        }

        private static void AssertSameDoor(ConsoleRig quiet, ConsoleRig typed)
        {
            Assert.AreEqual(0, typed.Rig.Host.Strike.Pulses);
            Assert.AreEqual(0, typed.Rig.Host.Power.RebootsOrdered);
            Assert.AreEqual(quiet.Rig.Host.Clock.WorldMs, typed.Rig.Host.Clock.WorldMs);
            CollectionAssert.AreEqual(quiet.Rig.Host.Lamp.Changes.ToArray(), typed.Rig.Host.Lamp.Changes.ToArray());
            SortedDictionary<string, string> wanted = ConsoleRig.Files(quiet.Rig.Host.Flash);
            SortedDictionary<string, string> found = ConsoleRig.Files(typed.Rig.Host.Flash);
            CollectionAssert.AreEqual(wanted.Keys, found.Keys);
            foreach ((string name, string content) in wanted)
            {
                Assert.AreEqual(content, found[name], name);
            }
        }

        /// <summary>The last row of a terminal that knows carriage return and backspace, and nothing else.</summary>
        private static string Screen(string text)
        {
            char[] row = new string(' ', 200).ToCharArray();
            int column = 0;
            foreach (char c in text)
            {
                switch (c)
                {
                    case '\r':
                        column = 0;
                        break;
                    case '\b':
                        column = Math.Max(0, column - 1);
                        break;
                    default:
                        row[column++] = c;
                        break;
                }
            }

            return new string(row).TrimEnd();
        }
    }
}
