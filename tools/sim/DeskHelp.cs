namespace DoorController.Sim;

/// <summary>What the desk's own commands are, and do.</summary>
internal static class DeskHelp
{
    /// <summary>All, in the order in which they are shown.</summary>
    public static readonly (string Name, string Help)[] Commands =
    [
        ("tap", "the phone presents its key"),
        ("issue", "the server issues the key again, under the next number"),
        ("revoke", "the server deletes the phone's key; the door has no network and does not know it yet"),
        ("carry", "a phone brings the list and the time to the door"),
        ("time +N[s|m|h|d]", "time passes, at most 366 days"),
        ("cut [N]", "power is cut for N seconds, 1 unless said"),
        ("alarm WHAT", "open, close (the door), rex, fire, tamper, off"),
        ("respond COMMAND HEX", "answers a challenge of \"strike\" or \"reboot\", as tools/flash does"),
        ("help [COMMAND]", "all commands, or one; also ?"),
        ("quit", "ends; also exit, Ctrl-C and Ctrl-D"),
    ];

    /// <summary>One command's row, or all of them.</summary>
    public static (string Name, string Help)[] Of(string? command) =>
        command == null ? Commands : [.. Commands.Where(h => h.Name.Split(' ')[0] == command)];
}
