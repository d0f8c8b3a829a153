using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Store;
using DoorController.KeyServer.Webhooks;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Keeping;
using DoorController.Tests.KeyServer.Seam;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Webhooks
{
    /// <summary>Webhooks in one server: what is told and in which order, and receivers that fail, hang or mean harm.</summary>
    [TestClass]
    public sealed class WebhookTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task It_is_told_of_its_types_from_its_beginning_on_in_order(DatabaseKind kind)
        {
            await using Bench bench = await Bench.StartAsync(kind);
            await bench.MakeEventsAsync(1);
            await bench.AddAsync("/hook");
            await bench.AddAsync("/some", "phone.deactivated", "space.deleted");
            await bench.MakeEventsAsync(20);
            string[] all = await bench.EventIdsAsync();
            await HookReceiver.UntilAsync(() => bench.TakenAt("/hook").Count == 40 && bench.TakenAt("/some").Count == 20, "all are told");
            CollectionAssert.AreEqual(all[2..], bench.TakenAt("/hook").Select(r => r.Id).ToArray(), "not what was before it");
            Assert.IsTrue(bench.TakenAt("/some").All(r => r.Type == "space.deleted"));
        }

        [TestMethod]
        public async Task Who_hangs_redirects_or_answers_without_an_end_costs_the_others_nothing()
        {
            await using Bench bench = await Bench.StartAsync(DatabaseKind.Sqlite);
            foreach (string path in new[] { "/hang", "/redirect", "/large", "/hook" })
            {
                await bench.AddAsync(path);
            }

            await bench.MakeEventsAsync(10);
            await HookReceiver.UntilAsync(() => bench.TakenAt("/hook").Count == 20 && bench.TakenAt("/large").Count == 20, "the others are told", 12);
            Assert.AreEqual(1, bench.Receiver.Hanging);
            JsonObject redirected = await bench.ShowAsync("/redirect");
            Assert.IsGreaterThan(0, redirected["failures"]!.GetValue<int>(), "a redirect is no answer, and is not followed");
            Assert.HasCount(20, bench.TakenAt("/hook"));
        }

        [TestMethod]
        [DataRow("http://127.0.0.1:9/", true)]
        [DataRow("https://127.0.0.1:9/", false)]
        [DataRow("https://localhost:9/", false)]
        public async Task A_private_address_is_refused_unless_a_setting_allows_it(string url, bool isSyntax)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            Answer made = await rig.PostAsync("/webhooks/create", new() { ["url"] = url });
            if (isSyntax)
            {
                SeamRoutesTests.AssertInvalid(made, "url", "https");
                return;
            }

            using WebhookClient client = new(rig.Settings, rig.Site.Keys);
            Webhook webhook = new("a", "b", url, [], 0, 0, new EventPlace(0, 0), 0, null, null);
            Assert.Contains("not reached", (await client.SendAsync(webhook, new TellableEvent(new EventPlace(1, 0), "e", "t", "{}"), 1)).Problem!);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Waits_grow_for_days_then_it_is_disabled_and_an_update_wakes_it(DatabaseKind kind)
        {
            await using Bench bench = await Bench.StartAsync(kind);
            await bench.AddAsync("/hook");
            bench.Receiver.Status = () => 500;
            await bench.MakeEventsAsync(1);
            int days = 0;
            for (JsonObject shown = await bench.ShowAsync("/hook"); shown["disabled_at"] == null; days++)
            {
                int failures = shown["failures"]!.GetValue<int>();
                bench.Rig.Clock.Move(TimeSpan.FromDays(1));
                bench.Rig.Site.Database.Clock.Accept();
                await HookReceiver.UntilAsync(
                    () => (shown = bench.ShowAsync("/hook").Result)["failures"]!.GetValue<int>() > failures || shown["disabled_at"] != null, "it is tried again after day " + days);
            }

            Assert.IsTrue(days is >= 5 and <= 7, days + " days");
            Assert.Contains("webhook_disabled", (await bench.Rig.GetAsync("/alarms/list")).Body.ToJsonString());
            Assert.Contains("webhook.disabled", (await bench.Rig.GetAsync("/events/list?since=2020-01-01T00:00:00Z")).Body.ToJsonString());
            bench.Receiver.Status = () => 200;
            await bench.Rig.DoAsync("/webhooks/update", new JsonObject { ["webhook_id"] = (await bench.ShowAsync("/hook"))["webhook_id"]!.GetValue<string>(), ["event_types"] = new JsonArray("*") });
            await HookReceiver.UntilAsync(() => bench.TakenAt("/hook").Count == 3, "all that it missed is told");
        }

        [TestMethod]
        public async Task Who_says_gone_is_told_nothing_more()
        {
            await using Bench bench = await Bench.StartAsync(DatabaseKind.Sqlite);
            await bench.AddAsync("/gone");
            await bench.MakeEventsAsync(2);
            await HookReceiver.UntilAsync(() => bench.ShowAsync("/gone").Result["disabled_at"] != null, "it is disabled");
            await bench.MakeEventsAsync(2);
            await Task.Delay(1500);
            Assert.AreEqual(1, bench.Receiver.Requests);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_webhook_that_was_deleted_since_the_backup_does_not_come_back(DatabaseKind kind)
        {
            await using Bench bench = await Bench.StartAsync(kind);
            ServerRig rig = bench.Rig;
            await bench.AddAsync("/hook");
            await bench.AddAsync("/stays");
            await rig.CloseAsync();
            Backup backup = Backup.Take(rig);
            await rig.OpenAsync();
            await rig.DoAsync("/webhooks/delete", new JsonObject { ["webhook_id"] = (await bench.ShowAsync("/hook"))["webhook_id"]!.GetValue<string>() });
            await rig.CloseAsync();
            backup.Restore(rig);
            await using (Database database = new(rig.DatabaseSettings, rig.Clock))
            {
                await Restore.RunAsync(database, rig.Files);
            }

            await rig.OpenAsync();
            await bench.MakeEventsAsync(3);
            await HookReceiver.UntilAsync(() => bench.TakenAt("/stays").Count == 6, "the other one is told");
            Assert.IsEmpty(bench.TakenAt("/hook"));
        }

        /// <summary>What one process holds another leaves alone, until the hold is over; a hold in the far future was made by a clock that leapt.</summary>
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task One_process_tells_a_webhook_at_a_time(DatabaseKind kind)
        {
            await using Bench bench = await Bench.StartAsync(kind);
            string id = await bench.AddAsync("/hook");
            await bench.HoldAsync(id, "another", TimeSpan.FromSeconds(5));
            await bench.MakeEventsAsync(1);
            await Task.Delay(1500);
            Assert.IsEmpty(bench.TakenAt("/hook"));
            bench.Rig.Clock.Move(TimeSpan.FromSeconds(6));
            await HookReceiver.UntilAsync(() => bench.TakenAt("/hook").Count == 2, "the hold is over");
            await bench.HoldAsync(id, "another", TimeSpan.FromDays(400));
            await bench.MakeEventsAsync(1);
            await HookReceiver.UntilAsync(() => bench.TakenAt("/hook").Count == 4, "a hold that can be none");
        }

        [TestMethod]
        [DataRow("url", "null", "url", "Required")]
        [DataRow("url", "7", "url", "text")]
        [DataRow("url", "\"example.com\"", "url", "https")]
        [DataRow("url", "\"ftp://example.com/\"", "url", "https")]
        [DataRow("url", "\"https://me:secret@example.com/\"", "url", "without a name of a user")]
        [DataRow("event_types", "[]", "event_types", "lock.unlocked")]
        [DataRow("event_types", "[\"lock.opened\"]", "event_types", "lock.unlocked")]
        [DataRow("event_types", "\"*\"", "event_types", "a list")]
        [DataRow("x", "1", "x", "")]
        public async Task Bad_input_names_its_field_and_makes_nothing(string field, string value, string named, string wanted)
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            SeamRoutesTests.AssertInvalid(
                await rig.PostAsync("/webhooks/create", new() { ["url"] = "https://example.com/hook", [field] = JsonNode.Parse(value) }), named, wanted);
            Assert.IsEmpty((await rig.GetAsync("/webhooks/list")).Body["webhooks"]!.AsArray());
            foreach (string path in new[] { "get", "delete" })
            {
                Answer answer = await rig.PostAsync("/webhooks/" + path, new() { ["webhook_id"] = Guid.NewGuid().ToString() });
                Assert.AreEqual((404, "webhook_not_found"), (answer.Status, answer.ErrorType));
            }
        }

        [TestMethod]
        public async Task Too_many_are_refused()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            for (int i = 0; i < WebhookBook.MaxWebhooks; i++)
            {
                await rig.DoAsync("/webhooks/create", new JsonObject { ["url"] = "https://example.com/" + i });
            }

            Answer answer = await rig.PostAsync("/webhooks/create", new() { ["url"] = "https://example.com/more" });
            Assert.AreEqual((409, "too_many_webhooks"), (answer.Status, answer.ErrorType));
        }

        /// <summary>A server whose webhooks may go to this machine, and a receiver.</summary>
        private sealed class Bench(ServerRig rig, HookReceiver receiver) : IAsyncDisposable
        {
            public ServerRig Rig => rig;

            public HookReceiver Receiver => receiver;

            public static async Task<Bench> StartAsync(DatabaseKind kind) =>
                new(await ServerRig.StartAsync(kind, s => s with { IsPrivateAllowed = true }), await HookReceiver.StartAsync());

            public async Task<string> AddAsync(string path, params string[] types)
            {
                JsonObject wish = new() { ["url"] = receiver.Address + path };
                if (types.Length > 0)
                {
                    wish["event_types"] = new JsonArray([.. types.Select(t => (JsonNode)t)]);
                }

                return (await rig.DoAsync("/webhooks/create", wish))["webhook"]!["webhook_id"]!.GetValue<string>();
            }

            /// <summary>Two events each.</summary>
            public async Task MakeEventsAsync(int spaces)
            {
                for (int i = 0; i < spaces; i++)
                {
                    JsonObject made = await rig.DoAsync("/spaces/create", new JsonObject { ["name"] = "space" });
                    await rig.DoAsync("/spaces/delete", new JsonObject { ["space_id"] = made["space"]!["space_id"]!.GetValue<string>() });
                }
            }

            public List<Received> TakenAt(string path) => [.. receiver.Taken.Where(r => r.Path == path)];

            public async Task<JsonObject> ShowAsync(string path) => (await rig.GetAsync("/webhooks/list")).Body["webhooks"]!.AsArray()
                .Single(w => w!["url"]!.GetValue<string>().EndsWith(path, StringComparison.Ordinal))!.AsObject();

            public async Task<string[]> EventIdsAsync() => [.. (await rig.GetAsync("/events/list?since=2020-01-01T00:00:00Z")).Body["events"]!.AsArray()
                .Select(e => e!["event_id"]!.GetValue<string>())];

            public Task<int> HoldAsync(string id, string owner, TimeSpan time) => rig.Site.Database.WriteAsync(s => s.ExecuteAsync(
                "UPDATE webhooks SET lease_owner = @owner, lease_until_us = @until WHERE webhook_id = @id",
                ("owner", owner), ("until", s.NowUs + (time.Ticks / TimeSpan.TicksPerMicrosecond)), ("id", id)));

            public async ValueTask DisposeAsync()
            {
                await rig.DisposeAsync();
                await receiver.DisposeAsync();
            }
        }
    }
}
