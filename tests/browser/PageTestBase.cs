using System.Text.Json.Nodes;
using DoorController.Sim.Site;
using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>A key server, doors in the air and guests with phones.</summary>
public abstract class PageTestBase
{
    private readonly List<IDisposable> _doors = [];
    private readonly List<GuestPhone> _phones = [];
    private SiteServer? _server;
    private IBrowserContext? _keeper;
    private int _people;

    /// <summary>Where figures are printed.</summary>
    public TestContext TestContext { get; set; } = null!;

    private protected Air Air { get; private set; } = null!;

    private protected SiteClock Clock { get; private set; } = null!;

    private protected SiteServer Server => _server!;

    [TestInitialize]
    public async Task BeginAsync()
    {
        IBrowser browser = BrowserRun.Need();
        Clock = new SiteClock();
        _server = new SiteServer(Clock);
        Air = await Air.OpenAsync(browser);

        // The fake radio ends with the last page that uses it: this one stays while others are loaded anew.
        _keeper = await browser.NewContextAsync();
        IPage page = await _keeper.NewPageAsync();
        await page.GotoAsync(new Uri(Server.Address, "/ik/").ToString());
        await page.EvaluateAsync("navigator.bluetooth.getAvailability()");
    }

    [TestCleanup]
    public async Task EndAsync()
    {
        foreach (GuestPhone phone in _phones)
        {
            await phone.DisposeAsync();
        }

        if (_server != null)
        {
            await Air.DisposeAsync();
            await _keeper!.DisposeAsync();
            _doors.ForEach(d => d.Dispose());
            _server.Dispose();
        }
    }

    /// <summary>A door in reach.</summary>
    private protected async Task<AirDoor> AddDoorAsync(string name, int? scopeId = null, int floors = 0, bool isInReach = true, string? advertised = null)
    {
        AirDoor door = AirDoor.Register(Server, Clock, name, _doors.Count + 1, scopeId, floors);
        _doors.Add(door);
        if (isInReach)
        {
            await Air.AddAsync(door, advertised);
        }

        return door;
    }

    /// <summary>Gives a new guest doors of one scope.</summary>
    /// <returns>The link, and the right's id.</returns>
    private protected (string Link, string RightId) GiveKey(IReadOnlyList<AirDoor> doors, TimeSpan? from = null, TimeSpan? to = null, int[]? floors = null, string? profileId = null)
    {
        string person = Server.AddPerson("Guest " + ++_people);
        DateTimeOffset now = Clock.GetUtcNow();

        // The site's clock follows its doors, which live faster than the browser: a key of this moment may be one of a second later there.
        string rightId = Server.GiveRight(
            person, doors[0].ScopeId, doors.Select(d => d.Desk.Id), now + (from ?? TimeSpan.FromMinutes(-1)), now + (to ?? TimeSpan.FromDays(2)), floors);
        JsonNode key = Server.MakeKey(person, profileId);
        return (key["instant_key_url"]!.GetValue<string>(), rightId);
    }

    /// <summary>Time passes at the server.</summary>
    private protected void PassAtServer(TimeSpan time) => Clock.Reach(Clock.NowMs + (long)time.TotalMilliseconds);

    /// <summary>A guest's phone.</summary>
    private protected async Task<GuestPhone> TakePhoneAsync(string? script = null, string? userAgent = null, string locale = "en-GB")
    {
        GuestPhone phone = await GuestPhone.TakeAsync(Air, script, userAgent, locale);
        _phones.Add(phone);
        return phone;
    }
}
