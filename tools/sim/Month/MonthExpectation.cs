namespace DoorController.Sim.Month;

/// <summary>
/// How often a key that was taken back still opens, reckoned without a simulation: at each door the guest's rate, times the time until somebody brings the
/// news or his credential ends. All times in days.
/// </summary>
/// <param name="plan">The rates.</param>
internal sealed class MonthExpectation(MonthPlan plan)
{
    private const int Steps = 500;

    /// <summary>Openings of one guest's key after it was taken back, and their variance.</summary>
    /// <param name="guest">His doors.</param>
    /// <param name="days">How long he and his credential last from then on.</param>
    public (double Mean, double Variance) Openings(MonthGuest guest, double days)
    {
        (double Mean, double Variance) all = (0, 0);
        foreach (IGrouping<(bool HasWifi, bool IsRoom, double ADay), (MonthDoor Door, double ADay)> same in guest.Doors
            .GroupBy(d => (d.Door.HasWifi, d.Door.Staff >= 0, d.ADay)))
        {
            (double mean, double square) = Unheard(same.Key.HasWifi, same.Key.IsRoom, days);
            double aDay = same.Key.ADay;
            all.Mean += same.Count() * aDay * mean;
            all.Variance += same.Count() * ((aDay * mean) + (aDay * aDay * (square - (mean * mean))));
        }

        return all;
    }

    /// <summary>Time within these days until the door has heard, and its square, both as they are to be expected.</summary>
    private (double Mean, double Square) Unheard(bool hasWifi, bool isRoom, double days)
    {
        double step = days / Steps;
        (double Mean, double Square) sum = (0, 0);
        for (int i = 0; i < Steps; i++)
        {
            double t = (i + 0.5) * step;
            double unheard = IsUnheard(hasWifi, isRoom, t) * step;
            sum = (sum.Mean + unheard, sum.Square + (2 * t * unheard));
        }

        return sum;
    }

    /// <summary>Probability that a door has not heard after so long. Wi-Fi, the staff and the guests come each on their own.</summary>
    private double IsUnheard(bool hasWifi, bool isRoom, double t)
    {
        double wifi = hasWifi ? Math.Max(0, 1 - (t * 24 * 60 / plan.WifiMinutes)) : 1;
        return wifi == 0 ? 0 : wifi * (isRoom ? 1 - Brought(plan.StaffADay, plan.StaffOnlineADay, t) : NotByGuests(plan.SharedADay / plan.SharedDoors, t));
    }

    /// <summary>Probability that one person who comes at a rate, and is online at another, has come after having been online.</summary>
    private static double Brought(double visits, double online, double t) => Math.Abs(visits - online) < 1e-9
        ? 1 - ((1 + (visits * t)) * Math.Exp(-visits * t))
        : 1 - (((visits * Math.Exp(-online * t)) - (online * Math.Exp(-visits * t))) / (visits - online));

    /// <summary>Probability that no guest has brought it: neither one of those who were there, nor one who has arrived since and was online then.</summary>
    private double NotByGuests(double visits, double t)
    {
        const int Parts = 100;
        double stay = plan.StayDays;
        double present = Enumerable.Range(0, Parts).Average(i => Brought(visits, plan.OnlineADay, Math.Min(t, stay * (i + 0.5) / Parts))) * stay;
        double since = Enumerable.Range(0, Parts).Average(i => 1 - Math.Exp(-visits * Math.Min(t * (i + 0.5) / Parts, stay))) * t;
        return Math.Exp(-plan.ArrivalsADay * (present + since));
    }
}
