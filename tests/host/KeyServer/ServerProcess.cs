using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;

namespace DoorController.Tests.KeyServer
{
    /// <summary>A key server in a process of its own, as people run it, that can be killed.</summary>
    internal sealed class ServerProcess : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private ServerProcess(Process process)
        {
            _process = process;
            process.OutputDataReceived += (_, e) => Take(e.Data);
            process.ErrorDataReceived += (_, e) => Take(e.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public HttpClient Http { get; private set; } = null!;

        public Uri Address => _address.Task.Result;

        /// <summary>Everything that it printed so far.</summary>
        public string Output => string.Join('\n', _lines);

        /// <summary>Starts a server on the site of a rig that has none running.</summary>
        public static Task<ServerProcess> StartAsync(ServerRig rig, params string[] options) => StartAsync(
            ["--data", rig.Folder, .. options], rig.DatabaseSettings.Kind == DatabaseKind.PostgreSql ? rig.DatabaseSettings.ConnectionString : null);

        /// <summary>Starts a server; --listen is this machine on any port unless an option says otherwise.</summary>
        public static async Task<ServerProcess> StartAsync(string[] options, string? postgres = null)
        {
            string[] listen = Array.IndexOf(options, "--listen") < 0 ? ["--listen", "127.0.0.1:0"] : [];
            ServerProcess server = new(Process.Start(Command(["serve", .. listen, .. options], postgres))!);
            Task done = await Task.WhenAny(server._address.Task, server._process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(60)));
            if (done != server._address.Task)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException("the server did not start: " + server.Output);
            }

            server.Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(30) };
            return server;
        }

        /// <summary>Runs one command to its end.</summary>
        /// <param name="whileItRuns">What to do to it meanwhile.</param>
        public static async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, string? postgres = null, Func<Process, Task>? whileItRuns = null)
        {
            using Process process = Process.Start(Command(arguments, postgres))!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await (whileItRuns?.Invoke(process) ?? Task.CompletedTask);
            await process.WaitForExitAsync();
            return (process.ExitCode, (await output + await error).Trim());
        }

        private static ProcessStartInfo Command(string[] arguments, string? postgres)
        {
            ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "DoorController.KeyServer.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            if (postgres != null)
            {
                start.Environment["DOOR_POSTGRES"] = postgres;
            }

            return start;
        }

        /// <summary>Ends it as kill -9 does.</summary>
        public void Kill()
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        /// <summary>Ends it as systemd does, and waits for that.</summary>
        /// <returns>The exit code.</returns>
        public async Task<int> StopAsync()
        {
            using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await _process.WaitForExitAsync();
            return _process.ExitCode;
        }

        public async Task<Answer> SendAsync(HttpMethod method, string path, JsonObject? body, string? token)
        {
            using HttpRequestMessage request = new(method, path);
            if (token != null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            }

            if (body != null)
            {
                request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            }

            using HttpResponseMessage response = await Http.SendAsync(request);
            string text = await response.Content.ReadAsStringAsync();
            return new Answer((int)response.StatusCode, JsonNode.Parse(text)!.AsObject(), response.Headers);
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                Kill();
            }

            Http?.Dispose();
            _process.Dispose();
            await Task.CompletedTask;
        }

        private void Take(string? line)
        {
            if (line == null)
            {
                return;
            }

            _lines.Enqueue(line);
            if (line.StartsWith("listening on ", StringComparison.Ordinal))
            {
                _address.TrySetResult(new Uri(line["listening on ".Length..].Split(',', ';')[0]));
            }
        }
    }
}
