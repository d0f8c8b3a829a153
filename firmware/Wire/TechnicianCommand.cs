namespace DoorController.Wire
{
    /// <summary>Commands that want an answer to a challenge: PROTOCOL.md section 8. Numbers are never reused.</summary>
    public static class TechnicianCommand
    {
        /// <summary>Energise the strike.</summary>
        public const int Strike = 1;

        /// <summary>Reboot.</summary>
        public const int Reboot = 2;
    }
}
