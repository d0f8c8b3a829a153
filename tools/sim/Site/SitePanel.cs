using System.Text.Json.Nodes;
using DoorController.Diagnostics;
using DoorController.Wire;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DoorController.Sim.Site;

/// <summary>The site as a table: doors, freshness, openings, guests and the last news.</summary>
internal static class SitePanel
{
    private const int NewsShown = 10;

    /// <summary>Fewer columns than this take short words and no frame.</summary>
    private const int WideColumns = 130;

    private static readonly string[] Wide = ["door", "network", "list", "clock", "server heard of it", "records waiting", "openings", "last attempt", "strike"];
    private static readonly string[] Narrow = ["door", "net", "list", "clock", "heard of", "kept", "opened", "last attempt", "strike"];

    /// <summary>Draws it.</summary>
    /// <param name="columns">Characters in a line.</param>
    public static IRenderable Draw(SiteWorld world, int columns)
    {
        IReadOnlyDictionary<uint, JsonNode> status = world.LastStatus();
        bool isWide = columns >= WideColumns;
        Table table = new Table().Border(isWide ? TableBorder.Rounded : TableBorder.None);
        foreach (string header in isWide ? Wide : Narrow)
        {
            table.AddColumn(new TableColumn(header) { NoWrap = true, Padding = isWide ? new Padding(1, 0, 1, 0) : new Padding(0, 0, 1, 0) });
        }

        foreach (SiteDoor door in world.Doors)
        {
            status.TryGetValue(door.Door.Id, out JsonNode? said);
            table.AddRow(Cells(door, said, world.Clock.GetUtcNow()));
        }

        string guests = string.Join("  ", world.Guests.Select(g => g.IsDeleted ? $"[red]{g.Name} deleted[/]" : $"[green]{g.Name}[/]"));
        return new Rows(
            new Markup($"[bold]{world.Clock.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC[/]  server {(world.IsServerUp ? "[green]on[/]" : "[red]off[/]")}  guests {guests}"),
            table,
            new Rows(world.News.TakeLast(NewsShown).Select(n => (IRenderable)new Markup(Markup.Escape(n)))));
    }

    private static string[] Cells(SiteDoor door, JsonNode? said, DateTimeOffset now)
    {
        Door firmware = door.Door.Door;
        bool? isCurrent = said?["lists"]?[0]?["newest_version"]?.GetValue<uint>() is uint newest
            ? firmware.Memory.KeyStore.ListVersion(0) == newest
            : null;
        return
        [
            door.Name,
            door.Door.Host.Network.IsUp ? "[green]on[/]" : "[red]off[/]",
            isCurrent switch { true => "[green]newest[/]", false => "[red]behind[/]", null => "?" },
            firmware.Memory.Time.Quality switch { ClockQuality.Proven => "proven", ClockQuality.Restored => "restored", _ => "[red]unknown[/]" },
            HeardOf(said?["last_said"]?["at"]?.GetValue<string>(), now),
            $"{firmware.Memory.Audit.NextSequence - 1 - firmware.Memory.Audit.Acknowledged}",
            $"{door.Openings}",
            ConsoleReports.LastAttempt(firmware),
            door.Door.Host.Strike.IsEnergised ? "[green]energised[/]" : "released",
        ];
    }

    private static string HeardOf(string? at, DateTimeOffset now)
    {
        if (at == null)
        {
            return "never";
        }

        double seconds = (now - DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).TotalSeconds;
        return LineText.Duration((long)Math.Max(0, seconds)) + " ago";
    }
}
