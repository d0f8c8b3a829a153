using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using DoorController.Flash.Provision;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>
    /// The README's ten minutes, walked: its own commands, as they stand there, run by a shell in a new folder with what a fresh clone has. Only
    /// the build is taken from this run, the ports are those of the stand-in board, and the board's application is the stand-in's.
    /// </summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class FirstHourTests : IDisposable
    {
        private const int UsualPort = 8080;

        private readonly StandInBoard _board = new();
        private readonly DoorOnTerminal _door;
        private readonly string _clone = Directory.CreateTempSubdirectory("clone-").FullName;
        private readonly int _port = FreePort();
        private Process? _server;

        public FirstHourTests()
        {
            _door = new DoorOnTerminal(_board.OnBoard);
            Directory.CreateDirectory(Path.Combine(_clone, "wiring"));
            Directory.CreateDirectory(Path.Combine(_clone, "firmware/bin/Release"));
            string settings = File.ReadAllText(Path.Combine(Vectors.Root(), "wiring/door.json"));
            File.WriteAllText(
                Path.Combine(_clone, "wiring/door.json"),
                _port == UsualPort ? settings : settings.Replace("{", $"{{ \"server_port\": {_port},", StringComparison.Ordinal));
            File.Copy(_board.WriteImage(), Path.Combine(_clone, "firmware/bin/Release/DoorController.bin"));
        }

        public void Dispose()
        {
            _server?.Kill(entireProcessTree: true);
            _server?.Dispose();
            _door.Dispose();
            _board.Dispose();
            Directory.Delete(_clone, recursive: true);
        }

        [TestMethod]
        public async Task The_ten_minutes_end_at_the_door_that_synced()
        {
            if (OwnAddress.Find() == null)
            {
                Assert.Inconclusive("this machine is in no network, so a door could not reach its key server");
            }

            string[] blocks = Blocks();
            Assert.AreEqual(4, blocks.Length, "server, flash, dry run, key");
            await StartServerAsync(blocks[0]);

            string flashed = await RunAsync(blocks[1]);
            Assert.IsTrue(Regex.IsMatch(flashed, @"\ndone  the door synced with \d+\.\d+\.\d+\.\d+:" + _port + @"\n$"), flashed);
            StringAssert.Contains(flashed, "door  state: ready\n", StringComparison.Ordinal);

            string dry = await RunAsync(blocks[2]);
            StringAssert.Contains(dry, "nanoff --platform esp32 --target ESP32_S3_OCTAL ", StringComparison.Ordinal);
            StringAssert.Contains(dry, "I:\\\\provision", StringComparison.Ordinal);

            string issued = await RunAsync(blocks[3]);
            Assert.AreEqual(1, Regex.Count(issued, "\"ok\":true"), issued);
            StringAssert.Contains(issued, $"\"instant_key_url\":\"http://127.0.0.1:{_port}/ik/", StringComparison.Ordinal);
        }

        /// <summary>The README's port; another one, in its place everywhere, where something else has that on this machine.</summary>
        private static int FreePort()
        {
            try
            {
                using TcpListener usual = new(IPAddress.Any, UsualPort);
                usual.Start();
                return UsualPort;
            }
            catch (SocketException)
            {
                using TcpListener free = new(IPAddress.Any, 0);
                free.Start();
                return ((IPEndPoint)free.LocalEndpoint).Port;
            }
        }

        /// <summary>The commands of the README's path, block by block.</summary>
        private static string[] Blocks()
        {
            string path = File.ReadAllText(Path.Combine(Vectors.Root(), "README.md")).Split("\n## From box to open door in ten minutes\n")[1].Split("\n## ")[0];
            return Regex.Matches(path, @"\n   ```\n(?<commands>.*?)\n   ```", RegexOptions.Singleline)
                .Select(m => string.Join('\n', m.Groups["commands"].Value.Split('\n').Select(l => l.Trim()))).ToArray();
        }

        private async Task StartServerAsync(string commands)
        {
            TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
            StringBuilder said = new();
            _server = Start(commands);
            _server.OutputDataReceived += (_, e) => Take(e.Data);
            _server.ErrorDataReceived += (_, e) => Take(e.Data);
            _server.BeginOutputReadLine();
            _server.BeginErrorReadLine();
            Task first = await Task.WhenAny(listening.Task, _server.WaitForExitAsync());
            Assert.AreSame(listening.Task, first, "the key server did not start: " + said);

            void Take(string? line)
            {
                said.AppendLine(line);
                if (line?.StartsWith("listening on ", StringComparison.Ordinal) == true)
                {
                    listening.TrySetResult();
                }
            }
        }

        private async Task<string> RunAsync(string commands)
        {
            using Process shell = Start(commands);
            Task<string> error = shell.StandardError.ReadToEndAsync();
            string output = await shell.StandardOutput.ReadToEndAsync();
            await shell.WaitForExitAsync();
            Assert.AreEqual(0, shell.ExitCode, output + await error);
            return output;
        }

        /// <summary>A shell for which <c>dotnet run --project tools/…</c> is what this run has built.</summary>
        private Process Start(string commands)
        {
            string here = commands.Replace("/dev/ttyUSB0", _board.Port, StringComparison.Ordinal)
                .Replace("/dev/ttyUSB1", _door.Name, StringComparison.Ordinal)
                .Replace($":{UsualPort}", $":{_port}", StringComparison.Ordinal);
            string script = $$"""
                set -e
                dotnet() {
                    case "$3" in
                    tools/keyserver) name=KeyServer ;;
                    tools/flash) name=Flash ;;
                    *) echo "not on the way: dotnet $*"; return 9 ;;
                    esac
                    shift 4
                    command dotnet "{{AppContext.BaseDirectory}}/DoorController.$name.dll" "$@"
                }
                {{here}}
                """;
            ProcessStartInfo start = new("bash", ["-c", script]) { WorkingDirectory = _clone, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PATH"] = _board.Folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
            start.Environment["XDG_RUNTIME_DIR"] = _board.PrivateRoot;
            return Process.Start(start)!;
        }
    }
}
