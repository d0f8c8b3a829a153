namespace DoorController.Wire
{
    /// <summary>How far a door's estimate of the time can be trusted. What it means for a credential: PROTOCOL.md section 5.</summary>
    public static class ClockQuality
    {
        /// <summary>Never proven, or more than <see cref="Limits.BootsWithoutProof"/> boots since.</summary>
        public const int Unknown = 0;

        /// <summary>From flash after a reboot; how long the power was off is unknown.</summary>
        public const int Restored = 1;

        /// <summary>Proven by the server since this boot.</summary>
        public const int Proven = 2;
    }
}
