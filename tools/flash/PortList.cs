using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash.Nanoff;
using DoorController.Flash.Provision;

namespace DoorController.Flash
{
    /// <summary>The serial ports of this computer and the chips behind them.</summary>
    internal sealed class PortList
    {
        private readonly FlashHost _host;

        /// <summary>Prepares a list.</summary>
        public PortList(FlashHost host)
        {
            _host = host;
        }

        /// <summary>Prints them.</summary>
        /// <param name="cancel">Ends nanoff.</param>
        public async Task<int> PrintAsync(CancellationToken cancel)
        {
            using SecretFolder folder = SecretFolder.Create(_host.PrivateRoot);
            NanoffRunner nanoff = new(_host);
            await nanoff.RequireVersionAsync(cancel).ConfigureAwait(false);
            NanoffResult ports = await nanoff.RunAsync(NanoffCommand.ListPorts(), folder.FullPath, cancel).ConfigureAwait(false);
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
                NanoffResult chip = await nanoff.RunAsync(NanoffCommand.Chip(name), folder.FullPath, cancel).ConfigureAwait(false);
                _host.Out.WriteLine(name + "  " + Describe(chip));
            }

            return ExitCode.Done;
        }

        private static string Describe(NanoffResult result)
        {
            ChipDetails? chip = result.AdmitsFailure ? null : ChipDetails.Parse(result.Output);
            return chip == null
                ? "no ESP32 answers (in use, not a board, or hold BOOT while you press RESET)"
                : $"{chip.Family} v{chip.Revision}, flash {chip.FlashMegabytes} MB, PSRAM {(chip.PsramMegabytes is int psram ? psram + " MB" : "unknown")}, MAC {chip.Mac}";
        }
    }
}
