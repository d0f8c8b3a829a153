using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DoorController.Tests.Support;

namespace DoorController.Tests.Wiring
{
    /// <summary>wiring.md, its drawings and the pins of the firmware, as text.</summary>
    internal static partial class WiringDocument
    {
        /// <summary>The classes of Esp32Board.cs, in the order of the columns of the pin table, and the drawing of each.</summary>
        public static readonly (string Class, string Drawing)[] Boards = [("S3Pins", "s3.svg"), ("WroverPins", "esp32.svg")];

        /// <summary>Root of the repository.</summary>
        public static string Root { get; } = FindRoot();

        /// <summary>The document.</summary>
        public static string Text { get; } = File.ReadAllText(Path.Combine(Root, "wiring.md"));

        /// <summary>All drawings, by file name.</summary>
        public static IReadOnlyDictionary<string, string> Drawings { get; } = Directory
            .GetFiles(Path.Combine(Root, "wiring"), "*.svg")
            .ToDictionary(path => Path.GetFileName(path), path => path);

        /// <summary>The pins of one board, in the order of the source: signal, pin, level at boot.</summary>
        public static (string Signal, int Pin, string Level)[] PinsOfSource(string source, string board)
        {
            string body = source.Split("static class " + board)[1].Split("static class ")[0];
            return PinLine().Matches(body).Select(m => (m.Groups["name"].Value, int.Parse(m.Groups["pin"].Value), m.Groups["level"].Value)).ToArray();
        }

        /// <summary>The rows of the table below a heading, as cells without the header.</summary>
        public static string[][] Table(string heading, int number = 0) => MarkdownTable.Rows(Text, heading, number);

        /// <summary>The pins of one column of the pin table: signal and pin, without those that the board has not.</summary>
        public static (string Signal, int Pin)[] PinsOfTable(int board) =>
            Table("Pins").Where(r => r[2 + board] != "–").Select(r => (r[0], int.Parse(r[2 + board]))).ToArray();

        /// <summary>The pins of a drawing: signal and pin.</summary>
        public static (string Signal, int Pin)[] PinsOfDrawing(string drawing) =>
            XDocument.Load(Drawings[drawing]).Descendants()
                .Where(e => e.Attribute("data-signal") != null)
                .Select(e => (e.Attribute("data-signal")!.Value, int.Parse(e.Value["GPIO ".Length..])))
                .ToArray();

        /// <summary>The source of the pins.</summary>
        public static string ReadPinSource() => File.ReadAllText(Path.Combine(Root, "hal", "esp32", "Esp32Board.cs"));

        private static string FindRoot()
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "DoorController.sln")))
            {
                folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests are not inside the repository");
            }

            return folder;
        }

        [GeneratedRegex(@"At boot: (?<level>[^<]*?)\.</summary>\s+public const int (?<name>\w+) = (?<pin>\d+);")]
        private static partial Regex PinLine();
    }
}
