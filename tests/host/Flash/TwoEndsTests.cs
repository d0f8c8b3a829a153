using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using DoorController.Flash;
using DoorController.Flash.Console;
using DoorController.Flash.Provision;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>A door has two ends, the board and its registration: what both hold is compared, and what can fail is tried before the door is told once.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class TwoEndsTests : IDisposable
    {
        private readonly StandInBoard _board = new();
        private readonly DoorFiles _files = new();
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public TwoEndsTests()
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
        [DataRow("{\"floors\":4}", "{\"name\":\"Lobby east\"}", "floors is 0, and door.json has 4")]
        [DataRow("{}", "{\"name\":\"Lobby east\",\"floors\":4}", "floors is 4, and door.json has 0")]
        [DataRow("{\"server\":\"10.0.0.5\"}", "{\"name\":\"Lobby east\",\"settings\":{\"server\":\"10.0.0.6\"}}", "settings.server is \"10.0.0.6\", and door.json has \"10.0.0.5\"")]
        [DataRow("{\"hold_ms\":5000}", "{\"name\":\"Lobby east\",\"settings\":{\"hold_ms\":6000}}", "settings.hold_ms is 6000, and door.json has 5000")]
        public void Two_ends_that_contradict_each_other_are_refused_before_anything_is_told(string settings, string registration, string line)
        {
            _files.Settings = settings;
            Run(Address, registration).AssertOneLine(ExitCode.BadInput, line);
            Assert.AreEqual(0, _board.Calls.Length);
            Assert.IsFalse(_listener.Pending());
        }

        [TestMethod]
        public void The_registration_is_told_the_settings_that_the_door_gets()
        {
            _files.Settings = "{\"hold_ms\":7000}";
            Task<string> request = ServeDoorAsync();
            Run(Address, "{\"floors\":0,\"name\":\"Lobby east\"}").AssertOneLine(ExitCode.NotVerified, "not asked");
            string text = request.GetAwaiter().GetResult();
            JsonNode body = JsonNode.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..(text.LastIndexOf('}') + 1)])!;
            Assert.AreEqual(7000, (int?)body["settings"]!["hold_ms"]);
        }

        [TestMethod]
        public void Keys_of_another_name_are_no_keys_of_this_door()
        {
            _ = ServeDoorAsync();
            Run(Address, "{\"name\":\"Lobby west\"}").AssertOneLine(ExitCode.BadInput, "registered as Lobby west, and its keys are those of Lobby east");
            Assert.AreEqual(0, Directory.GetFiles(_board.OnBoard).Length);
        }

        [TestMethod]
        public void A_kept_door_is_compared_when_it_is_provisioned_again()
        {
            _ = ServeDoorAsync();
            string keep = Path.Combine(_board.Folder, "kept");
            Run(Address, "{\"name\":\"Lobby east\"}", "--keep", keep).AssertOneLine(ExitCode.NotVerified, "not asked");
            string settings = Path.Combine(_board.Folder, "door.json");
            string[] again = ["provision", "--port", _board.Port, "--from", keep, "--settings", settings];
            File.WriteAllText(settings, "{\"hold_ms\":9000}");
            _board.Run(again).AssertOneLine(ExitCode.NotVerified, "not asked");
            File.WriteAllText(settings, "{\"floors\":2}");
            _board.Run(again).AssertOneLine(ExitCode.BadInput, "floors is 0, and door.json has 2");
        }

        [TestMethod]
        [DataRow("register.json/kept", "cannot be made")]
        [DataRow("", "is there already")]
        [DataRow("api-key", "is there already")]
        public void A_folder_that_cannot_be_is_found_before_the_door_is_registered(string keep, string line)
        {
            Run(Address, "{\"name\":\"Lobby east\"}", "--keep", Path.Combine(_board.Folder, keep)).AssertOneLine(ExitCode.BadInput, line);
            Assert.AreEqual(0, _board.Calls.Length);
            Assert.IsFalse(_listener.Pending(), "the server gives a door's keys only once");
        }

        [TestMethod]
        public void No_folder_is_left_when_no_door_came_of_it()
        {
            string keep = Path.Combine(_board.Folder, "kept");
            _ = ServeAsync("401 Unauthorized", "{}");
            Run(Address, "{\"name\":\"Lobby east\"}", "--keep", keep).AssertOneLine(ExitCode.Failed, "refused the door (401)");
            Assert.IsFalse(Directory.Exists(keep), "the same command can be run again");
        }

        [TestMethod]
        [DataRow("site", "/site/doors/register")]
        [DataRow("site/", "/site/doors/register")]
        [DataRow("a/b", "/a/b/doors/register")]
        [DataRow("", "/doors/register")]
        public void The_path_of_a_server_is_kept(string path, string wanted)
        {
            Task<string> request = ServeDoorAsync();
            Run(Address + path, "{\"name\":\"Lobby east\"}").AssertOneLine(ExitCode.NotVerified, "not asked");
            StringAssert.StartsWith(request.GetAwaiter().GetResult(), $"POST {wanted} HTTP/1.1", StringComparison.Ordinal);
        }

        [TestMethod]
        [DataRow("?site=1")]
        [DataRow("#here")]
        public void What_a_server_address_would_lose_is_refused(string tail)
        {
            Run(Address + tail, "{\"name\":\"Lobby east\"}").AssertOneLine(ExitCode.BadInput, "--server has a name, a query or a mark beside its address");
        }

        [TestMethod]
        public void A_lost_answer_names_the_request_that_gets_the_same_door()
        {
            _ = ServeAsync("200 OK", null);
            FlashRun run = Run(Address, "{\"name\":\"Lobby east\"}").AssertOneLine(ExitCode.Failed, "within 24 h, --request-key ");
            string key = Regex.Match(run.Error, "--request-key ([0-9a-f-]{36}) gets the same one").Groups[1].Value;
            Task<string> request = ServeDoorAsync();
            Run(Address, "{\"name\":\"Lobby east\"}", "--request-key", key).AssertOneLine(ExitCode.NotVerified, "not asked");
            StringAssert.Contains(request.GetAwaiter().GetResult(), "Idempotency-Key: " + key, StringComparison.Ordinal);
            Run(Address, "{\"name\":\"Lobby east\"}", "--request-key", "again").AssertOneLine(ExitCode.BadInput, "--request-key again is none");
        }

        [TestMethod]
        public void A_door_with_Wi_Fi_is_told_where_its_key_server_is()
        {
            Task<string> request = ServeDoorAsync();
            FlashRun run = Run(Address, "{\"name\":\"Lobby east\"}", "--wifi", "site-iot", "--wifi-open").AssertOneLine(ExitCode.NotVerified, "not asked");
            JsonNode onBoard = JsonNode.Parse(File.ReadAllText(Path.Combine(_board.OnBoard, "door.json")))!;
            string own = OwnAddress.Find()!.ToString();
            Assert.AreEqual(own, (string?)onBoard["server"]);
            Assert.AreEqual(8080, (int?)onBoard["server_port"]);
            Assert.AreEqual(5000, (int?)onBoard["hold_ms"]);
            StringAssert.Contains(run.Output, $"note  the door will ask its key server at {own}:8080\n", StringComparison.Ordinal);
            StringAssert.Contains(request.GetAwaiter().GetResult(), $"\"server\":\"{own}\"", StringComparison.Ordinal);
        }

        [TestMethod]
        public void Wi_Fi_without_a_server_does_not_pass_in_silence()
        {
            FlashRun run = _board.Run(["provision", "--port", _board.Port, .. _files.WriteTo(_board.Folder)]);
            StringAssert.Contains(run.Output, "note  the door joins the Wi-Fi and syncs with nobody: door.json has no server\n", StringComparison.Ordinal);
        }

        [TestMethod]
        [DataRow("0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCD", true)]
        [DataRow("0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCg", false)]
        [DataRow("0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCDE", false)]
        [DataRow("0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdef g!", true)]
        public void A_key_of_64_hex_digits_is_a_password_too(string password, bool isGood)
        {
            if (isGood)
            {
                Assert.AreEqual(password, WifiSettings.Make("site", password).Password);
                return;
            }

            FlashException e = Assert.ThrowsExactly<FlashException>(() => WifiSettings.Make("site", password));
            StringAssert.Contains(e.Message, "8 to 63 ASCII characters, or 64 hex digits", StringComparison.Ordinal);
        }

        [TestMethod]
        [DataRow("frob", "frob is no command: wanted one of list, build, firmware, app, provision, check, all, wipe, console, respond")]
        [DataRow("", "the command is missing: wanted one of list, ")]
        public void A_command_that_is_none_is_answered_by_those_that_are(string command, string line)
        {
            _board.Run(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)).AssertOneLine(ExitCode.BadInput, line);
        }

        [TestMethod]
        public void A_dry_run_looks_into_the_image_that_is_there()
        {
            string image = Path.Combine(_board.Folder, "random.bin");
            byte[] random = new byte[4096];
            new Random(3).NextBytes(random);
            File.WriteAllBytes(image, random);
            string[] dry = ["app", "--port", "/dev/ttyUSB0", "--board", "s3", "--dry-run", "--image"];
            _board.Run([.. dry, image]).AssertOneLine(ExitCode.BadInput, "is no nanoFramework application");
            _board.Run([.. dry, Path.Combine(_board.Folder, "not-built-yet.bin")]).AssertDone();
        }

        [TestMethod]
        public void Every_key_of_the_terminal_reaches_the_console()
        {
            Keystrokes keys = new();
            Assert.AreEqual("stru\u007fike\r", Type(keys, Char('s'), Char('t'), Char('r'), Char('u'), Key(ConsoleKey.Backspace, '\u007f'), Char('i'), Char('k'), Char('e'), Key(ConsoleKey.Enter, '\r')));
            Assert.AreEqual("\u0015strike", Type(keys, Key(ConsoleKey.UpArrow)));
            Assert.AreEqual("", Type(keys, Key(ConsoleKey.UpArrow)), "there is nothing before the first");
            Assert.AreEqual("\u0015", Type(keys, Key(ConsoleKey.DownArrow)));
            Assert.AreEqual("\u007f\u007f", Type(keys, Char('\b'), Char('\u007f')));
            Assert.AreEqual("\u001b[D\u001b[C", Type(keys, Key(ConsoleKey.LeftArrow), Key(ConsoleKey.RightArrow)));
            Assert.AreEqual("\u0003\u0015", Type(keys, Char('\u0003'), Char('\u0015')));
            Assert.AreEqual("", Type(keys, Char('é'), Key(ConsoleKey.F1)));
        }

        [TestMethod]
        public void Every_heading_that_a_tool_names_is_in_its_document()
        {
            string root = Vectors.Root();
            int named = 0;
            foreach (string file in Directory.EnumerateFiles(Path.Combine(root, "tools"), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal)))
            {
                foreach (Match match in Regex.Matches(File.ReadAllText(file), "(README|[\\w/]+\\.md), \\\\\"(?<heading>[^\\\\\"]+)\\\\\""))
                {
                    string document = match.Groups[1].Value == "README" ? "README.md" : match.Groups[1].Value;
                    string[] headings = File.ReadAllLines(Path.Combine(root, document)).Where(l => l.StartsWith('#')).Select(l => l.TrimStart('#', ' ')).ToArray();
                    CollectionAssert.Contains(headings, match.Groups["heading"].Value, file);
                    named++;
                }
            }

            Assert.IsTrue(named >= 2, "headings: " + named);
        }

        private static string Type(Keystrokes keys, params ConsoleKeyInfo[] typed) => string.Concat(typed.Select(k => Encoding.Latin1.GetString(keys.Take(k))));

        private static ConsoleKeyInfo Char(char c) => new(c, ConsoleKey.None, false, false, false);

        private static ConsoleKeyInfo Key(ConsoleKey key, char c = '\0') => new(c, key, false, false, false);

        private FlashRun Run(string server, string registration, params string[] more)
        {
            _files.WriteTo(_board.Folder);
            string path = Path.Combine(_board.Folder, "register.json");
            File.WriteAllText(path, registration);
            string key = Path.Combine(_board.Folder, "api-key");
            File.WriteAllText(key, "the-api-key\n");
            string settings = Path.Combine(_board.Folder, "door.json");
            return _board.Run(["provision", "--port", _board.Port, "--settings", settings, "--server", server, "--register", path, "--api-key-file", key, .. more]);
        }

        private Task<string> ServeDoorAsync()
        {
            string lists = string.Join(',', _files.Lists.Select(l => '"' + Convert.ToBase64String(l!) + '"'));
            return ServeAsync("200 OK", $"{{\"ok\":true,\"provision\":\"{Convert.ToBase64String(_files.Bundle)}\",\"lists\":[{lists}]}}");
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
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
            }

            return request.ToString();
        }
    }
}
