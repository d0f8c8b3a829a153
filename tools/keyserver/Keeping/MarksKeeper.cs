using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Keeping;

/// <summary>
/// Copies what other processes did into this process's file of marks, so that each file alone catches an old database, and has what is
/// over for long removed.
/// </summary>
/// <param name="site">Has the file.</param>
/// <param name="retention">Removes.</param>
/// <param name="log">Where a failure is told.</param>
internal sealed partial class MarksKeeper(Site site, Retention retention, ILogger<MarksKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private const int TurnsOfRetention = 60;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Pause);
        try
        {
            for (int turn = 1; await timer.WaitForNextTickAsync(stoppingToken); turn++)
            {
                await TryAsync(() => site.CatchUpAsync(stoppingToken));
                if (turn % TurnsOfRetention == 0)
                {
                    await TryAsync(() => retention.RunAsync(stoppingToken));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is System.Data.Common.DbException or IOException)
        {
            Failed(log, StorageFailure.Name(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "marks or retention failed and are tried again: {Problem}")]
    private static partial void Failed(ILogger log, string problem);
}
