using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DoorController.Sim.Page;

/// <summary>
/// The desk in a browser: its own page, what is to be seen as server-sent events, the buttons, the air for the desk radio, and the guest's page as the key
/// server has it. On this machine alone.
/// </summary>
internal sealed class PageHost : IAsyncDisposable
{
    private const int TurnMs = 40;
    private const int MaxFrame = 512;
    private const int MaxListeners = 8;
    private readonly PageDesk _desk;
    private readonly GuestProxy _proxy;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _life;
    private volatile string _shown;
    private int _listeners;

    private PageHost(PageDesk desk, int port)
    {
        _desk = desk;
        _shown = desk.Show();
        _proxy = new GuestProxy(desk.Server);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Use(RefuseOthersAsync);
        _app.UseRouting();
        Map();
        _life = Task.Run(LiveAsync);
    }

    /// <summary>Where the desk is.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts it.</summary>
    /// <param name="port">0 for any.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<PageHost> StartAsync(PageDesk desk, int port)
    {
        PageHost host = new(desk, port);
        try
        {
            await host._app.StartAsync();
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host.Address = new Uri($"http://localhost:{new Uri(host._app.Urls.First()).Port}/");
        return host;
    }

    /// <summary>True when an exception says that a port is taken.</summary>
    public static bool IsTaken(Exception e) => e is IOException { InnerException: AddressInUseException };

    /// <summary>Waits until it is told to stop.</summary>
    public static Task WaitAsync(CancellationToken cancel) => Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _life;
        await _app.DisposeAsync();
        _proxy.Dispose();
        _end.Dispose();
    }

    private void Map()
    {
        DeskFiles.Map(_app);
        _app.MapGet("/events", ListenAsync);
        _app.MapPost("/act/{act}", Act);
        _app.MapGet("/air", http => http.Response.WriteAsJsonAsync(_desk.Scan()));
        _app.MapPost("/air/connect", http => Say(http, _desk.Connect() ? 200 : 504));
        _app.MapPost("/air/leave", http =>
        {
            _desk.Leave();
            return Say(http, 200);
        });
        _app.MapGet("/air/{index:int:range(0,3)}", http => OperateAsync(http, null));
        _app.MapPost("/air/{index:int:range(0,3)}", WriteAsync);
        _app.Map("/ik/{**path}", _proxy.PassOnAsync);
        _app.Map("/door/audit", _proxy.PassOnAsync);
        _app.Map("/phone/door", _proxy.PassOnAsync);
    }

    /// <summary>No other site in the same browser gets at the desk: it has another host, or another origin.</summary>
    private async Task RefuseOthersAsync(HttpContext http, RequestDelegate next)
    {
        string origin = http.Request.Headers.Origin.ToString();
        if (http.Request.Host.Host is not ("localhost" or "127.0.0.1") || (origin.Length > 0 && origin != $"{http.Request.Scheme}://{http.Request.Host}"))
        {
            await Say(http, 403);
            return;
        }

        await next(http);
    }

    private Task Act(HttpContext http)
    {
        string act = (string)http.Request.RouteValues["act"]!;
        if (!PageDesk.Acts.Contains(act))
        {
            return Say(http, 404);
        }

        _desk.Do(act);
        return Say(http, 200);
    }

    private async Task WriteAsync(HttpContext http)
    {
        byte[] buffer = new byte[MaxFrame + 1];
        int length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        await (length > MaxFrame ? Say(http, 413) : OperateAsync(http, buffer[..length]));
    }

    /// <summary>504 without a link, 502 for an ATT error, which a page does not see either.</summary>
    private async Task OperateAsync(HttpContext http, byte[]? written)
    {
        (int Error, byte[] Value)? answer = _desk.Operate(int.Parse((string)http.Request.RouteValues["index"]!, null), written);
        if (answer is not (0, byte[] value))
        {
            await Say(http, answer == null ? 504 : 502);
            return;
        }

        http.Response.ContentType = "application/octet-stream";
        await http.Response.Body.WriteAsync(value, http.RequestAborted);
    }

    private async Task ListenAsync(HttpContext http)
    {
        if (Interlocked.Increment(ref _listeners) > MaxListeners)
        {
            Interlocked.Decrement(ref _listeners);
            await Say(http, 503);
            return;
        }

        try
        {
            await TellAsync(http);
        }
        catch (OperationCanceledException)
        {
            // The page went away, or the desk ends.
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private async Task TellAsync(HttpContext http)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _end.Token);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        string last = string.Empty;
        while (true)
        {
            string now = _shown;
            if (now != last)
            {
                await http.Response.WriteAsync($"data: {now}\n\n", end.Token);
                await http.Response.Body.FlushAsync(end.Token);
                last = now;
            }

            await Task.Delay(TurnMs, end.Token);
        }
    }

    private async Task LiveAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            _desk.Turn();
            _shown = _desk.Show();
            await Task.Delay(TurnMs, _end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static Task Say(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
