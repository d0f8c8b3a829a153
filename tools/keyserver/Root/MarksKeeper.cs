namespace DoorController.KeyServer;

/// <summary>Copies what other processes did into this process's file of marks, so that each file alone catches an old database.</summary>
/// <param name="site">Has the file.</param>
/// <param name="log">Where a failure is told.</param>
internal sealed partial class MarksKeeper(Site site, ILogger<MarksKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Pause);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task TryAsync(CancellationToken cancel)
    {
        try
        {
            await site.CatchUpAsync(cancel);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or IOException)
        {
            Failed(log, e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the marks of other processes could not be copied: {Type}")]
    private static partial void Failed(ILogger log, string type);
}
