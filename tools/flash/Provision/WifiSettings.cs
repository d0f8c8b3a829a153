using System.Linq;
using System.Text;

namespace DoorController.Flash.Provision
{
    /// <summary>The Wi-Fi network that the door joins by itself.</summary>
    internal sealed class WifiSettings
    {
        private const int MaxSsidBytes = 32;
        private const int MinPassword = 8;
        private const int MaxPassword = 63;
        private const int KeyDigits = 64;

        private WifiSettings(string ssid, string? password)
        {
            Ssid = ssid;
            Password = password;
        }

        /// <summary>Name of the network, at most 32 bytes.</summary>
        public string Ssid { get; }

        /// <summary>WPA2 password, 8 to 63 ASCII characters, or the key itself in 64 hex digits; null for an open network.</summary>
        public string? Password { get; }

        /// <summary>Checks the settings.</summary>
        public static WifiSettings Make(string ssid, string? password)
        {
            int bytes = Encoding.UTF8.GetByteCount(ssid);
            if (bytes is < 1 or > MaxSsidBytes)
            {
                throw FlashException.Input($"--wifi has {bytes} bytes", $"a network's name has 1 to {MaxSsidBytes}");
            }

            if (password != null && !IsPassword(password) && !IsKey(password))
            {
                throw FlashException.Input(
                    $"the Wi-Fi password has {password.Length} characters or some that are not ASCII",
                    $"WPA2 takes {MinPassword} to {MaxPassword} ASCII characters, or {KeyDigits} hex digits; for an open network say --wifi-open");
            }

            return new WifiSettings(ssid, password);
        }

        private static bool IsPassword(string text)
        {
            return text.Length is >= MinPassword and <= MaxPassword && text.All(c => c is >= ' ' and <= '~');
        }

        /// <summary>What WPA2 makes of a password, as some access points show it.</summary>
        private static bool IsKey(string text)
        {
            return text.Length == KeyDigits && text.All(char.IsAsciiHexDigit);
        }
    }
}
