using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DoorController.Flash;
using DoorController.Flash.Provision;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Wiring
{
    /// <summary>What wiring.md says of settings, cables, parts and bench tests is checked against what it comes from.</summary>
    [TestClass]
    public sealed class WiringTextTests
    {
        private static readonly string[] BoardDrawings = WiringDocument.Boards.Select(b => b.Drawing).ToArray();

        [TestMethod]
        public void Fields_of_door_json_are_those_that_the_door_takes()
        {
            string[] fields = WiringDocument.Table("door.json").Select(r => r[0].Trim('`')).ToArray();
            string reason = SettingsFields.Read(new Hashtable { ["nonsense"] = 1 }, 0).SafeReason;
            string[] taken = reason.Split("wanted ")[1].Split(", ");
            CollectionAssert.AreEqual(taken, fields);
        }

        [TestMethod]
        public void Defaults_and_ranges_of_door_json_are_those_of_the_door()
        {
            Settings settings = new();
            string[][] table = WiringDocument.Table("door.json");
            Assert.AreEqual(settings.HoldMs.ToString(CultureInfo.InvariantCulture), Cell(table, "hold_ms", 2));
            Assert.AreEqual(settings.HeldOpenS.ToString(CultureInfo.InvariantCulture), Cell(table, "held_open_s", 2));
            Assert.AreEqual(settings.ServerPort.ToString(CultureInfo.InvariantCulture), Cell(table, "server_port", 2));
            StringAssert.StartsWith(Cell(table, "hold_ms", 1), $"500 to {Limits.HoldMaxMs},", StringComparison.Ordinal);
            foreach ((string field, int least, int most) in ((string, int, int)[])[("hold_ms", 500, 20000), ("held_open_s", 5, 3600), ("server_port", 1, 65535)])
            {
                StringAssert.StartsWith(Cell(table, field, 1), $"{least} to {most}", StringComparison.Ordinal);
                Assert.IsFalse(SettingsFields.Read(new Hashtable { [field] = least }, 0).IsSafeState);
                Assert.IsFalse(SettingsFields.Read(new Hashtable { [field] = most }, 0).IsSafeState);
                Assert.IsTrue(SettingsFields.Read(new Hashtable { [field] = least - 1 }, 0).IsSafeState);
                Assert.IsTrue(SettingsFields.Read(new Hashtable { [field] = most + 1 }, 0).IsSafeState);
            }
        }

        [TestMethod]
        public void The_sample_settings_are_good_for_every_board()
        {
            string sample = Path.Combine(WiringDocument.Root, "wiring", "door.json");
            CollectionAssert.AreEqual(File.ReadAllBytes(sample), DoorSettings.Load(sample, 0).Content);
        }

        [TestMethod]
        public void Cable_lengths_follow_from_the_formula()
        {
            double[] areas = [0.5, 0.75, 1.5];
            string[][] rows = WiringDocument.Table("Cables");
            Assert.AreEqual(5, rows.Length);
            foreach (string[] row in rows)
            {
                double volts = double.Parse(row[0].Split(' ')[0], CultureInfo.InvariantCulture);
                double amperes = double.Parse(row[1].Split(' ')[0], CultureInfo.InvariantCulture);
                for (int i = 0; i < areas.Length; i++)
                {
                    double metres = 0.1 * volts * areas[i] / (2 * amperes * 0.0175);
                    Assert.AreEqual(Math.Round(metres).ToString(CultureInfo.InvariantCulture) + " m", row[2 + i]);
                }
            }
        }

        [TestMethod]
        public void What_nobody_measured_names_the_bench_test_that_would_settle_it()
        {
            const string phrase = "not yet measured on a board";
            string[][] tests = WiringDocument.Table("Not yet measured on a board");
            string[] names = tests.Select(r => r[0]).ToArray();
            CollectionAssert.AreEqual(Enumerable.Range(1, names.Length).Select(i => "B" + i).ToArray(), names);
            Assert.IsTrue(tests.All(r => r.Length == 4 && r.All(c => c.Length > 0)));
            string text = WiringDocument.Text.Split("\n## Not yet measured on a board\n")[0].Replace('\n', ' ');
            MatchCollection marks = Regex.Matches(text, phrase, RegexOptions.IgnoreCase);
            Assert.IsTrue(marks.Count >= 5, "marks: " + marks.Count);
            foreach (Match mark in marks)
            {
                string behind = text[mark.Index..Math.Min(text.Length, mark.Index + phrase.Length + 20)];
                Assert.IsTrue(Regex.IsMatch(behind, @"^[^B]*\bB\d+"), behind);
            }

            foreach (string name in Regex.Matches(WiringDocument.Text, @"\bB\d+\b").Select(m => m.Value).Distinct())
            {
                CollectionAssert.Contains(names, name);
            }
        }

        [TestMethod]
        public void Every_part_of_a_drawing_is_in_the_bill_of_materials()
        {
            string bill = WiringDocument.Text.Split("\n## Bill of materials\n")[1].Split("\n## ")[0];
            int parts = 0;
            foreach ((string name, string path) in WiringDocument.Drawings.Where(d => !BoardDrawings.Contains(d.Key)))
            {
                foreach (string label in XDocument.Load(path).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value))
                {
                    Match part = Regex.Match(label, @"^([RCDQUFJ]\d+)\b");
                    if (part.Success)
                    {
                        Assert.IsTrue(Regex.IsMatch(bill, $@"\b{part.Value}\b"), $"{part.Value} of {name}");
                        parts++;
                    }
                }
            }

            Assert.IsTrue(parts > 30, "parts: " + parts);
        }

        [TestMethod]
        public void The_code_of_lamps_and_buzzer_stands_where_somebody_looks_for_it()
        {
            string[] symptoms = WiringDocument.Table("Troubleshooting").Select(r => r[0]).ToArray();
            string drawing = string.Join(' ', XDocument.Load(WiringDocument.Drawings["lamps.svg"]).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value));
            foreach (string code in (string[])["every 3 s", "hold time", "1.5 s", "every 2 s", "beeps without end"])
            {
                StringAssert.Contains(drawing, code, StringComparison.Ordinal);
                Assert.AreEqual(1, symptoms.Count(s => s.Contains(code, StringComparison.Ordinal)), code);
            }
        }

        [TestMethod]
        public void A_relay_has_one_name_in_all_drawings()
        {
            (string Relay, string Drawing)[] named = WiringDocument.Drawings
                .SelectMany(d => XDocument.Load(d.Value).Descendants().Where(e => e.Name.LocalName == "text" && Regex.IsMatch(e.Value, @"^K\w+$")).Select(e => (e.Value, d.Key)))
                .Distinct().ToArray();
            Assert.IsTrue(named.Length >= 5, "relays: " + named.Length);
            Assert.AreEqual(named.Length, named.Select(n => n.Relay).Distinct().Count(), string.Join(", ", named));
        }

        [TestMethod]
        public void Every_drawing_is_shown_and_every_link_leads_somewhere()
        {
            string[] links = Regex.Matches(WiringDocument.Text, @"\]\((?<to>[^)#]+)\)").Select(m => m.Groups["to"].Value).Distinct().ToArray();
            foreach (string link in links)
            {
                Assert.IsTrue(File.Exists(Path.Combine(WiringDocument.Root, link)), link);
            }

            string[] shown = Regex.Matches(WiringDocument.Text, @"!\[[^\]]+\]\(wiring/(?<file>[^)]+)\)").Select(m => m.Groups["file"].Value).ToArray();
            CollectionAssert.AreEquivalent(WiringDocument.Drawings.Keys.ToArray(), shown);
            string[] headings = Regex.Matches(WiringDocument.Text, "\n## (?<name>.*)").Select(m => m.Groups["name"].Value.ToLowerInvariant().Replace(' ', '-')).ToArray();
            foreach (Match anchor in Regex.Matches(WiringDocument.Text, @"\]\(#(?<to>[^)]+)\)"))
            {
                CollectionAssert.Contains(headings, anchor.Groups["to"].Value);
            }
        }

        [TestMethod]
        public void Bring_up_has_ten_steps_and_each_says_what_to_look_for()
        {
            string section = WiringDocument.Text.Split("\n## Bring-up in ten steps\n")[1].Split("\n## ")[0];
            string[] steps = Regex.Split(section, @"\n(?=\d+\. )")[1..];
            Assert.AreEqual(10, steps.Length);
            foreach (string step in steps)
            {
                Assert.IsTrue(Regex.IsMatch(step, "easure|shows|says|ends with|stays|pass|lamp is on"), step);
            }
        }

        [TestMethod]
        public void Commands_of_the_document_are_commands_of_the_tools()
        {
            string[] named = Regex.Matches(WiringDocument.Text, @"`(?:dotnet run --project tools/flash -- |tools/flash |flash )(?<command>\w+)").Select(m => m.Groups["command"].Value).Distinct().ToArray();
            Assert.IsTrue(named.Length >= 5);
            StringWriter help = new();
            FlashApp.RunAsync(["--help"], new FlashHost { Out = help, Error = help }).GetAwaiter().GetResult();
            foreach (string command in named)
            {
                Assert.IsTrue(Regex.IsMatch(help.ToString(), $@"(?m)^\s+{command}\b"), command);
            }
        }

        private static string Cell(string[][] table, string field, int column) => table.Single(r => r[0] == $"`{field}`")[column];
    }
}
