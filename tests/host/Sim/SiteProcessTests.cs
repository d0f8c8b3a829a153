using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Issuer;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sim
{
    /// <summary>`tools/sim -- site` and `-- month` as people run them, each in a process of its own, and each way in which they stop it.</summary>
    [TestClass]
    public sealed class SiteProcessTests
    {
        private const string Terminal = "/usr/bin/script";

        private static readonly string[] Sim = ["dotnet", Path.Combine(AppContext.BaseDirectory, "DoorController.Sim.dll")];
        private static readonly string[] Site = [.. Sim, "site"];

        [TestMethod]
        [DataRow("INT")]
        [DataRow("TERM")]
        public async Task ASignal_EndsIt_AndWhatItMadeIsGone(string signal)
        {
            using SiteProcess site = new([.. Hearing(signal), .. Site]);
            await site.GreetedAsync();
            Assert.HasCount(1, site.Leftovers(), "the folder of its key server, while it runs");
            Assert.AreEqual(0, await site.EndByAsync(signal));
            Assert.IsEmpty(site.Leftovers());
        }

        [TestMethod]
        [DataRow("INT", StopSignal.Interrupted)]
        [DataRow("TERM", StopSignal.Terminated)]
        public async Task ASignal_EndsAMonth_AndWhatItMadeIsGone(string signal, int code)
        {
            using SiteProcess month = new([.. Hearing(signal), .. Sim, "month", "--site", "bank", "--days", "60"], "day 1 of 60");
            await month.GreetedAsync();
            Assert.AreEqual(code, await month.EndByAsync(signal));
            Assert.IsEmpty(month.Leftovers());
        }

        /// <summary>Whoever runs the tests in the background may have them ignore SIGINT, and children inherit that.</summary>
        private static string[] Hearing(string signal) => ["env", "--default-signal=" + signal];

        [TestMethod]
        [DataRow('\u0003', "Ctrl-C")]
        [DataRow('\u0004', "Ctrl-D")]
        public async Task AKey_EndsIt_AtATerminal(char key, string name)
        {
            if (!File.Exists(Terminal))
            {
                Assert.Inconclusive(Terminal + " is not here, and makes the terminal");
            }

            using SiteProcess site = new([Terminal, "-qefc", string.Join(' ', Site.Select(a => $"'{a}'")), "/dev/null"]);
            await site.GreetedAsync();
            await site.PressAsync(key);
            Assert.AreEqual(0, await site.EndedAsync(), name);
            Assert.IsEmpty(site.Leftovers());
        }

        /// <summary>The program, with a folder for temporary files that nobody else has.</summary>
        private sealed class SiteProcess : IDisposable
        {
            private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

            private readonly string _folder = Directory.CreateTempSubdirectory("site-process").FullName;
            private readonly StringBuilder _output = new();
            private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);

            private readonly string _greeting;

            /// <param name="greeting">What it says once it is at work: its first guest has a key.</param>
            public SiteProcess(string[] command, string greeting = "has an instant key")
            {
                _greeting = greeting;
                ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
                start.Environment["TMPDIR"] = _folder;
                start.Environment["TERM"] = "xterm";
                Process = Process.Start(start)!;
                Process.OutputDataReceived += (_, e) => Take(e.Data);
                Process.ErrorDataReceived += (_, e) => Take(e.Data);
                Process.BeginOutputReadLine();
                Process.BeginErrorReadLine();
            }

            public Process Process { get; }

            /// <summary>Waits until it is at work.</summary>
            public async Task GreetedAsync()
            {
                await Task.WhenAny(_greeted.Task, Process.WaitForExitAsync(), Task.Delay(Patience));
                Assert.IsTrue(_greeted.Task.IsCompleted && !Process.HasExited, Output());
            }

            /// <summary>Presses a key, and again if nothing comes of it: the terminal swallows what is typed before the program has taken it over.</summary>
            public async Task PressAsync(char key)
            {
                for (int i = 0; i < 5 && !Process.HasExited; i++)
                {
                    await Process.StandardInput.WriteAsync(key);
                    await Process.StandardInput.FlushAsync();
                    await Task.WhenAny(Process.WaitForExitAsync(), Task.Delay(1000));
                }
            }

            /// <summary>Sends it a signal, and waits for its end.</summary>
            /// <returns>The exit code.</returns>
            public async Task<int> EndByAsync(string signal)
            {
                using Process kill = Process.Start("kill", ["-" + signal, $"{Process.Id}"]);
                await kill.WaitForExitAsync();
                return await EndedAsync();
            }

            /// <summary>Waits for its end.</summary>
            /// <returns>The exit code.</returns>
            public async Task<int> EndedAsync()
            {
                using CancellationTokenSource late = new(Patience);
                try
                {
                    await Process.WaitForExitAsync(late.Token);
                }
                catch (OperationCanceledException)
                {
                    Assert.Fail("it did not end: " + Output());
                }

                return Process.ExitCode;
            }

            /// <summary>Folders of sites that stand in the folder for temporary files.</summary>
            public string[] Leftovers() => Directory.GetDirectories(_folder, "door-site*");

            public void Dispose()
            {
                if (!Process.HasExited)
                {
                    Process.Kill(entireProcessTree: true);
                    Process.WaitForExit();
                }

                Process.Dispose();
                Directory.Delete(_folder, true);
            }

            private void Take(string? line)
            {
                lock (_output)
                {
                    _output.AppendLine(line);
                }

                if (line?.Contains(_greeting, StringComparison.Ordinal) == true)
                {
                    _greeted.TrySetResult();
                }
            }

            private string Output()
            {
                lock (_output)
                {
                    return _output.ToString();
                }
            }
        }
    }
}
