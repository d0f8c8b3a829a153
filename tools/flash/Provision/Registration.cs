using System;
using System.Linq;
using System.Text.Json.Nodes;

namespace DoorController.Flash.Provision
{
    /// <summary>
    /// What the key server is told of a door, register.json. The two ends of a door are set up apart, so what both hold is compared before
    /// anything is told or written, and what the registration leaves open is taken from door.json.
    /// </summary>
    internal sealed class Registration
    {
        /// <summary>Name of the copy that is kept beside a door's keys.</summary>
        public const string FileName = "register.json";

        private const int MaxBytes = 64 * 1024;
        private static readonly string[] Shared = ["floors", "server", "server_port"];
        private const string Fix = "write one as the key server's README shows";

        private Registration(JsonObject fields, string origin)
        {
            Fields = fields;
            Origin = origin;
        }

        /// <summary>The request's body.</summary>
        public JsonObject Fields { get; }

        /// <summary>Address of the key server for doors; null when it says none.</summary>
        public string? Server => (Fields["settings"]?["server"] as JsonValue)?.TryGetValue(out string? host) == true ? host : null;

        /// <summary>Port of the key server for doors; null when it says none.</summary>
        public int? ServerPort => InputFile.IsWhole(Fields["settings"]?["server_port"], out int port) ? port : null;

        private string Origin { get; }

        private string Name => Fields["name"]!.GetValue<string>();

        /// <summary>Reads and checks a file.</summary>
        /// <param name="option">The option that named it.</param>
        /// <param name="path">The file.</param>
        public static Registration Load(string option, string path)
        {
            string origin = $"{option} {path}";
            JsonObject fields = InputFile.ParseObject(InputFile.Read(option, path, MaxBytes, Fix), origin, Fix);
            if (fields["name"] is not JsonValue value || !value.TryGetValue(out string? name) || !IsName(name))
            {
                throw FlashException.Input($"{origin}: name: wanted 1 to {Limits.NameBytes} printable ASCII characters", "correct that");
            }

            if (fields["floors"] is JsonNode floors && !InputFile.IsWhole(floors, out _))
            {
                throw FlashException.Input($"{origin}: floors: wanted a whole number", "correct that");
            }

            return fields["settings"] is null or JsonObject
                ? new Registration(fields, origin)
                : throw FlashException.Input($"{origin}: settings: wanted an object, as in {DoorSettings.FileName}", "correct that, or leave it out");
        }

        /// <summary>Compares it with the door's own settings, and takes over what it leaves open.</summary>
        /// <returns>The registration with the settings that the door gets.</returns>
        /// <exception cref="FlashException">The two contradict each other; the line names the field.</exception>
        public Registration For(DoorSettings door)
        {
            JsonObject settings = Fields["settings"] as JsonObject ?? [];
            RequireSame(door, [.. settings.Select(s => s.Key)]);
            JsonObject whole = new() { ["settings"] = door.Fields.DeepClone() };
            foreach ((string field, JsonNode? value) in Fields.Where(f => f.Key != "settings"))
            {
                whole[field] = value?.DeepClone();
            }

            return new Registration(whole, Origin);
        }

        /// <summary>Requires that a door which is registered already gets settings that go with that; its times may change.</summary>
        public void RequireSame(DoorSettings door)
        {
            RequireSame(door, Fields["settings"] is JsonObject settings ? [.. Shared.Where(settings.ContainsKey)] : []);
        }

        private void RequireSame(DoorSettings door, string[] fields)
        {
            int floors = InputFile.IsWhole(Fields["floors"], out int number) ? number : 0;
            if (floors != door.Values.Floors)
            {
                throw Contradiction("floors", $"{floors}", $"{door.Values.Floors}");
            }

            foreach (string field in fields)
            {
                JsonNode? here = Fields["settings"]![field];
                if (!JsonNode.DeepEquals(here, door.Fields[field]))
                {
                    throw Contradiction("settings." + field, Shown(here), Shown(door.Fields[field]));
                }
            }
        }

        /// <summary>Requires that a door's keys carry the name that was registered.</summary>
        public void RequireSame(DoorBundle bundle)
        {
            if (bundle.Name != Name)
            {
                throw FlashException.Input($"{Origin}: the door is registered as {Name}, and its keys are those of {bundle.Name}", "give the files of one door");
            }
        }

        private FlashException Contradiction(string field, string here, string there)
        {
            return FlashException.Input($"{Origin}: {field} is {here}, and {DoorSettings.FileName} has {there}", "write the same into both, or nothing would open");
        }

        private static bool IsName(string name)
        {
            return name.Length is >= 1 and <= Limits.NameBytes && name.All(c => c is >= ' ' and <= '~');
        }

        private static string Shown(JsonNode? value)
        {
            const int most = 60;
            string text = value?.ToJsonString() ?? "nothing";
            return text.Length > most ? text[..most] + "…" : text;
        }
    }
}
