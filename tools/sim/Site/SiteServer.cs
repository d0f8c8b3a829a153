using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DoorController.Hal.Host;
using DoorController.KeyServer;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using KeySite = DoorController.KeyServer.Root.Site;

namespace DoorController.Sim.Site;

/// <summary>A key server in this process, on a port of its own, with a database and a site root that live as long as it does.</summary>
internal sealed class SiteServer : IDisposable
{
    private readonly string _folder;
    private readonly WebApplication _app;
    private readonly KeySite _site;
    private readonly HttpClient _http;
    private readonly string _apiKey;

    /// <summary>Begins a site in a new folder and starts its server. Logos may come from this machine.</summary>
    public SiteServer(SiteClock clock)
    {
        _folder = Directory.CreateTempSubdirectory("door-site-").FullName;
        SiteFiles files = new(Path.Combine(_folder, "site.root"));
        DatabaseSettings database = DatabaseSettings.File(Path.Combine(_folder, "keyserver.db"));
        Wait(BeginAsync(database, files, clock));
        _apiKey = File.ReadAllText(files.FirstApiKey).Trim();
        _site = Wait(KeySite.OpenAsync(new Database(database, clock), files));
        _site.Database.Clock.Accept();
        _app = KeyServerApp.Build(new KeyServerSettings(database, files) { Listen = new IPEndPoint(IPAddress.Loopback, 0), IsPrivateAllowed = true }, _site);
        Wait(_app.StartAsync());
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(_app.Urls.First()) };
    }

    /// <summary>False while the server is away: doors and phones get no answer.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Where the server listens.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Calls a route as the integrator does.</summary>
    /// <exception cref="SiteException">The server refused, or is away.</exception>
    public JsonObject Do(string path, JsonObject body)
    {
        (int status, string text) = Send(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), _apiKey);
        JsonObject answer = JsonNode.Parse(text)!.AsObject();
        return status == 200 ? answer : throw new SiteException($"the server answers {status} to {path}: {answer["error"]?["message"]}");
    }

    /// <summary>Opens a link as a phone does.</summary>
    /// <param name="token">The phone's own secret.</param>
    /// <returns>Null when the link is no longer good, or the server is away.</returns>
    public JsonObject? Redeem(Uri link, string token)
    {
        if (!IsUp)
        {
            return null;
        }

        (int status, string text) = Send(link.AbsolutePath, new ByteArrayContent([]), token);
        return status == 200 ? JsonNode.Parse(text)!["redeemed"]!.AsObject() : null;
    }

    /// <summary>Asks as a phone what to bring to a door.</summary>
    /// <param name="token">The phone's own secret.</param>
    /// <param name="bag">What it read there the last time.</param>
    /// <returns>None for a door that is no longer this phone's; null when the server is away or wants fewer questions.</returns>
    public List<byte[]>? AskErrands(string token, uint doorId, DoorBag bag)
    {
        JsonObject wish = new()
        {
            ["door_id"] = doorId,
            ["hello"] = bag.Hello == null ? null : Convert.ToBase64String(bag.Hello),
            ["carry"] = bag.Status == null ? null : Convert.ToBase64String(bag.Status),
        };
        (int status, string text) = Send("/phone/door", new StringContent(wish.ToJsonString(), Encoding.UTF8, "application/json"), token);
        return status switch
        {
            200 => [.. JsonNode.Parse(text)!["blobs"]!.AsArray().Select(b => Convert.FromBase64String(b!["blob"]!.GetValue<string>()))],
            >= 429 => null,
            _ => [],
        };
    }

    /// <summary>Takes an audit page that a phone fetched at a door.</summary>
    /// <returns>True when the phone need not keep it.</returns>
    public bool TakePage(byte[] page) => Serve("/door/audit?way=phone", page).Status < 500;

    /// <summary>What a door's request meets.</summary>
    public NetworkAnswer Serve(string path, byte[] body)
    {
        if (!IsUp)
        {
            return new NetworkAnswer(502, []);
        }

        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        using HttpResponseMessage response = _http.Send(request);
        using MemoryStream copy = new();
        response.Content.CopyTo(copy, null, default);
        return new NetworkAnswer((int)response.StatusCode, copy.ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        Wait(_app.StopAsync());
        Wait(_app.DisposeAsync().AsTask());
        Wait(_site.DisposeAsync().AsTask());
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task BeginAsync(DatabaseSettings settings, SiteFiles files, TimeProvider clock)
    {
        await using Database empty = new(settings, clock);
        await KeySite.BeginAsync(empty, files);
    }

    private (int Status, string Text) Send(string path, HttpContent content, string bearer)
    {
        if (!IsUp)
        {
            throw new SiteException("the server is away; \"server on\" brings it back");
        }

        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + bearer);
        using HttpResponseMessage response = _http.Send(request);
        using StreamReader reader = new(response.Content.ReadAsStream());
        return ((int)response.StatusCode, reader.ReadToEnd());
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}

/// <summary>Something that the person at the panel should read in one line.</summary>
internal sealed class SiteException(string message) : Exception(message);
