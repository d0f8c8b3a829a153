namespace DoorController.KeyServer.Sync;

/// <summary>
/// Says which change is the newest that was committed when it was asked. Requests share a read that has not begun yet: it begins after they came in,
/// so none of them is told something older than the last commit before it. Threads of its own read, so that under load a read does not queue behind the
/// requests that wait for it; with two of them, who comes while one reads does not wait for it.
/// </summary>
internal sealed class Freshness : IDisposable
{
    /// <summary>A thread reads at most a thousand times a second, however many requests there are.</summary>
    private const int PauseMs = 1;

    private readonly Func<long>[] _reads;
    private readonly object _gate = new();
    private TaskCompletionSource<long>? _next;
    private Thread[]? _threads;
    private bool _isOver;
    private long _count;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="reads">Each reads the number of the newest change, on a thread of its own.</param>
    public Freshness(params Func<long>[] reads) => _reads = reads;

    /// <summary>Reads made so far.</summary>
    public long Reads => Volatile.Read(ref _count);

    /// <summary>The number of the newest change.</summary>
    public Task<long> ReadAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            _threads ??= Start();
            _next ??= new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Monitor.Pulse(_gate);
            return _next.Task;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _next?.TrySetCanceled();
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads ?? [])
        {
            thread.Join();
        }
    }

    private Thread[] Start()
    {
        Thread[] threads = [.. _reads.Select(read => new Thread(() => Run(read)) { IsBackground = true, Name = "freshness" })];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        return threads;
    }

    private void Run(Func<long> read)
    {
        while (Take() is TaskCompletionSource<long> mine)
        {
            Interlocked.Increment(ref _count);
            try
            {
                mine.TrySetResult(read());
            }
            catch (Exception e)
            {
                mine.TrySetException(e);
            }

            Thread.Sleep(PauseMs);
        }
    }

    private TaskCompletionSource<long>? Take()
    {
        lock (_gate)
        {
            while (_next == null && !_isOver)
            {
                Monitor.Wait(_gate);
            }

            TaskCompletionSource<long>? mine = _isOver ? null : _next;
            _next = null;
            return mine;
        }
    }
}
