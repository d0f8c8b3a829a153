using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash.Build;
using DoorController.Flash.Console;
using DoorController.Flash.Nanoff;
using DoorController.Flash.Provision;

namespace DoorController.Flash
{
    /// <summary>The commands, each for one run of the tool.</summary>
    internal sealed class Work
    {
        private const string DryFolder = "(private folder)";

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

        private string[] Versions => _options.GetValue(Options.FirmwareVersion) ?? [];

        /// <summary>Lists ports and the chips behind them.</summary>
        public Task<int> ListAsync()
        {
            return new PortList(_host).PrintAsync(_cancel);
        }

        /// <summary>Builds the application.</summary>
        public async Task<int> BuildAsync()
        {
            AppImage image = await BuildImageAsync().ConfigureAwait(false);
            if (!_dryRun)
            {
                _host.Out.WriteLine($"next  {image.FilePath} is the application: firmware, or all with --image");
            }

            return ExitCode.Done;
        }

        /// <summary>Writes nanoFramework.</summary>
        public Task<int> FirmwareAsync()
        {
            FirmwareSource source = new(Versions, _options.GetValue(Options.Archive), _options.GetValue(Options.UncheckedImage) ? null : LoadImage());
            return RunAsync((board, folder) => WriteFirmware(board, source, folder), "app");
        }

        /// <summary>Writes the application.</summary>
        public Task<int> AppAsync()
        {
            AppImage image = LoadImage();
            return RunAsync((board, _) => new BoardSteps(board).App(image).Prepend(new BoardSteps(board).SeeFirmware(image)), "provision");
        }

        /// <summary>Erases a board before it leaves the site.</summary>
        public Task<int> WipeAsync()
        {
            if (!_dryRun && !_options.GetValue(Options.Yes))
            {
                Confirm();
            }

            FirmwareSource source = new(Versions, _options.GetValue(Options.Archive), null);
            return RunAsync((board, folder) => Firmware(board, source, folder).Wipe(), "retire the door on the key server");
        }

        /// <summary>Writes settings, keys, lists and Wi-Fi.</summary>
        public Task<int> ProvisionAsync()
        {
            return ForEachDoorAsync(door => ProvisionAsync(door, (_, _) => [], seeApp: true));
        }

        /// <summary>Application, firmware and provisioning in one go.</summary>
        public async Task<int> AllAsync()
        {
            // A board that is none is said before a minute goes into the build.
            _ = Board();
            AppImage image = _options.GetResult(Options.Image) is { Implicit: false } ? LoadImage() : await BuildImageAsync().ConfigureAwait(false);
            FirmwareSource source = new(Versions, _options.GetValue(Options.Archive), _options.GetValue(Options.UncheckedImage) ? null : image);
            return await ForEachDoorAsync(door => ProvisionAsync(
                door,
                (board, folder) => WriteFirmware(board, source, folder).Concat(new BoardSteps(board).App(image)),
                seeApp: false)).ConfigureAwait(false);
        }

        /// <summary>Reads back what is on the board and asks the door.</summary>
        public async Task<int> CheckAsync()
        {
            AppImage? image = _options.GetResult(Options.Image) is { Implicit: false } ? LoadImage() : null;
            await CarryOutAsync((board, _) => new BoardSteps(board).Check(image)).ConfigureAwait(false);
            return new DoorQuestion(_host, _options, _cancel).Ask(null);
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

        private FirmwareSteps Firmware(BoardChoice board, FirmwareSource source, SecretFolder? folder)
        {
            return new FirmwareSteps(board, source, folder?.FullPath ?? DryFolder, _dryRun);
        }

        private IEnumerable<Step> WriteFirmware(BoardChoice board, FirmwareSource source, SecretFolder? folder)
        {
            return Firmware(board, source, folder).Write(_options.GetValue(Options.FirstTime));
        }

        private async Task<AppImage> BuildImageAsync()
        {
            DeviceBuild build = new(_host, _options.GetRequiredValue(Options.Project), _options.GetValue(Options.Packages));
            if (_dryRun)
            {
                _host.Out.WriteLine("# Build the application");
                _host.Out.WriteLine(build);
                return AppImage.Named(build.Image);
            }

            await build.RunAsync(_cancel).ConfigureAwait(false);
            _host.Out.WriteLine("done  Build the application");
            return AppImage.Load(build.Image);
        }

        /// <summary>Carries the work out for the one door, or for each of a folder of doors.</summary>
        private Task<int> ForEachDoorAsync(Func<string?, Task<int>> work)
        {
            string? folder = _options.GetValue(Options.From);
            return folder != null && DoorRow.IsFolderOfDoors(folder) && !_dryRun
                ? new DoorRow(_host, Port, folder).RunAsync(work)
                : work(folder);
        }

        private AppImage LoadImage()
        {
            string path = _options.GetRequiredValue(Options.Image);
            return _dryRun && !File.Exists(path) ? AppImage.Named(path) : AppImage.Load(path);
        }

        private async Task<int> RunAsync(Func<BoardChoice, SecretFolder?, IEnumerable<Step>> steps, string next)
        {
            await CarryOutAsync(steps).ConfigureAwait(false);
            if (!_dryRun)
            {
                _host.Out.WriteLine("next  " + next);
            }

            return ExitCode.Done;
        }

        private async Task CarryOutAsync(Func<BoardChoice, SecretFolder?, IEnumerable<Step>> steps)
        {
            BoardChoice board = Board();
            StepRunner runner = new(_host, _dryRun);
            if (_dryRun)
            {
                await runner.RunAsync(steps(board, null), DryFolder, _cancel).ConfigureAwait(false);
                return;
            }

            await Preflight.RequireAsync(_host, Port, _cancel).ConfigureAwait(false);
            using SecretFolder folder = SecretFolder.Create(_host.PrivateRoot);
            await runner.RunAsync(steps(board, folder), folder.FullPath, _cancel).ConfigureAwait(false);
        }

        private async Task<int> ProvisionAsync(string? door, Func<BoardChoice, SecretFolder?, IEnumerable<Step>> before, bool seeApp)
        {
            MaterialSource source = new(_host, _options, door);
            source.CheckBeforeTheBoard();
            await CarryOutAsync(before).ConfigureAwait(false);
            if (seeApp)
            {
                await CarryOutAsync((board, _) => [new BoardSteps(board).SeeApp()]).ConfigureAwait(false);
            }

            ProvisioningMaterial material = await source.TakeAsync(_cancel).ConfigureAwait(false);
            foreach (int slot in material.Set.SlotsWithoutList)
            {
                _host.Out.WriteLine($"note  scope slot {slot} gets no list: it opens for nobody until one comes by sync or by phone");
            }

            try
            {
                await CarryOutAsync((board, folder) => new BoardSteps(board).Provision(
                    material,
                    (name, content) => folder?.Write(name, content) ?? DryFolder + "/" + name)).ConfigureAwait(false);
                return new DoorQuestion(_host, _options, _cancel).Ask(material);
            }
            finally
            {
                material.Set.Bundle.Forget();
            }
        }

        private BoardChoice Board()
        {
            string? name = _options.GetValue(Options.Board);
            if (_dryRun && name == null)
            {
                throw FlashException.Input("a dry run cannot ask the chip", "give --board: one of " + string.Join(", ", Variant.Names));
            }

            Variant? variant = name == null ? null : Variant.ByName(name);
            return new BoardChoice(_host, Port, variant, _options.GetValue(Options.Target), _options.GetValue(Options.Psram));
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
