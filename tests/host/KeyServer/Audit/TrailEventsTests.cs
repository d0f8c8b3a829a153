using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Grants;
using DoorController.Tests.KeyServer.Seam;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Audit
{
    /// <summary>Records of a door's trail as events: of which type, whose, at which entrance, and when.</summary>
    [TestClass]
    public sealed class TrailEventsTests
    {
        /// <summary>Each kind of record, with what becomes of it.</summary>
        private static readonly (int Event, int Verdict, int Detail, uint Argument, bool IsCount, string? Type)[] Kinds =
        [
            (AuditEvent.TrailStarted, 0, 0, 77, false, null), (AuditEvent.Credential, Verdict.Granted, 0, 0, false, "lock.unlocked"),
            (AuditEvent.Credential, Verdict.Revoked, 0, 0, false, "lock.access_denied"), (AuditEvent.Credential, Verdict.Expired, 0, 7, true, "lock.access_denied"),
            (AuditEvent.Unproven, Verdict.NotProven, 0, 3, true, "lock.access_denied"), (AuditEvent.Rex, Verdict.Granted, 0, 0, false, "lock.unlocked"),
            (AuditEvent.Rex, Verdict.StrikeFault, 0, 0, false, "door.strike_fault"), (AuditEvent.Technician, Verdict.Granted, 1, 0, false, "lock.unlocked"),
            (AuditEvent.Technician, Verdict.Granted, 2, 0, false, null), (AuditEvent.Technician, Verdict.NotProven, 1, 0, false, "lock.access_denied"),
            (AuditEvent.Technician, Verdict.StrikeFault, 1, 0, false, "door.strike_fault"), (AuditEvent.OtherRefusals, 0, 0, 9, true, "lock.access_denied"),
            (AuditEvent.DoorOpened, 0, 0, 0, false, null), (AuditEvent.ForcedOpen, 0, 0, 0, false, "door.forced_open"), (AuditEvent.HeldOpen, 0, 0, 0, false, "door.held_open"),
            (AuditEvent.Tamper, 0, 1, 0, false, "device.tampered"), (AuditEvent.FireAlarm, 0, 1, 0, false, "door.fire_alarm"), (AuditEvent.ListLost, 0, 0, 5, false, "door.list_lost"),
        ];

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Each_kind_of_record_is_the_event_that_it_should_be(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            JsonNode grant = await house.GrantAsync([house.Room], []);
            OpenedKey key = OpenedKey.All(house.Rig, await house.Rig.RedeemAsync(GrantHouse.Url(grant), GrantHouse.Phone)).Single();
            uint door = (await house.EntranceAsync(house.Room))["door_id"]!.GetValue<uint>();
            PageOfTrail page = new(house.Rig.Site.Keys.Root, door);
            foreach ((int auditEvent, int verdict, int detail, uint argument, bool isCount, string? _) in Kinds)
            {
                page.Add(auditEvent, verdict, ClockQuality.Proven | (isCount ? AuditRecord.Aggregated : 0), detail, key.ScopeId, key.KeyNumber, NowS(house) - 60, argument);
            }

            (List<JsonNode> events, string[] types) = await SendAsync(house, page);
            CollectionAssert.AreEqual(Kinds.Where(k => k.Type != null).Select(k => k.Type).ToArray(), types);
            JsonNode opened = events[0];
            Assert.AreEqual(
                (grant["user_identity_id"]!.GetValue<string>(), house.Room, GrantHouse.Id(grant), "remote", true, "proven"),
                (Text(opened, "user_identity_id"), Text(opened, "acs_entrance_id"), Text(opened, "access_grant_id"), Text(opened, "method"), opened["is_via_bluetooth"]!.GetValue<bool>(), Text(opened, "clock_quality")));
            Assert.AreEqual(("blocklisted_code", 1), (Text(events[1]["reason"]!, "reason_code"), events[1]["times"]!.GetValue<int>()));
            Assert.AreEqual(("expired_code", 7), (Text(events[2]["reason"]!, "reason_code"), events[2]["times"]!.GetValue<int>()));
            Assert.IsNull(events[3]["user_identity_id"], "nobody proved anything");
            Assert.AreEqual("manual", Text(events[4], "method"));
            Assert.IsTrue(events[6]["is_technician"]!.GetValue<bool>());

            Assert.AreEqual(200, house.Rig.PostBytes("/door/audit", page.Make()).Status);
            await house.Rig.DoAsync("/access_grants/delete", new JsonObject { ["access_grant_id"] = GrantHouse.Id(grant) });
            await JudgeAsync(house.Rig, types.Length);
        }

        [TestMethod]
        [DataRow(ClockQuality.Proven, -60, true)]
        [DataRow(ClockQuality.Restored, -60, true)]
        [DataRow(ClockQuality.Unknown, -60, false)]
        [DataRow(ClockQuality.Proven, 600, false)]
        public async Task It_occurred_when_a_door_says_that_knows_the_time_and_never_after_it_came(int quality, int fromNow, bool isBelieved)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(DatabaseKind.Sqlite);
            PageOfTrail page = new(house.Rig.Site.Keys.Root, (await house.EntranceAsync(house.Front))["door_id"]!.GetValue<uint>());
            uint time = (uint)(NowS(house) + fromNow);
            page.Add(AuditEvent.ForcedOpen, 0, quality, 0, 0, 0, time, 0);
            DateTimeOffset before = house.Rig.Clock.GetUtcNow();
            JsonNode told = (await SendAsync(house, page)).Events.Single();
            DateTimeOffset occurred = DateTimeOffset.Parse(Text(told, "occurred_at"), null);
            Assert.AreEqual(isBelieved, occurred == DateTimeOffset.FromUnixTimeSeconds(time));
            Assert.IsTrue(isBelieved || (occurred >= before && occurred <= house.Rig.Clock.GetUtcNow()));
        }

        /// <summary>A guest of two floors took one of them, and the car does not know which.</summary>
        [TestMethod]
        public async Task At_a_car_the_floors_are_named_and_one_alone_is_the_entrance()
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(DatabaseKind.Sqlite);
            PageOfTrail page = new(house.Rig.Site.Keys.Root, (await house.EntranceAsync(house.Floors[0]))["door_id"]!.GetValue<uint>());
            page.Add(AuditEvent.Credential, Verdict.Granted, ClockQuality.Proven, 0, 1, 5, NowS(house), 0b010);
            page.Add(AuditEvent.Credential, Verdict.Granted, ClockQuality.Proven, 0, 1, 5, NowS(house), 0b101);
            page.Add(AuditEvent.Credential, Verdict.NoFloor, ClockQuality.Proven, 0, 1, 5, NowS(house), 0);
            List<JsonNode> events = (await SendAsync(house, page)).Events;
            Assert.AreEqual(house.Floors[1], Text(events[0], "acs_entrance_id"));
            Assert.IsNull(events[1]["acs_entrance_id"]);
            CollectionAssert.AreEquivalent(new[] { house.Floors[0], house.Floors[2] }, events[1]["acs_entrance_ids"]!.AsArray().Select(e => e!.GetValue<string>()).ToArray());
            Assert.IsNull(events[2]["acs_entrance_id"]);
            Assert.IsNull(events[2]["user_identity_id"], "key 5 was given to nobody");
        }

        /// <summary>A server that stopped between the page and the event makes it when it runs again, and once.</summary>
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task What_is_untold_when_a_server_stops_is_told_by_the_next_one(DatabaseKind kind)
        {
            await using GrantHouse house = await GrantHouse.BeginAsync(kind);
            PageOfTrail page = new(house.Rig.Site.Keys.Root, (await house.EntranceAsync(house.Front))["door_id"]!.GetValue<uint>());
            page.Add(AuditEvent.Tamper, 0, ClockQuality.Proven, 1, 0, 0, NowS(house), 0);
            await SendAsync(house, page);
            await house.Rig.Site.Database.WriteAsync(async s => await s.ExecuteAsync("DELETE FROM events") + await s.ExecuteAsync("UPDATE audit_records SET is_untold = 1"));
            await house.Rig.CloseAsync();
            await house.Rig.OpenAsync();
            Assert.HasCount(1, await EventsAsync(house, 1));
        }

        private static async Task<(List<JsonNode> Events, string[] Types)> SendAsync(GrantHouse house, PageOfTrail page)
        {
            Assert.AreEqual(200, house.Rig.PostBytes("/door/audit", page.Make()).Status);
            List<JsonNode> events = await EventsAsync(house, page.Records.Count(r => TypeOf(r) != null));
            return (events, [.. events.Select(e => Text(e, "event_type"))]);
        }

        private static string? TypeOf(byte[] record) => DoorController.KeyServer.Audit.TrailEvents.TypeOf(
            record[AuditRecord.EventOffset], record[AuditRecord.VerdictOffset], record[AuditRecord.DetailOffset]);

        private static async Task<List<JsonNode>> EventsAsync(GrantHouse house, int count)
        {
            string[] types = [Events.Unlocked, Events.AccessDenied, Events.Tampered, Events.ForcedOpen, Events.HeldOpen, Events.FireAlarm, Events.ListLost, Events.StrikeFault];
            for (int i = 0; ; i++)
            {
                JsonArray all = (await house.Rig.PostAsync("/events/list", new()
                {
                    ["since"] = "2020-01-01T00:00:00Z",
                    ["event_types"] = new JsonArray([.. types.Select(t => (JsonNode)t)]),
                })).Body["events"]!.AsArray();
                if (all.Count >= count || i > 200)
                {
                    return [.. all.Select(e => e!)];
                }

                await Task.Delay(50);
            }
        }

        private static async Task JudgeAsync(ServerRig rig, int least)
        {
            using Process node = NodeClient.Start(rig, "events.mjs");
            Task<string> error = node.StandardError.ReadToEndAsync();
            string[] lines = (await node.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await node.WaitForExitAsync();
            Assert.AreEqual(0, node.ExitCode, await error);
            Assert.IsGreaterThan(least, lines.Sum(line => int.Parse(line.Split(' ')[1], null)));
            string[] missing = [.. new[] { "lock.unlocked", "acs_entrance.added", "acs_credential.issued", "acs_credential.deleted", "access_method.created", "access_grant.deleted" }.Except(lines.Select(l => l.Split(' ')[0]))];
            Assert.IsEmpty(missing, string.Join(' ', missing));
        }

        private static uint NowS(GrantHouse house) => (uint)house.Rig.Clock.GetUtcNow().ToUnixTimeSeconds();

        private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

        /// <summary>A page of records, chained and sealed as a door does it.</summary>
        private sealed class PageOfTrail(SiteRoot root, uint door)
        {
            private const uint Epoch = 0x1234567;
            private byte[] _chain = new byte[AuditRecord.ChainBytes];

            public List<byte[]> Records { get; } = [];

            public void Add(int auditEvent, int verdict, int quality, int detail, int scope, uint key, uint time, uint argument)
            {
                byte[] record = new byte[AuditRecord.Length];
                AuditRecord.Compose(record, 0, auditEvent, verdict, quality, detail, scope, 1, key, time, argument, (uint)Records.Count + 1);
                _chain = AuditRecord.Chain(ServerCrypto.Instance, root.SubKey(door, 1, DoorController.Wire.Keys.AuditChain), _chain, record, 0)[..AuditRecord.ChainBytes];
                _chain.CopyTo(record, AuditRecord.ChainOffset);
                Records.Add(record);
            }

            public byte[] Make()
            {
                byte[] plain =
                [
                    .. BitConverter.GetBytes(Epoch), 0, 0, 0, 0, .. new byte[AuditRecord.ChainBytes], (byte)(Records.Count | AuditPage.FromOldest), .. Records.SelectMany(r => r),
                ];
                ServerCrypto crypto = ServerCrypto.Instance;
                return Sealed.Make(crypto, crypto, root.SubKey(door, 1, DoorController.Wire.Keys.AuditPage), BlobType.AuditPage, door, 1, plain, plain.Length);
            }
        }
    }
}
