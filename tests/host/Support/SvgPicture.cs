using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Support
{
    /// <summary>An SVG as pixels.</summary>
    internal static class SvgPicture
    {
        /// <summary>Draws it, or skips the test where nothing can.</summary>
        public static void Render(string svg, string png)
        {
            Process? process;
            try
            {
                process = Process.Start(new ProcessStartInfo("rsvg-convert", ["--output", png, svg]) { RedirectStandardError = true });
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Inconclusive("rsvg-convert is not on this machine: apt-get install librsvg2-bin");
                return;
            }

            using (process)
            {
                string error = process!.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.AreEqual(0, process.ExitCode, error);
            }
        }

        /// <summary>Decodes what rsvg-convert writes: 8 bits, RGBA, not interlaced.</summary>
        public static (int Width, int Height, byte[] Pixels) Decode(byte[] png)
        {
            int width = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16));
            int height = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20));
            CollectionAssert.AreEqual(new byte[] { 8, 6, 0, 0, 0 }, png[24..29], "8 bits, RGBA, not interlaced");
            using MemoryStream packed = new();
            for (int at = 8; at < png.Length;)
            {
                int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
                if (png.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8))
                {
                    packed.Write(png, at + 8, length);
                }

                at += length + 12;
            }

            packed.Position = 0;
            using ZLibStream unpack = new(packed, CompressionMode.Decompress);
            byte[] pixels = new byte[width * height * 4];
            byte[] line = new byte[(width * 4) + 1];
            for (int y = 0; y < height; y++)
            {
                unpack.ReadExactly(line);
                Unfilter(line, pixels, y, width * 4);
            }

            return (width, height, pixels);
        }

        private static void Unfilter(byte[] line, byte[] pixels, int row, int stride)
        {
            int start = row * stride;
            for (int i = 0; i < stride; i++)
            {
                int left = i >= 4 ? pixels[start + i - 4] : 0;
                int up = row > 0 ? pixels[start + i - stride] : 0;
                int corner = i >= 4 && row > 0 ? pixels[start + i - stride - 4] : 0;
                int predicted = line[0] switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) };
                pixels[start + i] = (byte)(line[i + 1] + predicted);
            }
        }

        private static int Paeth(int left, int up, int corner)
        {
            int estimate = left + up - corner;
            int toLeft = Math.Abs(estimate - left);
            int toUp = Math.Abs(estimate - up);
            int toCorner = Math.Abs(estimate - corner);
            return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
        }
    }
}
