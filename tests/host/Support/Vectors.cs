using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace DoorController.Tests.Support
{
    /// <summary>
    /// Worked vectors of a document: a fenced block with lines <c>name = hex</c> or <c>name = "text"</c>. A line that begins with a
    /// space goes on with the value before it, spaces within hex do not count, and a line that begins with # is a comment. Order and
    /// names are kept; each name stands once.
    /// </summary>
    internal sealed class Vectors
    {
        private readonly Dictionary<string, string> _values = new();
        private readonly List<string> _names = new();

        private Vectors()
        {
        }

        /// <summary>The names, in the order of the document.</summary>
        public IReadOnlyList<string> Names => _names;

        /// <summary>Reads a block of a file of this repository.</summary>
        /// <param name="file">Path from the root of the repository, such as "firmware/PROTOCOL.md".</param>
        /// <param name="info">Info string of the fence, such as "vectors-blobs"; whole, so "vectors" does not find "vectors-blobs".</param>
        /// <exception cref="FormatException">No such block, or two of them, or a line that is neither; the message names the line.</exception>
        public static Vectors Read(string file, string info) => Parse(File.ReadAllText(Path.Combine(Root(), file)), info);

        /// <summary>Reads a block of a document.</summary>
        /// <exception cref="FormatException">As <see cref="Read"/>.</exception>
        public static Vectors Parse(string document, string info)
        {
            Vectors vectors = new();
            int blocks = 0;
            string? fence = null;
            string[] lines = document.Split('\n');
            for (int i = 0; i < lines.Length; i++)
            {
                string line = lines[i].TrimEnd();
                if (line.StartsWith("```", StringComparison.Ordinal))
                {
                    fence = fence == null ? line[3..].Trim() : null;
                    blocks += fence == info ? 1 : 0;
                }
                else if (fence == info)
                {
                    vectors.Take(line, i + 1);
                }
            }

            if (blocks != 1 || fence != null)
            {
                throw new FormatException($"```{info}: wanted one closed block, found {blocks}");
            }

            return vectors;
        }

        /// <summary>The value of a name as bytes.</summary>
        /// <exception cref="FormatException">There is no such name, or its value is not hex.</exception>
        public byte[] Bytes(string name)
        {
            string value = Value(name);
            try
            {
                return Convert.FromHexString(string.Concat(value.Where(c => c != ' ')));
            }
            catch (FormatException)
            {
                throw new FormatException($"{name}: wanted hex, is {value}");
            }
        }

        /// <summary>The value of a name as text between quotation marks.</summary>
        /// <exception cref="FormatException">There is no such name, or its value is not in quotation marks.</exception>
        public string Text(string name)
        {
            string value = Value(name);
            return value.Length >= 2 && value[0] == '"' && value[^1] == '"'
                ? value[1..^1]
                : throw new FormatException($"{name}: wanted \"text\", is {value}");
        }

        /// <summary>The value of a name as a little-endian number of 1 to 8 bytes.</summary>
        /// <exception cref="FormatException">As <see cref="Bytes"/>, or too long.</exception>
        public ulong Number(string name)
        {
            byte[] bytes = Bytes(name);
            return bytes.Length is >= 1 and <= 8
                ? bytes.Reverse().Aggregate(0ul, (sum, b) => (sum << 8) | b)
                : throw new FormatException($"{name}: wanted 1 to 8 bytes, has {bytes.Length}");
        }

        /// <summary>Folder of the repository: the one above this program that holds DoorController.sln.</summary>
        public static string Root()
        {
            string? folder = AppContext.BaseDirectory;
            while (folder != null && !File.Exists(Path.Combine(folder, "DoorController.sln")))
            {
                folder = Path.GetDirectoryName(folder);
            }

            return folder ?? throw new DirectoryNotFoundException("no DoorController.sln above " + AppContext.BaseDirectory);
        }

        private void Take(string line, int number)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                return;
            }

            if (line[0] == ' ' && _names.Count > 0)
            {
                _values[_names[^1]] += line;
                return;
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : line[..equals].Trim();
            if (name.Length == 0 || !_values.TryAdd(name, line[(equals + 1)..].Trim()))
            {
                throw new FormatException($"line {number}: wanted a new \"name = hex\", is {line}");
            }

            _names.Add(name);
        }

        private string Value(string name) =>
            _values.TryGetValue(name, out string? value) ? value : throw new FormatException($"{name}: there is no such vector");
    }
}
