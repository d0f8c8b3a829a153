using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using DoorController.Diagnostics;
using DoorController.Hal.Host;

namespace DoorController.Tests.Flash
{
    /// <summary>
    /// The door's own firmware behind a pseudo-terminal: what the tool asks there, the real console answers. It boots from the files that
    /// were put on the stand-in board, when somebody types.
    /// </summary>
    internal sealed class DoorOnTerminal : IDisposable
    {
        private readonly PseudoTerminal _terminal = new();
        private readonly string _files;
        private readonly Thread _reader;
        private readonly Thread _door;
        private readonly object _gate = new();
        private readonly byte[] _typed = new byte[4096];
        private int _typedCount;
        private volatile bool _isOver;

        /// <summary>A door that will boot from a folder.</summary>
        /// <param name="files">The folder.</param>
        public DoorOnTerminal(string files)
        {
            _files = files;
            _reader = new Thread(Read) { IsBackground = true };
            _door = new Thread(Live) { IsBackground = true };
            _reader.Start();
            _door.Start();
        }

        /// <summary>Path for the tool.</summary>
        public string Name => _terminal.Name;

        /// <summary>Pulses of the strike so far.</summary>
        public int Pulses { get; private set; }

        /// <inheritdoc/>
        public void Dispose()
        {
            _isOver = true;
            _door.Join();
            _terminal.Dispose();
        }

        private void Read()
        {
            byte[] buffer = new byte[256];
            while (!_isOver)
            {
                try
                {
                    int count = _terminal.Far.Read(buffer);
                    lock (_gate)
                    {
                        buffer.AsSpan(0, count).CopyTo(_typed.AsSpan(_typedCount));
                        _typedCount += count;
                    }
                }
                catch (Exception e) when (e is IOException or ObjectDisposedException)
                {
                    // Nobody has the line open; the tool may open it again.
                    Thread.Sleep(5);
                }
            }
        }

        private void Live()
        {
            HostBoard? host = null;
            Door? door = null;
            TechnicianConsole? console = null;
            while (!_isOver)
            {
                Thread.Sleep(1);
                byte[] typed = Take();
                if (typed.Length > 0 && host == null)
                {
                    host = new HostBoard(Load());
                    door = new Door(host.Board, new Settings());
                    console = new TechnicianConsole(door, host.Board);
                }

                if (host == null || door == null || console == null)
                {
                    continue;
                }

                host.Serial.Type(typed);
                long end = host.Clock.NowMs + 100;
                while (host.Clock.NowMs < end)
                {
                    door.Poll();
                    console.Poll(host.Clock.NowMs);
                    host.Clock.Advance(10);
                }

                Pulses = host.Strike.Pulses;
                Send(host.Serial.TakeOutput());
            }

            host?.Dispose();
        }

        private byte[] Take()
        {
            lock (_gate)
            {
                byte[] typed = _typed.AsSpan(0, _typedCount).ToArray();
                _typedCount = 0;
                return typed;
            }
        }

        private void Send(byte[] output)
        {
            try
            {
                _terminal.Far.Write(output);
            }
            catch (IOException e)
            {
                Debug.WriteLine("nobody listens: " + e.Message);
            }
        }

        private VirtualFlash Load()
        {
            VirtualFlash flash = new();
            foreach (string path in Directory.GetFiles(_files))
            {
                byte[] content = File.ReadAllBytes(path);
                flash.Replace(Path.GetFileName(path), content, 0, content.Length);
            }

            return flash;
        }
    }
}
