using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>What becomes of a link, and of what it leaves on a phone.</summary>
[TestClass]
public sealed class LinkTests : PageTestBase
{
    private const int TestMs = 30000;

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_link_tapped_twice_is_one_use_and_another_phone_is_told()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        IPage second = await phone.AnotherPageAsync();
        await Task.WhenAll(phone.TapAsync(link, "ready"), second.GotoAsync(link));
        await phone.TapAsync(link, "ready");
        await phone.PressAsync("open");
        GuestPhone other = await TakePhoneAsync();
        await other.TapAsync(link, "usedUp");
        await other.ShowAsync("used-up");
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task An_answer_that_is_lost_spends_nothing()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        int lost = 0;
        await phone.Page.RouteAsync("**/ik/*", async route =>
        {
            if (route.Request.Method == "POST" && lost++ == 0)
            {
                await route.FetchAsync();
                await route.AbortAsync();
                return;
            }

            await route.ContinueAsync();
        });
        await phone.TapAsync(link, "away");
        await phone.ShowAsync("away");
        await phone.TapAsync(link, "ready");
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_phone_whose_storage_was_wiped_needs_another_link()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        await phone.Page.EvaluateAsync("indexedDB.databases().then((all) => Promise.all(all.map((d) => new Promise((r) => { const q = indexedDB.deleteDatabase(d.name); q.onsuccess = q.onblocked = r; }))))");
        await phone.Page.GotoAsync("about:blank");
        await phone.TapAsync(new Uri(new Uri(link), "./").ToString(), "empty");
        await phone.ShowAsync("empty");
        await phone.TapAsync(link, "usedUp");
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_browser_without_Bluetooth_spends_nothing_and_says_which_has_it()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone without = await TakePhoneAsync("delete Navigator.prototype.bluetooth;");
        await without.TapAsync(link, "noBluetooth");
        await without.ShowAsync("no-bluetooth");
        GuestPhone apple = await TakePhoneAsync(
            "delete Navigator.prototype.bluetooth;", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1");
        await apple.TapAsync(link, "iphone");
        await apple.ShowAsync("iphone");
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_phone_with_Bluetooth_off_spends_nothing()
    {
        (string link, _) = GiveKey([await AddDoorAsync("SUITE 204")]);
        await Air.SwitchOffAsync();
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "off");
        await phone.ShowAsync("off");
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task No_secret_is_in_storage_cache_or_address_and_the_key_cannot_be_taken_out()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        string code = new Uri(link).AbsolutePath["/ik/".Length..];
        string found = await phone.Page.EvaluateAsync<string>(
            """
            async () => {
              const open = (name) => new Promise((r) => { const q = indexedDB.open(name); q.onsuccess = () => r(q.result); });
              const base = await open('door-wallet');
              const links = await new Promise((r) => { const q = base.transaction('links').objectStore('links').getAll(); q.onsuccess = () => r(q.result); });
              const key = links[0].keys[0].doors[0].key;
              const taken = await crypto.subtle.exportKey('raw', key).then(() => 'exported', (e) => e.name);
              await navigator.serviceWorker.ready;
              const kept = [];
              for (const name of await caches.keys()) {
                for (const request of await (await caches.open(name)).keys()) { kept.push(request.url); }
              }
              return [taken, key.extractable, document.cookie, localStorage.length, sessionStorage.length, document.referrer, performance.getEntriesByType('navigation').length, ...kept].join('\n');
            }
            """);
        string[] lines = found.Split('\n');
        CollectionAssert.AreEqual(new[] { "InvalidAccessError", "false", string.Empty, "0", "0", string.Empty }, lines[..6]);
        Assert.DoesNotContain(code, found);
        Assert.IsGreaterThan(10, lines.Length);
    }

    [TestMethod]
    [Timeout(TestMs)]
    public async Task A_right_that_is_missing_and_a_link_that_is_none_are_told()
    {
        string person = Server.Do("/user_identities/create", [])["user_identity"]!["user_identity_id"]!.GetValue<string>();
        string link = Server.Do("/user_identities/generate_instant_key", new() { ["user_identity_id"] = person })["instant_key"]!["instant_key_url"]!.GetValue<string>();
        GuestPhone phone = await TakePhoneAsync(locale: "de-DE");
        await phone.TapAsync(link, "noRight");
        Assert.AreEqual("Noch keine Tür", await phone.Page.TextContentAsync("#headline"));
        GuestPhone other = await TakePhoneAsync();
        await other.TapAsync(new Uri(new Uri(link), "/ik/" + new string('a', 24)).ToString(), "unknown");
    }
}
