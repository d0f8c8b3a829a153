using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash.Console;
using DoorController.Flash.Nanoff;
using DoorController.Flash.Provision;

namespace DoorController.Flash
{
    /// <summary>The commands, each for one run of the tool.</summary>
    internal sealed class Work
    {
        private const string DryFolder = "(private folder)";

        /// <summary>Looks for a first sync, one second apart: Wi-Fi joins within 20 s, and a failed exchange is tried again after 15 s and 30 s.</summary>
        private const int SyncLooks = 90;

        private readonly FlashHost _host;
        private readonly ParseResult _options;
        private readonly CancellationToken _cancel;
        private readonly bool _dryRun;

        /// <summary>Prepares a run.</summary>
        public Work(FlashHost host, ParseResult options, CancellationToken cancel)
        {
            _host = host;
            _options = options;
            _cancel = cancel;
            _dryRun = options.GetValue(Options.DryRun);
        }

        private string Port => _options.GetRequiredValue(Options.Port);

        private FirmwareSource Source => new(_options.GetValue(Options.FirmwareVersion), _options.GetValue(Options.Archive));

        /// <summary>Lists ports and the chips behind them.</summary>
        public async Task<int> ListAsync()
        {
            using SecretFolder folder = SecretFolder.Create(_host.PrivateRoot);
            NanoffRunner nanoff = new(_host);
            NanoffResult ports = await nanoff.RunAsync(NanoffCommand.ListPorts(), folder.FullPath, _cancel).ConfigureAwait(false);
            if (ports.AdmitsFailure)
            {
                throw NanoffFault.Explain(ports, "listing the ports", "this computer", _host.Platform);
            }

            string[] names = ports.Output.Split('\n').Where(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(l => l.Trim()).ToArray();
            if (names.Length == 0)
            {
                throw new FlashException("no serial port", "plug the board in with a cable that carries data");
            }

            foreach (string name in names)
            {
                NanoffResult chip = await nanoff.RunAsync(NanoffCommand.Chip(name), folder.FullPath, _cancel).ConfigureAwait(false);
                _host.Out.WriteLine(name + "  " + Describe(chip));
            }

            return ExitCode.Done;
        }

        /// <summary>Writes nanoFramework.</summary>
        public Task<int> FirmwareAsync()
        {
            return RunAsync(WriteFirmware, "app");
        }

        /// <summary>Writes the application.</summary>
        public Task<int> AppAsync()
        {
            AppImage image = LoadImage();
            return RunAsync((steps, _) => steps.App(image), "provision");
        }

        /// <summary>Erases a board before it leaves the site.</summary>
        public Task<int> WipeAsync()
        {
            if (!_dryRun && !_options.GetValue(Options.Yes))
            {
                Confirm();
            }

            return RunAsync((steps, _) => steps.Wipe(Source), "retire the door on the key server");
        }

        /// <summary>Writes settings, keys, lists and Wi-Fi.</summary>
        public Task<int> ProvisionAsync()
        {
            return ProvisionAsync((_, _) => [], seeApp: true);
        }

        /// <summary>Firmware, application and provisioning in one go.</summary>
        public Task<int> AllAsync()
        {
            AppImage image = LoadImage();
            return ProvisionAsync(
                (steps, folder) => WriteFirmware(steps, folder).Concat(steps.App(image)),
                seeApp: false);
        }

        /// <summary>Reads back what is on the board and asks the door.</summary>
        public async Task<int> CheckAsync()
        {
            AppImage? image = _options.GetResult(Options.Image) is { Implicit: false } ? LoadImage() : null;
            await CarryOutAsync((steps, _) => steps.Check(image)).ConfigureAwait(false);
            return AskDoor(null);
        }

        /// <summary>Ties the terminal to the door's console.</summary>
        public async Task<int> ConsoleAsync()
        {
            using ConsoleLine line = ConsoleLine.Open(_host, Port, Options.Port.Name);
            await new ConsoleBridge(_host, line).RunAsync(_cancel).ConfigureAwait(false);
            return ExitCode.Done;
        }

        /// <summary>Answers a challenge of the door's console.</summary>
        public int Respond(string command, string challenge)
        {
            string folder = _options.GetValue(Options.From) ?? throw FlashException.Input("the door's keys are missing", "give --from");
            DoorBundle door = ProvisioningSet.FromFolder(folder).Bundle;
            _host.Out.WriteLine(Technician.Answer(door, command, challenge));
            door.Forget();
            return ExitCode.Done;
        }

        private IEnumerable<Step> WriteFirmware(BoardSteps steps, SecretFolder? folder)
        {
            return steps.Firmware(Source, _options.GetValue(Options.FirstTime), folder?.FullPath ?? DryFolder);
        }

        private static string Describe(NanoffResult result)
        {
            ChipDetails? chip = result.AdmitsFailure ? null : ChipDetails.Parse(result.Output);
            return chip == null
                ? "no ESP32 answers (in use, not a board, or hold BOOT while you press RESET)"
                : $"{chip.Family} v{chip.Revision}, flash {chip.FlashMegabytes} MB, PSRAM {chip.PsramMegabytes} MB, MAC {chip.Mac}";
        }

        private AppImage LoadImage()
        {
            string path = _options.GetRequiredValue(Options.Image);
            return _dryRun && !File.Exists(path) ? AppImage.Named(path) : AppImage.Load(path);
        }

        private async Task<int> RunAsync(Func<BoardSteps, SecretFolder?, IEnumerable<Step>> steps, string next)
        {
            await CarryOutAsync(steps).ConfigureAwait(false);
            if (!_dryRun)
            {
                _host.Out.WriteLine("next  " + next);
            }

            return ExitCode.Done;
        }

        private async Task CarryOutAsync(Func<BoardSteps, SecretFolder?, IEnumerable<Step>> steps)
        {
            BoardSteps board = Board();
            StepRunner runner = new(_host, _dryRun);
            if (_dryRun)
            {
                await runner.RunAsync(steps(board, null), DryFolder, _cancel).ConfigureAwait(false);
                return;
            }

            Preflight.Require(_host, Port);
            using SecretFolder folder = SecretFolder.Create(_host.PrivateRoot);
            await runner.RunAsync(steps(board, folder), folder.FullPath, _cancel).ConfigureAwait(false);
            if (board.Note != null)
            {
                _host.Out.WriteLine("note  " + board.Note);
            }
        }

        private async Task<int> ProvisionAsync(Func<BoardSteps, SecretFolder?, IEnumerable<Step>> before, bool seeApp)
        {
            MaterialSource source = new(_host, _options);
            source.CheckBeforeTheBoard();
            await CarryOutAsync(before).ConfigureAwait(false);
            if (seeApp)
            {
                await CarryOutAsync((steps, _) => [steps.SeeApp()]).ConfigureAwait(false);
            }

            ProvisioningMaterial material = await source.TakeAsync(_cancel).ConfigureAwait(false);
            foreach (int slot in material.Set.SlotsWithoutList)
            {
                _host.Out.WriteLine($"note  scope slot {slot} gets no list: it opens for nobody until one comes by sync or by phone");
            }

            try
            {
                await CarryOutAsync((steps, folder) => steps.Provision(
                    material,
                    (name, content) => folder?.Write(name, content) ?? DryFolder + "/" + name)).ConfigureAwait(false);
                return AskDoor(material);
            }
            finally
            {
                material.Set.Bundle.Forget();
            }
        }

        /// <summary>Asks the door itself: nanoff cannot read a file back, and ends with success when it could not write one.</summary>
        /// <param name="written">What was written; null asks only for the state.</param>
        private int AskDoor(ProvisioningMaterial? written)
        {
            if (_dryRun)
            {
                _host.Out.WriteLine("# Ask the door on its console: door, status");
                return ExitCode.Done;
            }

            if (_options.GetValue(Options.Console) is not string console)
            {
                _host.Error.WriteLine("not verified: the door itself was not asked; connect its console and run check --console PORT");
                return ExitCode.NotVerified;
            }

            using ConsoleLine line = ConsoleLine.Open(_host, console, Options.Console.Name);
            ConsoleReport door = ConsoleReport.Ask(line, "door");
            if (written != null)
            {
                door.RequireDoor(written.Set.Bundle);
            }

            ConsoleReport status = ConsoleReport.Ask(line, "status");
            foreach (string said in status.Lines)
            {
                _host.Out.WriteLine("door  " + ConsoleBridge.Printable(said));
            }

            status.RequireReady();
            _host.Out.WriteLine("done  Ask the door: it is ready");
            return written?.Settings.Values.HasServer == true ? WaitForSync(line, written.Settings.Values) : ExitCode.Done;
        }

        /// <summary>A door that has a server is at work once it has synced: network, address, port and keys are right then.</summary>
        private int WaitForSync(ConsoleLine line, Settings settings)
        {
            string server = $"{settings.ServerHost}:{settings.ServerPort}";
            _host.Out.WriteLine($"wait  the door joins its network and asks {server}");
            string said = string.Empty;
            for (int i = 0; i < SyncLooks; i++)
            {
                ConsoleReport sync = ConsoleReport.Ask(line, "sync");
                if (sync.HasSynced)
                {
                    _host.Out.WriteLine($"done  the door synced with {server}");
                    return ExitCode.Done;
                }

                said = ConsoleBridge.Printable(string.Join(' ', sync.Lines));
                _host.Pause(_cancel);
            }

            _host.Error.WriteLine(
                $"not verified: the door is ready and has not synced with {server} (it says \"{said}\"): see that the key server listens there for doors, and the Wi-Fi's name and password");
            return ExitCode.NotVerified;
        }

        private BoardSteps Board()
        {
            string? name = _options.GetValue(Options.Board);
            if (_dryRun && name == null)
            {
                throw FlashException.Input("a dry run cannot ask the chip", "give --board: one of " + string.Join(", ", Variant.Names));
            }

            Variant? variant = name == null ? null : Variant.ByName(name);
            return new BoardSteps(Port, _host.Platform, variant, _options.GetValue(Options.Target));
        }

        private void Confirm()
        {
            const string word = "wipe";
            if (!_host.IsInteractive)
            {
                throw FlashException.Input("wipe erases the door's keys and asks first", "say --yes");
            }

            _host.Out.Write($"This erases the door's keys, lists, audit trail and Wi-Fi on {Port}. Type {word} to go on: ");
            if (_host.In.ReadLine()?.Trim() != word)
            {
                throw FlashException.Input("nothing was erased", $"type {word} to go on");
            }
        }
    }
}
