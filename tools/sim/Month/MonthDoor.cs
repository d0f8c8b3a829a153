using DoorController.Sim.Site;
using DoorController.Wire;

namespace DoorController.Sim.Month;

/// <summary>A door of the month, and what is noted of it.</summary>
internal sealed class MonthDoor
{
    private const int IdleStepMs = 30_000;
    private const int SyncStepMs = 500;
    private const int SyncMs = 10_000;

    private readonly int _scopes;

    /// <summary>A door that the server cannot be reached from yet.</summary>
    /// <param name="hasWifi">It can, now and then.</param>
    /// <param name="scopes">How many it has.</param>
    public MonthDoor(SiteDoor site, bool hasWifi, int scopes)
    {
        Site = site;
        HasWifi = hasWifi;
        _scopes = scopes;
        site.Door.Host.Network.IsUp = false;
    }

    /// <summary>The door.</summary>
    public SiteDoor Site { get; }

    /// <summary>Its id.</summary>
    public uint Id => Site.Door.Id;

    /// <summary>True when the server can be reached from there, now and then.</summary>
    public bool HasWifi { get; }

    /// <summary>Who looks after it: index of the staff; −1: nobody.</summary>
    public int Staff { get; init; } = -1;

    /// <summary>When the new keys were first seen there, in ms; null: not yet.</summary>
    public long? RekeyedMs { get; private set; }

    /// <summary>True while the clock is proven.</summary>
    public bool IsTimeProven => Site.Door.Door.Memory.Time.Quality == ClockQuality.Proven;

    /// <summary>The door has no power before this, in ms of the site's time.</summary>
    public long DeadUntilMs { get; private set; }

    /// <summary>Its power goes and comes back.</summary>
    public void CutPower(long offMs)
    {
        Site.Door.CutPower(offMs);
        DeadUntilMs = Site.Door.Host.Clock.WorldMs;
    }

    /// <summary>Lives until then, with nobody in front of it: in long turns, and in short ones at the end, as somebody may come.</summary>
    public void LiveUntil(long milliseconds)
    {
        Site.LiveUntil(milliseconds - SyncStepMs, IdleStepMs);
        Site.LiveUntil(milliseconds);
        NoteKeys();
    }

    /// <summary>The network is there for a moment.</summary>
    public void Sync()
    {
        Site.Door.Host.Network.IsUp = true;
        Site.LiveUntil(Site.Door.Host.Clock.WorldMs + SyncMs, SyncStepMs);
        Site.Door.Host.Network.IsUp = false;
        NoteKeys();
    }

    /// <summary>Looks whether it has the keys of the second generation: each of its scopes raised the version once.</summary>
    public void NoteKeys()
    {
        if (RekeyedMs == null && Site.Door.Door.Memory.Keyring.Version > _scopes)
        {
            RekeyedMs = Site.Door.Host.Clock.WorldMs;
        }
    }
}
