namespace DoorController
{
    /// <summary>What this firmware is called.</summary>
    public static class Firmware
    {
        /// <summary>Who makes it, as Device Information says.</summary>
        public const string Manufacturer = "Door Controller project";

        /// <summary>Version as a number, high byte major, low byte minor: part of a sync request.</summary>
        public const int Version = 0x0100;

        /// <summary>Version as text.</summary>
        public const string VersionText = "1.0";
    }
}
