using System.Text.Json.Nodes;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>What guests carry to a door that nobody else reaches, and from it.</summary>
[TestClass]
public sealed class CarryTests : PageTestBase
{
    private const int TestMs = 30000;

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_second_guest_carries_the_first_ones_revocation_to_a_door_without_a_network()
    {
        (AirDoor door, GuestPhone one, GuestPhone two) = await RevokeFirstOfTwoAsync();
        await two.PressAsync("open");
        door.Pass(TimeSpan.FromSeconds(10));
        Assert.AreEqual(1, door.Desk.Host.Strike.Pulses);
        await one.PressAsync("revoked");
        Assert.AreEqual(1, door.Desk.Host.Strike.Pulses);
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task Who_walks_away_with_half_a_list_brought_has_opened_nothing_and_brings_it_the_next_time()
    {
        (AirDoor door, GuestPhone one, GuestPhone two) = await RevokeFirstOfTwoAsync();
        await two.HoldClockAsync();
        int carried = 0;
        Air.Breaks = name => Air.IsFar = name == "write Carry" && ++carried == 2;
        await two.PressAsync("opening");
        await two.WaitForNoAnswerAsync();
        Assert.AreEqual(0, door.Desk.Host.Strike.Pulses);
        CollectionAssert.AreEqual(new[] { "read Hello", "write Carry", "write Carry" }, Air.Operations);
        Air.Breaks = _ => false;
        Air.IsFar = false;
        await two.PressAsync("open");
        door.Pass(TimeSpan.FromSeconds(10));
        await one.PressAsync("revoked");
        Assert.AreEqual(1, door.Desk.Host.Strike.Pulses);
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task Who_walks_in_while_a_page_is_fetched_is_let_in_once_and_the_next_guest_brings_the_page()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string first, _) = GiveKey([door]);
        (string second, _) = GiveKey([door]);
        door.CutNetwork();
        GuestPhone one = await TakePhoneAsync();
        await one.TapAsync(first, "ready");
        int carried = 0;
        Air.Breaks = name => Air.IsFar = name == "write Carry" && ++carried == 2;
        await one.PressAsync("open");
        Assert.AreEqual(1, door.Desk.Host.Strike.Pulses);
        await WaitForAsync(() => Air.IsFar);
        Assert.IsEmpty(OpeningsKnown());
        Air.Breaks = _ => false;
        Air.IsFar = false;
        door.Pass(TimeSpan.FromSeconds(10));
        await Air.AddAsync(door);
        GuestPhone two = await TakePhoneAsync();
        await two.TapAsync(second, "ready");
        await two.PressAsync("open");
        await WaitForAsync(() => OpeningsKnown().Count == 2);
        Assert.AreEqual(2, door.Desk.Host.Strike.Pulses);
        Assert.IsTrue(OpeningsKnown().All(r => r["way"]!.GetValue<string>() == "phone"), OpeningsKnown()[0].ToJsonString());
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_guest_who_was_online_in_the_lobby_brings_the_door_its_news_and_the_server_the_openings_of_the_one_who_left()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string first, string right) = GiveKey([door]);
        (string second, _) = GiveKey([door]);
        door.CutNetwork();
        door.Desk.CutPower(1000);
        GuestPhone one = await TakePhoneAsync();
        await one.TapAsync(first, "ready");
        await one.GoOfflineAsync();
        await one.PressAsync("open");
        door.Pass(TimeSpan.FromSeconds(10));
        Server.Do("/rights/delete", new() { ["right_id"] = right });
        Server.Do("/scopes/rekey", new() { ["scope_id"] = door.ScopeId, ["previous_for_hours"] = 100 });

        GuestPhone two = await TakePhoneAsync();
        await two.TapAsync(second, "ready");
        await WaitForAsync(() => two.ErrandsAsync(door.Desk.Id), [BlobType.KeyUpdate, BlobType.Acknowledgement]);
        await two.PressAsync("open");
        Assert.AreEqual(2u, door.Desk.Door.Memory.Keyring.Version, "the keys came before the unlock");
        await WaitForAsync(() => two.ErrandsAsync(door.Desk.Id), [BlobType.TimeToken, BlobType.Acknowledgement]);
        Assert.HasCount(2, OpeningsKnown());
        Assert.AreEqual(OpeningsKnown().Count, OpeningsKnown().Select(r => (string?)r["user_identity_id"]).Distinct().Count(), "of both guests");

        door.Pass(TimeSpan.FromSeconds(10));
        await two.PressAsync("open");
        Assert.AreEqual(ClockQuality.Proven, door.Desk.Door.Memory.Time.Quality);
        await WaitForAsync(() => door.Desk.Door.Memory.Audit.Acknowledged > 0);
        door.Pass(TimeSpan.FromSeconds(10));
        await one.PressAsync("revoked");
        Assert.AreEqual(3, door.Desk.Host.Strike.Pulses);
    }

    [TestMethod]
    [Timeout(60000)]
    public async Task Who_has_many_doors_asks_about_some_at_a_time_and_so_about_all()
    {
        List<AirDoor> doors = [];
        JsonNode scope = Server.Do("/scopes/create", new() { ["name"] = "floor" })["scope"]!;
        for (int i = 0; i < 52; i++)
        {
            doors.Add(await AddDoorAsync("ROOM " + i, scope["scope_id"]!.GetValue<int>(), isInReach: false));
        }

        (string link, _) = GiveKey(doors);
        GuestPhone phone = await TakePhoneAsync();
        List<int> asked = [];
        phone.Page.Request += (_, request) =>
        {
            if (request.Url.EndsWith("/phone/door", StringComparison.Ordinal))
            {
                asked.Add(JsonNode.Parse(request.PostData!)!["door_id"]!.GetValue<int>());
            }
        };
        await phone.HoldClockAsync();
        await phone.TapAsync(link, "ready");
        await WaitForAsync(() => asked.Count == 48);
        Assert.AreEqual(48, asked.Distinct().Count());
        PassAtServer(TimeSpan.FromMinutes(2));
        await phone.PassAsync(TimeSpan.FromMinutes(2));
        await WaitForAsync(() => asked.Count == 96);
        CollectionAssert.AreEquivalent(doors.Select(d => (int)d.Desk.Id).ToArray(), asked.Take(52).ToArray(), "the four that were left out come first");
    }

    /// <summary>A door without a network, a guest whose key was taken back and who has not heard of it, and another one who was online since.</summary>
    private async Task<(AirDoor Door, GuestPhone One, GuestPhone Two)> RevokeFirstOfTwoAsync()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string first, string right) = GiveKey([door]);
        (string second, _) = GiveKey([door]);
        GuestPhone one = await TakePhoneAsync();
        await one.TapAsync(first, "ready");
        await one.GoOfflineAsync();
        door.CutNetwork();
        Server.Do("/rights/delete", new() { ["right_id"] = right });
        GuestPhone two = await TakePhoneAsync();
        await two.TapAsync(second, "ready");
        return (door, one, two);
    }

    private List<JsonNode> OpeningsKnown() =>
        [.. Server.Do("/audit/list", [])["records"]!.AsArray().OfType<JsonNode>().Where(r => (string?)r["event"] == "credential" && (string?)r["verdict"] == "granted")];

    private static async Task WaitForAsync(Func<Task<int[]>> ask, int[] wanted)
    {
        int[] seen = [];
        for (int i = 0; i < 100 && !seen.SequenceEqual(wanted); i++)
        {
            await Task.Delay(50);
            seen = await ask();
        }

        CollectionAssert.AreEqual(wanted, seen, $"{string.Join(" ", seen)} and not {string.Join(" ", wanted)}");
    }

    private static async Task WaitForAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 300 && !isSo(); i++)
        {
            await Task.Delay(50);
        }

        Assert.IsTrue(isSo());
    }
}
