using System;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoorController.Issuer;

namespace DoorController.Flash.Provision
{
    /// <summary>
    /// Reads every file that the user names: whatever is in it, or in its way, ends in one line that names the option and the fix. Texts follow the
    /// one rule of <see cref="OutsideText"/>.
    /// </summary>
    internal static class InputFile
    {
        /// <summary>Reads a whole file.</summary>
        /// <param name="option">The option that named it.</param>
        /// <param name="path">The file.</param>
        /// <param name="maxBytes">A longer file is refused.</param>
        /// <param name="ifMissing">What to do when there is none.</param>
        public static byte[] Read(string option, string path, int maxBytes, string ifMissing)
        {
            try
            {
                using FileStream stream = new(path, FileMode.Open, FileAccess.Read);
                byte[] content = new byte[maxBytes + 1];
                int count = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
                return count <= maxBytes
                    ? content[..count]
                    : throw FlashException.Input($"{option} {path} has more than {maxBytes} bytes", "check that it is the right file");
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw FlashException.Input($"{option} {path} is not there", ifMissing);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw FlashException.Input($"{option} {path} cannot be read ({FirstLine(e.Message)})", "check that it is a file that you may read");
            }
        }

        /// <summary>Reads a secret of one line; line ends behind it do not count.</summary>
        public static string ReadLine(string option, string path, int maxBytes)
        {
            try
            {
                return OutsideText.Decode(Read(option, path, maxBytes, "check the path")).TrimEnd('\r', '\n');
            }
            catch (OutsideTextException e)
            {
                throw FlashException.Input($"{option} {path} {e.Message}", "write one line of text into it");
            }
        }

        /// <summary>Reads a JSON object.</summary>
        /// <param name="content">The file's bytes.</param>
        /// <param name="name">What the error line calls it: option and path.</param>
        /// <param name="fix">What to do when it is none.</param>
        public static JsonObject ParseObject(byte[] content, string name, string fix)
        {
            try
            {
                return JsonText.ParseNode(content) as JsonObject ?? throw FlashException.Input($"{name}: is no JSON object", fix);
            }
            catch (OutsideTextException e)
            {
                throw FlashException.Input($"{name}: {e.Message}", fix);
            }
        }

        /// <summary>Whether a node is a whole number.</summary>
        public static bool IsWhole(JsonNode? node, out int number)
        {
            number = 0;
            return node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out number);
        }

        private static string FirstLine(string text)
        {
            return text.Split('\n')[0].TrimEnd('\r', '.');
        }
    }
}
