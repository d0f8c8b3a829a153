using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using DoorController.Flash;

namespace DoorController.Tests.Flash
{
    /// <summary>
    /// A board that is not there: a program named nanoff in a folder of its own, which records how it is called, keeps what a board would
    /// keep in files, and prints what nanoff of July 2026 prints, in success and in failure.
    /// </summary>
    internal sealed class StandInBoard : IDisposable
    {
        /// <summary>The application's assemblies, as the image of <see cref="WriteImage"/> has them.</summary>
        public static readonly (string Name, string Version)[] Assemblies =
            [("mscorlib", "1.17.11.0"), ("nanoFramework.Device.Bluetooth", "1.1.123.0"), ("DoorController", "1.0.0.0")];

        private readonly string _root;

        /// <summary>Makes a new S3 board out of the box.</summary>
        public StandInBoard()
        {
            _root = Directory.CreateTempSubdirectory("standin-").FullName;
            Directory.CreateDirectory(OnBoard);
            Directory.CreateDirectory(PrivateRoot);
            string program = Path.Combine(_root, "nanoff");
            File.WriteAllText(program, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Flash", "nanoff-stand-in.sh")));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            File.WriteAllLines(Path.Combine(_root, "natives"), NativeAssemblies.All.Select(n => $"  {n.Name} v100.0.0.1, checksum 0x{n.Checksum:X8}"));
            File.WriteAllLines(Path.Combine(_root, "app-in-image"), Assemblies.Select(a => $"  {a.Name}, {a.Version}"));
            Port = Path.Combine(_root, "ttyBOARD");
            File.WriteAllText(Port, string.Empty);
            SetChip("ESP32-S3", "0.2", 16, 8);
        }

        /// <summary>Path that serves as the serial port.</summary>
        public string Port { get; }

        /// <summary>Folder with the stand-in.</summary>
        public string Folder => _root;

        /// <summary>Files on the board.</summary>
        public string OnBoard => Path.Combine(_root, "flash");

        /// <summary>Where the tool may make its private folder.</summary>
        public string PrivateRoot => Path.Combine(_root, "private");

        /// <summary>Command lines that nanoff got, one an entry.</summary>
        public string[] Calls => ReadLines("calls");

        /// <summary>What nanoff saw of the files it was given: rights of folder and file, and the file's name.</summary>
        public string[] Rights => ReadLines("rights");

        /// <summary>Temporary folders that nanoff was given.</summary>
        public string[] TemporaryFolders => ReadLines("tmp");

        /// <summary>Target of the firmware on the board; empty when there is none.</summary>
        public string Target
        {
            get => ReadLines("target").FirstOrDefault(string.Empty);
            set => File.WriteAllText(Path.Combine(_root, "target"), value);
        }

        /// <summary>True when the application is on the board.</summary>
        public bool HasApp => File.Exists(Path.Combine(_root, "app"));

        /// <summary>Makes the board misbehave: one of the cases of the script.</summary>
        public string Fault
        {
            set => File.WriteAllText(Path.Combine(_root, "fault"), value);
        }

        /// <summary>Chooses the chip.</summary>
        public void SetChip(string family, string revision, int flashMegabytes, int psramMegabytes)
        {
            File.WriteAllText(
                Path.Combine(_root, "chip"),
                string.Create(CultureInfo.InvariantCulture, $"CHIP={family}\nREVISION={revision}\nFLASH={flashMegabytes}\nPSRAM={psramMegabytes}\n"));
        }

        /// <summary>Takes native assemblies out of the firmware.</summary>
        public void RemoveNative(string name)
        {
            string path = Path.Combine(_root, "natives");
            File.WriteAllLines(path, File.ReadAllLines(path).Where(l => !l.Contains(name, StringComparison.Ordinal)));
        }

        /// <summary>Makes the firmware one of before 23 August 2026, with the RMT of then.</summary>
        public void MakeFirmwareOld()
        {
            RemoveNative("nanoFramework.Hardware.Esp32.Rmt");
            File.AppendAllLines(Path.Combine(_root, "natives"), ["  nanoFramework.Hardware.Esp32.Rmt v100.0.5.1, checksum 0x8ADAC728"]);
        }

        /// <summary>Puts the application on the board, in the version of the image or another one.</summary>
        public void PutApp(string version)
        {
            File.WriteAllLines(Path.Combine(_root, "app"), Assemblies.Select(a => $"  {a.Name}, {(a.Name == "DoorController" ? version : a.Version)}"));
        }

        /// <summary>Writes an application image.</summary>
        /// <returns>Its path.</returns>
        public string WriteImage(string marker = "NFMRK1")
        {
            List<byte> image = [];
            foreach ((_, string version) in Assemblies)
            {
                byte[] header = new byte[128];
                System.Text.Encoding.ASCII.GetBytes(marker).CopyTo(header, 0);
                byte[] parts = version.Split('.').SelectMany(p => BitConverter.GetBytes(ushort.Parse(p, CultureInfo.InvariantCulture))).ToArray();
                parts.CopyTo(header, 28);
                image.AddRange(header);
            }

            string path = Path.Combine(_root, "DoorController.bin");
            File.WriteAllBytes(path, [.. image]);
            return path;
        }

        /// <summary>Runs the tool against this board.</summary>
        public FlashRun Run(params string[] args)
        {
            return FlashRun.Start(args, PrivateRoot, SearchPath());
        }

        /// <summary>Runs the tool where nobody answers on the console: a short silence is enough to be sure.</summary>
        public FlashRun RunUnanswered(params string[] args)
        {
            return FlashRun.Start(args, PrivateRoot, SearchPath(), silenceMs: 100);
        }

        private string SearchPath()
        {
            return _root + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Directory.Delete(_root, recursive: true);
        }

        private string[] ReadLines(string name)
        {
            string path = Path.Combine(_root, name);
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
    }
}
