using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>Every message there is, at the width of a small phone, in both languages: nothing sticks out, nothing is hard to read.</summary>
[TestClass]
public sealed class GalleryTests : PageTestBase
{
    private const int NarrowPx = 320;

    /// <summary>The other messages are looked at where a test comes to them.</summary>
    private static readonly string[] SeenNowhereElse =
    [
        "opening", "waiting", "open", "expired", "clockUnknown", "notYetValid", "wrongDoor", "busy", "refused", "forbidden", "later", "unknown", "loading", "over",
        "choosing", "fetchAgain", "listLost", "strikeFault", "keysLost", "newerDoor", "insecure", "unsupported", "ended", "noRight", "broken", "pickFloor", "noFloor",
    ];

    [TestMethod]
    [Timeout(60000)]
    [DataRow("en-GB")]
    [DataRow("de-DE")]
    public async Task Every_message_fits_a_small_phone(string locale)
    {
        (string link, _) = GiveKey([await AddDoorAsync("ABCDEFGHIJKLMNOPQRSTUVWXYZ")]);
        GuestPhone phone = await TakePhoneAsync(locale: locale);
        await phone.TapAsync(link, "ready");
        await phone.Page.SetViewportSizeAsync(NarrowPx, 640);
        string language = locale[..2];
        string[] kinds = await phone.Page.EvaluateAsync<string[]>(
            $"import('./texts.{language}.js').then((texts) => import('./view.js').then((view) => {{ window.view = view.makeView(['{locale}']); return Object.keys(texts.default.messages); }}))");
        Assert.IsGreaterThan(35, kinds.Length);
        foreach (string kind in kinds)
        {
            await phone.Page.EvaluateAsync($"window.view.show({{ kind: '{kind}', at: 1798000000, seconds: 4, minutes: 12, door: 'SUITE 204', holdMs: 5000, hasMany: true }}, true)");
            int width = await phone.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            Assert.IsLessThanOrEqualTo(NarrowPx, width, kind);
            string text = await phone.Page.InnerTextAsync("main");
            Assert.IsFalse(text.Contains("undefined", StringComparison.Ordinal) || text.Contains("null", StringComparison.Ordinal) || text.Contains("NaN", StringComparison.Ordinal), $"{kind}: {text}");
            await PageShot.TakeAsync(phone.Page, $"{language}-{kind}");
        }
    }

    [TestMethod]
    [Timeout(120000)]
    public async Task Nothing_is_wrong_for_people_who_see_or_touch_differently_in_any_state()
    {
        (string link, _) = GiveKey([await AddDoorAsync("SUITE 204")]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        await phone.Page.EvaluateAsync("import('./view.js').then((view) => { window.view = view.makeView(['en']); })");
        foreach (string kind in SeenNowhereElse)
        {
            await phone.Page.EvaluateAsync($"window.view.show({{ kind: '{kind}', at: 1798000000, seconds: 4, minutes: 12, door: 'SUITE 204', holdMs: 60000 }}, true)");
            await phone.ShowAsync("state-" + kind);
        }
    }

    [TestMethod]
    [Timeout(30000)]
    public async Task The_key_is_used_from_the_keyboard_alone()
    {
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door]);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        await phone.Page.Keyboard.PressAsync("Tab");
        Assert.AreEqual("open", await phone.Page.EvaluateAsync<string>("document.activeElement.id"));
        await phone.Page.Keyboard.PressAsync("Enter");
        await phone.SeeAsync("open");
        Assert.AreEqual(1, door.Desk.Host.Strike.Pulses);
    }
}
