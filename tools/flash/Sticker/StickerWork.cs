using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml;
using DoorController.Flash.Provision;
using DoorController.Issuer;
using DoorController.Wire;

namespace DoorController.Flash.Sticker
{
    /// <summary>The command that makes the stickers of one door, or of every door of a folder.</summary>
    internal static class StickerWork
    {
        private const int LongestName = 64;

        private static readonly Option<string> PublicUrl = new("--public-url")
        {
            Description = "What the key server's links begin with, as its own --public-url: https://keys.example.com",
            Required = true,
        };

        private static readonly Option<string?> Door = new("--door") { Description = "Id of the door; or --from" };

        private static readonly Option<string?> Name = new("--name") { Description = "What stands below the code. With --from the door's own name" };

        private static readonly Option<string> Out = new("--out")
        {
            Description = "Folder that gets sticker-ID.svg",
            DefaultValueFactory = _ => ".",
        };

        private static readonly Option<string> Side = new("--mm")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Width on paper in mm, {DoorSticker.LeastMm} to {DoorSticker.LargestMm}"),
            DefaultValueFactory = _ => DoorSticker.UsualMm.ToString(CultureInfo.InvariantCulture),
        };

        private static readonly Option<bool> Force = new("--force") { Description = "Write over stickers that are there" };

        /// <summary>The command.</summary>
        public static Command Make(FlashHost host)
        {
            Command command = new("sticker", "Make a door's QR code, and the text for an NFC tag") { PublicUrl, Door, Name, Options.From, Out, Side, Force };
            command.SetAction(parsed => Run(host, parsed));
            return command;
        }

        private static int Run(FlashHost host, ParseResult parsed)
        {
            Uri url = ReadUrl(parsed.GetRequiredValue(PublicUrl));
            int side = ReadSide(parsed.GetRequiredValue(Side));
            string folder = parsed.GetRequiredValue(Out);
            (uint Id, DoorSticker Sticker, string File)[] stickers =
                [.. ReadDoors(parsed).Select(d => (d.Id, DoorSticker.Make(url, d.Id, d.Name), Path.Combine(folder, $"sticker-{d.Id}.svg")))];
            Check(folder, stickers, parsed.GetValue(Force));
            byte[][] records = [.. stickers.Select(s => NfcTag.Record(s.Sticker.Address))];
            foreach (((uint id, DoorSticker sticker, string file), byte[] record) in stickers.Zip(records))
            {
                Write(file, sticker.Draw(side));
                Print(host, id, sticker, file, record);
            }

            return ExitCode.Done;
        }

        private static void Print(FlashHost host, uint id, DoorSticker sticker, string file, byte[] record)
        {
            int bytes = NfcTag.BytesOnTag(record);
            string tag = bytes <= NfcTag.SmallTagBytes ? $"fits an NTAG213, which has {NfcTag.SmallTagBytes}" : "wants an NTAG215 or larger";
            host.Out.WriteLine($"door {id} {sticker.Name}: {file}");
            host.Out.WriteLine($"  NFC tag, record of type URL: {sticker.Address.AbsoluteUri}");
            host.Out.WriteLine($"  as bytes, {bytes} on the tag ({tag}): {Convert.ToHexStringLower(record)}");
        }

        private static Uri ReadUrl(string text)
        {
            return LinkAddress.Parse(text)
                ?? throw FlashException.Input("--public-url is no address for a page that may use Bluetooth", "give https://…, or http://localhost… for a desk, without query or #");
        }

        private static int ReadSide(string text)
        {
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int mm) && mm is >= DoorSticker.LeastMm and <= DoorSticker.LargestMm
                ? mm
                : throw FlashException.Input("--mm is no width for a code", $"give {DoorSticker.LeastMm} to {DoorSticker.LargestMm}");
        }

        private static IEnumerable<(uint Id, string Name)> ReadDoors(ParseResult parsed)
        {
            string? from = parsed.GetValue(Options.From);
            string? door = parsed.GetValue(Door);
            if ((from == null) == (door == null))
            {
                throw FlashException.Input("which door is not said, or twice", "give --door with --name, or --from");
            }

            if (from == null)
            {
                return [(ReadId(door!), ReadName(parsed.GetValue(Name)))];
            }

            return parsed.GetValue(Name) != null
                ? throw FlashException.Input("--name goes with --door", "leave it out: with --from each door's own name is taken")
                : DoorRow.FoldersOf(from).Select(ReadDoor);
        }

        private static (uint Id, string Name) ReadDoor(string folder)
        {
            DoorBundle bundle = ProvisioningSet.FromFolder(folder).Bundle;
            (uint Id, string Name) door = (bundle.DoorId, bundle.Name);
            bundle.Forget();
            return door;
        }

        private static uint ReadId(string text)
        {
            return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id > 0
                ? id
                : throw FlashException.Input("--door is no door's id", $"give the number that the key server registered it under, 1 to {uint.MaxValue}");
        }

        private static string ReadName(string? text)
        {
            return text?.Trim() is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl) && IsDrawable(name)
                ? name
                : throw FlashException.Input("--name is missing or no name", $"give what people call the door, at most {LongestName} characters");
        }

        private static bool IsDrawable(string name)
        {
            try
            {
                XmlConvert.VerifyXmlChars(name);
                return true;
            }
            catch (XmlException)
            {
                return false;
            }
        }

        /// <summary>Before the first one is written: a run that is refused leaves nothing.</summary>
        private static void Check(string folder, (uint Id, DoorSticker Sticker, string File)[] stickers, bool isForced)
        {
            if (stickers.GroupBy(s => s.Id).FirstOrDefault(d => d.Count() > 1) is { } twice)
            {
                throw FlashException.Input($"two folders are of door {twice.Key}", "keep the one with the newer bundle");
            }

            if (!Directory.Exists(folder))
            {
                throw FlashException.Input($"--out {folder} is no folder", "make it first, or leave --out away");
            }

            string[] files = [.. stickers.Select(s => s.File)];
            if (files.FirstOrDefault(Directory.Exists) is string taken)
            {
                throw FlashException.Input($"{taken} is a folder", "give another --out, or move it away");
            }

            if (!isForced && files.FirstOrDefault(File.Exists) is string there)
            {
                throw FlashException.Input($"{there} is there already", "give --force to write over it, or another --out");
            }
        }

        private static void Write(string file, string text)
        {
            string next = file + ".new";
            try
            {
                File.WriteAllText(next, text);
                File.Move(next, file, overwrite: true);
            }
            catch
            {
                File.Delete(next);
                throw;
            }
        }
    }
}
