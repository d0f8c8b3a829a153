using System.CommandLine;
using System.Linq;
using DoorController.Flash.Provision;

namespace DoorController.Flash
{
    /// <summary>Every option of the tool, with one meaning in all commands that take it.</summary>
    internal static class Options
    {
        /// <summary>Serial port of the board.</summary>
        public static readonly Option<string> Port = new("--port", "-p")
        {
            Description = "Serial port of the board, for example /dev/ttyUSB0, /dev/cu.usbserial-1, COM5",
            Required = true,
        };

        /// <summary>Board variant.</summary>
        public static readonly Option<string?> Board = new("--board", "-b")
        {
            Description = "Which board it is: " + string.Join(", ", Variant.Names) + ". Without it the chip is asked; a dry run needs it",
        };

        /// <summary>nanoFramework image.</summary>
        public static readonly Option<string?> Target = new("--target")
        {
            Description = "nanoFramework image, where the usual one for the board is not the right one",
        };

        /// <summary>PSRAM of the board.</summary>
        public static readonly Option<int?> Psram = new("--psram")
        {
            Description = "MB of PSRAM on the board, which nanoff mostly cannot tell: as printed on the module, R8 is 8, none is 0",
        };

        /// <summary>Versions of the image.</summary>
        public static readonly Option<string[]> FirmwareVersion = new("--firmware-version")
        {
            Description = "Version of the nanoFramework image as TARGET=VERSION, once for each target: each has another number. Without it the newest",
        };

        /// <summary>Folder with downloaded images.</summary>
        public static readonly Option<string?> Archive = new("--archive")
        {
            Description = "Folder with images that were tried, filled by nanoff --updatearchive. Without it the image is downloaded",
        };

        /// <summary>No look into the image.</summary>
        public static readonly Option<bool> UncheckedImage = new("--unchecked-image")
        {
            Description = "Write an image though nobody can tell whether the application runs on it",
        };

        /// <summary>Erase first.</summary>
        public static readonly Option<bool> FirstTime = new("--first-time")
        {
            Description = "The board is new: erase it first. Refused when it is a door already",
        };

        /// <summary>Application.</summary>
        public static readonly Option<string> Image = new("--image")
        {
            Description = "The application, as the device project builds it; without it the command all builds it",
            DefaultValueFactory = _ => "firmware/bin/Release/DoorController.bin",
        };

        /// <summary>Device project.</summary>
        public static readonly Option<string> Project = new("--project")
        {
            Description = "The device project for the .NET SDK",
            DefaultValueFactory = _ => "firmware/DoorController.Device.csproj",
        };

        /// <summary>Packages of the device project.</summary>
        public static readonly Option<string?> Packages = new("--packages")
        {
            Description = "Folder with all packages of the device project, for a place without Internet",
        };

        /// <summary>door.json.</summary>
        public static readonly Option<string> Settings = new("--settings")
        {
            Description = "Settings of this door",
            DefaultValueFactory = _ => DoorSettings.FileName,
        };

        /// <summary>Folder with provisioning files.</summary>
        public static readonly Option<string?> From = new("--from")
        {
            Description = "Folder with the door's files from the key server: provision, list0 to list4. Or a folder of such folders, for boards one after the other",
        };

        /// <summary>Key server.</summary>
        public static readonly Option<string?> Server = new("--server")
        {
            Description = "Key server that registers the door, instead of --from; API key in --api-key-file or DOOR_API_KEY",
        };

        /// <summary>API key.</summary>
        public static readonly Option<string?> ApiKeyFile = new("--api-key-file") { Description = "File with the API key of the key server" };

        /// <summary>Registration.</summary>
        public static readonly Option<string?> Register = new("--register")
        {
            Description = "With --server: JSON file that says what door to register (key server's README)",
        };

        /// <summary>Keeps what the server gave.</summary>
        public static readonly Option<string?> Keep = new("--keep")
        {
            Description = "With --server: new folder that keeps the door's files, which the server gives only once. They are its keys",
        };

        /// <summary>Asks for the door of a request whose answer was lost.</summary>
        public static readonly Option<string?> RequestKey = new("--request-key")
        {
            Description = "With --server: what an earlier run called its request, to get the same door again when its answer was lost",
        };

        /// <summary>Network name.</summary>
        public static readonly Option<string?> Wifi = new("--wifi")
        {
            Description = "Name of the Wi-Fi network; password in --wifi-password-file, DOOR_WIFI_PASSWORD, or asked for",
        };

        /// <summary>Network password.</summary>
        public static readonly Option<string?> WifiPasswordFile = new("--wifi-password-file") { Description = "File with the Wi-Fi password" };

        /// <summary>Open network.</summary>
        public static readonly Option<bool> WifiOpen = new("--wifi-open") { Description = "The Wi-Fi network has no password" };

        /// <summary>Console adapter.</summary>
        public static readonly Option<string?> Console = new("--console", "-c")
        {
            Description = "Serial port of the adapter on the door's console (COM2), to ask the door itself",
        };

        /// <summary>Prints instead of doing.</summary>
        public static readonly Option<bool> DryRun = new("--dry-run")
        {
            Description = "Print the exact nanoff command lines and files, and touch nothing",
        };

        /// <summary>No question.</summary>
        public static readonly Option<bool> Yes = new("--yes") { Description = "Do not ask" };

        /// <summary>The first line of what is wrong with a command line; null when nothing is.</summary>
        public static string? FirstError(ParseResult parsed)
        {
            return parsed.Errors.Select(e => e.Message).FirstOrDefault();
        }
    }
}
