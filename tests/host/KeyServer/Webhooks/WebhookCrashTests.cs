using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Webhooks
{
    /// <summary>A server that is killed again and again, and a receiver that fails half the time: 1,000 events on SQLite and 300 on PostgreSQL, 10,000 on each with DOOR_LONG=1.</summary>
    [TestClass]
    public sealed class WebhookCrashTests
    {
        private const int FailuresInARow = 5;
        private const int EventsOfSpace = 2;

        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Each_event_arrives_in_order_and_twice_only_where_a_crash_fell_between_sending_and_noting(DatabaseKind kind)
        {
            bool isLong = Environment.GetEnvironmentVariable("DOOR_LONG") == "1";
            (int wanted, int kills) = isLong ? (10_000, 40) : kind == DatabaseKind.Sqlite ? (1000, 6) : (300, 4);
            await using HookReceiver receiver = await HookReceiver.StartAsync();
            (Random random, int failed, int inARow) = (new(1), 0, 0);
            Action? kill = null;
            receiver.Status = () =>
            {
                if (Interlocked.Exchange(ref kill, null) is Action now)
                {
                    // What is taken here is not noted there: the server is dead before the answer.
                    now();
                    return 200;
                }

                inARow = random.Next(2) == 0 && inARow < FailuresInARow ? inARow + 1 : 0;
                failed += inARow > 0 ? 1 : 0;
                return inARow > 0 ? 500 : 200;
            };
            await using ServerRig rig = await BeginAsync(kind, receiver);
            string begin = rig.Clock.GetUtcNow().AddMinutes(-1).ToString("o");

            int made = 0;
            for (int round = 1; round <= kills; round++)
            {
                await using ServerProcess server = await ServerProcess.StartAsync(rig, "--allow-private-addresses");
                int until = wanted * round / kills;
                while (made < until)
                {
                    await MakeAsync(server, rig.ApiKey);
                    made += EventsOfSpace;
                }

                int taken = receiver.Taken.Count;
                int further = random.Next(1, 20);
                await HookReceiver.UntilAsync(
                    () => receiver.Taken.Count > Math.Min(taken + further, made - 20), () => "it goes on: " + server.Output[^Math.Min(2000, server.Output.Length)..], 60);
                if (round % 2 == 0)
                {
                    server.Kill();
                    continue;
                }

                bool isDead = false;
                Volatile.Write(ref kill, () =>
                {
                    server.Kill();
                    isDead = true;
                });
                try
                {
                    await MakeAsync(server, rig.ApiKey);
                    made += EventsOfSpace;
                }
                catch (HttpRequestException)
                {
                    // It died of an earlier event.
                }

                await HookReceiver.UntilAsync(() => Volatile.Read(ref isDead), "the receiver is told, and the server dies of it");
            }

            await using ServerProcess last = await ServerProcess.StartAsync(rig, "--allow-private-addresses");
            string[] ids = await EventIdsAsync(last, rig.ApiKey, begin);
            Assert.IsGreaterThanOrEqualTo(wanted, ids.Length);
            await HookReceiver.UntilAsync(() => receiver.Taken.LastOrDefault()?.Id == ids[^1], "the last event is told", isLong ? 1800 : 240);

            string[] all = [.. receiver.Taken.Select(r => r.Id)];
            string[] once = [.. all.Where((id, i) => i == 0 || all[i - 1] != id)];
            CollectionAssert.AreEqual(ids, once, "each, in order, and again only at once");
            Assert.IsTrue(all.Length - once.Length >= 1 && all.Length - once.Length <= kills, $"{all.Length - once.Length} twice");
            TestContext.WriteLine($"{ids.Length} events, {kills} kills, {failed} failures of {receiver.Requests} requests, {all.Length - once.Length} twice");
        }

        [TestMethod]
        public async Task Stopped_by_a_signal_it_finishes_the_event_that_is_under_way_and_does_not_send_it_again()
        {
            await using HookReceiver receiver = await HookReceiver.StartAsync();
            await using ServerRig rig = await BeginAsync(DatabaseKind.Sqlite, receiver);
            await using ServerProcess server = await ServerProcess.StartAsync(rig, "--allow-private-addresses");
            receiver.Pause = TimeSpan.FromSeconds(2);
            await MakeAsync(server, rig.ApiKey);
            await HookReceiver.UntilAsync(() => receiver.Requests == 1, "the first is under way");
            Assert.AreEqual(0, await server.StopAsync());
            Assert.HasCount(1, receiver.Taken);
            receiver.Pause = TimeSpan.Zero;
            await using ServerProcess next = await ServerProcess.StartAsync(rig, "--allow-private-addresses");
            await HookReceiver.UntilAsync(() => receiver.Taken.Count == EventsOfSpace, "the rest is told at once", 10);
            Assert.HasCount(EventsOfSpace, receiver.Taken.Select(r => r.Id).Distinct().ToArray());
        }

        [TestMethod]
        public async Task Two_processes_on_one_PostgreSQL_never_send_one_twice_nor_two_at_once()
        {
            await using HookReceiver receiver = await HookReceiver.StartAsync();
            await using ServerRig rig = await BeginAsync(DatabaseKind.PostgreSql, receiver);
            await using ServerProcess one = await ServerProcess.StartAsync(rig, "--allow-private-addresses");
            await using ServerProcess two = await ServerProcess.StartAsync(rig, "--allow-private-addresses");
            receiver.Pause = TimeSpan.FromMilliseconds(10);
            for (int i = 0; i < 100; i++)
            {
                await MakeAsync(i % 2 == 0 ? one : two, rig.ApiKey);
            }

            await HookReceiver.UntilAsync(() => receiver.Taken.Count >= 100 * EventsOfSpace, "all are told");
            Assert.HasCount(100 * EventsOfSpace, receiver.Taken.Select(r => r.Id).Distinct().ToArray());
            Assert.AreEqual((100 * EventsOfSpace, 1), (receiver.Requests, receiver.MostAtOnce));
        }

        /// <summary>A site with a webhook, and no server on it.</summary>
        private static async Task<ServerRig> BeginAsync(DatabaseKind kind, HookReceiver receiver)
        {
            ServerRig rig = await ServerRig.StartAsync(kind, s => s with { IsPrivateAllowed = true });
            await rig.PostAsync("/webhooks/create", new() { ["url"] = receiver.Address + "/hook" });
            await rig.CloseAsync();
            return rig;
        }

        private static async Task MakeAsync(ServerProcess server, string key)
        {
            Answer made = await server.SendAsync(HttpMethod.Post, "/spaces/create", new() { ["name"] = "space" }, key);
            await server.SendAsync(HttpMethod.Post, "/spaces/delete", new() { ["space_id"] = made.Of("space")["space_id"]!.GetValue<string>() }, key);
        }

        private static async Task<string[]> EventIdsAsync(ServerProcess server, string key, string since)
        {
            List<string> ids = [];
            string? cursor = null;
            do
            {
                JsonObject wish = new() { ["since"] = since, ["page_cursor"] = cursor };
                JsonObject page = (await server.SendAsync(HttpMethod.Post, "/events/list", wish, key)).Body;
                ids.AddRange(page["events"]!.AsArray().Select(e => e!["event_id"]!.GetValue<string>()));
                cursor = page["pagination"]!["next_page_cursor"]?.GetValue<string>();
            }
            while (cursor != null);
            return [.. ids];
        }
    }
}
