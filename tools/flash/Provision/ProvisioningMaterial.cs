using System.Collections.Generic;

namespace DoorController.Flash.Provision
{
    /// <summary>All that the command provision writes, checked.</summary>
    /// <param name="Settings">door.json.</param>
    /// <param name="Set">Keys and lists.</param>
    /// <param name="Wifi">The network to join; null for a door without one.</param>
    internal sealed record ProvisioningMaterial(DoorSettings Settings, ProvisioningSet Set, WifiSettings? Wifi)
    {
        /// <summary>Files for the board: name and content.</summary>
        public IEnumerable<(string Name, byte[] Content)> Files => [(DoorSettings.FileName, Settings.Content), .. Set.Files];
    }
}
