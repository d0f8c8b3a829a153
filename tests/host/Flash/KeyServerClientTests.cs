using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>A door whose keys come from a key server, and a key server that refuses, lies or is not there.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class KeyServerClientTests : IDisposable
    {
        private readonly StandInBoard _board = new();
        private readonly DoorFiles _files = new();
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public KeyServerClientTests()
        {
            _listener.Start();
            _board.Target = "ESP32_S3_OCTAL";
            _board.PutApp("1.0.0.0");
        }

        private string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

        public void Dispose()
        {
            _listener.Dispose();
            _board.Dispose();
        }

        [TestMethod]
        public void The_server_is_asked_once_with_the_key_and_its_files_reach_the_board()
        {
            string lists = string.Join(',', _files.Lists.Select(l => '"' + Convert.ToBase64String(l!) + '"'));
            Task<string> request = ServeAsync("200 OK", $"{{\"ok\":true,\"provision\":\"{Convert.ToBase64String(_files.Bundle)}\",\"lists\":[{lists}]}}");
            string keep = Path.Combine(_board.Folder, "kept");

            Run(Address, "--keep", keep).AssertOneLine(ExitCode.NotVerified, "not asked");

            string text = request.GetAwaiter().GetResult();
            StringAssert.StartsWith(text, "POST /doors/register HTTP/1.1", StringComparison.Ordinal);
            StringAssert.Contains(text, "Authorization: Bearer the-api-key", StringComparison.Ordinal);
            StringAssert.Contains(text, "\"name\":\"Lobby east\"", StringComparison.Ordinal);
            CollectionAssert.AreEqual(_files.Bundle, File.ReadAllBytes(Path.Combine(_board.OnBoard, "provision")));
            CollectionAssert.AreEqual(_files.Lists[1], File.ReadAllBytes(Path.Combine(_board.OnBoard, "list1")));
            CollectionAssert.AreEqual(_files.Bundle, File.ReadAllBytes(Path.Combine(keep, "provision")));
            if (!OperatingSystem.IsWindows())
            {
                Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(keep, "provision")));
            }
        }

        [TestMethod]
        [DataRow("401 Unauthorized", "{\"error\":{\"type\":\"unauthorized\",\"message\":\"no such API key\"},\"ok\":false}", "refused the door (401): no such API key")]
        [DataRow("500 Oops", "<html>", "refused the door (500): no reason given")]
        [DataRow("200 OK", "<html>hello</html>", "answered something that is no door")]
        [DataRow("200 OK", "{\"provision\":12}", "answered something that is no door")]
        [DataRow("200 OK", "{\"provision\":\"AAAA\"}", "has 3 bytes, a provisioning file has at least")]
        [DataRow("200 OK", null, "does not answer")]
        public void A_server_that_gives_no_door_leaves_the_board_as_it_was(string status, string? body, string line)
        {
            _ = ServeAsync(status, body);
            FlashRun run = Run(Address);
            Assert.AreNotEqual(ExitCode.Done, run.ExitCode);
            run.AssertOneLine(run.ExitCode, line);
            Assert.AreEqual(0, Directory.GetFiles(_board.OnBoard).Length);
        }

        [TestMethod]
        public void Keys_do_not_travel_in_clear()
        {
            Run("http://keys.example.com/").AssertOneLine(ExitCode.BadInput, "would carry the door's keys in clear: use https");
            Assert.AreEqual(0, _board.Calls.Length);
        }

        [TestMethod]
        public void A_board_that_does_not_answer_registers_no_door()
        {
            _board.Target = string.Empty;
            Run(Address).AssertOneLine(ExitCode.Failed, "no nanoFramework answers");
            Assert.IsFalse(_listener.Pending(), "the server gives a door's keys only once");
        }

        private FlashRun Run(string server, params string[] more)
        {
            _files.WriteTo(_board.Folder);
            string registration = Path.Combine(_board.Folder, "register.json");
            File.WriteAllText(registration, "{\"name\":\"Lobby east\"}");
            string key = Path.Combine(_board.Folder, "api-key");
            File.WriteAllText(key, "the-api-key\n");
            string settings = Path.Combine(_board.Folder, "door.json");
            string[] options = ["--settings", settings, "--server", server, "--register", registration, "--api-key-file", key];
            return _board.Run(["provision", "--port", _board.Port, .. options, .. more]);
        }

        /// <summary>Answers one request; a body that is null hangs up without an answer.</summary>
        /// <returns>The request.</returns>
        private async Task<string> ServeAsync(string status, string? body)
        {
            using TcpClient client = await _listener.AcceptTcpClientAsync();
            NetworkStream stream = client.GetStream();
            StringBuilder request = new();
            byte[] buffer = new byte[4096];
            while (!request.ToString().Contains("\"}", StringComparison.Ordinal))
            {
                request.Append(Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)));
            }

            if (body != null)
            {
                string answer = $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            }

            return request.ToString();
        }
    }
}
