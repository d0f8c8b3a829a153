namespace DoorController.Hal.Esp32
{
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
