using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DoorController.Flash.Nanoff
{
    /// <summary>What <c>nanoff --platform esp32 --devicedetails</c> read from the chip's ROM loader.</summary>
    internal sealed partial class ChipDetails
    {
        private ChipDetails(string family, Version revision, int flashMegabytes, int? psramMegabytes, string mac)
        {
            Family = family;
            Revision = revision;
            FlashMegabytes = flashMegabytes;
            PsramMegabytes = psramMegabytes;
            Mac = mac;
        }

        /// <summary>Chip family: ESP32, ESP32-S3, ESP32-C3 and so on.</summary>
        public string Family { get; }

        /// <summary>Revision of the silicon; 0.0 when nanoff did not say.</summary>
        public Version Revision { get; }

        /// <summary>Size of the flash in MB.</summary>
        public int FlashMegabytes { get; }

        /// <summary>Size of the PSRAM in MB; 0 when there is none, null when nanoff could not tell, which is so with most boards.</summary>
        public int? PsramMegabytes { get; }

        /// <summary>MAC address as nanoff prints it; empty when it did not.</summary>
        public string Mac { get; }

        /// <summary>Reads nanoff's output.</summary>
        /// <returns>Null when the output has no chip in it.</returns>
        public static ChipDetails? Parse(string output)
        {
            Match family = FamilyLine().Match(output);
            Match flash = FlashLine().Match(output);
            if (!family.Success || !flash.Success)
            {
                return null;
            }

            Match revision = RevisionText().Match(family.Value);
            Match psram = PsramLine().Match(output);
            int? megabytes = psram.Success ? Number(psram) : output.Contains("PSRAM: not available", StringComparison.Ordinal) ? 0 : null;
            return new ChipDetails(
                family.Groups["family"].Value,
                revision.Success ? Version.Parse(revision.Groups["revision"].Value) : new Version(0, 0),
                Number(flash),
                megabytes,
                MacLine().Match(output).Groups["mac"].Value);
        }

        private static int Number(Match match)
        {
            return int.Parse(match.Groups["megabytes"].Value, CultureInfo.InvariantCulture);
        }

        [GeneratedRegex(@"Connected to:\s+(?<family>ESP32(-[A-Z]\d+)?)\b[^\r\n]*")]
        private static partial Regex FamilyLine();

        [GeneratedRegex(@"revision v(?<revision>\d+\.\d+)")]
        private static partial Regex RevisionText();

        [GeneratedRegex(@"^Flash size (?<megabytes>\d{1,3})MB", RegexOptions.Multiline)]
        private static partial Regex FlashLine();

        [GeneratedRegex(@"^PSRAM: (?<megabytes>\d{1,3})MB", RegexOptions.Multiline)]
        private static partial Regex PsramLine();

        [GeneratedRegex(@"^MAC (?<mac>[0-9A-Fa-f:]{12,17})", RegexOptions.Multiline)]
        private static partial Regex MacLine();
    }
}
