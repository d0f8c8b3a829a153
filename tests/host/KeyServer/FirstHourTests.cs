using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer
{
    /// <summary>What happens to somebody who runs the key server for the first time: one line, and what to do.</summary>
    [TestClass]
    public sealed class FirstHourTests
    {
        [TestMethod]
        public async Task A_port_in_use_is_one_line()
        {
            using TcpListener other = new(IPAddress.Loopback, 0);
            other.Start();
            string address = other.LocalEndpoint.ToString()!;
            string folder = ServerRig.NewFolder();
            (int code, string output) = await ServerProcess.RunAsync(["serve", "--data", folder, "--listen", address]);
            Assert.AreEqual(2, code, output);
            Assert.AreEqual(
                $"error: {address} is in use by another program: stop that, or give another port with --listen", output.Split('\n')[^1]);
            Assert.DoesNotContain("   at ", output);
            Directory.Delete(folder, recursive: true);
        }

        [TestMethod]
        public async Task Stopped_while_PostgreSQL_opens_it_ends_with_a_line()
        {
            using TcpListener silent = new(IPAddress.Loopback, 0);
            silent.Start();
            string folder = ServerRig.NewFolder();
            string postgres = $"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Database=x;Username=x;Timeout=120";
            (int code, string output) = await ServerProcess.RunAsync(["serve", "--data", folder], postgres, async process =>
            {
                using TcpClient client = await silent.AcceptTcpClientAsync();
                using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
                await process.WaitForExitAsync();
            });
            Assert.AreEqual((143, "stopped before it was done"), (code, output));
            Directory.Delete(folder, recursive: true);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_restore_beside_a_running_server_is_refused(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.BeginAsync(kind);
            string[] restore = ["restore", "--data", rig.Folder];
            string? postgres = kind == DatabaseKind.PostgreSql ? rig.DatabaseSettings.ConnectionString : null;
            await using (await ServerProcess.StartAsync(rig))
            {
                (int code, string output) = await ServerProcess.RunAsync(restore, postgres);
                Assert.AreEqual(2, code, output);
                StringAssert.Contains(output, "stop every one of them first", StringComparison.Ordinal);
            }

            (int after, string done) = await ServerProcess.RunAsync(restore, postgres);
            Assert.AreEqual(0, after, done);
        }

        [TestMethod]
        public async Task A_deleted_marks_file_is_told_and_is_an_alarm()
        {
            await using ServerRig rig = await ServerRig.BeginAsync(DatabaseKind.Sqlite);
            await using (ServerProcess first = await ServerProcess.StartAsync(rig))
            {
                Assert.DoesNotContain("warning", first.Output, "a new site has none yet");
                Assert.AreEqual(200, (await first.SendAsync(HttpMethod.Post, "/doors/register", new() { ["name"] = "DOOR" }, rig.ApiKey)).Status);
            }

            File.Delete(rig.Files.Marks);
            await using ServerProcess server = await ServerProcess.StartAsync(rig);
            StringAssert.Contains(server.Output, $"warning: {rig.Files.Marks} is gone and was begun anew", StringComparison.Ordinal);
            Answer alarms = await server.SendAsync(HttpMethod.Get, "/alarms/list", null, rig.ApiKey);
            Assert.AreEqual("marks_file_missing", alarms.Body["alarms"]!.AsArray().Single()!["kind"]!.GetValue<string>());
        }

        [TestMethod]
        [DataRow("", "127.0.0.2:0", "127.0.0.2")]
        [DataRow("127.0.0.1:{0}", "0.0.0.0:{0}", "127.0.0.3")]
        public async Task The_doors_address_serves_doors_alone(string listen, string doors, string doorsHost)
        {
            await using ServerRig rig = await ServerRig.BeginAsync(DatabaseKind.Sqlite);
            int port = FreePort();
            string[] all = listen.Length == 0 ? [] : ["--listen", string.Format(null, listen, port)];
            await using ServerProcess server = await ServerProcess.StartAsync(rig, [.. all, "--listen-doors", string.Format(null, doors, port).Replace(":0", ":" + port, StringComparison.Ordinal)]);
            Uri own = listen.Length == 0 ? server.Address : new Uri($"http://127.0.0.1:{port}");
            foreach ((string host, string path, int status) in new[]
            {
                ($"http://{doorsHost}:{port}", "/door/sync", 401), ($"http://{doorsHost}:{port}", "/user_identities/create", 404),
                ($"http://{doorsHost}:{port}", "/ik/" + new string('a', 24), 404), ($"http://{doorsHost}:{port}", "/health", 404),
                ($"http://{doorsHost}:{port}", "/door/../user_identities/create", 404),
                (own.ToString(), "/door/sync", 401), (own.ToString(), "/user_identities/create", 200),
            })
            {
                using HttpClient http = new() { BaseAddress = new Uri(host) };
                http.DefaultRequestHeaders.Add("Authorization", "Bearer " + rig.ApiKey);
                using StringContent body = new("{}");
                using HttpResponseMessage response = await http.PostAsync(path, body);
                Assert.AreEqual(status, (int)response.StatusCode, host + path);
                if (status == 404)
                {
                    StringAssert.Contains(await response.Content.ReadAsStringAsync(), "route_not_found", StringComparison.Ordinal);
                }
            }
        }

        [TestMethod]
        [DataRow("--public-url", "https://keys.example.com/?a=b")]
        [DataRow("--public-url", "https://keys.example.com/#x")]
        [DataRow("--public-url", "https://me@keys.example.com/")]
        [DataRow("--public-url", "http://keys.example.com/")]
        [DataRow("--listen-doors", "0.0.0.0")]
        [DataRow("--listen-doors", "door")]
        [DataRow("--listen", "0.0.0.0:8080")]
        public async Task Bad_options_of_serve_end_with_2(string option, string value)
        {
            string folder = ServerRig.NewFolder();
            (int code, string output) = await ServerProcess.RunAsync(["serve", "--data", folder, option, value]);
            Assert.AreEqual(2, code, output);
            StringAssert.StartsWith(output, "error: ", StringComparison.Ordinal);
            Directory.Delete(folder, recursive: true);
        }

        private static int FreePort()
        {
            using TcpListener listener = new(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
