using System;

namespace DoorController.Hal.Host
{
    /// <summary>The server at the far end of <see cref="VirtualNetwork"/>.</summary>
    /// <param name="path">Path of the request.</param>
    /// <param name="body">Body of the request.</param>
    public delegate NetworkAnswer NetworkServer(string path, byte[] body);

    /// <summary>A network with a server behind it, and with everything that can go wrong on the way.</summary>
    public sealed class VirtualNetwork : INetwork
    {
        /// <summary>The longest request, in bytes (see <see cref="INetwork.Start"/>).</summary>
        public const int MaxRequestBytes = 4096;

        /// <summary>Time for which a connect that nobody answers keeps the board's thread, in ms; nothing ends it sooner (PLATFORM.md 3.2).</summary>
        public const int ConnectMs = 45000;

        private readonly VirtualClock _clock;
        private readonly FaultList _faults;
        private NetworkAnswer? _answer;
        private ClockAlarm? _arrival;
        private int _state = NetworkState.Idle;
        private bool _isUp = true;
        private bool _isCut;
        private long _stuckUntilMs;

        /// <summary>A network that is up and has no server yet: requests fail.</summary>
        public VirtualNetwork(VirtualClock clock, FaultList faults)
        {
            _clock = clock;
            _faults = faults;
        }

        /// <summary>Who answers; null refuses every connection.</summary>
        public NetworkServer? Server { get; set; }

        /// <summary>What goes wrong with every exchange that starts from now on.</summary>
        public NetworkFault Fault { get; set; }

        /// <summary>The status that <see cref="NetworkFault.ErrorStatus"/> puts in place of the server's.</summary>
        public int FaultStatus { get; set; } = 503;

        /// <summary>Time from a start to its answer, in ms. A slow server is a large one.</summary>
        public int LatencyMs { get; set; } = 50;

        /// <summary>Requests that reached the server.</summary>
        public int Requests { get; private set; }

        /// <summary>Whether the station has an address. Setting false ends the exchange under way.</summary>
        public bool IsUp
        {
            get => _isUp;
            set
            {
                _isUp = value;
                if (!value && _state == NetworkState.Busy)
                {
                    End(NetworkState.Failed);
                }
            }
        }

        /// <inheritdoc/>
        public bool CanStart => IsUp && (_state is NetworkState.Idle or NetworkState.Failed) && _clock.NowMs >= _stuckUntilMs;

        /// <inheritdoc/>
        public int Status => _answer?.Status ?? 0;

        /// <inheritdoc/>
        public bool Start(string path, byte[] body, int count)
        {
            if (count < 1 || count > MaxRequestBytes || count > body.Length)
            {
                _faults.Add("Network: a request of " + count + " bytes");
                return false;
            }

            if (!CanStart)
            {
                return false;
            }

            _state = NetworkState.Busy;
            _answer = null;
            if (Fault == NetworkFault.Hang)
            {
                _stuckUntilMs = _clock.NowMs + ConnectMs;
            }
            else
            {
                byte[] sent = body.AsSpan(0, count).ToArray();
                _arrival = _clock.After(LatencyMs, () => Arrive(path, sent));
            }

            return true;
        }

        /// <inheritdoc/>
        public int Poll() => _state;

        /// <inheritdoc/>
        public int Take(byte[] buffer)
        {
            if (_state != NetworkState.Done)
            {
                return -1;
            }

            byte[] body = _answer!.Body;
            bool isWhole = !_isCut && body.Length <= buffer.Length;
            End(NetworkState.Idle);
            if (!isWhole)
            {
                return -1;
            }

            Array.Copy(body, buffer, body.Length);
            return body.Length;
        }

        /// <inheritdoc/>
        public void Cancel() => End(NetworkState.Idle);

        private void Arrive(string path, byte[] sent)
        {
            if (Server == null || Fault == NetworkFault.Refused)
            {
                End(NetworkState.Failed);
                return;
            }

            Requests++;
            NetworkAnswer answer = Server(path, sent);
            if (Fault == NetworkFault.AnswerLost)
            {
                End(NetworkState.Failed);
                return;
            }

            _isCut = Fault == NetworkFault.Truncated;
            _answer = Spoil(answer);
            _state = NetworkState.Done;
        }

        private NetworkAnswer Spoil(NetworkAnswer answer)
        {
            switch (Fault)
            {
                case NetworkFault.ErrorStatus:
                    return new NetworkAnswer(FaultStatus, answer.Body);
                case NetworkFault.TooLong:
                    byte[] padded = new byte[MaxRequestBytes * 2];
                    answer.Body.AsSpan(0, Math.Min(answer.Body.Length, padded.Length)).CopyTo(padded);
                    return new NetworkAnswer(answer.Status, padded);
                case NetworkFault.Garbled when answer.Body.Length > 0:
                    byte[] garbled = (byte[])answer.Body.Clone();
                    garbled[garbled.Length / 2] ^= 0x10;
                    return new NetworkAnswer(answer.Status, garbled);
                default:
                    return answer;
            }
        }

        private void End(int state)
        {
            _arrival?.Cancel();
            _arrival = null;
            _answer = null;
            _isCut = false;
            _state = state;
        }
    }

    /// <summary>What a server answers.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">Body, whole.</param>
    public sealed record NetworkAnswer(int Status, byte[] Body)
    {
        /// <summary>Status 200 with a body.</summary>
        public static NetworkAnswer Ok(byte[] body) => new(200, body);
    }

    /// <summary>What can go wrong with one exchange. A network that is down is <see cref="VirtualNetwork.IsUp"/>, a slow one <see cref="VirtualNetwork.LatencyMs"/>.</summary>
    public enum NetworkFault
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>The server refuses the connection.</summary>
        Refused,

        /// <summary>No answer, ever: only a cancel ends the exchange, and the next cannot start before the connect has failed.</summary>
        Hang,

        /// <summary>The server acts on the request, and its answer does not arrive.</summary>
        AnswerLost,

        /// <summary>The answer ends before its announced length.</summary>
        Truncated,

        /// <summary>The answer is longer than any buffer.</summary>
        TooLong,

        /// <summary>The answer carries <see cref="VirtualNetwork.FaultStatus"/>.</summary>
        ErrorStatus,

        /// <summary>One bit of the answer is flipped.</summary>
        Garbled,
    }
}
