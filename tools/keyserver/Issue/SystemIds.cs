using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DoorController.KeyServer.Issue;

/// <summary>The site as one access system, as Seam's API has it: ids that follow from the workspace, and that nobody stores.</summary>
public static class SystemIds
{
    /// <summary>Id of the workspace's one access system.</summary>
    public static string System(string workspaceId) => From("acs_system", workspaceId);

    /// <summary>Id of the account that it would be connected by elsewhere.</summary>
    public static string Account(string workspaceId) => From("connected_account", workspaceId);

    /// <summary>Id of a door as a device, in events.</summary>
    public static string Device(string workspaceId, uint doorId) => From("device", string.Create(CultureInfo.InvariantCulture, $"{workspaceId} {doorId}"));

    /// <summary>A UUID of version 8: its 122 free bits are those of a hash.</summary>
    private static string From(string what, string workspaceId)
    {
        byte[] bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{what} {workspaceId}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
