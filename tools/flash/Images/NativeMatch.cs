using DoorController.Flash.Nanoff;

namespace DoorController.Flash.Images
{
    /// <summary>
    /// Compares what the application wants with what a firmware has. One library that differs keeps the whole application from starting, so
    /// this is asked before a board is erased, and again of the board.
    /// </summary>
    internal static class NativeMatch
    {
        private const string Rmt = "nanoFramework.Hardware.Esp32.Rmt";
        private const string FileSystem = "System.IO.FileSystem";
        private const string Net = "System.Net";

        /// <summary>RMT 2.x, in images built before 23 August 2026: its early release may leave the strike energised.</summary>
        private const uint Rmt2 = 0x8ADAC728;

        /// <summary>The file system of images since about 21 September 2026; which package has it is not known.</summary>
        private const uint LaterFileSystem = 0x0B887B6F;

        /// <summary>System.Net 1.11.50 to 1.11.54, and a build of its repository of then; images since 10 July 2026 go with 1.11.60 (computed over the tags).</summary>
        private const uint EarlierNet = 0x6DFA71D6;

        /// <summary>Requires that the firmware has each native assembly that the application wants.</summary>
        /// <param name="app">The application.</param>
        /// <param name="firmware">What the firmware has.</param>
        /// <param name="target">Its target.</param>
        /// <param name="version">Its version.</param>
        /// <exception cref="FlashException">One is missing or another.</exception>
        public static void Require(AppImage app, NativeTable firmware, string target, string version)
        {
            foreach (NativeAssembly wanted in app.Natives)
            {
                uint? has = firmware.Checksum(wanted.Name);
                if (has != wanted.Checksum)
                {
                    throw new FlashException(Problem(wanted, has, $"the firmware {target} {version}"), Ways(wanted, has, target));
                }
            }
        }

        private static string Problem(NativeAssembly wanted, uint? has, string firmware)
        {
            string both = has == null ? $"has none and the application wants 0x{wanted.Checksum:X8}" : $"has 0x{has:X8} and the application wants 0x{wanted.Checksum:X8}";
            return (wanted.Name, has) switch
            {
                (Rmt, Rmt2) => $"{firmware} is older than 23 August 2026, it has RMT 2.x and the application wants 3.x ({Rmt} {both})",
                (Net, EarlierNet) => $"{firmware} is older than 10 July 2026 ({Net} {both})",
                (FileSystem, LaterFileSystem) => $"{firmware} is of about 21 September 2026 or later ({FileSystem} {both})",
                _ => $"{firmware} does not fit the application: {wanted.Name} {both}",
            };
        }

        private static string Ways(NativeAssembly wanted, uint? has, string target)
        {
            string archive = $"--archive FOLDER, filled by {NanoffCommand.FillArchive(target)}";
            return (wanted.Name, has, wanted.Checksum) switch
            {
                (Rmt, Rmt2, _) => $"run it with {archive}, or without --archive and --firmware-version for the newest",
                (FileSystem, LaterFileSystem, _) =>
                    "give --archive FOLDER with an image of 23 August to 21 September 2026, or take the package nanoFramework.System.IO.FileSystem that has "
                    + $"0x{LaterFileSystem:X8} into firmware/packages.config and build again",
                (Net, _, EarlierNet) => "build the application with the package nanoFramework.System.Net 1.11.60: 1.11.50 to 1.11.54, and one built from its repository of then, have the other checksum",
                (_, null, _) => $"take another image, with --target or {archive}",
                _ => $"take an image of the packages' time with {archive}, or build the application with the package {wanted.Name} of the image's time",
            };
        }
    }
}
