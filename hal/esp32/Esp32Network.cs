#nullable enable
using System;
using System.Threading;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// One HTTP exchange at a time on a thread of its own beside the one that looks after Wi-Fi, with a buffer of its own. The buffer lives as long as the
    /// exchange: 4 KB of a small heap.
    /// </summary>
    public sealed class Esp32Network : INetwork
    {
        private const int ThreadPauseMs = 1000;

        private readonly object _gate = new object();
        private readonly AutoResetEvent _wake = new AutoResetEvent(false);
        private readonly Esp32Wifi _wifi;
        private readonly HttpPost? _server;
        private byte[]? _buffer;
        private string _path = "";
        private int _count;
        private int _state = NetworkState.Idle;
        private int _exchange;
        private int _started;
        private bool _isWorking;

        /// <summary>Starts the threads.</summary>
        /// <param name="address">IPv4 address of the server; empty when its name could not be resolved: the network is then never up.</param>
        public Esp32Network(IClock clock, Esp32Wifi wifi, string address, int port)
        {
            _wifi = wifi;
            _server = address.Length == 0 ? null : new HttpPost(clock, address, port);
            new Thread(Live).Start();
            new Thread(LookAfterWifi).Start();
        }

        /// <inheritdoc/>
        public bool IsUp
        {
            get { return _wifi.HasAddress && _server != null; }
        }

        /// <inheritdoc/>
        public bool CanStart
        {
            get { return IsUp && !_isWorking && _state != NetworkState.Busy; }
        }

        /// <inheritdoc/>
        public int Status { get; private set; }

        /// <inheritdoc/>
        public bool Start(string path, byte[] body, int count)
        {
            lock (_gate)
            {
                if (!CanStart || count < 1 || count > HttpPost.MaxBytes)
                {
                    return false;
                }

                Keep(path, body, count);
            }

            _wake.Set();
            return true;
        }

        private void Keep(string path, byte[] body, int count)
        {
            _buffer = new byte[HttpPost.MaxBytes];
            Array.Copy(body, 0, _buffer, 0, count);
            _count = count;
            _path = path;
            _started = ++_exchange;
            _state = NetworkState.Busy;
            _isWorking = true;
        }

        /// <inheritdoc/>
        public int Poll()
        {
            lock (_gate)
            {
                return _state;
            }
        }

        /// <inheritdoc/>
        public int Take(byte[] buffer)
        {
            lock (_gate)
            {
                if (_state != NetworkState.Done)
                {
                    return -1;
                }

                bool isWhole = _buffer != null && _count >= 0 && _count <= buffer.Length;
                if (isWhole)
                {
                    Array.Copy(_buffer!, 0, buffer, 0, _count);
                }

                _buffer = null;
                _state = NetworkState.Idle;
                return isWhole ? _count : -1;
            }
        }

        /// <summary>The thread may still wait for the far end, for a connect about 45 s; <see cref="CanStart"/> is false until that ends.</summary>
        public void Cancel()
        {
            lock (_gate)
            {
                _exchange++;
                _state = NetworkState.Idle;
                if (!_isWorking)
                {
                    _buffer = null;
                }
            }
        }

        private void Live()
        {
            while (true)
            {
                try
                {
                    _wake.WaitOne(ThreadPauseMs, false);
                    if (_isWorking)
                    {
                        Work();
                    }
                }
                catch (Exception)
                {
                    // This thread lives as long as the board: what failed is tried again.
                    Thread.Sleep(ThreadPauseMs);
                }
            }
        }

        /// <summary>A thread of its own, since no time-out covers a connect: for that long nobody would look after the station.</summary>
        private void LookAfterWifi()
        {
            while (true)
            {
                try
                {
                    _wifi.Poll();
                }
                catch (Exception)
                {
                    // Tried again with the next look.
                }

                Thread.Sleep(ThreadPauseMs);
            }
        }

        private void Work()
        {
            int exchange = _started;
            int count = -1;
            int status = 0;
            try
            {
                status = _server!.Send(_path, _buffer!, _count, out count);
            }
            catch (Exception)
            {
                status = 0;
            }

            lock (_gate)
            {
                _isWorking = false;
                Finish(exchange == _exchange, status, count);
            }
        }

        /// <param name="isWanted">False when the exchange was cancelled meanwhile.</param>
        private void Finish(bool isWanted, int status, int count)
        {
            if (isWanted)
            {
                Status = status;
                _count = count;
                _state = status == 0 ? NetworkState.Failed : NetworkState.Done;
            }

            if (!isWanted || status == 0)
            {
                _buffer = null;
            }
        }
    }
}
