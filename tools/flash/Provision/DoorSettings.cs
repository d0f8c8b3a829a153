using System.Collections;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoorController.Issuer;

namespace DoorController.Flash.Provision
{
    /// <summary>The installer's choices for one door, door.json, checked by the door's own rules before the board is touched.</summary>
    internal sealed class DoorSettings
    {
        /// <summary>Name of the file, here and on the board.</summary>
        public const string FileName = "door.json";

        /// <summary>Port that the key server's listener for doors has in the README's ten minutes.</summary>
        public const int UsualDoorPort = 8080;

        /// <summary>What the board reads of it at most (hal/esp32/DoorJson.cs).</summary>
        private const int MaxBytes = 1024;

        private const string Fix = "correct that; the fields are in wiring.md";

        private DoorSettings(byte[] content, JsonObject fields, Settings values)
        {
            Content = content;
            Fields = fields;
            Values = values;
        }

        /// <summary>The file as the board gets it: UTF-8 without a byte order mark.</summary>
        public byte[] Content { get; }

        /// <summary>The fields as they were written.</summary>
        public JsonObject Fields { get; }

        /// <summary>What the door makes of them.</summary>
        public Settings Values { get; }

        /// <summary>Reads and checks a file.</summary>
        /// <param name="path">The file.</param>
        /// <param name="floorsOfBoard">Floor selectors that the board has pins for.</param>
        public static DoorSettings Load(string path, int floorsOfBoard)
        {
            string name = $"{Options.Settings.Name} {path}";

            // A file in UTF-16 is twice as long as what the board gets.
            byte[] file = InputFile.Read(Options.Settings.Name, path, 2 * MaxBytes, "copy wiring/door.json and change it for this door");
            JsonObject fields = InputFile.ParseObject(file, name, Fix);
            byte[] content = OutsideText.ToUtf8(file).ToArray();
            return content.Length > MaxBytes
                ? throw FlashException.Input($"{name}: has {content.Length} bytes, and at most {MaxBytes} are read", Fix)
                : Make(content, fields, floorsOfBoard, name);
        }

        /// <summary>The same door, told where its key server is.</summary>
        /// <param name="host">Name or IPv4 address.</param>
        /// <param name="port">TCP port, unless the file says one.</param>
        public DoorSettings WithServer(string host, int port)
        {
            JsonObject fields = Fields.DeepClone().AsObject();
            fields["server"] = host;
            fields["server_port"] ??= port;
            byte[] content = Encoding.UTF8.GetBytes(fields.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
            return Make(content, fields, Values.Floors, "the address of the key server");
        }

        private static DoorSettings Make(byte[] content, JsonObject fields, int floorsOfBoard, string name)
        {
            Hashtable values = [];
            foreach ((string field, JsonNode? value) in fields)
            {
                values.Add(field, Value(value));
            }

            Settings settings = SettingsFields.Read(values, floorsOfBoard);
            return settings.IsSafeState
                ? throw FlashException.Input($"{name}: {Shown(settings.SafeReason)}", Fix)
                : new DoorSettings(content, fields, settings);
        }

        /// <summary>A value as the board's parser gives it: whole numbers and text; anything else is none of the two.</summary>
        private static object? Value(JsonNode? value)
        {
            return InputFile.IsWhole(value, out int number) ? number
                : value is JsonValue text && text.TryGetValue(out string? read) ? read
                : null;
        }

        /// <summary>A field's name is the user's and may hold anything.</summary>
        private static string Shown(string reason)
        {
            const int most = 300;
            string line = DoorController.Flash.Console.ConsoleBridge.Printable(reason).ReplaceLineEndings(".");
            return line.Length > most ? line[..most] + "…" : line;
        }
    }
}
