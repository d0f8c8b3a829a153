using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using DoorController.Flash.Nanoff;

namespace DoorController.Flash
{
    /// <summary>
    /// A chip that the door runs on, with the nanoFramework images that have Bluetooth and use PSRAM for it. The image is always named:
    /// nanoff's own choice never takes one with Bluetooth on the classic ESP32.
    /// </summary>
    internal sealed class Variant
    {
        /// <summary>Smallest flash with room for the door's files, in MB: 2 MB boards leave 64 KB.</summary>
        public const int MinimumFlashMegabytes = 4;

        /// <summary>Floor selectors of the variant that has most.</summary>
        public const int MostFloors = 8;

        /// <summary>Why a chip without PSRAM is no door.</summary>
        private const string NoRoom = "its heap has 54,472 bytes, and the door needs 116 KB in a sync (firmware/BUILD.md, \"Does it fit?\")";

        private const string Octal = "ESP32_S3_OCTAL";
        private const string Quad = "ESP32_S3_QUAD";
        private const int QuadMegabytes = 2;
        private const int SmallestOctalMegabytes = 8;

        private static readonly Variant[] All =
        [
            new Variant("esp32", "ESP32", ["ESP32_BLE_REV3"], 4),
            new Variant("s3", "ESP32-S3", [Octal, Quad], MostFloors),
        ];

        private Variant(string name, string chip, string[] targets, int floors)
        {
            Name = name;
            Chip = chip;
            Targets = targets;
            Floors = floors;
        }

        /// <summary>Names for the command line.</summary>
        public static IEnumerable<string> Names => All.Select(v => v.Name);

        /// <summary>Name on the command line.</summary>
        public string Name { get; }

        /// <summary>Chip family as nanoff names it.</summary>
        public string Chip { get; }

        /// <summary>Images with Bluetooth.</summary>
        public IReadOnlyList<string> Targets { get; }

        /// <summary>Floor selectors that the variant has pins for (wiring.md).</summary>
        public int Floors { get; }

        /// <summary>Finds a variant by its name.</summary>
        public static Variant ByName(string name)
        {
            if (name == "c3")
            {
                throw FlashException.Input("--board c3 is no board of this project, " + NoRoom, "use one of " + string.Join(", ", Names));
            }

            return All.FirstOrDefault(v => v.Name == name)
                ?? throw FlashException.Input($"--board {name} is no board of this project", "use one of " + string.Join(", ", Names));
        }

        /// <summary>Finds the variant of a chip that was read.</summary>
        public static Variant ByChip(ChipDetails chip)
        {
            return All.FirstOrDefault(v => v.Chip == chip.Family)
                ?? throw new FlashException(
                    $"the chip on this port is an {chip.Family}, which the door does not run on" + (chip.Family == "ESP32-C3" ? ", " + NoRoom : string.Empty),
                    "use a board with PSRAM and an " + string.Join(" or ", All.Select(v => v.Chip)));
        }

        /// <summary>Requires that a wished image is one of this variant's.</summary>
        /// <param name="wished">The image the user named; null lets the chip decide.</param>
        /// <exception cref="FlashException">It is none.</exception>
        public void RequireTarget(string? wished)
        {
            if (wished != null && !Targets.Contains(wished))
            {
                throw FlashException.Input(
                    $"--target {wished} is no image with Bluetooth and PSRAM for the {Chip}",
                    "use " + string.Join(" or ", Targets));
            }
        }

        /// <summary>The image for a dry run, which has no chip to ask.</summary>
        /// <param name="wished">The image the user named; null lets the PSRAM decide.</param>
        /// <param name="psramMegabytes">What the user said of the PSRAM; null when nothing, which a dry run takes for the usual one.</param>
        /// <exception cref="FlashException">The image is none of this variant's, or there is none for this PSRAM.</exception>
        public string ChooseTarget(string? wished, int? psramMegabytes)
        {
            RequireTarget(wished);
            return wished ?? Fitting(psramMegabytes ?? SmallestOctalMegabytes);
        }

        /// <summary>The image for a chip of this family.</summary>
        /// <param name="chip">What was read from the board.</param>
        /// <param name="wished">The image the user named; null lets the chip decide.</param>
        /// <param name="psramMegabytes">The PSRAM, from the chip or from the user; null when neither knows.</param>
        /// <exception cref="FlashException">The image is none of this variant's, or the chip cannot run the door.</exception>
        public string ChooseTarget(ChipDetails chip, string? wished, int? psramMegabytes)
        {
            RequireTarget(wished);
            Refuse(chip);
            if (psramMegabytes == 0)
            {
                throw new FlashException("this board has no PSRAM, " + NoRoom, "use a board with PSRAM");
            }

            // Where there are images for two kinds of PSRAM, the name of one says both that there is some and of which kind.
            if (psramMegabytes == null && (wished == null || Targets.Count == 1))
            {
                throw new FlashException(
                    "nanoff cannot tell whether this board has PSRAM, and how much",
                    "say --psram MB: it is printed on the module, R8 is 8 and R2 is 2; a WROVER has 8, a WROOM-32 has 0");
            }

            return wished ?? Fitting(psramMegabytes!.Value);
        }

        private void Refuse(ChipDetails chip)
        {
            if (chip.Family != Chip)
            {
                throw new FlashException(
                    $"wrong chip: --board {Name} is an {Chip}, and the board on this port has an {chip.Family}",
                    "choose the right port with --port, or --board " + ByChip(chip).Name);
            }

            if (chip.FlashMegabytes < MinimumFlashMegabytes)
            {
                throw new FlashException(
                    $"the board has {chip.FlashMegabytes} MB of flash",
                    string.Create(CultureInfo.InvariantCulture, $"use a board with {MinimumFlashMegabytes} MB or more"));
            }

            if (Chip == "ESP32" && chip.Revision < new Version(3, 0))
            {
                throw new FlashException(
                    $"this ESP32 has chip revision v{chip.Revision}, and the image that uses PSRAM needs v3.0 or later",
                    "use a newer board");
            }
        }

        private string Fitting(int psramMegabytes)
        {
            if (Targets.Count == 1)
            {
                return Targets[0];
            }

            return psramMegabytes switch
            {
                QuadMegabytes => Quad,
                >= SmallestOctalMegabytes => Octal,
                _ => throw FlashException.Input(
                    $"an {Chip} with {psramMegabytes} MB of PSRAM may have either kind",
                    $"say --target {Quad} or --target {Octal}"),
            };
        }
    }
}
