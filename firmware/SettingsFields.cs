#nullable enable
using System.Collections;

namespace DoorController
{
    /// <summary>
    /// Checks the fields of door.json one by one and takes them over. Only whole numbers and short strings are among them, because
    /// nanoFramework.Json has defects with most other things (PLATFORM.md 4). A field that nobody knows is as bad as a wrong one:
    /// it is a misspelt one.
    /// </summary>
    public static class SettingsFields
    {
        /// <summary>Longest host name, in characters (RFC 1035: one label).</summary>
        public const int HostCharacters = 63;

        /// <summary>Makes settings of what a parser read.</summary>
        /// <param name="fields">Names and values, as the parser gives them.</param>
        /// <param name="floorsOfBoard">Floor selectors that the board has pins for.</param>
        /// <returns>The settings; in the safe state, with a reason that names the field, when one is bad.</returns>
        public static Settings Read(Hashtable fields, int floorsOfBoard)
        {
            Settings settings = new Settings();
            foreach (object key in fields.Keys)
            {
                string? problem = Take(settings, (string)key, fields[key], floorsOfBoard);
                if (problem != null)
                {
                    return Settings.Safe("door.json: " + key + ": " + problem);
                }
            }

            settings.HasServer = settings.ServerHost.Length > 0;
            string? range = settings.Problem();
            return range == null ? settings : Settings.Safe("door.json: " + range);
        }

        private static string? Take(Settings settings, string name, object? value, int floorsOfBoard)
        {
            switch (name)
            {
                case "server":
                    if (!(value is string host) || !IsHost(host))
                    {
                        return "wanted a host name or an IPv4 address of at most " + HostCharacters.ToString() + " characters, without http://";
                    }

                    settings.ServerHost = host;
                    return null;
                case "hold_ms":
                case "held_open_s":
                case "has_contact":
                case "has_rex":
                case "floors":
                case "server_port":
                    return value is int number ? TakeNumber(settings, name, number, floorsOfBoard) : "wanted a whole number";
                default:
                    return "no such field; wanted hold_ms, held_open_s, has_contact, has_rex, floors, server, server_port";
            }
        }

        private static string? TakeNumber(Settings settings, string name, int number, int floorsOfBoard)
        {
            switch (name)
            {
                case "hold_ms":
                    settings.HoldMs = number;
                    return null;
                case "held_open_s":
                    settings.HeldOpenS = number;
                    return null;
                case "has_contact":
                    settings.HasContact = number == 1;
                    return Range(number, 0, 1);
                case "has_rex":
                    settings.HasRex = number == 1;
                    return Range(number, 0, 1);
                case "floors":
                    settings.Floors = number;
                    return Range(number, 0, floorsOfBoard);
                default:
                    settings.ServerPort = number;
                    return Range(number, 1, 65535);
            }
        }

        private static string? Range(int number, int least, int most)
        {
            return number >= least && number <= most
                ? null
                : "wanted " + least.ToString() + " to " + most.ToString() + ", is " + number.ToString();
        }

        private static bool IsHost(string text)
        {
            if (text.Length == 0 || text.Length > HostCharacters || text[0] == '.' || text[0] == '-')
            {
                return false;
            }

            foreach (char c in text)
            {
                bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                if (!isLetter && !(c >= '0' && c <= '9') && c != '.' && c != '-')
                {
                    return false;
                }
            }

            return true;
        }
    }
}
