using System;

namespace DoorController.Flash
{
    /// <summary>How the tool ended; the numbers are its exit codes and stay what they are.</summary>
    internal static class ExitCode
    {
        /// <summary>Done, and seen to be done.</summary>
        public const int Done = 0;

        /// <summary>Failed; the error line says what and how to mend it.</summary>
        public const int Failed = 1;

        /// <summary>The command line or a file given to it is wrong; the board was not touched.</summary>
        public const int BadInput = 2;

        /// <summary>Everything that was asked for was written, but the door itself was not asked whether it has it.</summary>
        public const int NotVerified = 3;

        /// <summary>Stopped by Ctrl+C.</summary>
        public const int Cancelled = Issuer.StopSignal.Interrupted;
    }

    /// <summary>A failure in one line: what is wrong, and the one thing that mends it.</summary>
    internal sealed class FlashException : Exception
    {
        /// <summary>Makes a failure.</summary>
        /// <param name="problem">What is wrong, without a full stop.</param>
        /// <param name="fix">What to do, without a full stop.</param>
        /// <param name="exitCode">One of <see cref="Flash.ExitCode"/>.</param>
        public FlashException(string problem, string fix, int exitCode = Flash.ExitCode.Failed)
            : base(problem + ": " + fix)
        {
            ExitCode = exitCode;
        }

        /// <summary>The exit code that this failure ends the tool with.</summary>
        public int ExitCode { get; }

        /// <summary>A wrong option or file, found before the board was touched.</summary>
        public static FlashException Input(string problem, string fix)
        {
            return new FlashException(problem, fix, Flash.ExitCode.BadInput);
        }
    }
}
