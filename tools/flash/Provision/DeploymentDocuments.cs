using System.Collections.Generic;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoorController.Flash.Provision
{
    /// <summary>The two JSON documents that nanoff takes: files, and the network configuration.</summary>
    internal static class DeploymentDocuments
    {
        /// <summary>Stands for a secret where the document is shown to a person.</summary>
        public const string Hidden = "(hidden)";

        private static readonly JsonSerializerOptions Format =
            new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        /// <summary>A file deployment.</summary>
        /// <param name="port">Serial port.</param>
        /// <param name="files">Name on the board and path of the source.</param>
        public static string Files(string port, IEnumerable<(string Name, string Source)> files)
        {
            JsonNode[] entries = files
                .Select(f => (JsonNode)new JsonObject { ["DestinationFilePath"] = OnBoard(f.Name), ["SourceFilePath"] = f.Source })
                .ToArray();
            return new JsonObject { ["serialport"] = port, ["files"] = new JsonArray(entries) }.ToJsonString(Format);
        }

        /// <summary>
        /// A network deployment. AutoConnect is said explicitly: an option that is left out keeps the value that the board has, and the
        /// firmware connects by itself only with this one.
        /// </summary>
        /// <param name="port">Serial port.</param>
        /// <param name="wifi">The network.</param>
        /// <param name="hide">Puts <see cref="Hidden"/> in place of the password.</param>
        public static string Network(string port, WifiSettings wifi, bool hide)
        {
            JsonObject client = new() { ["Ssid"] = wifi.Ssid };
            if (wifi.Password != null)
            {
                client["Password"] = hide ? Hidden : wifi.Password;
            }

            client["Authentication"] = wifi.Password == null ? "OPEN" : "WPA2";
            if (wifi.Password != null)
            {
                client["Encryption"] = "WPA2";
            }

            client["ConfigurationOption"] = "AutoConnect";
            client["DhcpEnabled"] = true;
            return new JsonObject { ["SerialPort"] = port, ["WirelessClient"] = client }.ToJsonString(Format);
        }

        /// <summary>Full path of a file on the board.</summary>
        public static string OnBoard(string name)
        {
            return "I:\\" + name;
        }
    }
}
