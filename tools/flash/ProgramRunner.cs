using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace DoorController.Flash
{
    /// <summary>Runs another program to its end, without a terminal, and keeps what it said.</summary>
    internal static class ProgramRunner
    {
        /// <summary>Most that is kept of an output, in characters.</summary>
        private const int MaxOutput = 1 << 20;

        /// <summary>Runs a program.</summary>
        /// <param name="program">Full path.</param>
        /// <param name="arguments">Arguments, one an entry.</param>
        /// <param name="environment">Variables that are set for it.</param>
        /// <param name="limit">Time after which it counts as hung and is ended.</param>
        /// <param name="cancel">Ends it.</param>
        /// <returns>Its exit code and its output; null when it did not end in time.</returns>
        public static async Task<(int ExitCode, string Output)?> RunAsync(
            string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, TimeSpan limit, CancellationToken cancel)
        {
            using Process process = new() { StartInfo = StartInfo(program, arguments, environment) };
            process.Start();
            process.StandardInput.Close();
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            stop.CancelAfter(limit);
            StringBuilder output = new();
            try
            {
                await Task.WhenAll(
                    ReadAsync(process.StandardOutput, output, stop.Token),
                    ReadAsync(process.StandardError, output, stop.Token)).ConfigureAwait(false);
                await process.WaitForExitAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
                return null;
            }

            return (process.ExitCode, output.ToString());
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

        private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
        {
            ProcessStartInfo start = new(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            foreach ((string name, string value) in environment)
            {
                start.Environment[name] = value;
            }

            return start;
        }
    }
}
