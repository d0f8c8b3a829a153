using System;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Flash.Nanoff
{
    /// <summary>
    /// One call of nanoff, exactly as it is run and as a dry run prints it. Options and their traps:
    /// nanoframework/nanoFirmwareFlasher of July 2026.
    /// </summary>
    internal sealed class NanoffCommand
    {
        private static readonly TimeSpan Short = TimeSpan.FromMinutes(3);
        private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);

        private NanoffCommand(TimeSpan limit, params IEnumerable<string> arguments)
        {
            // Without this nanoff asks the Internet for its newest version first, and waits for it where there is none.
            Arguments = [.. arguments, "--suppressnanoffversioncheck"];
            Limit = limit;
        }

        /// <summary>Arguments, one an entry.</summary>
        public IReadOnlyList<string> Arguments { get; }

        /// <summary>Time after which the call counts as hung and is ended.</summary>
        public TimeSpan Limit { get; }

        /// <summary>Lists the serial ports.</summary>
        public static NanoffCommand ListPorts()
        {
            return new NanoffCommand(Short, "--listports");
        }

        /// <summary>Asks the ROM loader for the chip, and restarts the board.</summary>
        public static NanoffCommand Chip(string port)
        {
            return new NanoffCommand(Short, "--platform", "esp32", "--serialport", port, "--devicedetails");
        }

        /// <summary>Asks the running nanoFramework for its target, versions and checksums.</summary>
        public static NanoffCommand Details(string port)
        {
            return new NanoffCommand(Short, "--nanodevice", "--serialport", port, "--devicedetails");
        }

        /// <summary>
        /// Writes the nanoFramework image through the ROM loader. Verbosity is minimal because at the normal one nanoff
        /// moves a cursor that a redirected output does not have, and fails on that: with a saved configuration before it has flashed.
        /// </summary>
        /// <param name="port">Serial port.</param>
        /// <param name="target">Image, never left to nanoff's choice.</param>
        /// <param name="archive">Folder that the image is in: it is never taken from elsewhere than where it was looked into.</param>
        /// <param name="version">Its version.</param>
        /// <param name="erase">Erases everything on the board first, keys included.</param>
        public static NanoffCommand Update(string port, string target, string archive, string version, bool erase)
        {
            List<string> arguments = ["--platform", "esp32", "--target", target, "--serialport", port, "--update"];
            if (erase)
            {
                arguments.Add("--masserase");
            }

            arguments.AddRange(["--fwversion", version, "--fromarchive", "--archivepath", archive, "-v", "minimal"]);
            return new NanoffCommand(Long, arguments);
        }

        /// <summary>Downloads an image into a folder, without a board.</summary>
        /// <param name="target">Image.</param>
        /// <param name="version">Its version; null takes the newest.</param>
        /// <param name="archive">Folder to fill.</param>
        public static NanoffCommand Download(string target, string? version, string archive)
        {
            List<string> arguments = ["--updatearchive", "--platform", "esp32", "--target", target, "--archivepath", archive];
            if (version != null)
            {
                arguments.AddRange(["--fwversion", version]);
            }

            return new NanoffCommand(Long, arguments);
        }

        /// <summary>The command line that a person fills an archive with.</summary>
        public static string FillArchive(string target)
        {
            return $"nanoff --updatearchive --platform esp32 --target {target} --archivepath FOLDER";
        }

        /// <summary>Reads the whole flash into a file, through the ROM loader. Verbosity as in <see cref="Update"/>.</summary>
        /// <param name="port">Serial port.</param>
        /// <param name="folder">Folder that the file is written to.</param>
        /// <param name="file">Name of the file.</param>
        public static NanoffCommand Backup(string port, string folder, string file)
        {
            return new NanoffCommand(
                Long, "--platform", "esp32", "--serialport", port, "--backuppath", folder, "--backupfile", file, "--devicedetails", "-v", "minimal");
        }

        /// <summary>
        /// Writes the application through the wire protocol, which asks the board where it belongs. The other way, the ROM loader,
        /// has a default address that lies inside the firmware of a classic ESP32.
        /// </summary>
        public static NanoffCommand Deploy(string port, string image)
        {
            return new NanoffCommand(Long, "--nanodevice", "--serialport", port, "--deploy", "--image", image);
        }

        /// <summary>
        /// Writes files to the board. Without <c>--nanodevice</c>: together with it nanoff does nothing at all, prints its help, and ends with 0.
        /// </summary>
        public static NanoffCommand Files(string port, string document)
        {
            return new NanoffCommand(Short, "--serialport", port, "--filedeployment", document);
        }

        /// <summary>Writes the Wi-Fi configuration; without <c>--nanodevice</c> for the same reason as <see cref="Files"/>.</summary>
        public static NanoffCommand Network(string port, string document)
        {
            return new NanoffCommand(Short, "--serialport", port, "--networkdeployment", document);
        }

        /// <summary>The command line, quoted for a shell.</summary>
        public override string ToString()
        {
            return "nanoff " + string.Join(' ', Arguments.Select(Quote));
        }

        private static string Quote(string argument)
        {
            return argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=".Contains(c, StringComparison.Ordinal))
                ? argument
                : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
        }
    }
}
