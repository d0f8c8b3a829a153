using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace DoorController.Flash.Nanoff
{
    /// <summary>Runs nanoff and keeps what it said.</summary>
    internal sealed partial class NanoffRunner
    {
        /// <summary>The version that the options and the outputs of this tool were read in.</summary>
        public const string Version = "2.5.162";

        private const string Install = "dotnet tool install --global nanoff --version " + Version;

        private readonly FlashHost _host;

        /// <summary>Runs nanoff from the host's search path.</summary>
        public NanoffRunner(FlashHost host)
        {
            _host = host;
        }

        /// <summary>The full path of nanoff.</summary>
        /// <exception cref="FlashException">It is not installed.</exception>
        public string Locate()
        {
            return _host.FindProgram("nanoff") ?? throw Missing();
        }

        /// <summary>Requires nanoff in a version whose options these are: its version 3 has others.</summary>
        /// <param name="cancel">Ends nanoff.</param>
        /// <exception cref="FlashException">It is missing, or of another major version.</exception>
        public async Task RequireVersionAsync(CancellationToken cancel)
        {
            (int, string Output)? said = await ProgramRunner.RunAsync(
                Locate(), ["--version"], Environment(Path.GetTempPath()), TimeSpan.FromMinutes(1), cancel).ConfigureAwait(false);
            Match version = VersionText().Match(said?.Output ?? string.Empty);
            string wanted = Version[..Version.IndexOf('.', StringComparison.Ordinal)];
            if (version.Groups["major"].Value != wanted)
            {
                throw FlashException.Input(
                    version.Success ? $"nanoff is version {version.Value}, and this tool drives version {wanted}" : "nanoff does not say its version",
                    "dotnet tool uninstall --global nanoff, then " + Install);
            }
        }

        /// <summary>Runs one call to its end.</summary>
        /// <param name="command">The call.</param>
        /// <param name="temporaryFolder">Folder for nanoff's own temporary files: an update saves the board's keys in one.</param>
        /// <param name="cancel">Ends nanoff.</param>
        /// <exception cref="FlashException">It is missing, or did not end in time.</exception>
        public async Task<NanoffResult> RunAsync(NanoffCommand command, string temporaryFolder, CancellationToken cancel)
        {
            (int ExitCode, string Output) said = await ProgramRunner.RunAsync(
                Locate(), command.Arguments, Environment(temporaryFolder), command.Limit, cancel).ConfigureAwait(false)
                ?? throw new FlashException(
                    $"nanoff did not end within {command.Limit.TotalMinutes} min and was stopped",
                    "press RESET on the board and try again");
            return new NanoffResult(said.ExitCode, said.Output);
        }

        private static Dictionary<string, string> Environment(string temporaryFolder)
        {
            return new Dictionary<string, string>
            {
                ["NANOFRAMEWORK_TELEMETRY_OPTOUT"] = "1",
                ["TMPDIR"] = temporaryFolder,
                ["TMP"] = temporaryFolder,
                ["TEMP"] = temporaryFolder,
            };
        }

        private FlashException Missing()
        {
            string tools = Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".dotnet", "tools");
            bool installed = File.Exists(Path.Combine(tools, "nanoff")) || File.Exists(Path.Combine(tools, "nanoff.exe"));
            string fix = (installed, _host.Platform) switch
            {
                (false, _) => Install,
                (true, Platform.Windows) => "set PATH=%PATH%;%USERPROFILE%\\.dotnet\\tools",
                (true, _) => "export PATH=\"$PATH:$HOME/.dotnet/tools\"",
            };
            return new FlashException(installed ? "nanoff is installed but not on the PATH" : "nanoff is not installed", fix);
        }

        [GeneratedRegex(@"(?<major>\d+)\.\d+(\.\d+)?")]
        private static partial Regex VersionText();
    }
}
