using System;
using System.Collections.Generic;
using DoorController.Flash.Provision;

namespace DoorController.Flash.Console
{
    /// <summary>An answer of the door's console, as names and values: lines of the form <c>name: value</c>.</summary>
    internal sealed class ConsoleReport
    {
        /// <summary>Most attempts to get a prompt, 2 s each: a board that starts takes several seconds.</summary>
        private const int Attempts = 15;

        private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

        private ConsoleReport(string command, IReadOnlyList<string> lines)
        {
            Command = command;
            Lines = lines;
            foreach (string line in lines)
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0)
                {
                    _values[line[..colon].Trim()] = line[(colon + 1)..].Trim();
                }
            }
        }

        /// <summary>The command that was asked.</summary>
        public string Command { get; }

        /// <summary>The answer as it came.</summary>
        public IReadOnlyList<string> Lines { get; }

        /// <summary>True when the answer to <c>sync</c> tells of an exchange since boot.</summary>
        public bool HasSynced => _values.GetValueOrDefault("sync", string.Empty) is string sync
            && sync.StartsWith("last ", StringComparison.Ordinal) && !sync.StartsWith("last never", StringComparison.Ordinal);

        /// <summary>Asks a door.</summary>
        public static ConsoleReport Ask(ConsoleLine line, string command)
        {
            return new ConsoleReport(command, line.Ask(command, Attempts));
        }

        /// <summary>Requires that the answer to <c>door</c> names the door and the bundle that were written.</summary>
        public void RequireDoor(DoorBundle bundle)
        {
            Require("id", bundle.DoorId.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Require("bundle", bundle.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        /// <summary>Requires that the answer to <c>status</c> says that the door opens for its keys.</summary>
        public void RequireReady()
        {
            Require("state", "ready");
        }

        private void Require(string name, string wanted)
        {
            string actual = _values.GetValueOrDefault(name, "missing");
            if (actual != wanted)
            {
                throw new FlashException(
                    $"the door's console says \"{name}: {actual}\" to {Command}, and {wanted} is wanted",
                    "look at its lines with flash console, and at wiring.md, \"Troubleshooting\"");
            }
        }
    }
}
