using DoorController.Hal.Host;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>From the link to the strike: page, browser's Bluetooth, frames, firmware.</summary>
[TestClass]
public sealed class OpeningTests : PageTestBase
{
    private const int TestMs = 30000;

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_link_is_a_key_that_opens_with_one_press_and_no_network()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        Assert.AreEqual("/ik/", new Uri(phone.Page.Url).AbsolutePath, "the code has left the address bar");
        await phone.ShowAsync("ready");
        await phone.GoOfflineAsync();
        await phone.Page.ReloadAsync();
        await phone.SeeAsync("ready");
        await phone.PressAsync("open");
        Assert.AreEqual("SUITE 204 · Opened", await phone.Page.TextContentAsync("#receipt-list b"));
        CollectionAssert.AreEqual(new[] { true }, door.Edges.Take(1).Select(e => e.IsOn).ToArray());
        Assert.AreEqual(1, door.Desk.Host.Strike.Pulses);
        CollectionAssert.AreEqual(new[] { "read Hello", "write Unlock", "read Result" }, Air.Operations.Take(3).ToArray());
        Assert.AreEqual((1, 1, 1), (phone.Presses, phone.Choosers, phone.Rows));
        Assert.IsEmpty(phone.Foreign);
        Assert.AreEqual(0, door.Desk.Host.Faults.Count, door.Desk.Host.Faults.ToString());
        await phone.ShowAsync("open");
        TestContext.WriteLine($"presses {phone.Presses}, chooser rows {phone.Rows}, GATT operations to the strike 3, in all {Air.Operations.Count}: {string.Join(", ", Air.Operations)}");
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_key_of_which_half_is_gone_says_by_when_to_come_back_to_a_network_and_is_renewed_there()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        Server.Do("/scopes/update", new() { ["scope_id"] = door.ScopeId, ["offline_hours"] = 24, ["keys_in_use"] = "keep" });
        (string link, _) = GiveKey([door], to: TimeSpan.FromDays(6));
        GuestPhone phone = await TakePhoneAsync();
        await phone.HoldClockAsync();
        await phone.TapAsync(link, "ready");
        string until = (await phone.Page.TextContentAsync("#validity"))!;
        await phone.GoOfflineAsync();
        await phone.PassAsync(TimeSpan.FromHours(11));
        Assert.IsFalse(await phone.Page.IsVisibleAsync("#renew"), "half is not gone");
        await phone.PassAsync(TimeSpan.FromHours(2));
        await phone.Page.WaitForSelectorAsync("#renew:visible");
        string said = (await phone.Page.TextContentAsync("#renew"))!;
        Assert.StartsWith("Open this page with a network before ", said);
        StringAssert.Contains(said, until["Good until ".Length..]);
        await phone.ShowAsync("renew");

        PassAtServer(TimeSpan.FromHours(13));
        await phone.GoOnlineAsync();
        await phone.Page.Clock.FastForwardAsync(30000);
        await phone.Page.WaitForSelectorAsync("#renew", new() { State = Microsoft.Playwright.WaitForSelectorState.Hidden });
        string renewed = (await phone.Page.TextContentAsync("#validity"))!;
        Assert.AreNotEqual(until, renewed, "half a day longer");

        PassAtServer(TimeSpan.FromHours(13));
        await phone.Page.Clock.FastForwardAsync((long)TimeSpan.FromHours(13).TotalMilliseconds);
        await phone.Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
        await phone.Page.WaitForFunctionAsync("(was) => document.getElementById('validity').textContent !== was", renewed);
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_revoked_key_is_told_so_by_the_door_and_leaves_the_phone()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, string right) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        await phone.GoOfflineAsync();
        Server.Do("/rights/delete", new() { ["right_id"] = right });
        door.Pass(TimeSpan.FromMinutes(2));
        await phone.PressAsync("revoked");
        await phone.ShowAsync("revoked");
        Assert.AreEqual(0, door.Desk.Host.Strike.Pulses);
        await phone.Page.ReloadAsync();
        await phone.SeeAsync("noRight");
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task An_expired_key_and_one_for_later_are_told_so()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door], to: TimeSpan.FromHours(1));
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        door.Pass(TimeSpan.FromHours(2));
        await phone.PressAsync("expired");
        (string later, _) = GiveKey([door], from: TimeSpan.FromDays(2), to: TimeSpan.FromDays(3));
        GuestPhone other = await TakePhoneAsync();
        await other.TapAsync(later, "notYet");
        await other.ShowAsync("not-yet");
        await other.PressAsync("notYetValid");
        Assert.AreEqual(0, door.Desk.Host.Strike.Pulses);
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task Only_the_keys_own_doors_are_in_the_list_and_an_impostor_gets_nothing()
    {
        AirDoor mine = await AddDoorAsync("SUITE 204", isInReach: false);
        AirDoor other = await AddDoorAsync("SUITE 205");
        (string link, _) = GiveKey([mine]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        await phone.PressAsync("nothing");
        Assert.AreEqual(0, phone.Rows);
        await phone.ShowAsync("nothing");
        await Air.AddAsync(other, "SUITE 204");
        await phone.PressAsync("anotherDoor");
        await phone.ShowAsync("impostor");
        CollectionAssert.AreEqual(new[] { "read Hello" }, Air.Operations);
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_Result_that_is_lost_is_asked_for_again_and_there_is_one_pulse()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        int lost = 0;
        Air.Breaks = name => name == "read Result" && lost++ == 0;
        await phone.PressAsync("open");
        Assert.AreEqual((1, 1), (door.Desk.Host.Strike.Pulses, phone.Choosers));
        Assert.AreEqual(2, Air.Operations.Count(o => o == "write Unlock"));
        Assert.AreEqual(Verdict.Repeated, door.Desk.Door.LastVerdict);
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_door_that_is_not_there_any_more_is_asked_again_without_the_list()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        await phone.HoldClockAsync();
        Air.IsFar = true;
        await phone.PressAsync("opening");
        await phone.WaitForNoAnswerAsync();
        await phone.ShowAsync("no-answer");
        Air.IsFar = false;
        await phone.PressAsync("open");
        Assert.AreEqual((1, 1), (phone.Choosers, door.Desk.Host.Strike.Pulses));
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task In_a_bank_of_six_cars_there_is_a_row_each_and_the_floors_are_picked_before()
    {
        int bank = Server.Do("/scopes/create", new() { ["name"] = "cars" })["scope"]!["scope_id"]!.GetValue<int>();
        List<AirDoor> cars = [];
        for (int i = 0; i < 6; i++)
        {
            cars.Add(await AddDoorAsync("LIFT " + (char)('A' + i), bank, floors: 8));
        }

        (string link, _) = GiveKey(cars, floors: [2, 5]);
        GuestPhone phone = await TakePhoneAsync();
        phone.Pick = rows => rows.Count == 6 ? cars[2].Address : GuestPhone.Wait;
        await phone.TapAsync(link, "ready");
        await phone.PressAsync("pickFloor");
        await phone.Page.TapAsync("#floor-choice label:nth-child(2) input");
        await phone.ShowAsync("floors");
        await phone.PressAsync("open");
        await phone.ShowAsync("car-open");
        Assert.AreEqual(6, phone.Rows);
        Assert.AreEqual(1 << 5, cars[2].Desk.Host.Floors.Selected);
        Assert.IsTrue(cars.Where(c => c != cars[2]).All(c => c.Desk.Host.Strike.Pulses == 0));
        TestContext.WriteLine($"bank of six: presses 1 (and one without a floor), chooser rows {phone.Rows}");
    }
}
