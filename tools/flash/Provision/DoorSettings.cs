using System;
using System.Collections;
using System.IO;
using System.Text.Json;

namespace DoorController.Flash.Provision
{
    /// <summary>The installer's choices for one door, door.json, checked by the door's own rules before the board is touched.</summary>
    internal static class DoorSettings
    {
        /// <summary>Name of the file, here and on the board.</summary>
        public const string FileName = "door.json";

        /// <summary>What the board reads of it at most (hal/esp32/DoorJson.cs).</summary>
        private const int MaxBytes = 1024;

        /// <summary>Reads and checks a file.</summary>
        /// <param name="path">The file.</param>
        /// <param name="floorsOfBoard">Floor selectors that the board has pins for.</param>
        /// <returns>Its content.</returns>
        public static byte[] Load(string path, int floorsOfBoard)
        {
            if (!File.Exists(path))
            {
                throw FlashException.Input($"--settings {path} is not there", "copy wiring/door.json and change it for this door");
            }

            byte[] content = File.ReadAllBytes(path);
            string? problem = content.Length > MaxBytes
                ? $"has {content.Length} bytes, and at most {MaxBytes} are read"
                : FindProblem(content, floorsOfBoard);
            return problem == null ? content : throw FlashException.Input($"--settings {path}: {problem}", "correct that; the fields are in wiring.md");
        }

        private static string? FindProblem(byte[] content, int floorsOfBoard)
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(content);
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                {
                    return "is no JSON object";
                }

                Hashtable fields = [];
                foreach (JsonProperty field in document.RootElement.EnumerateObject())
                {
                    fields.Add(field.Name, Value(field.Value));
                }

                Settings settings = SettingsFields.Read(fields, floorsOfBoard);
                return settings.IsSafeState ? settings.SafeReason : null;
            }
            catch (JsonException e)
            {
                return $"is no JSON (line {e.LineNumber + 1})";
            }
            catch (ArgumentException)
            {
                return "names a field twice";
            }
        }

        /// <summary>A value as the board's parser gives it: whole numbers and text; anything else is none of the two.</summary>
        private static object? Value(JsonElement value)
        {
            return value.ValueKind switch
            {
                JsonValueKind.Number when value.TryGetInt32(out int number) => number,
                JsonValueKind.String => value.GetString(),
                _ => null,
            };
        }
    }
}
