namespace DoorController.Hal
{
    /// <summary>
    /// One HTTP exchange at a time: start, poll, cancel. The adapter blocks a thread of its own, with a buffer of its own,
    /// and never the loop.
    /// </summary>
    public interface INetwork
    {
        /// <summary>True while the station has an address.</summary>
        bool IsUp { get; }

        /// <summary>
        /// True while an exchange may be started: the station has an address, none is under way, and the adapter does not still wait for the far
        /// end of one that was given up. A connect has no time-out of its own and takes about 45 s to fail.
        /// </summary>
        bool CanStart { get; }

        /// <summary>Starts a POST of application/octet-stream to the server of the settings.</summary>
        /// <param name="path">Absolute path on the server, ASCII.</param>
        /// <param name="body">Copied before this returns.</param>
        /// <param name="count">Bytes of <paramref name="body"/> to send, 1 to 4096.</param>
        /// <returns>False when <see cref="CanStart"/> is.</returns>
        bool Start(string path, byte[] body, int count);

        /// <summary>How the exchange stands: one of <see cref="NetworkState"/>.</summary>
        int Poll();

        /// <summary>HTTP status of the exchange, valid in <see cref="NetworkState.Done"/>.</summary>
        int Status { get; }

        /// <summary>Copies the answer into <paramref name="buffer"/> and returns to idle.</summary>
        /// <returns>Bytes of the answer; −1 when it was longer than the buffer or was cut short.</returns>
        int Take(byte[] buffer);

        /// <summary>Gives the exchange up and returns to idle, also when the far end hangs.</summary>
        void Cancel();
    }

    /// <summary>Values of <see cref="INetwork.Poll"/>.</summary>
    public static class NetworkState
    {
        /// <summary>Nothing is under way.</summary>
        public const int Idle = 0;

        /// <summary>Waiting for the server.</summary>
        public const int Busy = 1;

        /// <summary>An answer can be taken.</summary>
        public const int Done = 2;

        /// <summary>No answer: refused, timed out, or the network went.</summary>
        public const int Failed = 3;
    }
}
