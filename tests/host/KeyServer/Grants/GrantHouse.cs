using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Grants
{
    /// <summary>A room with a scope of its own, two doors of a bank and a lift of three floors.</summary>
    internal sealed class GrantHouse(ServerRig rig) : IAsyncDisposable
    {
        /// <summary>Token of every guest's phone.</summary>
        public const string Phone = "phone-of-this-guest-0123456789abcdef";

        public ServerRig Rig => rig;

        public string Room { get; private set; } = string.Empty;

        public string Front { get; private set; } = string.Empty;

        public string Pool { get; private set; } = string.Empty;

        public string[] Floors { get; private set; } = [];

        public static async Task<GrantHouse> BeginAsync(DatabaseKind kind)
        {
            ServerRig rig = await ServerRig.StartAsync(kind);
            int bank = await rig.AddBankAsync();
            GrantHouse house = new(rig);
            await rig.RegisterAsync("ROOM");
            await rig.RegisterAsync("FRONT", bank);
            await rig.RegisterAsync("POOL", bank);
            await rig.DoAsync("/doors/register", new JsonObject { ["name"] = "LIFT", ["scope_ids"] = new JsonArray(bank), ["floors"] = 3 });
            Dictionary<string, string> entrances = await house.EntrancesAsync();
            (house.Room, house.Front, house.Pool) = (entrances["ROOM"], entrances["FRONT"], entrances["POOL"]);
            house.Floors = [.. Enumerable.Range(0, 3).Select(f => entrances["LIFT, floor " + f])];
            return house;
        }

        public static string Id(JsonNode grant) => grant["access_grant_id"]!.GetValue<string>();

        public static string Url(JsonNode key) => key["instant_key_url"]!.GetValue<string>();

        public async Task<Dictionary<string, string>> EntrancesAsync() => (await rig.GetAsync("/acs/entrances/list")).Body["acs_entrances"]!.AsArray()
            .ToDictionary(e => e!["display_name"]!.GetValue<string>(), e => e!["acs_entrance_id"]!.GetValue<string>());

        public async Task<JsonNode> EntranceAsync(string id) => (await rig.DoAsync("/acs/entrances/get", new JsonObject { ["acs_entrance_id"] = id }))["acs_entrance"]!;

        public string InDays(int days) => rig.Clock.GetUtcNow().AddDays(days).ToString("o");

        public double DaysUntil(JsonNode time) => (DateTimeOffset.Parse(time.GetValue<string>(), null) - rig.Clock.GetUtcNow()).TotalDays;

        public async Task<JsonObject> WishAsync(string[] entrances, string[] spaces, string? person = null) => new()
        {
            ["user_identity_id"] = person ?? await rig.AddPersonAsync(),
            ["acs_entrance_ids"] = new JsonArray([.. entrances.Select(e => (JsonNode)e)]),
            ["space_ids"] = new JsonArray([.. spaces.Select(e => (JsonNode)e)]),
            ["requested_access_methods"] = new JsonArray(new JsonObject { ["mode"] = "mobile_key" }),
            ["ends_at"] = InDays(3),
        };

        public async Task<JsonNode> GrantAsync(string[] entrances, string[] spaces, string? person = null) =>
            (await rig.DoAsync("/access_grants/create", await WishAsync(entrances, spaces, person)))["access_grant"]!;

        public Task<Answer> TryChangeAsync(JsonNode grant, string field, string? value) =>
            rig.PostAsync("/access_grants/update", new() { ["access_grant_id"] = Id(grant), [field] = value });

        public async Task ChangeAsync(JsonNode grant, string field, string? value) => Assert.AreEqual(200, (await TryChangeAsync(grant, field, value)).Status);

        /// <summary>Names of the doors that a link gives keys for.</summary>
        public async Task<string[]> DoorsOfAsync(JsonNode key) => [.. (await rig.RedeemAsync(Url(key), Phone)).Of("redeemed")["keys"]!.AsArray()
            .SelectMany(k => k!["doors"]!.AsArray()).Select(d => d!["name"]!.GetValue<string>())];

        public async Task<uint[]> NumbersAsync(JsonNode grant) => [.. OpenedKey.All(rig, await rig.RedeemAsync(Url(grant), Phone)).Select(k => k.KeyNumber)];

        /// <summary>True when each of these numbers of a grant's links is revoked, and no other number of them.</summary>
        public async Task<bool> AreRevokedAsync(JsonNode grant, uint[] numbers)
        {
            List<uint> revoked = await rig.Site.Database.QueryAsync(s => s.QueryAsync(
                "SELECT k.key_number FROM keys k JOIN access_methods m ON m.instant_key_id = k.instant_key_id WHERE m.access_grant_id = @id AND k.revoked_us IS NOT NULL",
                row => (uint)row.GetInt64(0),
                ("id", Id(grant))));
            return revoked.Order().SequenceEqual(numbers.Order());
        }

        public async Task<string[]> EventsAsync(JsonNode grant) => [.. (await rig.GetAsync("/events/list?since=2020-01-01T00:00:00Z&access_grant_id=" + Id(grant))).Body["events"]!.AsArray()
            .Select(e => e!["event_type"]!.GetValue<string>())];

        public ValueTask DisposeAsync() => rig.DisposeAsync();
    }
}
