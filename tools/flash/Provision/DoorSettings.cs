using System;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoorController.Flash.Provision
{
    /// <summary>The installer's choices for one door, door.json, checked before the board is touched.</summary>
    internal static class DoorSettings
    {
        /// <summary>Name of the file, here and on the board.</summary>
        public const string FileName = "door.json";

        private const int MaxBytes = 1024;

        /// <summary>Reads and checks a file.</summary>
        /// <returns>Its content.</returns>
        public static byte[] Load(string path)
        {
            if (!File.Exists(path))
            {
                throw FlashException.Input($"--settings {path} is not there", "copy wiring/door.json and change it for this door");
            }

            byte[] content = File.ReadAllBytes(path);
            string? problem = content.Length > MaxBytes ? $"has {content.Length} bytes, and at most {MaxBytes} are read" : FindProblem(content);
            return problem == null ? content : throw FlashException.Input($"--settings {path}: {problem}", "correct that; the fields are in the README");
        }

        private static string? FindProblem(byte[] content)
        {
            try
            {
                return JsonNode.Parse(content) is JsonObject ? null : "is no JSON object";
            }
            catch (JsonException e)
            {
                return $"is no JSON (line {e.LineNumber + 1})";
            }
        }
    }
}
