using System;
using System.IO;
using System.Linq;
using DoorController.Flash;
using DoorController.Flash.Images;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>Nothing is erased before the image was looked into and goes with the application, and before the board's PSRAM is known.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class FlashImageTests : IDisposable
    {
        private const string Rmt = "nanoFramework.Hardware.Esp32.Rmt";

        private readonly StandInBoard _board = new();

        public void Dispose()
        {
            _board.Dispose();
        }

        [TestMethod]
        [DataRow(Rmt, 0x8ADAC728u, "is older than 23 August 2026, it has RMT 2.x and the application wants 3.x (nanoFramework.Hardware.Esp32.Rmt has 0x8ADAC728 and the application wants 0x84E4A55C): run it with --archive FOLDER, filled by nanoff --updatearchive --platform esp32 --target ESP32_S3_OCTAL")]
        [DataRow("nanoFramework.Device.Bluetooth", 0xE610B406u, "nanoFramework.Device.Bluetooth has 0xE610B406 and the application wants 0xE610B405: take an image of the packages' time with --archive")]
        [DataRow("nanoFramework.Device.Bluetooth", 0u, "nanoFramework.Device.Bluetooth has none and the application wants 0xE610B405: take another image")]
        [DataRow("System.IO.FileSystem", 0x0B887B6Fu, "is of about 21 September 2026 or later (System.IO.FileSystem has 0x0B887B6F and the application wants 0x1777E2FE): give --archive FOLDER with an image of 23 August to 21 September 2026, or take the package")]
        [DataRow("System.Net", 0x6DFA71D6u, "is older than 10 July 2026 (System.Net has 0x6DFA71D6 and the application wants 0x8EFB9944)")]
        [DataRow("mscorlib", 0xF0208DC0u, "mscorlib has 0xF0208DC0 and the application wants 0x1549C856")]
        public void An_image_that_does_not_go_with_the_application_is_refused_before_anything_is_erased(string name, uint checksum, string line)
        {
            (string, uint)[] natives = StandInBoard.NativesWith(name, checksum);
            _board.SetNatives(natives, natives);
            _board.Run(Firmware("--first-time")).AssertOneLine(ExitCode.Failed, line);
            Assert.AreEqual(2, _board.Calls.Length, "chip and download");
            Assert.AreEqual(string.Empty, _board.Target);
        }

        [TestMethod]
        public void An_application_with_a_System_Net_from_source_is_told_which_package_it_wants()
        {
            string image = _board.WriteImage();
            byte[] bytes = File.ReadAllBytes(image);
            int at = bytes.AsSpan().IndexOf(new byte[] { 0x44, 0x99, 0xFB, 0x8E });
            new byte[] { 0xD6, 0x71, 0xFA, 0x6D }.CopyTo(bytes, at);
            File.WriteAllBytes(image, bytes);
            _board.Run("firmware", "--port", _board.Port, "--image", image).AssertOneLine(
                ExitCode.Failed, "System.Net has 0x8EFB9944 and the application wants 0x6DFA71D6: build the application with the package nanoFramework.System.Net 1.11.60");
        }

        [TestMethod]
        [DataRow(new byte[] { 0xE9 }, "no program")]
        [DataRow(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9 }, "another magic")]
        public void An_image_without_a_table_is_written_only_when_that_is_asked_for(byte[] program, string what)
        {
            FirmwareImageMaker.Write(Path.Combine(_board.Folder, "image.zip"), program);
            _board.Run(Firmware()).AssertOneLine(ExitCode.Failed, "no table of native assemblies is found in");
            Assert.AreEqual(string.Empty, _board.Target, what);
            _board.Run(Firmware("--unchecked-image")).AssertDone();
            Assert.AreEqual("ESP32_S3_OCTAL", _board.Target);
        }

        [TestMethod]
        public void What_the_image_promised_is_compared_with_what_the_board_reports()
        {
            _board.SetNatives(StandInBoard.Natives, StandInBoard.NativesWith(Rmt, 0x8ADAC728));
            _board.Run(Firmware()).AssertOneLine(ExitCode.Failed, "is older than 23 August 2026");
            _board.PutApp("1.0.0.0");
            _board.Run("check", "--port", _board.Port, "--image", _board.WriteImage()).AssertOneLine(ExitCode.Failed, "is older than 23 August 2026");
            _board.Run("app", "--port", _board.Port, "--image", _board.WriteImage()).AssertOneLine(ExitCode.Failed, "is older than 23 August 2026");
            Assert.IsFalse(_board.Calls.Any(c => c.Contains("--deploy", StringComparison.Ordinal)));
        }

        [TestMethod]
        public void A_table_is_found_with_the_names_that_share_their_ends()
        {
            byte[] program = FirmwareImageMaker.Program([("mscorlib", 1), ("nanoFramework.System.Net", 2), ("System.Net", 3)]);
            NativeTable table = NativeTable.Find(program)!;
            Assert.AreEqual(1u, table.Checksum("mscorlib"));
            Assert.AreEqual(3u, table.Checksum("System.Net"));
            Assert.IsNull(table.Checksum("System.Device.Wifi"));
            Assert.IsNull(NativeTable.Find(FirmwareImageMaker.Program([("System.Net", 3)])), "without the core library it is no table");
            Assert.IsNull(NativeTable.Find(program[..^80]), "a program cut short");
        }

        [TestMethod]
        public void An_archive_gives_its_highest_version_and_nothing_is_downloaded()
        {
            _board.WriteArchive("ESP32_S3_OCTAL", "1.17.0.99");
            string archive = _board.WriteArchive("ESP32_S3_OCTAL", "1.17.0.300");
            _board.Run(Firmware("--archive", archive)).AssertDone();
            Assert.AreEqual(1, _board.Calls.Count(c => c.Contains($"--update --fwversion 1.17.0.300 --fromarchive --archivepath {archive}", StringComparison.Ordinal)));
            Assert.IsFalse(_board.Calls.Any(c => c.Contains("--updatearchive", StringComparison.Ordinal)));
            _board.Run(Firmware("--archive", archive, "--firmware-version", "ESP32_S3_OCTAL=1.17.0.99", "--firmware-version", "ESP32_BLE_REV3=1.17.0.111")).AssertDone();
            Assert.AreEqual(1, _board.Calls.Count(c => c.Contains("--fwversion 1.17.0.99 ", StringComparison.Ordinal)));
        }

        [TestMethod]
        [DataRow("1.17.0.300", "--firmware-version 1.17.0.300 does not say whose version it is: write it as ESP32_S3_OCTAL=1.17.0.300")]
        [DataRow("ESP32_S3_OCTAL=new", "does not say whose version it is")]
        [DataRow("ESP32_BLE_REV3=1.17.0.300", "--firmware-version has no version for ESP32_S3_OCTAL, only for ESP32_BLE_REV3")]
        [DataRow("ESP32_S3_OCTAL=1.17.0.301", "has no image ESP32_S3_OCTAL 1.17.0.301: fill it with nanoff --updatearchive")]
        public void A_version_is_one_of_a_target_and_in_the_archive(string version, string line)
        {
            string archive = _board.WriteArchive("ESP32_S3_OCTAL", "1.17.0.300");
            _board.Run(Firmware("--archive", archive, "--firmware-version", version)).AssertOneLine(ExitCode.BadInput, line);
            Assert.AreEqual(1, _board.Calls.Length);
        }

        [TestMethod]
        public void An_image_that_nanoff_no_longer_lists_is_said()
        {
            _board.Fault = "no-image";
            _board.Run(Firmware()).AssertOneLine(ExitCode.Failed, "nanoff does not find the image: its list reaches back about a month");
        }

        [TestMethod]
        [DataRow("nanoff 3.0.0-preview.1", "nanoff is version 3.0.0, and this tool drives version 2: dotnet tool uninstall --global nanoff, then dotnet tool install --global nanoff --version 2.5.162")]
        [DataRow("what?", "nanoff does not say its version")]
        public void Another_major_version_of_nanoff_is_refused_before_the_board_is_touched(string said, string line)
        {
            _board.NanoffVersion = said;
            _board.Run(Firmware()).AssertOneLine(ExitCode.BadInput, line);
            _board.Run("list").AssertOneLine(ExitCode.BadInput, line);
            Assert.AreEqual(0, _board.Calls.Length);
        }

        [TestMethod]
        public void A_board_without_PSRAM_is_refused()
        {
            _board.SetChip("ESP32-S3", "0.2", 8, 0);
            _board.Run(Firmware()).AssertOneLine(ExitCode.Failed, "this board has no PSRAM, its heap has 54,472 bytes, and the door needs 116 KB");
            _board.SetChip("ESP32", "3.1", 4, null);
            _board.Run(Firmware("--psram", "0")).AssertOneLine(ExitCode.Failed, "this board has no PSRAM");
            Assert.AreEqual(2, _board.Calls.Length);
        }

        [TestMethod]
        [DataRow(0, new string[0], "this board has no PSRAM")]
        [DataRow(8, new[] { "--board", "esp32" }, "wrong chip: --board esp32 is an ESP32")]
        [DataRow(8, new[] { "--psram", "2" }, "--psram 2 is not what the chip says, 8 MB")]
        [DataRow(8, new[] { "--target", "ESP32_REV3" }, "--target ESP32_REV3 is no image")]
        public void Wipe_erases_no_board_that_could_not_be_a_door_again(int psram, string[] options, string line)
        {
            _board.SetChip("ESP32-S3", "0.2", 16, psram);
            _board.Target = "ESP32_S3_OCTAL";
            _board.PutApp("1.0.0.0");
            FlashRun run = _board.Run(["wipe", "--port", _board.Port, "--yes", .. options]);
            Assert.AreNotEqual(ExitCode.Done, run.ExitCode);
            StringAssert.StartsWith(run.Error, "error: " + line);
            Assert.IsFalse(_board.Calls.Any(c => c.Contains("--masserase", StringComparison.Ordinal)));
            Assert.IsTrue(_board.HasApp);
        }

        [TestMethod]
        [DataRow("ESP32", "3.1", new string[0], null)]
        [DataRow("ESP32", "3.1", new[] { "--target", "ESP32_BLE_REV3" }, null)]
        [DataRow("ESP32", "3.1", new[] { "--psram", "8" }, "ESP32_BLE_REV3")]
        [DataRow("ESP32-S3", "0.2", new string[0], null)]
        [DataRow("ESP32-S3", "0.2", new[] { "--psram", "2" }, "ESP32_S3_QUAD")]
        [DataRow("ESP32-S3", "0.2", new[] { "--psram", "8" }, "ESP32_S3_OCTAL")]
        [DataRow("ESP32-S3", "0.2", new[] { "--target", "ESP32_S3_OCTAL" }, "ESP32_S3_OCTAL")]
        public void PSRAM_that_nanoff_cannot_tell_is_said_by_the_user(string chip, string revision, string[] said, string? target)
        {
            _board.SetChip(chip, revision, 16, null);
            FlashRun run = _board.Run(Firmware(said));
            if (target == null)
            {
                run.AssertOneLine(ExitCode.Failed, "nanoff cannot tell whether this board has PSRAM, and how much: say --psram MB");
                Assert.AreEqual(1, _board.Calls.Length);
            }
            else
            {
                run.AssertDone();
            }

            Assert.AreEqual(target ?? string.Empty, _board.Target);
        }

        [TestMethod]
        public void PSRAM_of_a_size_that_is_no_kind_and_PSRAM_that_the_chip_contradicts_are_said()
        {
            _board.Run(Firmware("--psram", "2")).AssertOneLine(ExitCode.BadInput, "--psram 2 is not what the chip says, 8 MB");
            _board.SetChip("ESP32-S3", "0.2", 16, null);
            _board.Run(Firmware("--psram", "4")).AssertOneLine(ExitCode.BadInput, "an ESP32-S3 with 4 MB of PSRAM may have either kind: say --target ESP32_S3_QUAD or --target ESP32_S3_OCTAL");
        }

        private string[] Firmware(params string[] more)
        {
            return ["firmware", "--port", _board.Port, "--image", _board.WriteImage(), .. more];
        }
    }
}
