using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml.Linq;
using DoorController.Flash;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using ZXing;

namespace DoorController.Tests.Flash
{
    /// <summary>A door's QR code and the text for its NFC tag.</summary>
    [TestClass]
    public sealed class StickerTests : IDisposable
    {
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
        public void A_folder_of_doors_gives_a_sticker_each_with_its_own_name()
        {
            string doors = Path.Combine(_folder, "doors");
            foreach (string door in new[] { "one", "two" })
            {
                DoorFiles files = new();
                byte[] bundle = files.Bundle[..^4];
                bundle[5] = (byte)(door == "one" ? 1 : 2);
                Directory.CreateDirectory(Path.Combine(doors, door));
                files.Bundle = DoorFiles.Seal(bundle);
                File.WriteAllBytes(Path.Combine(doors, door, "provision"), files.Bundle);
                File.WriteAllBytes(Path.Combine(doors, door, "list0"), files.Lists[0]!);
                File.WriteAllBytes(Path.Combine(doors, door, "list1"), files.Lists[1]!);
            }

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

        /// <summary>As a phone reads it: from pixels, by another library than the one that drew it.</summary>
        private static string? Read(string svg)
        {
            string png = Path.ChangeExtension(svg, ".png");
            SvgPicture.Render(svg, png);
            (int width, int height, byte[] pixels) = SvgPicture.Decode(File.ReadAllBytes(png));
            File.Delete(png);
            return new BarcodeReaderGeneric().Decode(pixels, width, height, RGBLuminanceSource.BitmapFormat.RGBA32)?.Text;
        }
    }
}
