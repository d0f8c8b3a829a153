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
        /// <summary>Longest host name, in characters (RFC 1035, without the length bytes).</summary>
        public const int HostCharacters = 253;

        /// <summary>Longest part of a host name between two dots, in characters (RFC 1035).</summary>
        public const int LabelCharacters = 63;

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
                    settings.ServerHost = value is string host ? host : "";
                    return HostProblem(settings.ServerHost);
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

        private static string? HostProblem(string text)
        {
            string[] labels = text.Split('.');
            if (text.Length > HostCharacters || !AreLabels(labels))
            {
                return "wanted a host name of at most " + HostCharacters.ToString() + " characters, " + LabelCharacters.ToString()
                    + " between dots, or an IPv4 address, without http://";
            }

            if (IsNumber(labels[labels.Length - 1]))
            {
                return IsAddress(labels) ? null : "wanted an IPv4 address of another machine, four numbers from 0 to 255 such as 192.168.1.20";
            }

            string lower = text.ToLower();
            return lower == "localhost" ? "wanted a name of another machine: localhost is the door itself" : null;
        }

        private static bool AreLabels(string[] labels)
        {
            bool areLabels = true;
            foreach (string label in labels)
            {
                areLabels = areLabels && IsLabel(label);
            }

            return areLabels;
        }

        private static bool IsLabel(string label)
        {
            if (label.Length == 0 || label.Length > LabelCharacters || label[0] == '-' || label[label.Length - 1] == '-')
            {
                return false;
            }

            foreach (char c in label)
            {
                bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                if (!isLetter && !(c >= '0' && c <= '9') && c != '-')
                {
                    return false;
                }
            }

            return true;
        }

        private static bool IsNumber(string label)
        {
            foreach (char c in label)
            {
                if (c < '0' || c > '9')
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>Four numbers without leading zeros; neither this machine, nor everybody, nor a group.</summary>
        private static bool IsAddress(string[] labels)
        {
            if (labels.Length != 4)
            {
                return false;
            }

            foreach (string label in labels)
            {
                if (!IsNumber(label) || label.Length > 3 || (label[0] == '0' && label.Length > 1) || Octet(label) > 255)
                {
                    return false;
                }
            }

            int first = Octet(labels[0]);
            return first > 0 && first != 127 && first < 224;
        }

        private static int Octet(string label)
        {
            int octet = 0;
            foreach (char c in label)
            {
                octet = octet * 10 + (c - '0');
            }

            return octet;
        }
    }
}
