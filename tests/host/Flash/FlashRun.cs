using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>One run of the flash tool: what it printed and how it ended.</summary>
    internal sealed class FlashRun
    {
        /// <summary>Silence that means nobody is there, where somebody is: a busy machine may keep a door waiting.</summary>
        private const int PatientMs = 20000;

        private FlashRun(int exitCode, string output, string error)
        {
            ExitCode = exitCode;
            Output = output;
            Error = error;
        }

        public int ExitCode { get; }

        public string Output { get; }

        public string Error { get; }

        /// <summary>Lines of a dry run that are commands.</summary>
        public string[] Commands => Output.Split('\n').Where(l => l.StartsWith("nanoff ", StringComparison.Ordinal)).ToArray();

        public static FlashRun Start(string[] args, string privateRoot, string searchPath, string input = "", int silenceMs = PatientMs)
        {
            return StartAsync(args, privateRoot, searchPath, input, silenceMs).GetAwaiter().GetResult();
        }

        public static async Task<FlashRun> StartAsync(string[] args, string privateRoot, string searchPath, string input = "", int silenceMs = PatientMs, CancellationToken cancel = default)
        {
            StringWriter output = new();
            StringWriter error = new();
            FlashHost host = new HurriedHost()
            {
                Out = output,
                Error = error,
                In = new StringReader(input),
                IsInteractive = false,
                PrivateRoot = privateRoot,
                SearchPath = searchPath,
                ConsoleSilenceMs = silenceMs,
            };
            int exitCode = await FlashApp.RunAsync(args, host, cancel);
            return new FlashRun(exitCode, output.ToString(), error.ToString());
        }

        /// <summary>Asserts that the run ended well.</summary>
        public FlashRun AssertDone()
        {
            Assert.AreEqual(string.Empty, Error);
            Assert.AreEqual(DoorController.Flash.ExitCode.Done, ExitCode);
            return this;
        }

        /// <summary>Asserts that the run ended with one clear line.</summary>
        public FlashRun AssertOneLine(int exitCode, string part)
        {
            Assert.AreEqual(exitCode, ExitCode, Error);
            Assert.AreEqual(1, Error.Count(c => c == '\n'), Error);
            StringAssert.Contains(Error, part, StringComparison.Ordinal);
            return this;
        }

        /// <summary>A virtual door lives faster than its console is asked.</summary>
        private sealed class HurriedHost : FlashHost
        {
            public override void Pause(CancellationToken cancel)
            {
                cancel.ThrowIfCancellationRequested();
            }
        }
    }
}
