using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>What the flash tool does to a board when all goes well, against the stand-in of nanoff.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class FlashSequenceTests : IDisposable
    {
        private readonly StandInBoard _board = new();

        public void Dispose()
        {
            _board.Dispose();
        }

        [TestMethod]
        [DataRow("esp32", "ESP32", "3.0", 8, "ESP32_BLE_REV3")]
        [DataRow("s3", "ESP32-S3", "0.2", 8, "ESP32_S3_OCTAL")]
        public void All_runs_exactly_what_its_dry_run_prints(string board, string chip, string revision, int psram, string target)
        {
            _board.SetChip(chip, revision, 4, psram);
            string[] all = All("--board", board);
            FlashRun dry = _board.Run([.. all, "--dry-run"]).AssertDone();
            Assert.AreEqual(0, _board.Calls.Length, "a dry run touches nothing");

            FlashRun run = _board.Run(all);

            run.AssertOneLine(ExitCode.NotVerified, "the door itself was not asked");
            CollectionAssert.AreEqual(dry.Commands, _board.Calls.Select(HideWhatADryRunCannotKnow).ToArray());
            Assert.AreEqual(1, dry.Commands.Count(c => c.Contains("--update ", StringComparison.Ordinal)));
            StringAssert.Contains(string.Join('\n', dry.Commands), $"--platform esp32 --target {target} ", StringComparison.Ordinal);
            Assert.AreEqual(target, _board.Target);
        }

        [TestMethod]
        [DataRow("esp32")]
        [DataRow("s3")]
        public void The_application_never_goes_to_an_address_of_nanoffs_choice(string board)
        {
            FlashRun dry = _board.Run([.. All("--board", board), "--dry-run"]).AssertDone();
            string deploy = dry.Commands.Single(c => c.Contains("--deploy", StringComparison.Ordinal));
            StringAssert.StartsWith(deploy, "nanoff --nanodevice ", StringComparison.Ordinal);
            Assert.IsFalse(dry.Output.Contains("--address", StringComparison.Ordinal));
            Assert.IsFalse(dry.Output.Contains("0x1B0000", StringComparison.OrdinalIgnoreCase));
        }

        [TestMethod]
        public void Provision_puts_every_file_on_the_board_unchanged()
        {
            DoorFiles files = new();
            _board.Target = "ESP32_S3_OCTAL";
            _board.PutApp("1.0.0.0");
            _board.Run(["provision", "--port", _board.Port, .. files.WriteTo(_board.Folder)]).AssertOneLine(ExitCode.NotVerified, "not asked");
            CollectionAssert.AreEqual(files.Bundle, File.ReadAllBytes(Path.Combine(_board.OnBoard, "provision")));
            CollectionAssert.AreEqual(files.Lists[0], File.ReadAllBytes(Path.Combine(_board.OnBoard, "list0")));
            CollectionAssert.AreEqual(files.Lists[1], File.ReadAllBytes(Path.Combine(_board.OnBoard, "list1")));
            Assert.AreEqual(files.Settings, File.ReadAllText(Path.Combine(_board.OnBoard, "door.json")));
        }

        [TestMethod]
        public void The_network_document_says_auto_connect()
        {
            RunAll();
            JsonNode client = JsonNode.Parse(File.ReadAllText(Path.Combine(_board.Folder, "wifi.json")))!["WirelessClient"]!;
            Assert.AreEqual("AutoConnect", (string?)client["ConfigurationOption"]);
            Assert.AreEqual("site-iot", (string?)client["Ssid"]);
            Assert.AreEqual(DoorFiles.WifiPassword, (string?)client["Password"]);
            Assert.AreEqual("WPA2", (string?)client["Authentication"]);
        }

        [TestMethod]
        public void Secrets_are_for_their_owner_only_and_gone_afterwards()
        {
            RunAll();
            Assert.AreEqual(6, _board.Rights.Length, "two documents and four files");
            foreach (string line in _board.Rights)
            {
                StringAssert.StartsWith(line, "700 600 ", StringComparison.Ordinal);
            }

            Assert.IsTrue(_board.TemporaryFolders.All(f => f.StartsWith(_board.PrivateRoot, StringComparison.Ordinal)), "nanoff saves keys there");
            Assert.AreEqual(0, Directory.GetFileSystemEntries(_board.PrivateRoot).Length);
        }

        [TestMethod]
        public void A_dry_run_shows_no_secret()
        {
            FlashRun dry = _board.Run([.. All("--board", "s3"), "--dry-run"]).AssertDone();
            Assert.IsFalse(dry.Output.Contains(DoorFiles.WifiPassword, StringComparison.Ordinal));
            StringAssert.Contains(dry.Output, "\"DestinationFilePath\": \"I:\\\\provision\"", StringComparison.Ordinal);
        }

        [TestMethod]
        public void A_new_board_is_erased_first_only_when_that_is_asked_for()
        {
            _board.Run(All()).AssertOneLine(ExitCode.NotVerified, "not asked");
            Assert.IsFalse(_board.Calls.Any(c => c.Contains("--masserase", StringComparison.Ordinal)));
            using StandInBoard other = new();
            other.Run("firmware", "--port", other.Port, "--first-time", "--image", other.WriteImage()).AssertDone();
            Assert.AreEqual(1, other.Calls.Count(c => c.Contains("--update --masserase", StringComparison.Ordinal)));
        }

        [TestMethod]
        [DataRow("esp32", "ESP32_BLE_REV3")]
        [DataRow("s3", "ESP32_S3_OCTAL")]
        public void A_dry_run_of_a_new_board_prints_the_whole_sequence(string board, string target)
        {
            string image = _board.WriteImage();
            string[] options = new DoorFiles().WriteTo(_board.Folder);
            FlashRun dry = _board.Run(["all", "--port", "/dev/ttyUSB0", "--board", board, "--first-time", "--dry-run", "--image", image, .. options]).AssertDone();
            const string quiet = " --suppressnanoffversioncheck";
            CollectionAssert.AreEqual(
                new[]
                {
                    "nanoff --platform esp32 --serialport /dev/ttyUSB0 --devicedetails" + quiet,
                    $"nanoff --updatearchive --platform esp32 --target {target} --archivepath '(private folder)/image'" + quiet,
                    "nanoff --nanodevice --serialport /dev/ttyUSB0 --devicedetails" + quiet,
                    "nanoff --platform esp32 --serialport /dev/ttyUSB0 --backuppath '(private folder)' --backupfile flash.bin --devicedetails -v minimal" + quiet,
                    $"nanoff --platform esp32 --target {target} --serialport /dev/ttyUSB0 --update --masserase "
                    + "--fwversion VERSION --fromarchive --archivepath '(private folder)/image' -v minimal" + quiet,
                    "nanoff --nanodevice --serialport /dev/ttyUSB0 --devicedetails" + quiet,
                    $"nanoff --nanodevice --serialport /dev/ttyUSB0 --deploy --image {image}" + quiet,
                    "nanoff --nanodevice --serialport /dev/ttyUSB0 --devicedetails" + quiet,
                    "nanoff --serialport /dev/ttyUSB0 --networkdeployment '(private folder)/wifi.json'" + quiet,
                    "nanoff --serialport /dev/ttyUSB0 --filedeployment '(private folder)/files.json'" + quiet,
                    "nanoff --platform esp32 --serialport /dev/ttyUSB0 --devicedetails" + quiet,
                },
                dry.Commands);
        }

        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void A_board_that_may_hold_keys_is_not_erased_though_no_door_answers(bool hasFirmware)
        {
            byte[] block = new byte[4096];
            "littlefs"u8.CopyTo(block.AsSpan(8));
            File.WriteAllBytes(Path.Combine(_board.Folder, "superblock"), block);
            _board.Target = hasFirmware ? "ESP32_S3_OCTAL" : string.Empty;
            _board.Run(Firmware("--first-time")).AssertOneLine(ExitCode.Failed, "may hold a door's keys: leave --first-time out");
            Assert.IsFalse(_board.Calls.Any(c => c.Contains("--update ", StringComparison.Ordinal)));
            Assert.AreEqual(0, Directory.GetFileSystemEntries(_board.PrivateRoot).Length, "the copy of the flash is gone");
        }

        [TestMethod]
        public void A_door_is_never_erased_without_wipe()
        {
            RunAll();
            int calls = _board.Calls.Length;
            _board.Run(Firmware("--first-time")).AssertOneLine(ExitCode.Failed, "this board is a door already");
            Assert.IsFalse(_board.Calls[calls..].Any(c => c.Contains("--update ", StringComparison.Ordinal)));
            Assert.IsTrue(_board.HasApp);

            _board.Run("wipe", "--port", _board.Port).AssertOneLine(ExitCode.BadInput, "say --yes");
            Assert.IsTrue(_board.HasApp);

            _board.Run("wipe", "--port", _board.Port, "--yes").AssertDone();
            Assert.IsFalse(_board.HasApp);
            Assert.AreEqual(0, Directory.GetFiles(_board.OnBoard).Length);
        }

        [TestMethod]
        [DataRow("ESP32", "3.1", 4, 8, "ESP32_BLE_REV3")]
        [DataRow("ESP32-S3", "0.2", 8, 2, "ESP32_S3_QUAD")]
        [DataRow("ESP32-S3", "0.2", 16, 8, "ESP32_S3_OCTAL")]
        public void The_chip_chooses_an_image_with_Bluetooth(string chip, string revision, int flash, int psram, string target)
        {
            _board.SetChip(chip, revision, flash, psram);
            _board.Run(Firmware()).AssertDone();
            Assert.AreEqual(target, _board.Target);
        }

        [TestMethod]
        public void List_shows_ports_and_chips()
        {
            FlashRun run = _board.Run("list").AssertDone();
            Assert.AreEqual($"{_board.Port}  ESP32-S3 v0.2, flash 16 MB, PSRAM 8 MB, MAC 7C:DF:A1:00:00:01\n", run.Output);
        }

        [TestMethod]
        public void A_slot_without_a_list_is_said()
        {
            DoorFiles files = new();
            files.Lists[1] = null;
            _board.Target = "ESP32_S3_OCTAL";
            _board.PutApp("1.0.0.0");
            FlashRun run = _board.Run(["provision", "--port", _board.Port, .. files.WriteTo(_board.Folder)]);
            StringAssert.Contains(run.Output, "scope slot 1 gets no list", StringComparison.Ordinal);
            Assert.IsFalse(File.Exists(Path.Combine(_board.OnBoard, "list1")));
        }

        private void RunAll()
        {
            _board.Run(All()).AssertOneLine(ExitCode.NotVerified, "not asked");
        }

        private string[] All(params string[] more)
        {
            return ["all", "--port", _board.Port, "--image", _board.WriteImage(), .. new DoorFiles().WriteTo(_board.Folder), .. more];
        }

        private string[] Firmware(params string[] more)
        {
            return ["firmware", "--port", _board.Port, "--image", _board.WriteImage(), .. more];
        }

        /// <summary>The private folder has another name each time, and the version is that of the image that was found.</summary>
        private string HideWhatADryRunCannotKnow(string call)
        {
            string known = Regex.Replace(call, Regex.Escape(_board.PrivateRoot) + @"/[^/]+/(\w+\.json|image)", "'(private folder)/$1'");
            return known.Replace("--fwversion 1.17.0.262", "--fwversion VERSION", StringComparison.Ordinal);
        }
    }
}
