using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace DoorController.Flash.Console
{
    /// <summary>Ties the user's terminal to the door's console.</summary>
    internal sealed class ConsoleBridge
    {
        private const char Leave = '\u001D';

        private readonly FlashHost _host;
        private readonly ConsoleLine _line;

        /// <summary>Makes a bridge.</summary>
        public ConsoleBridge(FlashHost host, ConsoleLine line)
        {
            _host = host;
            _line = line;
        }

        /// <summary>Runs until the user leaves with Ctrl+], or, where input comes from a file, until its last line is answered.</summary>
        public async Task RunAsync(CancellationToken cancel)
        {
            if (!_host.IsInteractive)
            {
                Play();
                return;
            }

            await _host.Out.WriteLineAsync("Console of the door. Ctrl+] leaves it.").ConfigureAwait(false);
            using CancellationTokenSource left = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Task show = ShowAsync(left.Token);
            await Task.Run(() => TypeKeys(left), CancellationToken.None).ConfigureAwait(false);
            await show.ConfigureAwait(false);
        }

        private void Play()
        {
            const int attempts = 3;
            while (_host.In.ReadLine() is string command)
            {
                foreach (string answer in _line.Ask(command, attempts))
                {
                    _host.Out.WriteLine(Printable(answer));
                }
            }
        }

        private void TypeKeys(CancellationTokenSource left)
        {
            Keystrokes keys = new();
            while (!left.IsCancellationRequested)
            {
                ConsoleKeyInfo key = System.Console.ReadKey(intercept: true);
                if (key.KeyChar == Leave)
                {
                    left.Cancel();
                }
                else
                {
                    _line.Stream.Write(keys.Take(key));
                }
            }
        }

        private async Task ShowAsync(CancellationToken cancel)
        {
            byte[] buffer = new byte[256];
            while (!cancel.IsCancellationRequested)
            {
                try
                {
                    int count = await _line.Stream.ReadAsync(buffer, cancel).ConfigureAwait(false);
                    await _host.Out.WriteAsync(Printable(Encoding.ASCII.GetString(buffer, 0, count))).ConfigureAwait(false);
                    await _host.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                }
                catch (Exception e) when (e is OperationCanceledException or TimeoutException or IOException)
                {
                    if (e is IOException)
                    {
                        throw new FlashException("the console's adapter went away", "plug it in again");
                    }
                }
            }
        }

        /// <summary>Lets text through and no control sequences: what a door prints must not steer the terminal.</summary>
        public static string Printable(string text)
        {
            return string.Create(text.Length, text, static (span, source) =>
            {
                for (int i = 0; i < span.Length; i++)
                {
                    char c = source[i];
                    span[i] = c is (>= ' ' and <= '~') or '\r' or '\n' or '\b' ? c : '.';
                }
            });
        }
    }
}
