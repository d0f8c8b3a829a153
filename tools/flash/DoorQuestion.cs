using System.CommandLine;
using System.Threading;
using DoorController.Flash.Console;
using DoorController.Flash.Provision;

namespace DoorController.Flash
{
    /// <summary>What the door itself says of what was written, asked on its console.</summary>
    internal sealed class DoorQuestion
    {
        /// <summary>Looks for a first sync, one second apart: Wi-Fi joins within 20 s, and a failed exchange is tried again after 15 s and 30 s.</summary>
        private const int SyncLooks = 90;

        private readonly FlashHost _host;
        private readonly ParseResult _options;
        private readonly CancellationToken _cancel;

        /// <summary>The question of one run of the tool.</summary>
        public DoorQuestion(FlashHost host, ParseResult options, CancellationToken cancel)
        {
            _host = host;
            _options = options;
            _cancel = cancel;
        }

        /// <summary>Asks the door itself: nanoff cannot read a file back, and ends with success when it could not write one.</summary>
        /// <param name="written">What was written; null asks only for the state.</param>
        public int Ask(ProvisioningMaterial? written)
        {
            if (_options.GetValue(Options.DryRun))
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
    }
}
