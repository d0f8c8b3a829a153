using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using DoorController.Flash.Nanoff;

namespace DoorController.Flash
{
    /// <summary>
    /// A chip that the door runs on, with the nanoFramework images that have Bluetooth for it. The image is always named:
    /// nanoff's own choice never takes one with Bluetooth on the classic ESP32.
    /// </summary>
    internal sealed class Variant
    {
        /// <summary>Smallest flash with room for the door's files, in MB: 2 MB boards leave 64 KB.</summary>
        public const int MinimumFlashMegabytes = 4;

        /// <summary>Floor selectors of the variant that has most.</summary>
        public const int MostFloors = 8;

        private static readonly Variant[] All =
        [
            new Variant("esp32", "ESP32", ["ESP32_BLE_REV3", "ESP32_BLE_REV0"], 4),
            new Variant("s3", "ESP32-S3", ["ESP32_S3_OCTAL", "ESP32_S3_QUAD"], MostFloors),
            new Variant("c3", "ESP32-C3", ["ESP32_C3"], 0),
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

        /// <summary>Images with Bluetooth, the usual one first.</summary>
        public IReadOnlyList<string> Targets { get; }

        /// <summary>Floor selectors that the variant has pins for (wiring.md).</summary>
        public int Floors { get; }

        /// <summary>Finds a variant by its name.</summary>
        public static Variant ByName(string name)
        {
            return All.FirstOrDefault(v => v.Name == name)
                ?? throw FlashException.Input($"--board {name} is no board of this project", "use one of " + string.Join(", ", Names));
        }

        /// <summary>Finds the variant of a chip that was read.</summary>
        public static Variant ByChip(ChipDetails chip)
        {
            return All.FirstOrDefault(v => v.Chip == chip.Family)
                ?? throw new FlashException(
                    $"the chip on this port is an {chip.Family}, which the door does not run on",
                    "use a board with an " + string.Join(", ", All.Select(v => v.Chip)));
        }

        /// <summary>The image for a chip of this family.</summary>
        /// <param name="chip">What was read from the board; null in a dry run, which takes the usual one.</param>
        /// <param name="wished">The image the user named; null lets the chip decide.</param>
        /// <exception cref="FlashException">The image is none of this variant's, or the chip cannot run the door.</exception>
        public string ChooseTarget(ChipDetails? chip, string? wished)
        {
            if (wished != null && !Targets.Contains(wished))
            {
                throw FlashException.Input(
                    $"--target {wished} is no image with Bluetooth for the {Chip}",
                    "use " + string.Join(" or ", Targets));
            }

            if (chip == null)
            {
                return wished ?? Targets[0];
            }

            Refuse(chip);
            return wished ?? Fitting(chip);
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

            if (Chip == "ESP32-C3" && chip.Revision < new Version(0, 3))
            {
                throw new FlashException(
                    $"this ESP32-C3 has chip revision v{chip.Revision}, and the image with Bluetooth needs v0.3 or later",
                    "use a newer board");
            }
        }

        private string Fitting(ChipDetails chip)
        {
            const int quadPsramMegabytes = 2;
            bool second = Chip switch
            {
                "ESP32" => chip.Revision < new Version(3, 0),
                "ESP32-S3" => chip.PsramMegabytes == quadPsramMegabytes,
                _ => false,
            };
            return second ? Targets[1] : Targets[0];
        }
    }
}
