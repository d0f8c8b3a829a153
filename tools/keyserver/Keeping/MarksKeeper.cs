using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Keeping;

/// <summary>
/// Copies what other processes did into this process's file of marks, so that each file alone catches an old database, and has what is
/// over for long removed.
/// </summary>
/// <param name="site">Has the file.</param>
/// <param name="retention">Removes.</param>
/// <param name="life">Of the server.</param>
/// <param name="log">Where a failure is told.</param>
internal sealed class MarksKeeper(Site site, Retention retention, IHostApplicationLifetime life, ILogger<MarksKeeper> log)
    : SideWork(life, log, "marks or retention failed")
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private const int TurnsOfRetention = 60;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Pause);
        for (int turn = 1; await timer.WaitForNextTickAsync(cancel); turn++)
        {
            await TryAsync(() => site.CatchUpAsync(cancel));
            if (turn % TurnsOfRetention == 0)
            {
                await TryAsync(() => retention.RunAsync(cancel));
            }
        }
    }
}
