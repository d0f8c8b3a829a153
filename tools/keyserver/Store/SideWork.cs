namespace DoorController.KeyServer.Store;

/// <summary>
/// Work that no request asks for: begun when the server listens and not before, so that one that cannot listen has begun nothing; ended
/// when the server stops. .NET's own background services begin before the server listens.
/// </summary>
/// <param name="life">Stops the server when the work fails in a way that it does not know.</param>
/// <param name="log">Where a failure is told.</param>
/// <param name="failure">What the log says of a failure that may pass, such as "upkeep failed".</param>
internal abstract partial class SideWork(IHostApplicationLifetime life, ILogger log, string failure) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _work = Task.Run(WorkAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Has the work end, and waits for it as long as the server may take to stop.</summary>
    /// <exception cref="Exception">What the work failed with: the process ends with it, so that whoever keeps the server running sees a failure.</exception>
    public virtual async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        if (await Task.WhenAny(_work, Task.Delay(Timeout.Infinite, cancellationToken)) == _work)
        {
            await _work;
        }
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The work, until it is told to stop: it may end with an <see cref="OperationCanceledException"/> then.</summary>
    protected abstract Task RunAsync(CancellationToken cancel);

    /// <summary>Does one piece of the work; when the database or a disk fails, that is told, and the piece is for the next time.</summary>
    /// <returns>False when it failed.</returns>
    protected async Task<bool> TryAsync(Func<Task> piece)
    {
        try
        {
            await piece();
            return true;
        }
        catch (Exception e) when (e is System.Data.Common.DbException or KeyServerException or IOException)
        {
            Failed(log, failure, StorageFailure.Name(e));
            return false;
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            await RunAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The server stops: what was not done is done by the next one.
        }
        catch
        {
            life.StopApplication();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}, to be tried again: {Problem}")]
    private static partial void Failed(ILogger log, string what, string problem);
}
