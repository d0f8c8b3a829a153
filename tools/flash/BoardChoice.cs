using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using DoorController.Flash.Nanoff;

namespace DoorController.Flash
{
    /// <summary>What is known of the board on a port: what the user said, and after the chip was read, what it is.</summary>
    internal sealed class BoardChoice
    {
        private readonly FlashHost _host;
        private readonly string? _wishedTarget;
        private Variant? _variant;
        private int? _psram;

        /// <summary>Takes what the user said.</summary>
        /// <param name="host">For advice, and to ask the user.</param>
        /// <param name="port">Serial port of the board.</param>
        /// <param name="variant">The board the user named; null lets the chip say.</param>
        /// <param name="wishedTarget">The image the user named; null lets the chip decide.</param>
        /// <param name="psramMegabytes">The PSRAM the user said; null when nothing.</param>
        public BoardChoice(FlashHost host, string port, Variant? variant, string? wishedTarget, int? psramMegabytes)
        {
            _host = host;
            Port = port;
            _variant = variant;
            _wishedTarget = wishedTarget;
            _psram = psramMegabytes;
            variant?.RequireTarget(wishedTarget);
        }

        /// <summary>Serial port of the board.</summary>
        public string Port { get; }

        /// <summary>For advice.</summary>
        public Platform Platform => _host.Platform;

        /// <summary>The image that the board gets; known once the chip was read.</summary>
        public string? Target { get; private set; }

        /// <summary>Size of the flash in MB; known once the chip was read.</summary>
        public int FlashMegabytes { get; private set; }

        /// <summary>Chooses without a chip, for a dry run.</summary>
        public void ChooseDry()
        {
            Target = _variant!.ChooseTarget(_wishedTarget, _psram);
        }

        /// <summary>Takes what the chip says, and chooses.</summary>
        /// <exception cref="FlashException">The chip cannot run the door, or more must be known of it.</exception>
        public void Judge(ChipDetails chip)
        {
            _variant ??= Variant.ByChip(chip);
            FlashMegabytes = chip.FlashMegabytes;
            if (chip.PsramMegabytes is int read)
            {
                if (_psram is int said && said != read)
                {
                    throw FlashException.Input($"--psram {said} is not what the chip says, {read} MB", "leave --psram out");
                }

                _psram = read;
            }
            else if (_psram == null && _wishedTarget == null && _host.IsInteractive)
            {
                _psram = Ask();
            }

            Target = _variant.ChooseTarget(chip, _wishedTarget, _psram);
        }

        private int Ask()
        {
            _host.Out.Write("nanoff cannot tell the PSRAM of this board. MB of PSRAM, as printed on the module (R8 is 8, none is 0): ");
            string answer = _host.In.ReadLine()?.Trim() ?? string.Empty;
            return int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out int megabytes)
                ? megabytes
                : throw FlashException.Input($"\"{answer}\" is no number of MB", "say --psram MB");
        }
    }

    /// <summary>Where the nanoFramework image comes from, and whether it is looked into.</summary>
    /// <param name="Versions">What the user wrote for --firmware-version.</param>
    /// <param name="Archive">Folder with images, made by <c>nanoff --updatearchive</c>; null downloads.</param>
    /// <param name="App">The application that the image must go with; null when it may not be looked into, or no application follows.</param>
    internal sealed record FirmwareSource(IReadOnlyList<string> Versions, string? Archive, AppImage? App)
    {
        /// <summary>The version that is wanted for a target; null takes the newest.</summary>
        /// <exception cref="FlashException">A version does not say whose it is.</exception>
        public string? VersionFor(string target)
        {
            string? found = null;
            foreach (string version in Versions)
            {
                string[] parts = version.Split('=');
                if (parts.Length != 2 || !Version.TryParse(parts[1], out _))
                {
                    throw FlashException.Input(
                        $"--firmware-version {version} does not say whose version it is",
                        $"write it as {target}=1.17.0.300; each target of one build has another number");
                }

                found = parts[0] == target ? parts[1] : found;
            }

            return found ?? (Versions.Count == 0 ? null : throw NoVersion(target));
        }

        private FlashException NoVersion(string target)
        {
            string others = string.Join(", ", Versions.Select(v => v.Split('=')[0]));
            return FlashException.Input($"--firmware-version has no version for {target}, only for {others}", $"add --firmware-version {target}=VERSION");
        }
    }
}
