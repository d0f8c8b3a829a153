using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoorController.KeyServer.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DoorController.Bench;

/// <summary>From when an API call that makes an event was answered until a webhook's receiver has it: one event at a time, on loopback.</summary>
internal static class EventLagBench
{
    private const int Rounds = 200;
    private const int WarmUp = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task RunAsync() => BenchServer.OnBothAsync(MeasureAsync);

    private static async Task MeasureAsync(DatabaseKind kind, string name)
    {
        await using BenchServer server = await BenchServer.StartAsync(kind);
        SemaphoreSlim arrived = new(0);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.Listen(System.Net.IPAddress.Loopback, 0));
        await using WebApplication receiver = builder.Build();
        receiver.Run(http =>
        {
            arrived.Release();
            return Task.CompletedTask;
        });
        await receiver.StartAsync();
        using HttpClient http = new() { BaseAddress = new Uri($"http://{server.Address}") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", server.ApiKey);
        await PostAsync(http, "/webhooks/create", new JsonObject { ["url"] = receiver.Urls.First() });
        List<double> lags = [];
        for (int i = -WarmUp; i < Rounds; i++)
        {
            await PostAsync(http, "/spaces/create", new JsonObject { ["name"] = "space" });
            long answered = Stopwatch.GetTimestamp();
            SyncBench.Require(await arrived.WaitAsync(Patience), "an event arrives");
            lags.Add(Stopwatch.GetElapsedTime(answered).TotalMilliseconds);
        }

        lags.RemoveRange(0, WarmUp);
        lags.Sort();
        Line.Print($"event_lag_ms_{name}", lags[Rounds / 2], "ms");
        Line.Print($"event_lag_p99_ms_{name}", lags[Rounds * 99 / 100], "ms");
    }

    private static async Task PostAsync(HttpClient http, string path, JsonObject body)
    {
        using HttpResponseMessage response = await http.PostAsJsonAsync(path, body, JsonSerializerOptions.Web);
        SyncBench.Require(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync()}");
    }
}
