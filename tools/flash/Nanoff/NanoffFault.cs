namespace DoorController.Flash.Nanoff
{
    /// <summary>Turns a failure of nanoff into one line that says what to do. Error numbers: ExitCodes.cs of nanoFirmwareFlasher.</summary>
    internal static class NanoffFault
    {
        /// <summary>Requires that a call did what it was for.</summary>
        /// <param name="result">How it ended.</param>
        /// <param name="job">What it was for.</param>
        /// <param name="seen">True when its output shows that it did it: its exit code alone is no more than a claim.</param>
        /// <param name="port">The board's port.</param>
        /// <param name="platform">For advice.</param>
        /// <exception cref="FlashException">It did not.</exception>
        public static void Require(NanoffResult result, string job, bool seen, string port, Platform platform)
        {
            if (result.AdmitsFailure)
            {
                throw Explain(result, job, port, platform);
            }

            if (!seen)
            {
                throw new FlashException(
                    $"{job} failed on {port}: nanoff ended with success, but does not say that it did it",
                    "run it by hand from --dry-run to see what it says");
            }
        }

        /// <summary>The failure of a call that admits it, or that gave no sign of its work.</summary>
        public static FlashException Explain(NanoffResult result, string job, string port, Platform platform)
        {
            (string what, string fix) = result.Error switch
            {
                "E4005" or "E6000" => ("the port cannot be opened", Busy(port, platform)),
                "E6002" => ("another program holds the port", Busy(port, platform)),
                "E4000" => ("the chip's loader does not answer", "hold BOOT, press and let go RESET, let go BOOT, and try again"),
                "E2000" or "E2001" or "E2002" =>
                    ("no nanoFramework answers", "press RESET and try again; on a new board run the command firmware first"),
                "E2003" => ("nanoff could not carry out the deployment", "press RESET and try again"),
                "E4001" => ("nanoff does not know the size of this flash", "use a board with 4, 8 or 16 MB"),
                "E4002" or "E4003" or "E4004" =>
                    ("the flash could not be read or written", "try another USB cable and port, then the same command again"),
                "E9005" or "E9015" =>
                    ("nanoff does not find the image", "its list reaches back about a month: give --archive with a kept one, or leave --firmware-version out"),
                "E9006" or "E9007" => ("the image cannot be downloaded", "connect to the Internet, or give --archive"),
                "E9000" => ("nanoff does not know these options", "dotnet tool update --global nanoff --version " + NanoffRunner.Version),
                null => ("nanoff ended with code " + result.ExitCode + ": " + result.LastLine, "run it by hand from --dry-run"),
                _ => ("nanoff says " + result.Error + ": " + result.LastLine, "run it by hand from --dry-run"),
            };
            return new FlashException($"{job} failed on {port}, {what}", fix);
        }

        private static string Busy(string port, Platform platform)
        {
            return platform switch
            {
                Platform.Windows => "close Visual Studio, serial monitors and other programs that use it",
                Platform.MacOS => $"lsof {port} names the program that holds it: close that",
                _ => $"fuser -v {port} names the program that holds it: close that",
            };
        }
    }
}
