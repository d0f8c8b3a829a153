using System;
using System.Linq;
using System.Text.RegularExpressions;

namespace DoorController.Flash.Nanoff
{
    /// <summary>How one call of nanoff ended, and what it said.</summary>
    internal sealed partial class NanoffResult
    {
        /// <summary>What nanoff prints when options that it cannot combine make it do nothing; its exit code can be 0 then.</summary>
        private const string NothingDone = "No operation was performed";

        /// <summary>Keeps what a call gave.</summary>
        /// <param name="exitCode">Exit code; on Linux and macOS only the low byte of nanoff's error number.</param>
        /// <param name="output">Standard output and error.</param>
        public NanoffResult(int exitCode, string output)
        {
            ExitCode = exitCode;
            Output = output;
        }

        /// <summary>Exit code.</summary>
        public int ExitCode { get; }

        /// <summary>Standard output and error.</summary>
        public string Output { get; }

        /// <summary>nanoff's error, for example E4005; null when it named none.</summary>
        public string? Error
        {
            get
            {
                Match match = ErrorNumber().Match(Output);
                return match.Success ? match.Groups["error"].Value : null;
            }
        }

        /// <summary>True when nanoff says itself that it failed. False is no more than a claim: what was done is looked for in the output and on the board.</summary>
        public bool AdmitsFailure => ExitCode != 0 || Error != null;

        /// <summary>
        /// True when nanoff says that it did nothing. It says so before a network deployment that it then carries out, too.
        /// </summary>
        public bool SaysNothingDone => Output.Contains(NothingDone, StringComparison.Ordinal);

        /// <summary>True when the board is there and no nanoFramework answers on it.</summary>
        public bool SaysNoNanoFramework => Error is "E2000" or "E2001" or "E2002";

        /// <summary>Last line that is not empty; for an error that nanoff did not number.</summary>
        public string LastLine => Output.Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.Length > 0) ?? "(no output)";

        /// <summary>True when a line of the output is a job and its "OK", whatever stands between.</summary>
        /// <param name="job">How the line begins.</param>
        public bool SaysOk(string job)
        {
            return Output.Split('\n').Any(l => l.Trim().StartsWith(job, StringComparison.Ordinal) && l.TrimEnd().EndsWith("OK", StringComparison.Ordinal));
        }

        [GeneratedRegex(@"^\s*(Error )?(?<error>E\d{4})\b", RegexOptions.Multiline)]
        private static partial Regex ErrorNumber();
    }
}
