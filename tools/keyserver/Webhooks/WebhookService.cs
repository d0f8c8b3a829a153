using System.Collections.Concurrent;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Webhooks;

/// <summary>Tells webhooks, each in a task of its own, so that one that hangs costs the others nothing: when events are made here, and every second for what other processes left.</summary>
internal sealed class WebhookService(Site site, WebhookTeller teller, IHostApplicationLifetime life, ILogger<WebhookService> log)
    : SideWork(life, log, "webhooks could not be told")
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _running = new();

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancel)
    {
        using WakeUp made = new();
        site.Database.EventsMade = made.Call;
        try
        {
            while (true)
            {
                await TryAsync(() => BeginAsync(made, cancel));
                await made.WaitAsync(Pause, cancel);
            }
        }
        finally
        {
            site.Database.EventsMade = null;
            await Task.WhenAll(_running.Values);
        }
    }

    private async Task BeginAsync(WakeUp made, CancellationToken cancel)
    {
        foreach (string id in await teller.DueAsync(cancel))
        {
            TaskCompletionSource begins = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running.TryAdd(id, begins.Task))
            {
                _running[id] = TellAsync(id, made, begins.Task, cancel);
                begins.SetResult();
            }
        }
    }

    private async Task TellAsync(string id, WakeUp made, Task begins, CancellationToken cancel)
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
}
