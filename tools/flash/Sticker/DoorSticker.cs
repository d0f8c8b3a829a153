using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using DoorController.Issuer;
using QRCoder;

namespace DoorController.Flash.Sticker
{
    /// <summary>
    /// The sticker of one door: a QR code whose address names the door, so that a phone needs no list to choose from. What the address says is checked against
    /// Hello (PROTOCOL.md, "Choosing a door"): a sticker that was glued over opens nothing.
    /// </summary>
    /// <param name="Address">Of the guest's page, with the door behind #, which no server sees.</param>
    /// <param name="Name">As people read it.</param>
    internal sealed record DoorSticker(Uri Address, string Name)
    {
        /// <summary>Side of the code with its margin, in mm, that is wide enough for any phone.</summary>
        public const int UsualMm = 40;

        /// <summary>Least side in mm: a module is then 0.3 mm for the longest address that a tag takes (73 modules and the margin), and half a millimetre for a usual one.</summary>
        public const int LeastMm = 25;

        /// <summary>Largest side in mm: what a printer's page has.</summary>
        public const int LargestMm = 190;

        private const int TextModules = 6;
        private const int MarginModules = 8;
        private const double LargestFont = 3.5;
        private const char FirstWide = '\u1100';
        private const string WideLatin = "MW@%mw\u00C6\u0152\u2014";

        /// <summary>The sticker of a door at a site.</summary>
        /// <param name="publicUrl">What the key server's links begin with.</param>
        /// <param name="doorId">1 to 4,294,967,295.</param>
        public static DoorSticker Make(Uri publicUrl, uint doorId, string name)
        {
            string begin = publicUrl.AbsoluteUri.TrimEnd('/');
            return new DoorSticker(new Uri(string.Create(CultureInfo.InvariantCulture, $"{begin}{LinkAddress.Path}#door={doorId}")), name);
        }

        /// <summary>The drawing: black on white with four modules of margin, and the name below.</summary>
        /// <param name="sideMm">Width on paper.</param>
        public string Draw(int sideMm)
        {
            // Q mends a quarter of the code: a sticker at a door is scratched, and one step up from M costs four modules a side.
            using QRCodeData code = QRCodeGenerator.GenerateQrCode(Address.AbsoluteUri, QRCodeGenerator.ECCLevel.Q);
            int side = code.ModuleMatrix.Count;
            int height = side + TextModules;
            double mm = (double)sideMm / side;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"""
                <svg xmlns="http://www.w3.org/2000/svg" width="{sideMm}mm" height="{height * mm:0.###}mm" viewBox="0 0 {side} {height}">
                  <title>{WebUtility.HtmlEncode(Name)}</title>
                  <rect width="{side}" height="{height}" fill="#fff"/>
                  <path shape-rendering="crispEdges" d="{Draw(code.ModuleMatrix)}"/>
                  <text x="{side / 2.0:0.#}" y="{side + 2.5:0.#}" text-anchor="middle" font-family="Noto Sans, Arial, sans-serif" font-size="{FontSize(side):0.##}">{WebUtility.HtmlEncode(Name)}</text>
                </svg>

                """);
        }

        /// <summary>The name fits between the margins, whatever its letters.</summary>
        private double FontSize(int side)
        {
            return Math.Min(LargestFont, (side - MarginModules) / Name.Sum(Width));
        }

        /// <summary>At least the width of a letter in usual fonts, in units of the font's size; of half a letter where two code units are one.</summary>
        private static double Width(char letter)
        {
            return letter >= FirstWide || WideLatin.Contains(letter) ? 1 : 0.75;
        }

        /// <summary>Each run of dark modules of a row is one rectangle.</summary>
        private static StringBuilder Draw(List<BitArray> rows)
        {
            StringBuilder path = new();
            for (int y = 0; y < rows.Count; y++)
            {
                for (int x = 0; x < rows[y].Count; x++)
                {
                    int start = x;
                    while (x < rows[y].Count && rows[y][x])
                    {
                        x++;
                    }

                    if (x > start)
                    {
                        path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
                    }
                }
            }

            return path;
        }
    }
}
