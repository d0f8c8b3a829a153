using System;
using System.Linq;
using System.Text.RegularExpressions;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Wiring
{
    /// <summary>The pin table of wiring.md, the drawings and Esp32Board.cs say the same, and a change in one of them only is seen.</summary>
    [TestClass]
    public sealed class WiringPinTests
    {
        [TestMethod]
        [DataRow(0)]
        [DataRow(1)]
        public void Table_drawing_and_firmware_have_the_same_pins(int board)
        {
            (string Signal, int Pin)[] firmware = Firmware(WiringDocument.ReadPinSource(), board);
            Assert.IsTrue(firmware.Length >= 8, "pins were found");
            CollectionAssert.AreEqual(firmware, WiringDocument.PinsOfTable(board), "wiring.md against Esp32Board.cs, in the same order");
            CollectionAssert.AreEquivalent(firmware, WiringDocument.PinsOfDrawing(WiringDocument.Boards[board].Drawing), "the drawing");
        }

        [TestMethod]
        public void A_pin_that_is_changed_in_the_firmware_alone_is_seen()
        {
            string source = WiringDocument.ReadPinSource();
            int tried = 0;
            for (int board = 0; board < WiringDocument.Boards.Length; board++)
            {
                foreach ((string signal, int pin) in WiringDocument.PinsOfTable(board))
                {
                    string start = source[..source.IndexOf("static class " + WiringDocument.Boards[board].Class, StringComparison.Ordinal)];
                    string changed = start + new Regex($@"int {signal} = {pin};").Replace(source[start.Length..], $"int {signal} = {pin + 1};", 1);
                    CollectionAssert.AreNotEqual(WiringDocument.PinsOfTable(board), Firmware(changed, board), signal);
                    tried++;
                }
            }

            Assert.AreEqual(32, tried, "18 + 14 pins");
        }

        [TestMethod]
        public void Every_pin_of_the_firmware_is_read_with_its_level()
        {
            string source = WiringDocument.ReadPinSource();
            int constants = Regex.Count(source, @"public const int \w+ = \d+;");
            Assert.AreEqual(constants, WiringDocument.Boards.Sum(b => WiringDocument.PinsOfSource(source, b.Class).Length));
        }

        [TestMethod]
        public void Levels_at_boot_are_those_of_the_firmware()
        {
            string source = WiringDocument.ReadPinSource();
            string[][] table = WiringDocument.Table("Pins");
            foreach ((string name, _) in WiringDocument.Boards)
            {
                foreach ((string signal, _, string level) in WiringDocument.PinsOfSource(source, name))
                {
                    string said = table.Single(r => r[0] == signal)[4];
                    Assert.AreEqual(level.Contains("LOW by the driver's pull-down", StringComparison.Ordinal), said == "LOW, by the pull-down", $"{name} {signal}");
                    Assert.IsFalse(level.Contains("HIGH", StringComparison.Ordinal) && !said.Contains("HIGH", StringComparison.Ordinal), $"{name} {signal}");
                    Assert.IsTrue(level.StartsWith("floats", StringComparison.Ordinal), "a pin floats in reset: " + signal);
                }
            }
        }

        /// <summary>Straps, flash, PSRAM, USB, download port, and pins that toggle at boot (PLATFORM.md 9.2).</summary>
        [TestMethod]
        [DataRow(0, new[] { 0, 3, 19, 20, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 43, 44, 45, 46 }, new int[0])]
        [DataRow(1, new[] { 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17 }, new[] { 34, 35, 36, 37, 38, 39 })]
        public void No_pin_is_one_that_the_board_needs_for_itself(int board, int[] reserved, int[] inputOnly)
        {
            string[] inputs = ["Rex", "DoorContact", "Tamper", "FireAlarm", "ConsoleRx"];
            foreach ((string signal, int pin) in WiringDocument.PinsOfTable(board))
            {
                CollectionAssert.DoesNotContain(reserved, pin, signal);
                Assert.IsTrue(inputs.Contains(signal) || !inputOnly.Contains(pin), signal + " is an output");
            }
        }

        [TestMethod]
        public void No_two_signals_share_a_colour_or_a_pin()
        {
            string[][] table = WiringDocument.Table("Pins");
            CollectionAssert.AllItemsAreUnique(table.Select(r => r[1]).ToArray());
            for (int board = 0; board < WiringDocument.Boards.Length; board++)
            {
                CollectionAssert.AllItemsAreUnique(WiringDocument.PinsOfTable(board).Select(p => p.Pin).ToArray());
            }
        }

        [TestMethod]
        public void Drawings_name_the_colours_of_the_table()
        {
            string[][] table = WiringDocument.Table("Pins");
            for (int board = 0; board < WiringDocument.Boards.Length; board++)
            {
                string drawing = System.IO.File.ReadAllText(WiringDocument.Drawings[WiringDocument.Boards[board].Drawing]);
                foreach ((string signal, _) in WiringDocument.PinsOfTable(board))
                {
                    string colour = table.Single(r => r[0] == signal)[1];
                    StringAssert.Contains(drawing, " · " + colour + "<", StringComparison.Ordinal);
                }
            }
        }

        [TestMethod]
        [DataRow("s3", 0)]
        [DataRow("esp32", 1)]
        public void The_flash_tool_knows_how_many_floors_each_board_has(string name, int board)
        {
            Assert.AreEqual(WiringDocument.PinsOfTable(board).Count(p => p.Signal.StartsWith("Floor", StringComparison.Ordinal)), Variant.ByName(name).Floors);
        }

        private static (string Signal, int Pin)[] Firmware(string source, int board) =>
            WiringDocument.PinsOfSource(source, WiringDocument.Boards[board].Class).Select(p => (p.Signal, p.Pin)).ToArray();
    }
}
