using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash.Nanoff;
using Spectre.Console;

namespace DoorController.Flash
{
    /// <summary>Carries steps out one by one and stops at the first that fails, or only prints them.</summary>
    internal sealed class StepRunner
    {
        private readonly FlashHost _host;
        private readonly NanoffRunner _nanoff;
        private readonly bool _dryRun;

        /// <summary>Makes a runner.</summary>
        public StepRunner(FlashHost host, bool dryRun)
        {
            _host = host;
            _nanoff = new NanoffRunner(host);
            _dryRun = dryRun;
        }

        /// <summary>Carries the steps out.</summary>
        /// <param name="steps">The steps.</param>
        /// <param name="temporaryFolder">For nanoff's own files.</param>
        /// <param name="cancel">Ends nanoff and the work.</param>
        public async Task RunAsync(IEnumerable<Step> steps, string temporaryFolder, CancellationToken cancel)
        {
            foreach (Step step in steps)
            {
                if (_dryRun)
                {
                    Print(step);
                }
                else
                {
                    await CarryOutAsync(step, temporaryFolder, cancel).ConfigureAwait(false);
                }
            }
        }

        private async Task CarryOutAsync(Step step, string temporaryFolder, CancellationToken cancel)
        {
            NanoffResult result = step.Command is NanoffCommand command
                ? await Progress.ShowAsync(_host, step.Title, _nanoff.RunAsync(command, temporaryFolder, cancel)).ConfigureAwait(false)
                : new NanoffResult(0, string.Empty);
            step.Judge(result);
            await _host.Out.WriteLineAsync("done  " + step.Title).ConfigureAwait(false);
        }

        private void Print(Step step)
        {
            _host.Out.WriteLine("# " + step.Title);
            if (step.Command != null)
            {
                _host.Out.WriteLine(step.Command);
            }

            foreach ((string name, string text) in step.Documents)
            {
                _host.Out.WriteLine("#   " + name + ":");
                using StringReader lines = new(text);
                while (lines.ReadLine() is string line)
                {
                    _host.Out.WriteLine("#   " + line);
                }
            }
        }

        /// <summary>A spinner for the person who waits; nothing where nobody watches.</summary>
        private static class Progress
        {
            public static async Task<T> ShowAsync<T>(FlashHost host, string title, Task<T> work)
            {
                return host.IsInteractive
                    ? await AnsiConsole.Status().StartAsync(Markup.Escape(title), _ => work).ConfigureAwait(false)
                    : await work.ConfigureAwait(false);
            }
        }
    }
}
