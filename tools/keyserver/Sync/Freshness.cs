namespace DoorController.KeyServer;

/// <summary>
/// Says which change is the newest that was committed when it was asked. Requests share a read that has not begun yet: it begins after they came in,
/// so none of them is told something older than the last commit before it. One thread of its own reads, so that under load a read does not queue
/// behind the requests that wait for it.
/// </summary>
internal sealed class Freshness : IDisposable
{
    /// <summary>A read begins no sooner after the one before: at most a thousand a second, however many requests there are.</summary>
    private const int PauseMs = 1;

    private readonly Func<long> _read;
    private readonly object _gate = new();
    private TaskCompletionSource<long>? _next;
    private Thread? _thread;
    private bool _isOver;
    private long _reads;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="read">Reads the number of the newest change.</param>
    public Freshness(Func<long> read) => _read = read;

    /// <summary>Reads made so far.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>The number of the newest change.</summary>
    public Task<long> ReadAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            if (_thread == null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "freshness" };
                _thread.Start();
            }

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
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
    }

    private void Run()
    {
        while (Take() is TaskCompletionSource<long> mine)
        {
            Interlocked.Increment(ref _reads);
            try
            {
                mine.TrySetResult(_read());
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
