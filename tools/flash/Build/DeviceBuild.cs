using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace DoorController.Flash.Build
{
    /// <summary>
    /// Builds the application with the .NET SDK: the device project makes the assembly in nanoFramework's format, and here it goes behind
    /// those that it stands on, which is what a board takes.
    /// </summary>
    internal sealed partial class DeviceBuild
    {
        private const string Name = "DoorController";

        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

        private readonly FlashHost _host;
        private readonly string _project;
        private readonly string? _packages;

        /// <summary>Prepares a build.</summary>
        /// <param name="host">For the search path.</param>
        /// <param name="project">The device project, firmware/DoorController.Device.csproj.</param>
        /// <param name="packages">Folder with all its packages; null takes them from NuGet.</param>
        public DeviceBuild(FlashHost host, string project, string? packages)
        {
            _host = host;
            _project = project;
            _packages = packages;
        }

        /// <summary>Where the application is written.</summary>
        public string Image => Path.Combine(Output, Name + ".bin");

        private string Output => Path.Combine(Path.GetDirectoryName(_project) ?? string.Empty, "bin", "Release");

        private IEnumerable<string> Arguments
        {
            get
            {
                string[] arguments = ["build", _project, "-c", "Release", "-v", "quiet", "-nologo"];
                return _packages == null ? arguments : arguments.Append("-p:PackageFolder=" + Path.GetFullPath(_packages));
            }
        }

        /// <summary>The command line, as a dry run prints it.</summary>
        public override string ToString()
        {
            return "dotnet " + string.Join(' ', Arguments);
        }

        /// <summary>Builds.</summary>
        /// <param name="cancel">Ends the build.</param>
        /// <exception cref="FlashException">Something is missing, or the sources do not compile.</exception>
        public async Task RunAsync(CancellationToken cancel)
        {
            string dotnet = _host.FindProgram("dotnet") ?? throw NoSdk();
            if (!File.Exists(_project))
            {
                throw FlashException.Input($"--project {_project} is not there", "run the tool in the root of the repository");
            }

            if (_packages != null && !Directory.Exists(_packages))
            {
                throw FlashException.Input($"--packages {_packages} is not there", "name the folder with the .nupkg files of firmware/packages.config");
            }

            (int ExitCode, string Output) said = await ProgramRunner.RunAsync(
                dotnet, Arguments, new Dictionary<string, string> { ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1" }, Limit, cancel).ConfigureAwait(false)
                ?? throw new FlashException($"the build did not end within {Limit.TotalMinutes} min and was stopped", "run it by hand: " + this);
            if (said.ExitCode != 0)
            {
                throw Explain(said.Output);
            }

            AssemblyChain.Write(Path.Combine(Output, Name + ".references"), Path.Combine(Output, Name + ".pe"), Image);
        }

        private static FlashException NoSdk()
        {
            return new FlashException("the .NET SDK is not installed, or not on the PATH", "install the .NET 10 SDK");
        }

        private FlashException Explain(string output)
        {
            if (output.Contains("No .NET SDKs were found", StringComparison.Ordinal) || output.Contains("compatible .NET SDK was not found", StringComparison.Ordinal))
            {
                return NoSdk();
            }

            string[] missing = Missing().Matches(output).Select(m => m.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal).ToArray();
            if (missing.Length > 0)
            {
                string where = _packages == null ? "the NuGet sources of this computer" : "--packages " + _packages;
                string rest = missing.Length == 1 ? string.Empty : $" and {missing.Length - 1} more";
                return new FlashException(
                    $"{where} lack {missing[0]}{rest}",
                    _packages == null ? "add the source nuget.org, or give --packages FOLDER" : "put all of firmware/packages.config and the metadata processor into it");
            }

            Match error = ErrorLine().Match(output);
            return new FlashException(
                "the application does not build, " + (error.Success ? error.Value.Trim() : "and dotnet does not say why"),
                "run it by hand: " + this);
        }

        [GeneratedRegex(@"error NU110[12]: Unable to find (a stable )?package (?<name>[\w.]+\w)")]
        private static partial Regex Missing();

        [GeneratedRegex(@"\b(error|fatal error) [A-Z]+\d+: [^\r\n\[]*")]
        private static partial Regex ErrorLine();
    }
}
