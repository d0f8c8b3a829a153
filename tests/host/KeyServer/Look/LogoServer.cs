using System;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DoorController.Tests.KeyServer.Look
{
    /// <summary>Somebody else's server, with pictures that are good and bad.</summary>
    internal sealed class LogoServer : IAsyncDisposable
    {
        /// <summary>The smallest picture there is: one pixel.</summary>
        public static readonly byte[] Png = Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

        private readonly WebApplication _app;
        private int _requests;

        private LogoServer(WebApplication app) => _app = app;

        public int Requests => Volatile.Read(ref _requests);

        public string Address => _app.Urls.First();

        public static async Task<LogoServer> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Services.AddRoutingCore();
            builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
            LogoServer server = new(builder.Build());
            server._app.Run(server.AnswerAsync);
            await server._app.StartAsync();
            return server;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task AnswerAsync(HttpContext http)
        {
            Interlocked.Increment(ref _requests);
            string path = http.Request.Path.Value!;
            byte[] body = path switch
            {
                "/logo.png" => Png,
                "/other.png" => [.. Png, 0],
                "/logo.jpg" => [0xFF, 0xD8, 0xFF, 0xE0, 1],
                "/logo.webp" => [.. "RIFF"u8, 1, 0, 0, 0, .. "WEBPVP8 "u8],
                "/full" => [.. Png, .. new byte[(64 * 1024) - Png.Length]],
                "/large" => [.. Png, .. new byte[(64 * 1024) - Png.Length + 1]],
                "/svg" => "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(),
                _ => [],
            };
            if (path.StartsWith("/to/", StringComparison.Ordinal))
            {
                http.Response.Redirect(Uri.UnescapeDataString(path[4..]));
                return;
            }

            if (path == "/hang")
            {
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }

            http.Response.StatusCode = path == "/gone" ? 410 : 200;
            http.Response.ContentType = "image/png";
            await http.Response.Body.WriteAsync(body);
        }
    }
}
