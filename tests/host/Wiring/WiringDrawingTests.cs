using System;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Wiring
{
    /// <summary>Every drawing is rendered to PNG into the output of the test run, with a background of its own.</summary>
    [TestClass]
    public sealed class WiringDrawingTests
    {
        /// <summary>Pixels of the frame and its round corners.</summary>
        private const int Frame = 5;

        /// <summary>Pixels at each edge that stay empty.</summary>
        private const int Margin = 10;

        private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

        public TestContext TestContext { get; set; } = null!;

        public static System.Collections.Generic.IEnumerable<object[]> All => WiringDocument.Drawings.Keys.Order().Select(name => new object[] { name });

        [TestMethod]
        [DynamicData(nameof(All))]
        public void A_drawing_stands_alone(string name)
        {
            XElement root = XDocument.Load(WiringDocument.Drawings[name]).Root!;
            Assert.IsTrue(root.Element(Svg + "title")!.Value.Length > 10);
            Assert.IsTrue(root.Element(Svg + "desc")!.Value.Length > 20);
            XElement first = root.Elements().First(e => e.Name.LocalName is not ("title" or "desc" or "style"));
            Assert.AreEqual("bg", (string?)first.Attribute("class"), "the background comes first");
            string text = File.ReadAllText(WiringDocument.Drawings[name]);
            StringAssert.Contains(text, ".bg { fill: #ffffff;", StringComparison.Ordinal);
            foreach (string foreign in (string[])["<script", "href", "url(", "@import", "<image"])
            {
                Assert.IsFalse(text.Contains(foreign, StringComparison.Ordinal), foreign);
            }
        }

        [TestMethod]
        [DynamicData(nameof(All))]
        public void A_drawing_is_dark_where_the_page_is(string name)
        {
            const string query = "    @media (prefers-color-scheme: dark) {\n";
            string text = File.ReadAllText(WiringDocument.Drawings[name]);
            int at = text.IndexOf(query, StringComparison.Ordinal);
            Assert.IsTrue(at > 0, "no colours for dark pages");
            int end = text.IndexOf("\n    }\n", at, StringComparison.Ordinal);
            string folder = Directory.CreateTempSubdirectory("drawing-").FullName;
            string svg = Path.Combine(folder, name);
            File.WriteAllText(svg, text[..at] + text[(at + query.Length)..end] + text[(end + "\n    }".Length)..]);
            SvgPicture.Render(svg, svg + ".png");
            (int width, int height, byte[] pixels) = SvgPicture.Decode(File.ReadAllBytes(svg + ".png"));
            int light = Enumerable.Range(0, width * height).Count(i => pixels[i * 4] + pixels[(i * 4) + 1] + pixels[(i * 4) + 2] > 500);
            Directory.Delete(folder, recursive: true);
            double share = (double)light / (width * height);
            Assert.IsTrue(share is > 0.01 and < 0.3, "light pixels: " + share);
        }

        [TestMethod]
        [DynamicData(nameof(All))]
        public void A_drawing_renders_and_is_readable_on_any_background(string name)
        {
            string folder = Path.Combine(AppContext.BaseDirectory, "wiring");
            Directory.CreateDirectory(folder);
            string png = Path.Combine(folder, Path.ChangeExtension(name, ".png"));
            SvgPicture.Render(WiringDocument.Drawings[name], png);
            TestContext.AddResultFile(png);
            (int width, int height, byte[] pixels) = SvgPicture.Decode(File.ReadAllBytes(png));
            Assert.AreEqual((int)XDocument.Load(WiringDocument.Drawings[name]).Root!.Attribute("width")!, width);
            int dark = 0;
            for (int y = Frame; y < height - Frame; y++)
            {
                for (int x = Frame; x < width - Frame; x++)
                {
                    int at = ((y * width) + x) * 4;
                    Assert.AreEqual(255, pixels[at + 3], $"{x},{y} lets the page's background through");
                    bool isDark = pixels[at] + pixels[at + 1] + pixels[at + 2] < 300;
                    bool isMargin = x < Margin || x >= width - Margin || y < Margin || y >= height - Margin;
                    Assert.IsFalse(isDark && isMargin, $"something runs out of the drawing at {x},{y}");
                    dark += isDark ? 1 : 0;
                }
            }

            double share = (double)dark / (width * height);
            Assert.IsTrue(share is > 0.01 and < 0.3, "dark pixels: " + share);
        }
    }
}
