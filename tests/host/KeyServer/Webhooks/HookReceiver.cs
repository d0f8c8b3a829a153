using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DoorController.Tests.KeyServer.Webhooks
{
    /// <summary>A message that a receiver took.</summary>
    internal sealed record Received(string Id, string Type, JsonObject Event, string Path);

    /// <summary>Somebody else's server that is told of events: it takes them, fails, hangs, redirects or answers without an end, by path.</summary>
    internal sealed class HookReceiver : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private int _requests;

        private HookReceiver(WebApplication app) => _app = app;

        /// <summary>What it took, in the order in which it came.</summary>
        public ConcurrentQueue<Received> Taken { get; } = new();

        public int Requests => Volatile.Read(ref _requests);

        /// <summary>Status of its answer to a message at /hook; 200 unless a test says otherwise.</summary>
        public Func<int> Status { get; set; } = () => 200;

        /// <summary>How long it thinks about a message at /hook.</summary>
        public TimeSpan Pause { get; set; }

        /// <summary>Most messages that it had at once.</summary>
        public int MostAtOnce { get; private set; }

        /// <summary>Messages that hang at /hang.</summary>
        public int Hanging => Volatile.Read(ref _hanging);

        private int _hanging;
        private int _atOnce;

        public string Address => _app.Urls.First();

        public static async Task<HookReceiver> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Services.AddRoutingCore();
            builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
            HookReceiver receiver = new(builder.Build());
            receiver._app.Run(receiver.AnswerAsync);
            await receiver._app.StartAsync();
            return receiver;
        }

        /// <summary>Waits until something holds.</summary>
        public static Task UntilAsync(Func<bool> holds, string what, int seconds = 30) => UntilAsync(holds, () => what, seconds);

        /// <summary>Waits until something holds.</summary>
        public static async Task UntilAsync(Func<bool> holds, Func<string> what, int seconds)
        {
            for (DateTime end = DateTime.UtcNow.AddSeconds(seconds); !holds();)
            {
                if (DateTime.UtcNow > end)
                {
                    throw new TimeoutException($"within {seconds} s not so: {what()}");
                }

                await Task.Delay(5);
            }
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task AnswerAsync(HttpContext http)
        {
            Interlocked.Increment(ref _requests);
            string path = http.Request.Path.Value!;
            string body = await new StreamReader(http.Request.Body).ReadToEndAsync();
            switch (path)
            {
                case "/hang":
                    Interlocked.Increment(ref _hanging);
                    await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                    return;
                case "/redirect":
                    http.Response.Redirect("/hook");
                    return;
                case "/gone":
                    http.Response.StatusCode = 410;
                    return;
            }

            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _atOnce));
            await Task.Delay(Pause);
            Interlocked.Decrement(ref _atOnce);
            int status = Status();
            http.Response.StatusCode = status;
            if (status == 200)
            {
                JsonObject told = JsonNode.Parse(body)!.AsObject();
                Taken.Enqueue(new Received(http.Request.Headers["svix-id"]!, told["event_type"]!.GetValue<string>(), told, path));
            }

            byte[] megabyte = new byte[1024 * 1024];
            for (int i = 0; path == "/large" && i < 10; i++)
            {
                await http.Response.Body.WriteAsync(megabyte, http.RequestAborted);
            }
        }
    }
}
