using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>The address of a door's sticker (tools/flash sticker), read by a phone that has a key.</summary>
[TestClass]
public sealed class StickerTests : PageTestBase
{
    private const int TestMs = 30000;

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_sticker_picks_its_door_of_a_bank_and_another_one_wants_asking_for()
    {
        (List<AirDoor> bank, GuestPhone phone) = await TakeKeyOfThreeAsync();
        await ScanAsync(phone, bank[1].Desk.Id, "ready");
        Assert.AreEqual(bank[1].Name, await phone.Page.TextContentAsync("#title"));
        await phone.PressAsync("open");
        Assert.AreEqual(1, phone.Rows);
        CollectionAssert.AreEqual(new[] { 0, 1, 0 }, bank.ConvertAll(d => d.Desk.Host.Strike.Pulses));
        Assert.AreEqual("/ik/", phone.Page.Url[phone.Page.Url.IndexOf("/ik/", StringComparison.Ordinal)..], "the door's id has left the address bar");
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task Behind_a_sticker_that_was_glued_over_another_door_gets_no_key_shown()
    {
        (List<AirDoor> bank, GuestPhone phone) = await TakeKeyOfThreeAsync();
        AirDoor impostor = await AddDoorAsync("GLUED", isInReach: false);
        AirDoor mine = await AddDoorAsync("SPA", isInReach: false);
        (string link, _) = GiveKey([mine]);
        await phone.TapAsync(link, "ready");
        await Air.AddAsync(impostor, "SPA");
        await ScanAsync(phone, mine.Desk.Id, "ready");
        await phone.PressAsync("anotherDoor");
        CollectionAssert.AreEqual(new[] { "read Hello" }, Air.Operations);
        Assert.IsTrue(bank.Append(impostor).All(d => d.Desk.Host.Strike.Pulses == 0));
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_door_that_the_guest_has_no_key_for_says_so_and_the_others_can_still_be_chosen()
    {
        (List<AirDoor> bank, GuestPhone phone) = await TakeKeyOfThreeAsync();
        phone.Pick = rows => rows.Count == 3 ? bank[2].Address : GuestPhone.Wait;
        await ScanAsync(phone, 99999, "ready");
        await phone.PressAsync("noKey");
        Assert.AreEqual(0, phone.Choosers);
        await phone.ShowAsync("sticker-no-key");
        await phone.Page.TapAsync("#other");
        await phone.SeeAsync("open");
        Assert.AreEqual(1, bank[2].Desk.Host.Strike.Pulses);
        GuestPhone stranger = await TakePhoneAsync();
        await stranger.TapAsync(new Uri(Server.Address, "/ik/#door=1").ToString(), "empty");
        Assert.AreEqual("No key on this phone", await stranger.Page.TextContentAsync("#headline"));
        Assert.IsFalse(await stranger.Page.IsVisibleAsync("#open"), "there is nothing to press");
        Assert.IsFalse(await stranger.Page.IsVisibleAsync("#other"), "and no other door");
        Assert.AreEqual("/ik/", stranger.Page.Url[stranger.Page.Url.IndexOf("/ik/", StringComparison.Ordinal)..]);
    }

    private async Task<(List<AirDoor> Bank, GuestPhone Phone)> TakeKeyOfThreeAsync()
    {
        int scope = Server.Do("/scopes/create", new() { ["name"] = "rooms" })["scope"]!["scope_id"]!.GetValue<int>();
        List<AirDoor> bank = [];
        foreach (string name in new[] { "ROOM 1", "ROOM 2", "ROOM 3" })
        {
            bank.Add(await AddDoorAsync(name, scope));
        }

        (string link, _) = GiveKey(bank);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        return (bank, phone);
    }

    /// <summary>The phone's camera opens a page of its own, in the same browser.</summary>
    private async Task ScanAsync(GuestPhone phone, uint doorId, string kind)
    {
        await phone.Page.GotoAsync("about:blank");
        await phone.TapAsync(new Uri(Server.Address, $"/ik/#door={doorId}").ToString(), kind);
    }
}
