namespace DoorController.Sim.Month;

/// <summary>A site, and how people go about in it. All that happens is a Poisson process: what is to be expected can be reckoned.</summary>
/// <param name="Name">bank or hotel: what the figures' names begin with.</param>
/// <param name="SharedDoors">Doors that every guest opens.</param>
/// <param name="Rooms">Doors that one guest at a time opens, beside the staff.</param>
internal sealed record MonthPlan(string Name, int SharedDoors, int Rooms)
{
    /// <summary>Share of the doors that have Wi-Fi.</summary>
    public double WifiShare { get; init; }

    /// <summary>Floors of each shared door, which is a car then; 0: none is.</summary>
    public int Floors { get; init; }

    /// <summary>Rooms that one member of the staff looks after, which are one scope.</summary>
    public int RoomsOfStaff { get; init; } = 48;

    /// <summary>Guests there at a time.</summary>
    public int Guests { get; init; }

    /// <summary>How long a guest stays, in days.</summary>
    public double StayDays { get; init; }

    /// <summary>Openings of all shared doors by a guest in a day.</summary>
    public double SharedADay { get; init; }

    /// <summary>Openings of his room by a guest in a day.</summary>
    public double RoomADay { get; init; }

    /// <summary>Visits of one room by the staff in a day.</summary>
    public double StaffADay { get; init; } = 1;

    /// <summary>Times a day that a guest opens the page with a network.</summary>
    public double OnlineADay { get; init; } = 4;

    /// <summary>Times a day that the staff's phone is online.</summary>
    public double StaffOnlineADay { get; init; } = 8;

    /// <summary>Share of the guests whose key is taken back at some moment of their stay; they go on trying.</summary>
    public double RevokedShare { get; init; } = 0.05;

    /// <summary>Times a day that a door's power is cut.</summary>
    public double PowerCutsADay { get; init; } = 0.1;

    /// <summary>Longest power cut in minutes; each shorter one is as likely.</summary>
    public int PowerCutMinutes { get; init; } = 60;

    /// <summary>Minutes between two times that a door with Wi-Fi reaches the server.</summary>
    public int WifiMinutes { get; init; } = 60;

    /// <summary>Day on which all keys are replaced, the old ones for 14 days more.</summary>
    public double RekeyDay { get; init; } = 10;

    /// <summary>Six cars of a house of which none has a network.</summary>
    public static MonthPlan Bank { get; } = new("bank", 6, 0) { Floors = 20, Guests = 120, StayDays = 3, SharedADay = 6 };

    /// <summary>A hotel of 200 doors of which 30% have Wi-Fi.</summary>
    public static MonthPlan Hotel { get; } = new("hotel", 8, 192) { WifiShare = 0.3, Guests = 134, StayDays = 2.5, SharedADay = 3, RoomADay = 6 };

    /// <summary>Guests that arrive in a day.</summary>
    public double ArrivalsADay => Guests / StayDays;
}
