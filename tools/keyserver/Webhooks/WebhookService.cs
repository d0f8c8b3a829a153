using System.Collections.Concurrent;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Webhooks;

/// <summary>Tells webhooks, each in a task of its own, so that one that hangs costs the others nothing: when events are made here, and every second for what other processes left.</summary>
internal sealed partial class WebhookService(Site site, WebhookTeller teller, ILogger<WebhookService> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _running = new();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using WakeUp made = new();
        site.Database.EventsMade = made.Call;
        try
        {
            while (true)
            {
                await TryAsync(() => StartAsync(made, stoppingToken));
                await made.WaitAsync(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops: what was not told is told by the next one.
        }
        finally
        {
            site.Database.EventsMade = null;
            await Task.WhenAll(_running.Values);
        }
    }

    private async Task StartAsync(WakeUp made, CancellationToken cancel)
    {
        foreach (string id in await teller.DueAsync(cancel))
        {
            TaskCompletionSource begins = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running.TryAdd(id, begins.Task))
            {
                _running[id] = RunAsync(id, made, begins.Task, cancel);
                begins.SetResult();
            }
        }
    }

    private async Task RunAsync(string id, WakeUp made, Task begins, CancellationToken cancel)
    {
        await begins;
        try
        {
            await TryAsync(() => teller.RunAsync(id, cancel));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            _running.TryRemove(id, out _);
        }

        // An event that was made after the last look, and before this task was gone, woke nobody.
        if (!cancel.IsCancellationRequested)
        {
            made.Call();
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is System.Data.Common.DbException or KeyServerException or IOException)
        {
            Failed(log, StorageFailure.Name(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "webhooks could not be told and are tried again: {Problem}")]
    private static partial void Failed(ILogger log, string problem);
}
