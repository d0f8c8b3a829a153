using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash.Console;
using DoorController.Flash.Provision;
using DoorController.Flash.Sticker;
using DoorController.Issuer;

namespace DoorController.Flash
{
    /// <summary>The command line of the tool.</summary>
    internal static class FlashApp
    {
        /// <summary>A flasher that is killed is gone within a second; the rest is for a machine that is busy.</summary>
        private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

        private static readonly Option[] Common = [Options.Port, Options.DryRun];

        private static readonly Option[] Image = [Options.Board, Options.Psram, Options.Target, Options.FirmwareVersion, Options.Archive];

        private static readonly Option[] Build = [Options.Project, Options.Packages];

        private static readonly Option[] Material =
        [
            Options.Settings, Options.From, Options.Server, Options.ApiKeyFile, Options.Register, Options.Keep, Options.RequestKey,
            Options.Wifi, Options.WifiPasswordFile, Options.WifiOpen, Options.Console,
        ];

        /// <summary>Runs one command.</summary>
        /// <param name="args">The command line.</param>
        /// <param name="host">Everything outside the tool.</param>
        /// <param name="cancel">Ends the command, as Ctrl+C does.</param>
        /// <returns>One of <see cref="ExitCode"/>.</returns>
        public static async Task<int> RunAsync(string[] args, FlashHost host, CancellationToken cancel = default)
        {
            RootCommand root = Root(host);
            ParseResult parsed = root.Parse(args);
            if (FirstError(root, parsed) is string error)
            {
                host.Error.WriteLine("error: " + error);
                return ExitCode.BadInput;
            }

            InvocationConfiguration configuration = new() { Output = host.Out, Error = host.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            using StopSignal stop = new(cancel);
            try
            {
                return await stop.RunAsync(asked => parsed.InvokeAsync(configuration, asked), StopTimeout).ConfigureAwait(false);
            }
            catch (FlashException e)
            {
                host.Error.WriteLine("error: " + e.Message);
                return e.ExitCode;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                host.Error.WriteLine("error: " + e.Message);
                return ExitCode.Failed;
            }
            catch (OperationCanceledException)
            {
                host.Error.WriteLine("stopped: the board may be half written; run the same command again");
                return ExitCode.Cancelled;
            }
        }

        /// <summary>What is wrong with a command line, in one line; null when nothing is.</summary>
        private static string? FirstError(RootCommand root, ParseResult parsed)
        {
            if (parsed.CommandResult.Command == root && parsed.Errors.Count > 0)
            {
                string given = parsed.UnmatchedTokens.Count == 0 ? "the command is missing" : $"{ConsoleBridge.Printable(parsed.UnmatchedTokens[0])} is no command";
                return $"{given}: wanted one of {string.Join(", ", root.Subcommands.Select(c => c.Name))}; --help says more";
            }

            return Options.FirstError(parsed) is string error ? $"{error.TrimEnd('.').Split('\n')[0]}: --help shows the options" : null;
        }

        private static RootCommand Root(FlashHost host)
        {
            return new RootCommand("Flashes, provisions and checks the board of a door. It drives nanoff, and believes only what it reads back.")
            {
                Make(host, "list", "Show the serial ports and the chips behind them. Restarts each board it asks", w => w.ListAsync()),
                Make(host, "build", "Build the door's application with the .NET SDK", w => w.BuildAsync(), Build, [Options.DryRun]),
                Make(host, "firmware", "Write nanoFramework with Bluetooth", w => w.FirmwareAsync(), Common, Image, [Options.FirstTime, Options.Image, Options.UncheckedImage]),
                Make(host, "app", "Write the door's application", w => w.AppAsync(), Common, [Options.Board, Options.Image]),
                Make(host, "provision", "Write settings, keys, lists and Wi-Fi", w => w.ProvisionAsync(), Common, [Options.Board], Material),
                Make(host, "check", "Read versions back and ask the door", w => w.CheckAsync(), Common, [Options.Board, Options.Image, Options.Console]),
                Make(host, "all", "build, firmware, app, provision and check in one go", w => w.AllAsync(), Build, Common, Image, [Options.FirstTime, Options.Image, Options.UncheckedImage], Material),
                Make(host, "wipe", "Erase everything, before a board leaves the site", w => w.WipeAsync(), Common, Image, [Options.Yes]),
                Make(host, "console", "Talk to the door on its console (COM2)", w => w.ConsoleAsync(), [Options.Port]),
                Respond(host),
                StickerWork.Make(host),
            };
        }

        private static Command Make(FlashHost host, string name, string description, Func<Work, Task<int>> work, params IEnumerable<Option>[] options)
        {
            Command command = new(name, description);
            foreach (IEnumerable<Option> group in options)
            {
                foreach (Option option in group)
                {
                    command.Add(option);
                }
            }

            command.SetAction((parsed, cancel) => work(new Work(host, parsed, cancel)));
            return command;
        }

        private static Command Respond(FlashHost host)
        {
            Argument<string> command = new("command") { Description = "The console command that asked: " + string.Join(", ", Technician.CommandNames) };
            Option<string> challenge = new("--challenge") { Description = "The 16 hex digits that the console printed", Required = true };
            Command respond = new("respond", "Answer the challenge of a dangerous console command") { command, challenge, Options.From };
            respond.SetAction(
                (parsed, cancel) => Task.FromResult(
                    new Work(host, parsed, cancel).Respond(parsed.GetRequiredValue(command), parsed.GetRequiredValue(challenge))));
            return respond;
        }
    }
}
