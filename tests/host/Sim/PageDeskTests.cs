using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Sim;
using DoorController.Sim.Page;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace DoorController.Tests.Sim
{
    /// <summary>The door on the desk, behind its web page.</summary>
    [TestClass]
    public sealed class PageDeskTests
    {
        [TestMethod]
        public async Task The_air_leads_to_the_firmware_and_what_crosses_it_is_to_be_seen()
        {
            using PageDesk desk = new(0);
            await using PageHost host = await PageHost.StartAsync(desk, 0);
            using HttpClient http = new() { BaseAddress = host.Address };
            Assert.AreEqual("[\"SUITE 204\"]", await http.GetStringAsync("/air"));
            Assert.AreEqual(504, await GetAsync(http, "/air/0"), "no link yet");
            Assert.AreEqual(200, await PostAsync(http, "/air/connect"));
            byte[] hello = await http.GetByteArrayAsync("/air/0");
            Assert.AreEqual((Hello.LengthWith(1), 1), (hello.Length, (int)hello[0]));
            Assert.AreEqual(200, await PostAsync(http, "/air/1", new byte[77]));
            byte[] result = await http.GetByteArrayAsync("/air/2");
            Assert.HasCount(2, result);
            Assert.AreEqual(413, await PostAsync(http, "/air/1", new byte[513]));
            Assert.AreEqual(200, await PostAsync(http, "/air/leave"));
            Assert.AreEqual(504, await PostAsync(http, "/air/3", [0x21, 1, 40, 0]));
            JsonNode shown = JsonNode.Parse(desk.Show())!;
            CollectionAssert.AreEqual(
                new[] { "connect", "read Hello", "write Unlock", "read Result", "disconnect" },
                shown["frames"]!.AsArray().Select(f => (string?)f!["what"]).Reverse().ToArray());
            Assert.AreEqual(0, (int)shown["pulses"]!);
        }

        [TestMethod]
        public async Task Each_button_does_what_it_says()
        {
            using PageDesk desk = new(0);
            await using PageHost host = await PageHost.StartAsync(desk, 0);
            using HttpClient http = new() { BaseAddress = host.Address };
            JsonNode before = JsonNode.Parse(desk.Show())!;
            foreach (string act in PageDesk.Acts)
            {
                Assert.AreEqual(200, await PostAsync(http, "/act/" + act), act);
            }

            JsonNode after = JsonNode.Parse(desk.Show())!;
            Assert.AreEqual(1, (int)after["pulses"]!, "the button inside");
            Assert.AreEqual(2, (int)after["inputs"]!, "the door is open");
            Assert.IsFalse((bool)after["network"]!);
            Assert.AreNotEqual((string?)before["link"], (string?)after["link"]);
            Assert.IsGreaterThanOrEqualTo(TimeSpan.FromHours(25), DateTime.Parse((string)after["time"]!, null) - DateTime.Parse((string)before["time"]!, null));
            string log = after["log"]!.ToJsonString();
            foreach (string line in new[] { "power was cut", "the server deletes the key", "Wi-Fi is gone", "audit trail: ", "rex" })
            {
                StringAssert.Contains(log, line);
            }

            Assert.AreEqual(404, await PostAsync(http, "/act/explode"));
        }

        [TestMethod]
        public async Task Nobody_but_the_desks_own_page_gets_at_it()
        {
            using PageDesk desk = new(0);
            await using PageHost host = await PageHost.StartAsync(desk, 0);
            using HttpClient http = new() { BaseAddress = host.Address };
            foreach ((string name, string value) in new[] { ("Origin", "https://evil.example"), ("Host", "evil.example") })
            {
                using HttpRequestMessage request = new(HttpMethod.Post, "/act/rex");
                request.Headers.TryAddWithoutValidation(name, value);
                using HttpResponseMessage answer = await http.SendAsync(request);
                Assert.AreEqual(HttpStatusCode.Forbidden, answer.StatusCode, name);
            }

            Assert.AreEqual(0, (int)JsonNode.Parse(desk.Show())!["pulses"]!);
        }

        [TestMethod]
        public async Task The_guests_page_is_the_servers_own_but_for_its_frame_and_its_radio()
        {
            using PageDesk desk = new(0);
            await using PageHost host = await PageHost.StartAsync(desk, 0);
            using HttpClient http = new() { BaseAddress = host.Address };
            using HttpClient server = new() { BaseAddress = desk.Server };
            string[] hosts = [.. await PageAsync(http), "frame-ancestors 'none'"];
            string[] own = [.. await PageAsync(server), "frame-ancestors 'self'"];
            Assert.AreEqual(own[0], hosts[0].Replace("\n  <script src=\"/desk-radio.js\"></script>", string.Empty, StringComparison.Ordinal));
            Assert.AreEqual(own[1].Replace(hosts[2], own[2], StringComparison.Ordinal), hosts[1]);
            foreach (string file in new[] { "app.js", "style.css", "sw.js" })
            {
                CollectionAssert.AreEqual(await server.GetByteArrayAsync("/ik/" + file), await http.GetByteArrayAsync("/ik/" + file), file);
            }
        }

        [TestMethod]
        public async Task A_ninth_listener_is_refused_and_the_end_ends_all()
        {
            using PageDesk desk = new(0);
            PageHost host = await PageHost.StartAsync(desk, 0);
            using HttpClient http = new() { BaseAddress = host.Address };
            List<Stream> listeners = [];
            for (int i = 0; i < 8; i++)
            {
                listeners.Add(await http.GetStreamAsync("/events"));
            }

            Assert.AreEqual(503, await GetAsync(http, "/events"));
            byte[] first = new byte[6];
            await listeners[7].ReadExactlyAsync(first);
            CollectionAssert.AreEqual("data: "u8.ToArray(), first);
            await host.DisposeAsync();
            listeners.ForEach(l => l.Dispose());
        }

        [TestMethod]
        [DataRow("x")]
        [DataRow("-1")]
        [DataRow("65536")]
        public void A_port_that_is_none_is_one_line(string port) => AssertRefused(port, "--port is no port: give 0 to 65535");

        [TestMethod]
        public async Task A_port_that_is_taken_is_one_line()
        {
            using PageDesk desk = new(0);
            await using PageHost host = await PageHost.StartAsync(desk, 0);
            AssertRefused(host.Address.Port.ToString(), $"--port {host.Address.Port} is in use by another program");
        }

        private static void AssertRefused(string port, string line)
        {
            StringWriter error = new();
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
            Assert.AreEqual(2, SimApp.Run(["page", "--port", port], console, error));
            StringAssert.StartsWith(error.ToString(), "error: " + line);
            Assert.AreEqual(1, error.ToString().Count(c => c == '\n'));
        }

        private static async Task<string[]> PageAsync(HttpClient http)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/ik/");
            request.Headers.TryAddWithoutValidation("Accept", "text/html");
            using HttpResponseMessage answer = await http.SendAsync(request);
            return [await answer.Content.ReadAsStringAsync(), answer.Headers.GetValues("Content-Security-Policy").Single()];
        }

        private static async Task<int> GetAsync(HttpClient http, string path)
        {
            using HttpResponseMessage answer = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            return (int)answer.StatusCode;
        }

        private static async Task<int> PostAsync(HttpClient http, string path, byte[]? body = null)
        {
            using HttpResponseMessage answer = await http.PostAsync(path, new ByteArrayContent(body ?? []), CancellationToken.None);
            return (int)answer.StatusCode;
        }
    }
}
