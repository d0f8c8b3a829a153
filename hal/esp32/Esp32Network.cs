#nullable enable
using System;
using System.IO;
using System.Net;
using System.Threading;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// One HTTP exchange at a time on a thread of its own beside the one that looks after Wi-Fi, with a buffer of its own, by
    /// HttpWebRequest (PLATFORM.md 3.2, 3.3): plain HTTP, because a TLS handshake stops the runtime without a time-out, and an IPv4 literal, because so does a name look-up. Both time-outs
    /// are set, the body is bounded, and the response is always disposed. The buffer lives as long as the exchange: 4 KB of a small heap.
    /// </summary>
    public sealed class Esp32Network : INetwork
    {
        private const int BufferBytes = 4096;
        private const int ThreadPauseMs = 1000;

        private readonly object _gate = new object();
        private readonly AutoResetEvent _wake = new AutoResetEvent(false);
        private readonly Esp32Wifi _wifi;
        private readonly IClock _clock;
        private readonly string _server;
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
            _clock = clock;
            _wifi = wifi;
            _server = address.Length == 0 ? "" : "http://" + address + ":" + port.ToString();
            new Thread(Live).Start();
            new Thread(LookAfterWifi).Start();
        }

        /// <inheritdoc/>
        public bool IsUp
        {
            get { return _wifi.HasAddress && _server.Length > 0; }
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
                if (!CanStart || count < 1 || count > BufferBytes)
                {
                    return false;
                }

                _buffer = new byte[BufferBytes];
                Array.Copy(body, 0, _buffer, 0, count);
                _count = count;
                _path = path;
                _started = ++_exchange;
                _state = NetworkState.Busy;
                _isWorking = true;
            }

            _wake.Set();
            return true;
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
            int status = 0;
            int count = -1;
            try
            {
                status = Exchange(_buffer!, out count);
            }
            catch (Exception)
            {
                status = 0;
            }

            lock (_gate)
            {
                _isWorking = false;
                bool isWanted = exchange == _exchange;
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

        /// <summary>Sends the request and reads the answer into the buffer.</summary>
        /// <param name="count">Bytes of the answer; −1 when it is too long or was cut short.</param>
        /// <returns>HTTP status.</returns>
        private int Exchange(byte[] buffer, out int count)
        {
            HttpWebRequest request = (HttpWebRequest)WebRequest.Create(_server + _path);
            request.Method = "POST";
            request.ContentType = "application/octet-stream";
            request.ContentLength = _count;
            request.KeepAlive = false;
            request.Timeout = Limits.HttpTimeoutMs;
            request.ReadWriteTimeout = Limits.HttpTimeoutMs;
            Stream? sent = null;
            try
            {
                // Closing the request's stream closes the socket that the answer comes by, so it is closed last.
                sent = request.GetRequestStream();
                sent.Write(buffer, 0, _count);
                using HttpWebResponse response = (HttpWebResponse)request.GetResponse();
                count = ReadBody(response, buffer);
                return (int)response.StatusCode;
            }
            finally
            {
                Close(sent);
                request.Dispose();
            }
        }

        /// <summary>A socket that nobody closes is memory that nobody gets back; one that is closed already may complain.</summary>
        private static void Close(Stream? stream)
        {
            try
            {
                stream?.Dispose();
            }
            catch (Exception)
            {
                // Closed it is.
            }
        }

        private int ReadBody(HttpWebResponse response, byte[] buffer)
        {
            int length = (int)response.ContentLength;
            if (length < 0 || length > BufferBytes)
            {
                return -1;
            }

            long until = _clock.NowMs + Limits.HttpTimeoutMs;
            int got = 0;
            Stream stream = response.GetResponseStream();
            while (got < length)
            {
                int read = stream.Read(buffer, got, length - got);
                if (read <= 0 || _clock.NowMs > until)
                {
                    return -1;
                }

                got += read;
            }

            return got;
        }
    }

    /// <summary>The network of a door without a server.</summary>
    public sealed class NoNetwork : INetwork
    {
        /// <inheritdoc/>
        public bool IsUp
        {
            get { return false; }
        }

        /// <inheritdoc/>
        public bool CanStart
        {
            get { return false; }
        }

        /// <inheritdoc/>
        public int Status
        {
            get { return 0; }
        }

        /// <inheritdoc/>
        public bool Start(string path, byte[] body, int count)
        {
            return false;
        }

        /// <inheritdoc/>
        public int Poll()
        {
            return NetworkState.Idle;
        }

        /// <inheritdoc/>
        public int Take(byte[] buffer)
        {
            return -1;
        }

        /// <inheritdoc/>
        public void Cancel()
        {
        }
    }
}
