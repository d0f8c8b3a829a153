namespace DoorController.Sim.Fleet;

/// <summary>A site whose doors hear of a key that was taken back, and how people go about there.</summary>
/// <param name="Doors">Doors, or elevator cars; 1 to 1,000.</param>
/// <param name="AreCars">True: cars, whose key says floors.</param>
internal sealed record FleetPlan(int Doors, bool AreCars)
{
    /// <summary>Most doors.</summary>
    public const int MaxDoors = 1000;

    /// <summary>Guests whose phones tap; 1 to 10,000.</summary>
    public int Guests { get; init; } = 200;

    /// <summary>Taps at one door in an hour; above 0, to 100.</summary>
    public double TapsAnHour { get; init; } = 10;

    /// <summary>Share of the phones that have had a network since the key was taken back, 0 to 1.</summary>
    public double OnlineShare { get; init; } = 0.3;

    /// <summary>Share of the doors that have Wi-Fi, 0 to 1.</summary>
    public double WifiShare { get; init; } = 0.3;

    /// <summary>How often in an hour who was revoked tries any door.</summary>
    public double TriesAnHour { get; init; } = 4;

    /// <summary>How long one revocation is followed, in hours; 1 to 168.</summary>
    public int Hours { get; init; } = 24;

    /// <summary>Revocations, one after the other: so many that 1,200 doors in all are looked at, 1 at least.</summary>
    public int Rounds => Math.Max(1, 1200 / Doors);

    /// <summary>Doors with Wi-Fi.</summary>
    public int WifiDoors => (int)Math.Round(Doors * WifiShare);

    /// <summary>Phones that carry the news.</summary>
    public int Carriers => (int)Math.Round(Guests * OnlineShare);

    /// <summary>95 % of the doors, rounded up.</summary>
    public int Most => (int)Math.Ceiling(0.95 * Doors);
}
