using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Audit;

/// <summary>Makes the events as soon as records came, and looks every few seconds for what another process left.</summary>
/// <param name="log">Where a failure is told.</param>
internal sealed partial class TrailTellerService(TrailTeller teller, AuditBook audit, ILogger<TrailTellerService> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TellAsync(stoppingToken);
                await audit.Came.WaitAsync(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops: what is untold is told by the next one.
        }
    }

    private async Task TellAsync(CancellationToken cancel)
    {
        try
        {
            await teller.RunAsync(cancel);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or KeyServerException or IOException)
        {
            Failed(log, StorageFailure.Name(e));
            await Task.Delay(Pause, cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "events of the audit trail were not made and are tried again: {Problem}")]
    private static partial void Failed(ILogger log, string problem);
}
