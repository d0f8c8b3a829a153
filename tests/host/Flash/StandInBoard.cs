using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace DoorController.Tests.Flash
{
    /// <summary>
    /// A board that is not there: a program named nanoff in a folder of its own, which records how it is called, keeps what a board would
    /// keep in files, and prints what nanoff of July 2026 prints, in success and in failure.
    /// </summary>
    internal sealed class StandInBoard : IDisposable
    {
        /// <summary>The application's assemblies, as the image of <see cref="WriteImage"/> has them.</summary>
        public static readonly (string Name, string Version, uint Checksum)[] Assemblies =
        [
            ("mscorlib", "1.17.11.0", 0x1549C856),
            ("nanoFramework.Device.Bluetooth", "1.1.123.0", 0xE610B405),
            ("nanoFramework.Hardware.Esp32.Rmt", "3.0.1.0", 0x84E4A55C),
            ("System.IO.FileSystem", "1.1.93.0", 0x1777E2FE),
            ("System.Net", "1.11.60.0", 0x8EFB9944),
            ("nanoFramework.Json", "2.2.213.0", 0),
            ("DoorController", "1.0.0.0", 0),
        ];

        /// <summary>The native assemblies of a firmware that goes with the application.</summary>
        public static readonly (string Name, uint Checksum)[] Natives =
            [.. Assemblies.Where(a => a.Checksum != 0).Select(a => (a.Name, a.Checksum)), ("System.Device.Wifi", 0xEE721CDA)];

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

            SetNatives(Natives, Natives);
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
        public void SetChip(string family, string revision, int flashMegabytes, int? psramMegabytes)
        {
            File.WriteAllText(
                Path.Combine(_root, "chip"),
                string.Create(CultureInfo.InvariantCulture, $"CHIP={family}\nREVISION={revision}\nFLASH={flashMegabytes}\nPSRAM={psramMegabytes}\n"));
        }

        /// <summary>Chooses the firmware's native assemblies.</summary>
        /// <param name="inImage">Those in the image that nanoff downloads.</param>
        /// <param name="onBoard">Those that a board with this image reports.</param>
        public void SetNatives((string Name, uint Checksum)[] inImage, (string Name, uint Checksum)[] onBoard)
        {
            FirmwareImageMaker.Write(Path.Combine(_root, "image.zip"), FirmwareImageMaker.Program(inImage));
            File.WriteAllLines(Path.Combine(_root, "natives"), onBoard.Select(n => $"  {n.Name} v100.0.0.1, checksum 0x{n.Checksum:X8}"));
        }

        /// <summary>The native assemblies that go with the application, one of them in another version or, with 0, missing.</summary>
        public static (string Name, uint Checksum)[] NativesWith(string name, uint checksum)
        {
            return [.. Natives.Select(n => n.Name == name ? (name, checksum) : n).Where(n => n.Item2 != 0)];
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
            byte[] image = [.. Assemblies.SelectMany(a => FirmwareImageMaker.Assembly(marker, a.Name, a.Version, a.Checksum))];
            string path = Path.Combine(_root, "DoorController.bin");
            File.WriteAllBytes(path, image);
            return path;
        }

        /// <summary>Makes nanoff one of another version.</summary>
        public string NanoffVersion
        {
            set => File.WriteAllText(Path.Combine(_root, "version"), value);
        }

        /// <summary>Fills a folder as <c>nanoff --updatearchive</c> does.</summary>
        /// <returns>The folder.</returns>
        public string WriteArchive(string target, string version)
        {
            string archive = Path.Combine(_root, "archive");
            Directory.CreateDirectory(archive);
            string zip = Path.Combine(archive, $"{target}-{version}.zip");
            File.Copy(Path.Combine(_root, "image.zip"), zip);
            File.WriteAllText(zip + ".json", "{}");
            return archive;
        }

        /// <summary>Runs the tool against this board, with a person who types.</summary>
        public FlashRun RunTyping(string input, params string[] args)
        {
            return FlashRun.Start(args, PrivateRoot, SearchPath(), input);
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
