namespace DoorController.KeyServer;

/// <summary>
/// Says which change is the newest that was committed when it was asked. Requests that come in while a read is under way share the next
/// one: it begins after them, so none of them is told something older than the last commit before it.
/// </summary>
/// <param name="read">Reads the number of the newest change.</param>
internal sealed class Freshness(Func<Task<long>> read)
{
    private readonly Lock _gate = new();
    private Task<long>? _running;
    private Task<long>? _next;

    /// <summary>Reads made so far.</summary>
    public long Reads => Volatile.Read(ref _reads);

    private long _reads;

    /// <summary>The number of the newest change.</summary>
    public Task<long> ReadAsync()
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false })
            {
                return _next ??= AfterAsync(_running);
            }

            return _running = ReadOnceAsync();
        }
    }

    private async Task<long> AfterAsync(Task<long> before)
    {
        await before.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        Task<long> mine;
        lock (_gate)
        {
            mine = _running = ReadOnceAsync();
            _next = null;
        }

        return await mine;
    }

    private async Task<long> ReadOnceAsync()
    {
        Interlocked.Increment(ref _reads);
        await Task.Yield();
        return await read();
    }
}
