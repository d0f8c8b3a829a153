using DoorController.Sim.Page;
using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>tools/sim -- page: the guest's page beside the door that it opens.</summary>
[TestClass]
public sealed class DeskPageTests
{
    private static readonly ViewportSize Desktop = new() { Width = 1480, Height = 980 };

    [TestMethod]
    [Timeout(60000)]
    public async Task A_press_on_the_guests_page_energises_the_strike_beside_it()
    {
        await using Visit visit = await Visit.BeginAsync(floors: 0);
        await Assertions.Expect(visit.Guest.Locator("text=Desk radio: no Bluetooth")).ToBeVisibleAsync();
        await visit.ShowAsync("desk-ready");
        await visit.PressAsync();
        await visit.Page.Locator("#drawing[data-strike=on]").WaitForAsync();
        await visit.Guest.Locator("body[data-kind=open]").WaitForAsync();
        await visit.ShowAsync("desk-open");
        string[] air = await visit.FramesAsync();
        CollectionAssert.AreEqual(new[] { "connect", "read Hello", "write Unlock", "read Result" }, air.Take(4).ToArray());
        await visit.Page.Locator("#drawing[data-strike=off]").WaitForAsync();
        Assert.IsEmpty(visit.Foreign);
    }

    [TestMethod]
    [Timeout(60000)]
    public async Task A_key_that_is_deleted_is_refused_before_the_eyes_of_who_looks_on()
    {
        await using Visit visit = await Visit.BeginAsync(floors: 0);
        await visit.Page.ClickAsync("text=Delete the key");
        await visit.Page.ClickAsync("text=1 hour passes");
        await visit.Page.Locator("#log li:has-text('1 h pass')").WaitForAsync();
        await visit.PressAsync();
        await visit.Guest.Locator("body[data-kind=revoked]").WaitForAsync();
        Assert.AreEqual("off", await visit.Page.GetAttributeAsync("#drawing", "data-strike"));
        await visit.Page.ClickAsync("text=New guest");
        await visit.Guest.Locator("body[data-kind=ready]").WaitForAsync();
    }

    [TestMethod]
    [Timeout(60000)]
    public async Task In_a_car_the_floors_that_are_free_light_up()
    {
        await using Visit visit = await Visit.BeginAsync(floors: 8);
        await visit.Guest.Locator("#floor-choice input").Nth(1).CheckAsync();
        await visit.PressAsync();
        await visit.Page.Locator("#floors g.on").WaitForAsync();
        Assert.AreEqual("2", await visit.Page.TextContentAsync("#floors g.on text"));
        await visit.ShowAsync("desk-car");
    }

    /// <summary>The desk, and a browser on it.</summary>
    private sealed class Visit : IAsyncDisposable
    {
        private readonly PageDesk _desk;
        private readonly PageHost _host;
        private readonly IBrowserContext _context;

        private Visit(PageDesk desk, PageHost host, IBrowserContext context, IPage page)
        {
            (_desk, _host, _context, Page) = (desk, host, context, page);
            page.Request += (_, request) =>
            {
                if (!request.Url.StartsWith(host.Address.ToString(), StringComparison.Ordinal))
                {
                    Foreign.Add(request.Url);
                }
            };
        }

        public IPage Page { get; }

        public IFrameLocator Guest => Page.FrameLocator("#page");

        public List<string> Foreign { get; } = [];

        public static async Task<Visit> BeginAsync(int floors)
        {
            IBrowser browser = BrowserRun.Need();
            PageDesk desk = new(floors);
            PageHost host = await PageHost.StartAsync(desk, 0);
            IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = Desktop });
            Visit visit = new(desk, host, context, await context.NewPageAsync());
            await visit.Page.GotoAsync(host.Address.ToString());
            await visit.Guest.Locator("body[data-kind=ready]").WaitForAsync();
            return visit;
        }

        /// <summary>The guest presses the large button, and picks the door in the list of the desk radio.</summary>
        public async Task PressAsync()
        {
            await Guest.Locator("#open").ClickAsync();
            await Guest.Locator("dialog button").First.ClickAsync();
        }

        public async Task<string[]> FramesAsync() => [.. (await Page.Locator("#frames li b").AllTextContentsAsync()).Reverse()];

        public Task ShowAsync(string name) => PageShot.ShowAsync(Page, name);

        public async ValueTask DisposeAsync()
        {
            await _context.DisposeAsync();
            await _host.DisposeAsync();
            _desk.Dispose();
        }
    }
}
