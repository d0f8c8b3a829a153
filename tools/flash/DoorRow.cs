using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using DoorController.Flash.Provision;
using DoorController.Wire;

namespace DoorController.Flash
{
    /// <summary>
    /// Boards of one kind, one after the other on the same port: a folder with a folder for each door. A board that fails does not keep the
    /// next one from its turn; a table at the end says what became of each.
    /// </summary>
    internal sealed class DoorRow
    {
        private readonly FlashHost _host;
        private readonly string _port;
        private readonly string _folder;

        /// <summary>Prepares a row.</summary>
        /// <param name="host">For the person at the terminal.</param>
        /// <param name="port">Port that each board is plugged into.</param>
        /// <param name="folder">Folder with the doors.</param>
        public DoorRow(FlashHost host, string port, string folder)
        {
            _host = host;
            _port = port;
            _folder = folder;
        }

        /// <summary>True when a folder is no door's itself, and has doors' folders in it.</summary>
        public static bool IsFolderOfDoors(string folder)
        {
            return Directory.Exists(folder) && !IsDoor(folder) && Directory.EnumerateDirectories(folder).Any(IsDoor);
        }

        /// <summary>The folder itself where it is a door's, else those of the doors in it.</summary>
        public static IEnumerable<string> FoldersOf(string folder)
        {
            return IsFolderOfDoors(folder) ? Directory.EnumerateDirectories(folder).Where(IsDoor).Order(StringComparer.Ordinal) : [folder];
        }

        /// <summary>Carries the work out for each door.</summary>
        /// <param name="work">The work for the door in a folder; gives an exit code.</param>
        /// <returns>The exit code of the row: failed when one failed or was left out, not verified when one was not.</returns>
        public async Task<int> RunAsync(Func<string?, Task<int>> work)
        {
            List<(string Door, string Result)> table = [];
            int worst = ExitCode.Done;
            foreach (string door in FoldersOf(_folder))
            {
                string name = Path.GetFileName(door);
                _host.Out.Write($"door {name}: plug its board into {_port} and press Enter, or type skip: ");
                string? answer = _host.In.ReadLine()?.Trim();
                (int code, string result) = answer is null or "skip"
                    ? (ExitCode.Failed, "left out")
                    : await TryAsync(work, door).ConfigureAwait(false);
                table.Add((name, result));
                worst = Worse(worst, code);
            }

            Print(table);
            return worst;
        }

        private static bool IsDoor(string folder)
        {
            return File.Exists(Path.Combine(folder, ProvisioningSet.BundleName));
        }

        private static async Task<(int Code, string Result)> TryAsync(Func<string?, Task<int>> work, string door)
        {
            try
            {
                int code = await work(door).ConfigureAwait(false);
                return (code, code == ExitCode.Done ? "done" : "written, the door itself was not asked");
            }
            catch (FlashException e)
            {
                return (ExitCode.Failed, "failed: " + e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return (ExitCode.Failed, "failed: " + e.Message);
            }
        }

        private static int Worse(int one, int other)
        {
            if (one == ExitCode.Failed || other == ExitCode.Failed)
            {
                return ExitCode.Failed;
            }

            return one == ExitCode.Done ? other : one;
        }

        private void Print(List<(string Door, string Result)> table)
        {
            int width = table.Max(row => row.Door.Length);
            _host.Out.WriteLine();
            foreach ((string door, string result) in table)
            {
                _host.Out.WriteLine(door.PadRight(width) + "  " + result);
            }
        }
    }
}
