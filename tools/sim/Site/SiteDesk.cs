using Spectre.Console;

namespace DoorController.Sim.Site;

/// <summary>The commands of the panel.</summary>
/// <param name="tellsNews">False where the news stand on a screen anyway.</param>
internal sealed class SiteDesk(SiteWorld world, IAnsiConsole console, bool tellsNews = true) : IPrompted
{
    private const string Help =
        "issue                a new guest gets an instant key for every door\n" +
        "tap DOOR GUEST       the guest's phone, which was online before, presents its key: \"tap lobby a\"\n" +
        "revoke GUEST         the server deletes the guest's key\n" +
        "net DOOR on|off      mends or cuts a door's network\n" +
        "server on|off        brings the server back or takes it away\n" +
        "time +N[s|m|h|d]     time passes, at most 7 days\n" +
        "show                 the panel\n" +
        "help [COMMAND]       all commands, or one; also ?\n" +
        "quit                 ends; also exit, Ctrl-C and Ctrl-D";

    /// <inheritdoc/>
    public bool IsOver { get; private set; }

    /// <inheritdoc/>
    public string Prompt => "site> ";

    /// <inheritdoc/>
    public void Greet() => console.Write(SitePanel.Draw(world, console.Profile.Width));

    /// <inheritdoc/>
    public void End() => IsOver = true;

    /// <inheritdoc/>
    public void Live(long milliseconds) => world.Live(milliseconds);

    /// <summary>Says nothing by itself: without a terminal "show" draws the panel.</summary>
    public bool Report(Action before) => false;

    /// <inheritdoc/>
    public void Do(string line)
    {
        int before = world.News.Count;
        try
        {
            Act(CommandLine.Words(line));
        }
        catch (SiteException e)
        {
            console.MarkupLineInterpolated($"[red]{e.Message}[/]");
        }

        foreach (string news in world.News.Skip(tellsNews ? before : world.News.Count))
        {
            console.MarkupLineInterpolated($"[grey]{news}[/]");
        }
    }

    private void Act(string[] words)
    {
        switch (words)
        {
            case []:
                break;
            case ["help"]:
                console.WriteLine(Help);
                break;
            case ["help", string command]:
                console.WriteLine(Help.Split('\n').FirstOrDefault(l => l.Split(' ')[0] == command)
                    ?? throw new SiteException($"there is no command \"{command}\"; \"help\" shows them all"));
                break;
            case ["issue"]:
                world.Issue();
                break;
            case ["tap", string door, string guest]:
                world.Tap(FindDoor(door), FindGuest(guest));
                break;
            case ["revoke", string guest]:
                world.Revoke(FindGuest(guest));
                break;
            case ["net", string door, "on" or "off"]:
                world.SetNetwork(FindDoor(door), words[2] == "on");
                break;
            case ["server", "on" or "off"]:
                world.SetServer(words[1] == "on");
                break;
            case ["time", string text]:
                world.Live(1000 * (TimeText.Seconds(text, 7) ?? throw new SiteException(TimeText.Wanted(text, 7))));
                break;
            case ["show"]:
                console.Write(SitePanel.Draw(world, console.Profile.Width));
                break;
            case ["quit"]:
                End();
                break;
            default:
                throw new SiteException($"no such command: \"{string.Join(' ', words)}\"; type help");
        }
    }

    private SiteDoor FindDoor(string name) =>
        world.Doors.FirstOrDefault(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new SiteException($"no door \"{name}\": wanted one of {string.Join(", ", world.Doors.Select(d => d.Name))}");

    private Guest FindGuest(string name) =>
        world.Guests.FirstOrDefault(g => g.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new SiteException($"no guest \"{name}\": wanted one of {string.Join(", ", world.Guests.Select(g => g.Name))}");
}
