using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Requests
{
    /// <summary>A reader that goes on from its last row sees every row exactly once, whatever the sizes, the limits and the clock.</summary>
    [TestClass]
    public sealed class PagesTests
    {
        private const int Day = 86400;

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Rows_that_come_while_one_reads_are_each_seen_once_whatever_the_clock_does(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            Random random = new(kind == DatabaseKind.Sqlite ? 3 : 4);
            List<string> persons = [person];
            List<string> rights = [];
            List<string> seenPersons = [];
            List<string> seenEvents = [];
            string? personCursor = null;
            string? eventCursor = null;
            for (int step = 0; step < 30; step++)
            {
                rig.Clock.Leap(TimeSpan.FromSeconds(random.Next(-400 * Day, 400 * Day)));
                rig.Site.Database.Clock.Accept();
                for (int i = random.Next(6); i > 0; i--)
                {
                    persons.Add(await rig.AddPersonAsync());
                    rights.Add((await rig.AddRightAsync(person, 7, [1], toS: 100)).Id);
                    await EndAsync(rig, persons[^1]);
                }

                personCursor = await TakeAsync(rig, "/user_identities/list", "user_identities", "user_identity_id", personCursor, random.Next(1, 5), seenPersons);
                eventCursor = await TakeAsync(
                    rig, "/events/list", "events", "event_id", eventCursor, random.Next(1, 5), seenEvents, eventCursor == null ? ("since", "1970-01-01T00:00:00Z") : null);
            }

            await RestAsync(rig, "/user_identities/list", "user_identities", "user_identity_id", personCursor, seenPersons);
            CollectionAssert.AreEqual(persons, seenPersons);
            List<string> seenRights = [];
            await RestAsync(rig, "/rights/list", "rights", "right_id", null, seenRights, ("user_identity_id", person));
            CollectionAssert.AreEqual(rights, seenRights);
            await RestAsync(rig, "/events/list", "events", "event_id", eventCursor, seenEvents);
            string[] events = [.. await rig.Site.Database.QueryAsync(s => s.QueryAsync("SELECT event_id FROM events ORDER BY change, part", row => row.GetString(0)))];
            CollectionAssert.AreEqual(events, seenEvents);
            Assert.IsGreaterThan(50, events.Length);
        }

        /// <summary>One change can make more events than a page holds: also a reader that knows since alone gets past them.</summary>
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_person_with_200_keys_is_deleted_and_every_event_is_heard_of(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(7, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, 7, [1]);
            for (int i = 0; i < 200; i++)
            {
                await rig.RedeemAsync((await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>());
            }

            await rig.PostAsync("/user_identities/delete", new() { ["user_identity_id"] = person });
            List<string> seen = [];
            await RestAsync(rig, "/events/list", "events", "event_id", null, seen, ("since", "1970-01-01T00:00:00Z"));
            Assert.AreEqual(seen.Count, await rig.Site.Database.QueryAsync(s => s.NumberAsync("SELECT COUNT(*) FROM events")));
            Assert.AreEqual(seen.Count, seen.Distinct().Count());
            Assert.IsGreaterThan(800, seen.Count);

            HashSet<string> bySince = [];
            string since = "1970-01-01T00:00:00Z";
            for (int i = 0; i < 10 && bySince.Count < seen.Count; i++)
            {
                JsonArray page = (await rig.PostAsync("/events/list", new() { ["since"] = since })).Body["events"]!.AsArray();
                bySince.UnionWith(page.Select(e => e!["event_id"]!.GetValue<string>()));
                since = page[^1]!["created_at"]!.GetValue<string>();
            }

            Assert.AreEqual(seen.Count, bySince.Count);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Audit_records_and_alarms_come_in_pages_of_any_size(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            Random random = new(5);
            await rig.Site.Database.AppendAsync(async s =>
            {
                string workspace = (await s.FirstAsync("SELECT workspace_id FROM workspaces", row => row.GetString(0)))!;
                for (int i = 0; i < 60; i++)
                {
                    await Alarms.RaiseAsync(s, workspace, i % 2 == 0 ? Alarms.AuditBreak : Alarms.AuditFork, (uint)(i / 4), i % 4 / 2, "test");
                    await AddRecordAsync(s, workspace, i, random.Next(5));
                }

                return 0;
            });
            int records = 0;
            int alarms = 0;
            foreach (int limit in new[] { 1, 7, 59, 60, 61 })
            {
                List<string> seen = [];
                await RestAsync(rig, "/audit/list", "records", "sequence", null, seen, ("limit", limit.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                records = seen.Distinct().Count();
                Assert.AreEqual((60, 60), (seen.Count, records), "limit " + limit);
            }

            string? cursor = null;
            do
            {
                JsonObject body = [];
                if (cursor != null)
                {
                    body["page_cursor"] = cursor;
                }

                JsonObject page = (await rig.PostAsync("/alarms/list", body)).Body;
                alarms += page["alarms"]!.AsArray().Count;
                cursor = (string?)page["pagination"]!["next_page_cursor"];
            }
            while (cursor != null);
            Assert.AreEqual(60, alarms);
        }

        [TestMethod]
        public async Task Lists_of_doors_and_scopes_say_where_they_go_on()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            for (int scope = 1; scope <= 5; scope++)
            {
                await rig.AddScopeAsync(scope, false, [.. Enumerable.Range(0, 50).Select(i => (uint)((scope * 50) + i))]);
            }

            foreach (string path in new[] { "/doors/list", "/doors/status" })
            {
                JsonObject first = (await rig.GetAsync(path)).Body;
                Assert.AreEqual((200, 249u), (first["doors"]!.AsArray().Count, first["next_after_door_id"]!.GetValue<uint>()), path);
                JsonObject last = (await rig.GetAsync(path + "?after_door_id=249")).Body;
                Assert.AreEqual(50, last["doors"]!.AsArray().Count);
                Assert.IsTrue(last.ContainsKey("next_after_door_id"));
                Assert.IsNull(last["next_after_door_id"]);
            }

            Assert.IsNull((await rig.GetAsync("/scopes/list")).Body["next_after_scope_id"]);
        }

        private static Task<int> EndAsync(ServerRig rig, string person) => rig.Site.Database.WriteAsync(async s =>
        {
            string workspace = (await s.FirstAsync("SELECT workspace_id FROM workspaces", row => row.GetString(0)))!;
            await s.AddEventAsync(workspace, Events.GrantDeleted, new() { ["access_grant_id"] = person });
            await s.AddEventAsync(workspace, Events.GrantDeleted, new() { ["access_grant_id"] = person });
            return 0;
        });

        private static async Task AddRecordAsync(Session s, string workspace, int number, int timeS)
        {
            (string, object?)[] door = [("door", 1 + (number % 3)), ("workspace", workspace)];
            await s.ExecuteAsync(
                """
                INSERT INTO doors (door_id, workspace_id, name, generation, held_generation, bundle_version, floors, settings, created_us)
                VALUES (@door, @workspace, 'DOOR', 1, 1, 1, 0, '{}', 0) ON CONFLICT (door_id) DO NOTHING
                """,
                door);
            await s.ExecuteAsync(
                """
                INSERT INTO audit_records (door_id, epoch, sequence, workspace_id, event, verdict, quality, detail, scope_id, generation_low, key_number,
                    time_s, argument, chain, received_us, way)
                VALUES (@door, @epoch, @number, @workspace, 1, 0, 0, 0, 0, 0, 0, @time, 0, @chain, 0, 'network')
                """,
                [.. door, ("epoch", 1 + (number % 2)), ("number", number), ("time", timeS), ("chain", new byte[8])]);
        }

        private static async Task<string?> TakeAsync(
            ServerRig rig, string path, string list, string id, string? cursor, int limit, List<string> seen, (string Name, string Value)? extra = null)
        {
            JsonObject body = new() { ["limit"] = limit };
            if (cursor != null)
            {
                body["page_cursor"] = cursor;
            }

            if (extra is (string name, string value))
            {
                body[name] = value;
            }

            Answer answer = await rig.PostAsync(path, body);
            Assert.AreEqual(200, answer.Status, answer.Body.ToJsonString());
            string? next = (string?)answer.Body["pagination"]!["next_page_cursor"];

            // Without a further page the reader stays where it was and asks again: it takes nothing of a page that is not full.
            if (next != null)
            {
                seen.AddRange(answer.Body[list]!.AsArray().Select(row => row![id]!.ToString()));
            }

            return next ?? cursor;
        }

        private static async Task RestAsync(
            ServerRig rig, string path, string list, string id, string? cursor, List<string> seen, params (string Name, string Value)[] extra)
        {
            while (true)
            {
                JsonObject body = [];
                foreach ((string name, string value) in extra)
                {
                    body[name] = name == "limit" ? int.Parse(value, null) : value;
                }

                if (cursor != null)
                {
                    body["page_cursor"] = cursor;
                }

                Answer answer = await rig.PostAsync(path, body);
                Assert.AreEqual(200, answer.Status, answer.Body.ToJsonString());
                seen.AddRange(answer.Body[list]!.AsArray().Select(row => row![id]!.ToString()));
                if ((string?)answer.Body["pagination"]!["next_page_cursor"] is not string next)
                {
                    return;
                }

                cursor = next;
            }
        }
    }
}
