using System.Text.Json;
using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>A guest with a phone: one browser context, one page, a finger, and eyes that pick a row in the chooser.</summary>
internal sealed class GuestPhone : IAsyncDisposable
{
    private readonly Air _air;
    private readonly IBrowserContext _context;
    private readonly HashSet<string> _answered = [];
    private ICDPSession? _access;

    private GuestPhone(Air air, IBrowserContext context, IPage page)
    {
        _air = air;
        _context = context;
        Page = page;
        page.Console += (_, message) => Said.Add(message.Text);
        page.PageError += (_, error) => Said.Add(error);
    }

    /// <summary>What the page complained of.</summary>
    public List<string> Said { get; } = [];

    /// <summary>What is open.</summary>
    public IPage Page { get; }

    /// <summary>Presses of the large button.</summary>
    public int Presses { get; private set; }

    /// <summary>Rows of the last chooser.</summary>
    public int Rows { get; private set; }

    /// <summary>Choosers that came up.</summary>
    public int Choosers => _answered.Count;

    /// <summary>Which row is picked, by address; null cancels.</summary>
    public Func<IReadOnlyList<string>, string?> Pick { get; set; } = rows => rows.Count > 0 ? rows[0] : null;

    /// <summary>Requests to another origin than the server's.</summary>
    public List<string> Foreign { get; } = [];

    /// <summary>A phone in somebody's hand.</summary>
    public static async Task<GuestPhone> TakeAsync(Air air, string? script = null, string? userAgent = null, string locale = "en-GB")
    {
        IBrowserContext context = await BrowserRun.Need().NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 360, Height = 740 },
            DeviceScaleFactor = 2,
            IsMobile = true,
            HasTouch = true,
            Locale = locale,
            UserAgent = userAgent,
        });
        await context.ExposeBindingAsync("pageLeft", (BindingSource _) => air.PageLeft());
        await context.AddInitScriptAsync(
            """
            if (window.BluetoothRemoteGATTServer) {
              const leave = BluetoothRemoteGATTServer.prototype.disconnect;
              BluetoothRemoteGATTServer.prototype.disconnect = function () { window.pageLeft(); return leave.call(this); };
            }
            """ + script);
        GuestPhone phone = new(air, context, await context.NewPageAsync());
        phone._access = await context.NewCDPSessionAsync(phone.Page);
        phone._access.Event("DeviceAccess.deviceRequestPrompted").OnEvent += (_, e) => _ = phone.AnswerAsync(e!.Value);
        await phone._access.SendAsync("DeviceAccess.enable");
        return phone;
    }

    /// <summary>Taps a link and waits for a state.</summary>
    public async Task TapAsync(string url, string kind)
    {
        string origin = new Uri(url).GetLeftPart(UriPartial.Authority);
        Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(origin, StringComparison.Ordinal))
            {
                Foreign.Add(request.Url);
            }
        };
        await Page.GotoAsync(url);
        await SeeAsync(kind);
    }

    /// <summary>Presses the large button and waits for a state.</summary>
    public async Task PressAsync(string kind)
    {
        Presses++;
        await Page.TapAsync("#open");
        await SeeAsync(kind);
    }

    /// <summary>Waits until the page shows a state.</summary>
    public async Task SeeAsync(string kind)
    {
        try
        {
            await Page.WaitForSelectorAsync($"body[data-kind={kind}]", new PageWaitForSelectorOptions { Timeout = 8000 });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"wanted {kind}, saw {await Page.GetAttributeAsync("body", "data-kind")}; {string.Join(", ", _air.Operations.Concat(Said))}");
        }
    }

    /// <summary>Types of the errands that the phone has for a door, as its storage has them.</summary>
    public async Task<int[]> ErrandsAsync(uint doorId) => await Page.EvaluateAsync<int[]>(
        """
        (doorId) => new Promise((done, fail) => {
          const open = indexedDB.open('door-wallet');
          open.onerror = fail;
          open.onsuccess = () => {
            const get = open.result.transaction('doors').objectStore('doors').get(doorId);
            get.onsuccess = () => { open.result.close(); done((get.result?.errands ?? []).map((blob) => blob[0])); };
            get.onerror = fail;
          };
        })
        """,
        (int)doorId);

    /// <summary>The page's time-outs are the test's from now on.</summary>
    public Task HoldClockAsync() => Page.Clock.InstallAsync();

    /// <summary>Hours later the page is opened again.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await Page.Clock.FastForwardAsync((long)time.TotalMilliseconds);
        await Page.ReloadAsync();
        await SeeAsync("ready");
    }

    /// <summary>Time passes until the page has given a door up.</summary>
    public async Task WaitForNoAnswerAsync()
    {
        for (int i = 0; i < 60 && await Page.GetAttributeAsync("body", "data-kind") == "opening"; i++)
        {
            await _air.SettleAsync();
            await Page.Clock.FastForwardAsync(500);
        }

        await SeeAsync("noAnswer");
    }

    /// <summary>No network from now on; the page is kept by its worker first.</summary>
    public async Task GoOfflineAsync()
    {
        await Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller ?? new Promise((r) => navigator.serviceWorker.addEventListener('controllerchange', r)))");
        await _context.SetOfflineAsync(true);
    }

    /// <summary>The network is back.</summary>
    public Task GoOnlineAsync() => _context.SetOfflineAsync(false);

    /// <summary>Opens another page of the same phone.</summary>
    public Task<IPage> AnotherPageAsync() => _context.NewPageAsync();

    /// <summary>Pictures of what is shown, light and dark, and what is wrong for people who see or touch differently.</summary>
    public Task ShowAsync(string name) => PageShot.ShowAsync(Page, name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private async Task AnswerAsync(JsonElement prompt)
    {
        string id = prompt.GetProperty("id").GetString()!;
        string[] rows = [.. prompt.GetProperty("devices").EnumerateArray().Select(d => d.GetProperty("id").GetString()!)];
        Rows = rows.Length;
        string? picked = Pick(rows);
        if (picked == Wait || !_answered.Add(id))
        {
            return;
        }

        await (picked == null
            ? _access!.SendAsync("DeviceAccess.cancelPrompt", new() { ["id"] = id })
            : _access!.SendAsync("DeviceAccess.selectPrompt", new() { ["id"] = id, ["deviceId"] = picked }));
    }

    /// <summary>Picks nothing yet: more rows may come.</summary>
    public const string Wait = "";
}
