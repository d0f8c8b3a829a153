using System;

namespace DoorController.Hal.Host
{
    /// <summary>The processor as a whole. A reboot is ordered here and done by <see cref="HostBoard.Reboot"/>, when the caller has returned.</summary>
    public sealed class VirtualPower : IPower
    {
        private readonly Action _onReboot;

        /// <summary>A running processor with plenty of memory.</summary>
        /// <param name="onReboot">Hears of the order at once.</param>
        public VirtualPower(Action onReboot)
        {
            _onReboot = onReboot;
        }

        /// <summary>True from the firmware's order until the board has restarted.</summary>
        public bool IsRebootOrdered { get; private set; }

        /// <summary>Reboots that the firmware ordered so far.</summary>
        public int RebootsOrdered { get; private set; }

        /// <inheritdoc/>
        public int FreeManagedBytes { get; set; } = 40_000;

        /// <inheritdoc/>
        public int FreeNativeBytes { get; set; } = 100_000;

        /// <inheritdoc/>
        public void Reboot()
        {
            IsRebootOrdered = true;
            RebootsOrdered++;
            _onReboot();
        }

        internal void Restart() => IsRebootOrdered = false;
    }
}
