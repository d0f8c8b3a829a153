using System.Text.Json.Nodes;
using DoorController.Hal.Host;

namespace DoorController.Sim.Site;

/// <summary>A door of the site: registered at the key server, provisioned with what it answered, and with a network to it.</summary>
internal sealed class SiteDoor : IDisposable
{
    private SiteDoor(string name, int scopeId, DeskDoor door)
    {
        Name = name;
        ScopeId = scopeId;
        Door = door;
    }

    /// <summary>As it is advertised.</summary>
    public string Name { get; }

    /// <summary>The bank that it belongs to.</summary>
    public int ScopeId { get; }

    /// <summary>The door itself.</summary>
    public DeskDoor Door { get; }

    /// <summary>Openings so far.</summary>
    public int Openings => Door.Host.Strike.Pulses;

    /// <summary>Registers a door and boots it.</summary>
    /// <param name="scopeId">The bank that it belongs to; null: a scope of its own.</param>
    /// <param name="floors">Floor selectors of an elevator car; 0 at a door.</param>
    /// <param name="settings">What is wired; it syncs in any case.</param>
    /// <param name="hasOwnScope">True: a scope of its own beside <paramref name="scopeId"/>.</param>
    public static SiteDoor Register(
        SiteServer server, SiteClock clock, string name, int? scopeId = null, int floors = 0, Settings? settings = null, bool hasOwnScope = false)
    {
        JsonObject answer = server.Do("/doors/register", Wish(name, scopeId, floors, hasOwnScope));
        List<(string, byte[])> files = [("provision", Convert.FromBase64String(answer["provision"]!.GetValue<string>()))];
        files.AddRange(answer["lists"]!.AsArray().Select((list, slot) => ("list" + slot, Convert.FromBase64String(list!.GetValue<string>()))));
        settings ??= new Settings();
        settings.HasServer = true;
        DeskDoor door = new(answer["door"]!["door_id"]!.GetValue<uint>(), files, settings, floors);
        door.Host.Network.Server = (path, body) =>
        {
            clock.Reach(door.Host.Clock.WorldMs);
            return server.Serve(path, body);
        };
        door.Host.Network.IsUp = true;
        return new SiteDoor(name, answer["door"]!["scopes"]![0]!["scope_id"]!.GetValue<int>(), door);
    }

    private static JsonObject Wish(string name, int? scopeId, int floors, bool hasOwnScope)
    {
        JsonObject wish = new() { ["name"] = name };
        if (hasOwnScope)
        {
            wish["own_scope"] = true;
        }

        if (scopeId is int scope)
        {
            wish["scope_ids"] = new JsonArray(scope);
        }

        if (floors > 0)
        {
            wish["floors"] = floors;
        }

        return wish;
    }

    /// <summary>Lets the door live until a point in the site's time.</summary>
    /// <param name="stepMs">Time between two turns of a door that nobody stands in front of.</param>
    public void LiveUntil(long milliseconds, int stepMs = StepMs) => Door.LiveUntil(milliseconds, stepMs);

    /// <inheritdoc/>
    public void Dispose() => Door.Dispose();

    private const int StepMs = 100;
}
