using System.Text.Json.Nodes;
using DoorController.Wire;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DoorController.Sim.Site;

/// <summary>The site as a table: doors, freshness, openings, guests and the last news.</summary>
internal static class SitePanel
{
    private const int NewsShown = 10;

    /// <summary>Draws it.</summary>
    public static IRenderable Draw(SiteWorld world)
    {
        IReadOnlyDictionary<uint, JsonNode> status = world.Status();
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns("door", "network", "list", "clock", "server heard of it", "records waiting", "openings", "last attempt", "strike");
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
        string? at = said?["last_said"]?["at"]?.GetValue<string>();
        return
        [
            door.Name,
            door.Door.Host.Network.IsUp ? "[green]on[/]" : "[red]off[/]",
            isCurrent switch { true => "[green]newest[/]", false => "[red]behind[/]", null => "?" },
            firmware.Memory.Time.Quality switch { ClockQuality.Proven => "proven", ClockQuality.Restored => "restored", _ => "[red]unknown[/]" },
            at == null ? "never" : $"{Math.Max(0, (now - DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).TotalSeconds):0} s ago",
            $"{firmware.Memory.Audit.NextSequence - 1 - firmware.Memory.Audit.Acknowledged}",
            $"{door.Openings}",
            Verdict.Name(firmware.LastVerdict),
            door.Door.Host.Strike.IsEnergised ? "[green]energised[/]" : "released",
        ];
    }
}
