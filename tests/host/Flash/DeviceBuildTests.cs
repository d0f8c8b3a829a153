using System;
using System.IO;
using System.Linq;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>The command build, against a program that stands in for dotnet: what it is asked, and what is said when something is missing.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class DeviceBuildTests : IDisposable
    {
        private readonly StandInBoard _board = new();

        public DeviceBuildTests()
        {
            Directory.CreateDirectory(Path.Combine(_board.Folder, "firmware", "bin", "Release"));
            Directory.CreateDirectory(Path.Combine(_board.Folder, "packages"));
            File.WriteAllText(Project, "<Project/>");
        }

        private string Project => Path.Combine(_board.Folder, "firmware", "DoorController.Device.csproj");

        private string Output => Path.Combine(_board.Folder, "firmware", "bin", "Release");

        public void Dispose()
        {
            _board.Dispose();
        }

        [TestMethod]
        public void The_image_is_the_assemblies_one_behind_the_other_each_filled_up_to_four_bytes()
        {
            StandIn("exit 0");
            byte[][] parts = [.. StandInBoard.Assemblies.Select(a => FirmwareImageMaker.Assembly("NFMRK1", a.Name, a.Version, a.Checksum))];
            parts[0] = [.. parts[0], 7];
            for (int i = 0; i < parts.Length - 1; i++)
            {
                File.WriteAllBytes(Path.Combine(_board.Folder, "packages", $"a{i}.pe"), parts[i]);
            }

            File.WriteAllLines(
                Path.Combine(Output, "DoorController.references"),
                Enumerable.Range(0, parts.Length - 1).Select(i => Path.Combine(_board.Folder, "packages", $"a{i}.dll")));
            File.WriteAllBytes(Path.Combine(Output, "DoorController.pe"), parts[^1]);
            FlashRun run = Build("--packages", Path.Combine(_board.Folder, "packages")).AssertDone();
            CollectionAssert.AreEqual(
                parts.SelectMany((p, i) => i == 0 ? [.. p, 0, 0, 0] : p).ToArray(),
                File.ReadAllBytes(Path.Combine(Output, "DoorController.bin")));
            StringAssert.Contains(run.Output, "done  Build the application", StringComparison.Ordinal);
            Assert.AreEqual(
                $"build {Project} -c Release -v quiet -nologo -p:PackageFolder={Path.Combine(_board.Folder, "packages")}",
                File.ReadAllText(Path.Combine(_board.Folder, "asked")).Trim());
        }

        [TestMethod]
        public void All_builds_first_and_its_dry_run_shows_it()
        {
            string[] all = ["all", "--port", _board.Port, "--board", "esp32", "--project", Project, .. new DoorFiles().WriteTo(_board.Folder)];
            FlashRun dry = _board.Run([.. all, "--dry-run"]).AssertDone();
            string[] titles = [.. dry.Output.Split('\n').Where(l => l.StartsWith("# ", StringComparison.Ordinal) && !l.StartsWith("#   ", StringComparison.Ordinal)).Select(l => l.Split(" in (")[0])];
            CollectionAssert.AreEqual(
                new[]
                {
                    "# Build the application", "# Read the chip", "# Download the image", "# Look into the image of ESP32_BLE_REV3", "# Write the firmware",
                    "# Read the firmware back", "# Write the application", "# Read the application back", "# Write the Wi-Fi settings",
                    "# Write settings, keys and lists", "# Restart the board", "# Ask the door on its console: door, status",
                },
                titles);
            StandIn("exit 0");
            _board.Run([.. all.Select(o => o == "esp32" ? "c3" : o)]).AssertOneLine(ExitCode.BadInput, "--board c3 is no board of this project");
            Assert.IsFalse(File.Exists(Path.Combine(_board.Folder, "asked")), "a board that is none is said before the build");
            StandIn("echo 'x.cs(1,2): error CS1002: ; expected [x.csproj]'; exit 1");
            _board.Run(all).AssertOneLine(ExitCode.Failed, "the application does not build, error CS1002: ; expected");
            Assert.AreEqual(0, _board.Calls.Length, "no board is touched");
        }

        [TestMethod]
        [DataRow("echo 'a.csproj : error NU1101: Unable to find package nanoFramework.Json. No packages exist'; exit 1", "the NuGet sources of this computer lack nanoFramework.Json: add the source nuget.org, or give --packages FOLDER")]
        [DataRow("echo 'error NU1101: Unable to find package nanoFramework.Json. No'; echo 'error NU1102: Unable to find package nanoFramework.Tools.MetadataProcessor.MsBuildTask with version (= 3.0.100)'; exit 1", "lack nanoFramework.Json and 1 more")]
        [DataRow("echo 'error NU1102: Unable to find package nanoFramework.Tools.MetadataProcessor.MsBuildTask with version (= 3.0.100)'; exit 1", "lack nanoFramework.Tools.MetadataProcessor.MsBuildTask: ")]
        [DataRow("echo 'A compatible .NET SDK was not found.'; exit 145", "the .NET SDK is not installed, or not on the PATH: install the .NET 10 SDK")]
        [DataRow("exit 1", "the application does not build, and dotnet does not say why")]
        public void What_is_missing_is_said_in_one_line(string dotnet, string line)
        {
            StandIn(dotnet);
            Build().AssertOneLine(ExitCode.Failed, line);
        }

        [TestMethod]
        public void A_missing_SDK_project_folder_or_assembly_is_said_in_one_line()
        {
            FlashRun.Start(["build", "--project", Project], _board.PrivateRoot, "/nonexistent").AssertOneLine(ExitCode.Failed, "the .NET SDK is not installed");
            StandIn("exit 0");
            _board.Run("build", "--project", "/not/there.csproj").AssertOneLine(ExitCode.BadInput, "--project /not/there.csproj is not there: run the tool in the root of the repository");
            Build("--packages", "/not/there").AssertOneLine(ExitCode.BadInput, "--packages /not/there is not there");
            File.WriteAllText(Path.Combine(Output, "DoorController.references"), "/packages/a.dll\n");
            Build().AssertOneLine(ExitCode.Failed, "/packages/a.pe is not there: its package has no assembly in nanoFramework's format");
        }

        private FlashRun Build(params string[] more)
        {
            return _board.Run(["build", "--project", Project, .. more]);
        }

        private void StandIn(string body)
        {
            string path = Path.Combine(_board.Folder, "dotnet");
            File.WriteAllText(path, $"#!/bin/bash\necho \"$*\" > \"$(dirname \"$0\")/asked\"\n{body}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }
}
