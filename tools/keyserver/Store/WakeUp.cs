namespace DoorController.KeyServer.Store;

/// <summary>Wakes one waiter: any number of calls before it looks are one.</summary>
public sealed class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _called = new(0, 1);

    /// <summary>There is something to do.</summary>
    public void Call()
    {
        try
        {
            _called.Release();
        }
        catch (SemaphoreFullException)
        {
            // The waiter has not looked since the last call.
        }
    }

    /// <summary>Waits for a call, or for a time.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancel) => _called.WaitAsync(most, cancel);

    /// <inheritdoc/>
    public void Dispose() => _called.Dispose();
}
