using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace DoorController.Flash.Nanoff
{
    /// <summary>Runs nanoff and keeps what it said.</summary>
    internal sealed class NanoffRunner
    {
        /// <summary>Most that is kept of an output, in characters.</summary>
        private const int MaxOutput = 1 << 20;

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

        /// <summary>Runs one call to its end.</summary>
        /// <param name="command">The call.</param>
        /// <param name="temporaryFolder">Folder for nanoff's own temporary files: an update saves the board's keys in one.</param>
        /// <param name="cancel">Ends nanoff.</param>
        /// <exception cref="FlashException">It is missing, or did not end in time.</exception>
        public async Task<NanoffResult> RunAsync(NanoffCommand command, string temporaryFolder, CancellationToken cancel)
        {
            using Process process = new() { StartInfo = StartInfo(command, temporaryFolder) };
            process.Start();
            process.StandardInput.Close();
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(command.Limit);
            StringBuilder output = new();
            try
            {
                await Task.WhenAll(
                    ReadAsync(process.StandardOutput, output, limit.Token),
                    ReadAsync(process.StandardError, output, limit.Token)).ConfigureAwait(false);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
                throw new FlashException(
                    $"nanoff did not end within {command.Limit.TotalMinutes} min and was stopped",
                    "press RESET on the board and try again");
            }

            return new NanoffResult(process.ExitCode, output.ToString());
        }

        private static async Task ReadAsync(StreamReader reader, StringBuilder output, CancellationToken cancel)
        {
            char[] buffer = new char[4096];
            int count;
            while ((count = await reader.ReadAsync(buffer.AsMemory(), cancel).ConfigureAwait(false)) > 0)
            {
                lock (output)
                {
                    output.Append(buffer, 0, Math.Min(count, MaxOutput - output.Length));
                }
            }
        }

        private ProcessStartInfo StartInfo(NanoffCommand command, string temporaryFolder)
        {
            ProcessStartInfo start = new(Locate(), command.Arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            start.Environment["NANOFRAMEWORK_TELEMETRY_OPTOUT"] = "1";
            foreach (string name in (string[])["TMPDIR", "TMP", "TEMP"])
            {
                start.Environment[name] = temporaryFolder;
            }

            return start;
        }

        private FlashException Missing()
        {
            string tools = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools");
            bool installed = File.Exists(Path.Combine(tools, "nanoff")) || File.Exists(Path.Combine(tools, "nanoff.exe"));
            string fix = (installed, _host.Platform) switch
            {
                (false, _) => "dotnet tool install --global nanoff",
                (true, Platform.Windows) => "set PATH=%PATH%;%USERPROFILE%\\.dotnet\\tools",
                (true, _) => "export PATH=\"$PATH:$HOME/.dotnet/tools\"",
            };
            return new FlashException(installed ? "nanoff is installed but not on the PATH" : "nanoff is not installed", fix);
        }
    }
}
