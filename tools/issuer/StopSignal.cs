using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace DoorController.Issuer
{
    /// <summary>Ends the work of a command when SIGINT or SIGTERM asks for it, so that what is half done can be put right.</summary>
    /// <remarks>
    /// System.CommandLine has such a handler, but a command that ends by the cancellation races with it: either its exit code comes out, or the exception.
    /// Here a signal that cancelled the work always comes out the same.
    /// </remarks>
    public sealed class StopSignal : IDisposable
    {
        /// <summary>Exit code of what SIGINT (Ctrl+C) stopped: 128 and the signal's number, as shells tell it.</summary>
        public const int Interrupted = 130;

        /// <summary>Exit code of what SIGTERM stopped.</summary>
        public const int Terminated = 143;

        private readonly CancellationTokenSource _stop;
        private readonly PosixSignalRegistration _interrupt;
        private readonly PosixSignalRegistration _terminate;
        private int _exitCode;

        /// <summary>Listens from now on.</summary>
        /// <param name="cancel">Asks the work to end too, as Ctrl+C does.</param>
        public StopSignal(CancellationToken cancel = default)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Take);
            _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take);
        }

        /// <summary>What the process says when a signal stopped it; 0 when none came.</summary>
        public int ExitCode => Volatile.Read(ref _exitCode);

        /// <summary>Asks the work to end.</summary>
        public CancellationToken Token => _stop.Token;

        /// <summary>Runs the work to its end, or to the end of its grace.</summary>
        /// <param name="grace">What the work may still take once it is asked to end; after it the process ends all the same.</param>
        /// <returns>What the work returns, also when a signal came and the work then ended in good order.</returns>
        /// <exception cref="OperationCanceledException">A signal or the token ended the work before it was done.</exception>
        public async Task<int> RunAsync(Func<CancellationToken, Task<int>> work, TimeSpan grace)
        {
            Task<int> running = Task.Run(() => work(Token), CancellationToken.None);
            await Task.WhenAny(running, Task.Delay(Timeout.Infinite, Token)).ConfigureAwait(false);
            await Task.WhenAny(running, Task.Delay(grace)).ConfigureAwait(false);
            return running.IsCompleted ? await running.ConfigureAwait(false) : throw new OperationCanceledException(Token);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _interrupt.Dispose();
            _terminate.Dispose();
            _stop.Dispose();
        }

        /// <summary>Does what the signal does.</summary>
        public void Ask(PosixSignal signal)
        {
            Interlocked.CompareExchange(ref _exitCode, signal == PosixSignal.SIGINT ? Interrupted : Terminated, 0);
            _stop.Cancel();
        }

        private void Take(PosixSignalContext context)
        {
            context.Cancel = true;
            Ask(context.Signal);
        }
    }
}
