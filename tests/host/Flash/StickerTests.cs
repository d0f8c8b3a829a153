using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml.Linq;
using DoorController.Flash;
using DoorController.Flash.Sticker;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using ZXing;

namespace DoorController.Tests.Flash
{
    /// <summary>A door's QR code and the text for its NFC tag.</summary>
    [TestClass]
    public sealed class StickerTests : IDisposable
    {
        private const string FontList = "/usr/bin/fc-list";

        private readonly string _folder = Directory.CreateTempSubdirectory("door-sticker-").FullName;

        public void Dispose()
        {
            Directory.Delete(_folder, recursive: true);
        }

        [TestMethod]
        [DataRow("https://keys.example.com", 7u, "SUITE 204", "25", "https://keys.example.com/ik/#door=7")]
        [DataRow("https://keys.example.com/site/", 4294967295u, "A <b> & \"C\"", "40", "https://keys.example.com/site/ik/#door=4294967295")]
        [DataRow("http://localhost:8080", 1u, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "190", "http://localhost:8080/ik/#door=1")]
        public void The_code_on_paper_is_read_as_the_doors_address(string url, uint door, string name, string mm, string address)
        {
            FlashRun run = Run("--public-url", url, "--door", door.ToString(), "--name", name, "--mm", mm).AssertDone();
            string file = Path.Combine(_folder, $"sticker-{door}.svg");
            StringAssert.Contains(run.Output, $"door {door} {name}: {file}");
            StringAssert.Contains(run.Output, "record of type URL: " + address);
            XElement svg = XDocument.Load(file).Root!;
            Assert.AreEqual(mm + "mm", svg.Attribute("width")!.Value);
            Assert.AreEqual(name, svg.Elements().Single(e => e.Name.LocalName == "text").Value);
            Assert.AreEqual(address, Read(file));
        }

        [TestMethod]
        public void The_tag_gets_one_record_of_type_URI()
        {
            FlashRun run = Run("--public-url", "https://k.example", "--door", "7", "--name", "A").AssertDone();
            string rest = Convert.ToHexStringLower(Encoding.ASCII.GetBytes("k.example/ik/#door=7"));
            StringAssert.Contains(run.Output, "28 on the tag (fits an NTAG213, which has 144): d101155504" + rest);
            run = Run("--public-url", "https://k.example/" + new string('p', 130), "--door", "7", "--name", "A", "--force").AssertDone();
            StringAssert.Contains(run.Output, "wants an NTAG215 or larger");
        }

        [TestMethod]
        [DataRow(5, 3)]
        [DataRow(254, 3)]
        [DataRow(255, 5)]
        [DataRow(260, 5)]
        public void A_record_of_255_bytes_or_more_has_a_length_of_three_bytes_on_the_tag(int record, int around)
        {
            Assert.AreEqual(record + around, NfcTag.BytesOnTag(new byte[record]));
        }

        [TestMethod]
        public void A_folder_of_doors_gives_a_sticker_each_with_its_own_name()
        {
            string doors = Path.Combine(_folder, "doors");
            AddDoor(Path.Combine(doors, "one"), 1);
            AddDoor(Path.Combine(doors, "two"), 2);
            uint[] ids = [(DoorFiles.DoorId & ~0xFFu) | 1, (DoorFiles.DoorId & ~0xFFu) | 2];
            string output = Run("--public-url", "https://k.example", "--from", doors).AssertDone().Output;
            foreach (uint id in ids)
            {
                StringAssert.Contains(output, $"door {id} Lobby east");
                Assert.AreEqual($"https://k.example/ik/#door={id}", Read(Path.Combine(_folder, $"sticker-{id}.svg")));
            }
        }

        [TestMethod]
        [DataRow("--public-url", "http://keys.example.com", "--door", "1", "--name", "A", "--public-url is no address")]
        [DataRow("--public-url", "https://k.example/?a=1", "--door", "1", "--name", "A", "--public-url is no address")]
        [DataRow("--public-url", "https://u:p@k.example", "--door", "1", "--name", "A", "--public-url is no address")]
        [DataRow("--public-url", "keys.example.com", "--door", "1", "--name", "A", "--public-url is no address")]
        [DataRow("--public-url", "https://k.example", "--door", "0", "--name", "A", "--door is no door's id")]
        [DataRow("--public-url", "https://k.example", "--door", "-1", "--name", "A", "--door is no door's id")]
        [DataRow("--public-url", "https://k.example", "--door", "4294967296", "--name", "A", "--door is no door's id")]
        [DataRow("--public-url", "https://k.example", "--door", "1", "--name", " ", "--name is missing or no name")]
        [DataRow("--public-url", "https://k.example", "--door", "1", "--mm", "40", "--name is missing or no name")]
        [DataRow("--public-url", "https://k.example", "--mm", "40", "--name", "A", "which door is not said, or twice")]
        [DataRow("--public-url", "https://k.example", "--from", ".", "--door", "1", "which door is not said, or twice")]
        [DataRow("--public-url", "https://k.example", "--from", ".", "--name", "A", "--name goes with --door")]
        [DataRow("--public-url", "https://k.example", "--from", "no-such-folder", "--mm", "40", "no-such-folder")]
        [DataRow("--door", "1", "--name", "A", "--mm", "40", "--public-url")]
        public void Bad_input_is_one_line_and_writes_nothing(string a, string b, string c, string d, string e, string f, string line)
        {
            Run(a, b, c, d, e, f).AssertOneLine(ExitCode.BadInput, line);
            Assert.IsEmpty(Directory.GetFileSystemEntries(_folder));
        }

        [TestMethod]
        [DataRow("A\uFFFFB")]
        [DataRow("A\tB")]
        public void A_name_that_no_drawing_can_hold_is_refused(string name)
        {
            AssertNoName(name);
        }

        [TestMethod]
        public void Half_a_letter_is_refused()
        {
            AssertNoName("A" + (char)0xD83D);
            AssertNoName((char)0xDE00 + "A");
        }

        [TestMethod]
        [DataRow("WWWWWWWWWWWWWWWWWWWWWWWWWW")]
        [DataRow("MMMMMMMMMMMMMMMMMMMMMMMMMM")]
        [DataRow("Meeting room ABCDEFGHIJKLM")]
        [DataRow("\u4F1A\u8B70\u5BA4\u4F1A\u8B70\u5BA4\u4F1A\u8B70\u5BA4\u4F1A\u8B70\u5BA4\u4F1A\u8B70\u5BA4\u4F1A")]
        [DataRow("\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600")]
        public void The_name_stays_between_the_margins(string name)
        {
            NeedFontFor(Rune.GetRuneAt(name, 0));
            Run("--public-url", "https://k.example", "--door", "1", "--name", name, "--mm", "190").AssertDone();
            (int width, int height, byte[] pixels) = Pixels(Path.Combine(_folder, "sticker-1.svg"));
            bool[] inked = [.. Enumerable.Range(0, width).Select(x => Enumerable.Range(width, height - width).Any(y => pixels[((y * width) + x) * 4] < 128))];
            int left = Array.IndexOf(inked, true);
            int right = width - 1 - Array.LastIndexOf(inked, true);
            Assert.IsGreaterThanOrEqualTo(width / 20, Math.Min(left, right), $"{left} and {right} of {width} pixels are white");
        }

        [TestMethod]
        public void Two_folders_of_one_door_give_no_sticker()
        {
            string doors = Path.Combine(_folder, "doors");
            foreach (string door in new[] { "one", "two" })
            {
                AddDoor(Path.Combine(doors, door), 1);
            }

            Run("--public-url", "https://k.example", "--from", doors)
                .AssertOneLine(ExitCode.BadInput, $"two folders are of door {(DoorFiles.DoorId & ~0xFFu) | 1}: keep the one with the newer bundle");
            Assert.AreEqual(doors, Directory.GetFileSystemEntries(_folder).Single());
        }

        [TestMethod]
        public void A_folder_in_a_stickers_place_is_refused_before_anything_is_written()
        {
            Directory.CreateDirectory(Path.Combine(_folder, "sticker-1.svg"));
            Run("--public-url", "https://k.example", "--door", "1", "--name", "A", "--force").AssertOneLine(ExitCode.BadInput, "sticker-1.svg is a folder: give another --out");
            Assert.AreEqual(1, Directory.GetFileSystemEntries(_folder).Length);
        }

        [TestMethod]
        public void What_could_not_be_written_leaves_nothing()
        {
            Directory.CreateDirectory(Path.Combine(_folder, "sticker-1.svg.new"));
            FlashRun run = Run("--public-url", "https://k.example", "--door", "1", "--name", "A");
            run.AssertOneLine(ExitCode.Failed, "sticker-1.svg.new");
            Assert.IsFalse(File.Exists(Path.Combine(_folder, "sticker-1.svg")));
        }

        [TestMethod]
        [DataRow("24")]
        [DataRow("191")]
        [DataRow("4e1")]
        public void A_width_that_no_phone_reads_or_no_page_has_is_refused(string mm)
        {
            Run("--public-url", "https://k.example", "--door", "1", "--name", "A", "--mm", mm).AssertOneLine(ExitCode.BadInput, "--mm is no width for a code: give 25 to 190");
        }

        [TestMethod]
        public void A_sticker_that_is_there_stays_unless_force_is_given()
        {
            string[] door = ["--public-url", "https://k.example", "--door", "1", "--name", "A"];
            string file = Path.Combine(_folder, "sticker-1.svg");
            File.WriteAllText(file, "mine");
            Run(door).AssertOneLine(ExitCode.BadInput, "is there already: give --force");
            Assert.AreEqual("mine", File.ReadAllText(file));
            Run([.. door, "--force"]).AssertDone();
            Assert.AreEqual("https://k.example/ik/#door=1", Read(file));
            FlashRun.Start(["sticker", .. door, "--out", file], _folder, string.Empty).AssertOneLine(ExitCode.BadInput, "is no folder: make it first");
        }

        private FlashRun Run(params string[] options)
        {
            return FlashRun.Start(["sticker", .. options, "--out", _folder], _folder, string.Empty);
        }

        private void AssertNoName(string name)
        {
            Run("--public-url", "https://k.example", "--door", "1", "--name", name).AssertOneLine(ExitCode.BadInput, "--name is missing or no name");
            Assert.IsEmpty(Directory.GetFileSystemEntries(_folder));
        }

        private static void AddDoor(string folder, byte id)
        {
            DoorFiles files = new();
            byte[] bundle = files.Bundle[..^4];
            bundle[5] = id;
            files.Bundle = DoorFiles.Seal(bundle);
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, "provision"), files.Bundle);
            File.WriteAllBytes(Path.Combine(folder, "list0"), files.Lists[0]!);
            File.WriteAllBytes(Path.Combine(folder, "list1"), files.Lists[1]!);
        }

        /// <summary>As a phone reads it: from pixels, by another library than the one that drew it.</summary>
        private static string? Read(string svg)
        {
            (int width, int height, byte[] pixels) = Pixels(svg);
            return new BarcodeReaderGeneric().Decode(pixels, width, height, RGBLuminanceSource.BitmapFormat.RGBA32)?.Text;
        }

        /// <summary>Of letters that no font has, librsvg draws the codes, and not in the middle.</summary>
        private static void NeedFontFor(Rune letter)
        {
            if (!File.Exists(FontList))
            {
                Assert.Inconclusive(FontList + " is not here, and tells whether a font has the letters");
            }

            ProcessStartInfo start = new(FontList, [$":charset={letter.Value:x}"]) { RedirectStandardOutput = true };
            using Process list = Process.Start(start)!;
            if (list.StandardOutput.ReadToEnd().Length == 0)
            {
                Assert.Inconclusive($"no font here has {letter}");
            }
        }

        private static (int Width, int Height, byte[] Pixels) Pixels(string svg)
        {
            string png = Path.ChangeExtension(svg, ".png");
            SvgPicture.Render(svg, png);
            byte[] picture = File.ReadAllBytes(png);
            File.Delete(png);
            return SvgPicture.Decode(picture);
        }
    }
}
