using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Grants;
using DoorController.Tests.KeyServer.Webhooks;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Keeping
{
    /// <summary>What who runs the server looks at: alive, ready, figures, log lines, the unit of systemd.</summary>
    [TestClass]
    public sealed partial class HealthTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task It_is_alive_always_and_ready_while_its_database_is_the_newest(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddPersonAsync();
            Answer ready = await rig.SendAsync(HttpMethod.Get, "/health/ready", null, null);
            Assert.AreEqual((200, true), (ready.Status, ready.Body["is_ready"]!.GetValue<bool>()));
            await rig.Site.Database.AppendAsync(s => s.ExecuteAsync("UPDATE site SET change = change - 1"));
            ready = await rig.SendAsync(HttpMethod.Get, "/health/ready", null, null);
            Assert.AreEqual(503, ready.Status);
            Assert.Contains("went back", ready.Body["problem"]!.GetValue<string>());
            await rig.Site.Database.AppendAsync(s => s.ExecuteAsync("ALTER TABLE site RENAME TO elsewhere"));
            ready = await rig.SendAsync(HttpMethod.Get, "/health/ready", null, null);
            Assert.AreEqual((503, "the database does not answer"), (ready.Status, ready.Body["problem"]!.GetValue<string>()));
            Assert.AreEqual(200, (await rig.SendAsync(HttpMethod.Get, "/health", null, null)).Status);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Figures_say_what_happened_and_what_is_so_to_who_may_read(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            ServerRig rig = house.Rig;
            string read = (await SiteRows.AddApiKeyAsync(rig.Site.Database, null, "prometheus", "read"))!;
            string before = await FiguresAsync(rig, read, 200);
            uint door = (await house.EntranceAsync(house.Room))["door_id"]!.GetValue<uint>();
            Assert.IsNotNull(rig.Sync(DoorsOfServer.Request(door, 1)));
            Assert.IsNull(rig.Sync(DoorsOfServer.Request(9999, 1)));
            await house.NumbersAsync(await house.GrantAsync([house.Room, house.Front], []));
            await rig.DoAsync("/webhooks/create", new JsonObject { ["url"] = "https://no-such-host.invalid/hook" });
            await rig.DoAsync("/spaces/create", new JsonObject { ["name"] = "wing" });
            rig.Clock.Move(TimeSpan.FromSeconds(30));
            string after = await FiguresAsync(rig, read, 200);
            Assert.AreEqual(1, Value(after, "door_syncs_total", "answered") - Value(before, "door_syncs_total", "answered"));
            Assert.AreEqual(1, Value(after, "door_syncs_total", "refused") - Value(before, "door_syncs_total", "refused"));
            Assert.AreEqual(2, Value(after, "door_credentials_total") - Value(before, "door_credentials_total"));
            Assert.AreEqual(4, Value(after, "door_registered"));
            Assert.AreEqual(2.0 / Limits.WindowKeys, Value(after, "door_key_window_fill"), 1e-9, "number 0 is never given out");
            Assert.IsGreaterThan(29, Value(after, "webhook_lag_seconds"));
            foreach (string silent in new[] { "door_silent", "door_alarms", "webhook_disabled" })
            {
                Assert.Contains("\n" + silent + "{", after);
                Assert.AreEqual(0, Value(after, silent), silent);
            }

            foreach (string role in new[] { "issue", "technician" })
            {
                await FiguresAsync(rig, (await SiteRows.AddApiKeyAsync(rig.Site.Database, null, "x", role))!, 403);
            }

            await FiguresAsync(rig, "none", 401);
        }

        [TestMethod]
        public async Task Log_lines_are_JSON_when_asked_for_and_hold_no_secret()
        {
            await using HookReceiver receiver = await HookReceiver.StartAsync();
            receiver.Status = () => 500;
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite, s => s with { IsPrivateAllowed = true });
            JsonNode webhook = (await rig.DoAsync("/webhooks/create", new JsonObject { ["url"] = receiver.Address + "/hook?token=not-to-be-seen" }))["webhook"]!;
            await rig.CloseAsync();
            await using ServerProcess server = await ServerProcess.StartAsync(rig, "--allow-private-addresses", "--log-format", "json");
            await server.SendAsync(HttpMethod.Post, "/spaces/create", new() { ["name"] = "wing" }, rig.ApiKey);
            string[] lines = [];
            await HookReceiver.UntilAsync(() => (lines = [.. server.Output.Split('\n').Where(l => l.StartsWith('{'))]).Length > 2, "it is logged");
            foreach (string line in lines)
            {
                JsonObject logged = JsonNode.Parse(line)!.AsObject();
                Assert.AreEqual("Warning", logged["LogLevel"]!.GetValue<string>());
                Assert.AreEqual(webhook["webhook_id"]!.GetValue<string>(), logged["State"]!["Id"]!.GetValue<string>());
            }

            foreach (string secret in new[] { "not-to-be-seen", webhook["secret"]!.GetValue<string>(), rig.ApiKey })
            {
                Assert.DoesNotContain(secret, server.Output);
            }
        }

        /// <summary>The unit's command line is one that the server knows.</summary>
        [TestMethod]
        public async Task The_unit_of_systemd_says_what_the_command_knows()
        {
            string unit = await File.ReadAllTextAsync(Path.Combine(Vectors.Root(), "tools", "keyserver", "keyserver.service"));
            string[] options = [.. Option().Matches(Exec().Match(unit).Groups[1].Value).Select(m => m.Value)];
            Assert.IsGreaterThan(4, options.Length);
            string help = (await ServerProcess.RunAsync(["serve", "--help"])).Output;
            foreach (string option in options)
            {
                Assert.Contains(option, help);
            }
        }

        private static async Task<string> FiguresAsync(ServerRig rig, string key, int status)
        {
            using HttpClient http = new() { BaseAddress = rig.Address };
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            using HttpResponseMessage response = await http.GetAsync("/metrics");
            Assert.AreEqual(status, (int)response.StatusCode);
            return await response.Content.ReadAsStringAsync();
        }

        private static double Value(string figures, string name, string result = "") => figures.Split('\n')
            .Where(l => l.StartsWith(name + "{", StringComparison.Ordinal) && l.Contains(result, StringComparison.Ordinal))
            .Select(l => double.Parse(l.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Single();

        [GeneratedRegex(@"^ExecStart=(.*)$", RegexOptions.Multiline)]
        private static partial Regex Exec();

        [GeneratedRegex("--[a-z-]+")]
        private static partial Regex Option();
    }
}
