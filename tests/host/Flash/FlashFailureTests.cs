using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>Every failure ends in one clear line and a code that is not zero, and nothing half done is called done.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class FlashFailureTests : IDisposable
    {
        private readonly StandInBoard _board = new();

        public void Dispose()
        {
            Assert.AreEqual(0, Directory.GetFileSystemEntries(_board.PrivateRoot).Length, "secrets are left");
            _board.Dispose();
        }

        [TestMethod]
        [DataRow("port-busy", "the port cannot be opened: ", 1)]
        [DataRow("port-held", "another program holds the port: ", 1)]
        [DataRow("not-in-boot-mode", "hold BOOT", 1)]
        [DataRow("crash", "nanoff ended with code 134: Unhandled exception", 1)]
        [DataRow("no-download", "the image cannot be downloaded: connect to the Internet, or give --archive", 2)]
        [DataRow("flash-error", "the flash could not be read or written", 3)]
        [DataRow("update-did-not-flash", "nanoff reported the firmware as written, but none answers", 4)]
        [DataRow("other-firmware", "but the board runs ESP32_REV3", 4)]
        [DataRow("deploy-fails", "writing the application failed", 5)]
        [DataRow("deploy-fails-with-success", "does not say that it did it", 5)]
        [DataRow("deploy-did-not-land", "the application as written, but it is not on the board", 6)]
        [DataRow("network-stops", "writing the Wi-Fi settings failed", 7)]
        [DataRow("network-fails-with-success", "does not say that it did it", 7)]
        [DataRow("files-ignored", "writing the file I:\\door.json failed", 8)]
        [DataRow("file-fails-provision", "writing the file I:\\provision failed", 8)]
        [DataRow("file-fails-list1", "writing the file I:\\list1 failed", 8)]
        public void A_failure_of_nanoff_ends_the_work_there(string fault, string line, int calls)
        {
            _board.Fault = fault;
            FlashRun run = _board.Run(All()).AssertOneLine(ExitCode.Failed, line);
            Assert.AreEqual(calls, _board.Calls.Length, "nothing is tried after a failure");
            Assert.AreEqual(
                calls - 1,
                run.Output.Split('\n').Count(l => l.StartsWith("done  ", StringComparison.Ordinal) && !l.StartsWith("done  Look", StringComparison.Ordinal)));
        }

        [TestMethod]
        [DataRow("flash-unreadable", "reading the flash failed")]
        [DataRow("backup-did-not", "nanoff reported the flash as read, but the copy has 0 bytes")]
        [DataRow("backup-is-short", "the copy has 1048576 bytes and the flash 16777216")]
        public void A_flash_that_cannot_be_read_is_not_erased(string fault, string line)
        {
            _board.Fault = fault;
            _board.Run(Firmware("--first-time")).AssertOneLine(ExitCode.Failed, line);
            Assert.IsFalse(_board.Calls.Any(c => c.Contains("--masserase", StringComparison.Ordinal)));
        }

        [TestMethod]
        public void A_wipe_that_did_not_erase_is_no_wipe()
        {
            _board.Target = "ESP32_S3_OCTAL";
            _board.PutApp("1.0.0.0");
            _board.Fault = "erase-did-not";
            _board.Run("wipe", "--port", _board.Port, "--yes").AssertOneLine(ExitCode.Failed, "the door is still on it");
        }

        [TestMethod]
        public void A_port_that_is_busy_is_no_proof_of_a_new_board()
        {
            _board.Fault = "port-busy";
            _board.Run(Firmware("--first-time")).AssertOneLine(ExitCode.Failed, "cannot be opened");
            Assert.IsFalse(_board.Calls.Any(c => c.Contains("--masserase", StringComparison.Ordinal)));
        }

        [TestMethod]
        [DataRow("esp32", "ESP32-S3", "0.2", 16, "wrong chip: --board esp32 is an ESP32, and the board on this port has an ESP32-S3")]
        [DataRow("s3", "ESP32-S3", "0.2", 2, "the board has 2 MB of flash")]
        [DataRow("esp32", "ESP32", "1.0", 4, "this ESP32 has chip revision v1.0, and the image that uses PSRAM needs v3.0 or later")]
        [DataRow(null, "ESP32-C3", "0.4", 4, "the chip on this port is an ESP32-C3, which the door does not run on, its heap has 54,472 bytes")]
        [DataRow(null, "ESP32-C6", "0.1", 8, "the chip on this port is an ESP32-C6")]
        public void A_chip_that_does_not_fit_is_not_flashed(string? board, string chip, string revision, int flash, string line)
        {
            _board.SetChip(chip, revision, flash, 8);
            string[] choice = board == null ? [] : ["--board", board];
            _board.Run(Firmware(choice)).AssertOneLine(ExitCode.Failed, line);
            Assert.AreEqual(1, _board.Calls.Length);
        }

        [TestMethod]
        public void Check_sees_another_version_and_a_missing_application()
        {
            _board.Target = "ESP32_S3_OCTAL";
            _board.Run("check", "--port", _board.Port).AssertOneLine(ExitCode.Failed, "the door's application is not on the board");
            _board.PutApp("0.9.0.0");
            _board.Run("check", "--port", _board.Port, "--image", _board.WriteImage()).AssertOneLine(ExitCode.Failed, "another version");
        }

        [TestMethod]
        public void Provision_wants_the_application_first()
        {
            _board.Target = "ESP32_S3_OCTAL";
            _board.Run(["provision", "--port", _board.Port, .. new DoorFiles().WriteTo(_board.Folder)])
                .AssertOneLine(ExitCode.Failed, "the door's application is not on the board: run the command app first");
            Assert.AreEqual(0, Directory.GetFiles(_board.OnBoard).Length);
        }

        [TestMethod]
        public void Without_nanoff_the_line_says_how_to_get_it()
        {
            FlashRun.Start(All(), _board.PrivateRoot, "/nonexistent")
                .AssertOneLine(ExitCode.Failed, "dotnet tool");
        }

        [TestMethod]
        [DataRow(nameof(Platform.Linux), nameof(PortState.NoRights), "sudo usermod -aG dialout $USER")]
        [DataRow(nameof(Platform.MacOS), nameof(PortState.NoRights), "sudo chmod a+rw")]
        [DataRow(nameof(Platform.Windows), nameof(PortState.NoRights), "close the program")]
        [DataRow(nameof(Platform.Linux), nameof(PortState.Missing), "ls /dev/ttyUSB* /dev/ttyACM*")]
        [DataRow(nameof(Platform.MacOS), nameof(PortState.Missing), "ls /dev/cu.*")]
        [DataRow(nameof(Platform.Windows), nameof(PortState.Missing), "Device Manager")]
        public async Task A_port_that_cannot_be_used_is_said_before_anything_runs(string platform, string state, string fix)
        {
            FakePortHost host = new(Enum.Parse<PortState>(state)) { Platform = Enum.Parse<Platform>(platform), SearchPath = _board.Folder };
            File.WriteAllText(Path.Combine(_board.Folder, "nanoff.exe"), string.Empty);
            FlashException e = await Assert.ThrowsExactlyAsync<FlashException>(() => Preflight.RequireAsync(host, "THEPORT", CancellationToken.None));
            StringAssert.Contains(e.Message, fix, StringComparison.Ordinal);
            StringAssert.Contains(e.Message, "THEPORT", StringComparison.Ordinal);
        }

        [TestMethod]
        [DataRow("list-fails", "listing the ports failed on this computer, nanoff says E6001")]
        [DataRow("no-ports", "no serial port: plug the board in")]
        public void A_list_that_fails_or_is_empty_is_said(string fault, string line)
        {
            _board.Fault = fault;
            _board.Run("list").AssertOneLine(ExitCode.Failed, line);
        }

        [TestMethod]
        [DataRow("not-in-boot-mode")]
        [DataRow("port-busy")]
        public void A_port_without_a_chip_is_listed_as_one(string fault)
        {
            _board.Fault = fault;
            StringAssert.Contains(_board.Run("list").AssertDone().Output, _board.Port + "  no ESP32 answers", StringComparison.Ordinal);
        }

        [TestMethod]
        public void A_console_that_is_not_there_is_named_by_its_option()
        {
            _board.Run("console", "--port", "/dev/not-there").AssertOneLine(ExitCode.BadInput, "--port /dev/not-there is not there");
            _board.Target = "ESP32_S3_OCTAL";
            _board.PutApp("1.0.0.0");
            _board.Run("check", "--port", _board.Port, "--console", "/dev/not-there").AssertOneLine(ExitCode.BadInput, "--console /dev/not-there is not there");
        }

        [TestMethod]
        public void A_missing_port_touches_nothing()
        {
            string[] all = All();
            all[2] = "/dev/not-there";
            _board.Run(all).AssertOneLine(ExitCode.BadInput, "--port /dev/not-there is not there");
            Assert.AreEqual(0, _board.Calls.Length);
        }

        [TestMethod]
        public async Task Ctrl_C_in_mid_flash_ends_nanoff_and_leaves_no_secret()
        {
            // The stand-in opens a pipe to read from it: once the other end is open here, nanoff is known to be in mid-flash.
            _board.Fault = "update-hangs";
            string pipe = Path.Combine(_board.Folder, "hang");
            using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", pipe))
            {
                await make.WaitForExitAsync();
            }

            using CancellationTokenSource stop = new();
            Task<FlashRun> run = FlashRun.StartAsync(
                Firmware(), _board.PrivateRoot, _board.Folder + ":/usr/bin:/bin", cancel: stop.Token);
            using FileStream held = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write));
            await stop.CancelAsync();
            (await run).AssertOneLine(ExitCode.Cancelled, "the board may be half written");
        }

        [TestMethod]
        [DataRow("--board", "c3", "--board c3 is no board of this project, its heap has 54,472 bytes, and the door needs 116 KB")]
        [DataRow("--board", "esp8266", "--board esp8266 is no board of this project")]
        [DataRow("--target", "ESP32_REV3", "--target ESP32_REV3 is no image with Bluetooth and PSRAM for the ESP32-S3")]
        [DataRow("--image", "/not/there.bin", "--image /not/there.bin is not there")]
        [DataRow("--from", "/not/there", "--from /not/there has no file provision")]
        [DataRow("--settings", "/not/there.json", "--settings /not/there.json is not there")]
        [DataRow("--wifi", "a network with a name of more than 32 bytes", "--wifi has 43 bytes")]
        [DataRow("--nonsense", "x", "Unrecognized command or argument '--nonsense'")]
        public void A_wrong_option_ends_with_two_before_the_board_is_touched(string option, string value, string line)
        {
            string[] all = All();
            int at = Array.IndexOf(all, option);
            if (at > 0)
            {
                all[at + 1] = value;
            }
            else
            {
                all = [.. all, option, value];
            }

            _board.Run(all).AssertOneLine(ExitCode.BadInput, line);
            Assert.AreEqual(0, _board.Calls.Length);
        }

        [TestMethod]
        [DataRow("NFMRK2", "is built for nanoFramework 2")]
        [DataRow("\u007fELF..", "is no nanoFramework application")]
        public void A_file_that_is_no_application_is_refused(string marker, string line)
        {
            string image = _board.WriteImage(marker);
            _board.Run("app", "--port", _board.Port, "--image", image).AssertOneLine(ExitCode.BadInput, line);
            Assert.AreEqual(0, _board.Calls.Length);
        }

        private string[] Firmware(params string[] more)
        {
            return ["firmware", "--port", _board.Port, "--image", _board.WriteImage(), .. more];
        }

        private string[] All()
        {
            return
            [
                "all", "--port", _board.Port, "--image", _board.WriteImage(), "--board", "s3", "--target", "ESP32_S3_OCTAL",
                .. new DoorFiles().WriteTo(_board.Folder),
            ];
        }

        private sealed class FakePortHost(PortState state) : FlashHost
        {
            public override PortState ProbePort(string port)
            {
                return state;
            }
        }
    }
}
