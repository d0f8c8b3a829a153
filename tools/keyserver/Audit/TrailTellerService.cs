using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Audit;

/// <summary>Makes the events as soon as records came, and looks every few seconds for what another process left.</summary>
/// <param name="life">Of the server.</param>
/// <param name="log">Where a failure is told.</param>
internal sealed class TrailTellerService(TrailTeller teller, AuditBook audit, IHostApplicationLifetime life, ILogger<TrailTellerService> log)
    : SideWork(life, log, "events of the audit trail were not made")
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (!await TryAsync(() => teller.RunAsync(cancel)))
            {
                await Task.Delay(Pause, cancel);
            }

            await audit.Came.WaitAsync(Pause, cancel);
        }
    }
}
