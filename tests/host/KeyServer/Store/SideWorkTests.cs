using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using DoorController.KeyServer.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Store
{
    /// <summary>Work beside the requests: begun by a server that serves, and ended with it.</summary>
    [TestClass]
    public sealed class SideWorkTests
    {
        [TestMethod]
        public async Task A_server_that_cannot_listen_has_begun_none()
        {
            using IHost host = Build(cancel => Task.Delay(Timeout.Infinite, cancel), new CannotListen(), out Work work);
            await Assert.ThrowsExactlyAsync<IOException>(() => host.StartAsync());
            host.Dispose();
            Assert.IsFalse(work.HasBegun);
        }

        [TestMethod]
        public async Task It_ends_with_the_server()
        {
            using IHost host = Build(cancel => Task.Delay(Timeout.Infinite, cancel), null, out Work work);
            await host.StartAsync();
            await work.Begun;
            await host.StopAsync();
            Assert.IsTrue(work.HasEnded);
        }

        [TestMethod]
        public async Task Work_that_breaks_stops_the_server_and_the_process_ends_with_its_failure()
        {
            using IHost host = Build(_ => throw new InvalidOperationException("broken"), null, out _);
            await host.StartAsync();
            InvalidOperationException e = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => host.WaitForShutdownAsync());
            Assert.AreEqual("broken", e.Message);
        }

        [TestMethod]
        public async Task A_piece_that_fails_for_want_of_a_disk_is_for_the_next_time()
        {
            int tries = 0;
            TaskCompletionSource second = new();
            using IHost host = Build(
                async (work, cancel) =>
                {
                    bool isDone = false;
                    while (!isDone)
                    {
                        isDone = await work.PieceAsync(() => ++tries == 1 ? throw new IOException("gone") : Task.CompletedTask);
                    }

                    second.SetResult();
                },
                null,
                out _);
            await host.StartAsync();
            await second.Task;
            await host.StopAsync();
            Assert.AreEqual(2, tries);
        }

        [TestMethod]
        public async Task Work_that_does_not_end_holds_the_server_for_its_time_to_stop_and_no_longer()
        {
            using IHost host = Build(_ => Task.Delay(Timeout.Infinite, CancellationToken.None), null, out Work work);
            await host.StartAsync();
            await work.Begun;
            using CancellationTokenSource over = new(TimeSpan.FromMilliseconds(50));
            await host.StopAsync(over.Token);
            Assert.IsFalse(work.HasEnded);
        }

        private static IHost Build(Func<CancellationToken, Task> run, CannotListen? behind, out Work work) => Build((_, cancel) => run(cancel), behind, out work);

        private static IHost Build(Func<Work, CancellationToken, Task> run, CannotListen? behind, out Work work)
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Services.AddSingleton(provider => new Work(run, provider.GetRequiredService<IHostApplicationLifetime>()));
            builder.Services.AddHostedService(provider => provider.GetRequiredService<Work>());
            if (behind != null)
            {
                builder.Services.AddHostedService(_ => behind);
            }

            IHost host = builder.Build();
            work = host.Services.GetRequiredService<Work>();
            return host;
        }

        private sealed class Work(Func<Work, CancellationToken, Task> run, IHostApplicationLifetime life) : SideWork(life, NullLogger.Instance, "a piece failed")
        {
            private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public Task Begun => _begun.Task;

            public bool HasBegun => _begun.Task.IsCompleted;

            public bool HasEnded { get; private set; }

            public Task<bool> PieceAsync(Func<Task> piece) => TryAsync(piece);

            protected override async Task RunAsync(CancellationToken cancel)
            {
                _begun.SetResult();
                try
                {
                    await run(this, cancel);
                }
                finally
                {
                    HasEnded = true;
                }
            }
        }

        private sealed class CannotListen : IHostedService
        {
            public async Task StartAsync(CancellationToken cancellationToken)
            {
                await Task.Delay(20, cancellationToken);
                throw new IOException("in use");
            }

            public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        }
    }
}
