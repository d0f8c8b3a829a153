namespace DoorController.Sim.Fleet;

/// <summary>
/// What is to be expected, reckoned without a simulation. Each tap at a door is by a phone with the news with the share of such phones, independent of all others:
/// taps until a door knows are geometric, times exponential, and "95 % of the doors" is one of them in order.
/// </summary>
internal sealed class FleetExpectation(FleetPlan plan)
{
    private const double Enough = 1e-9;
    private const int MostTaps = 100_000;
    private readonly double _share = plan.Carriers / (double)plan.Guests;

    private int Offline => plan.Doors - plan.WifiDoors;

    /// <summary>How many of the doors without Wi-Fi have to hear before 95 % of all know.</summary>
    private int Wanted => plan.Most - plan.WifiDoors;

    /// <summary>Share of the doors that know after so many taps at each.</summary>
    public double KnowAfterTaps(int taps) => (plan.WifiDoors + (Offline * Heard(taps))) / plan.Doors;

    /// <summary>Share of the doors that know after so many hours.</summary>
    public double KnowAfter(double hours) => (plan.WifiDoors + (Offline * (1 - Math.Exp(-Rate * hours)))) / plan.Doors;

    /// <summary>Taps at each door until 95 % of the doors know; infinite when nobody carries.</summary>
    public double TapsToMost()
    {
        if (Wanted <= 0)
        {
            return 0;
        }

        double taps = 0;
        double tooFew = 1;
        for (int n = 0; n < MostTaps && tooFew > Enough; n++)
        {
            tooFew = FewerThan(Wanted, Offline, Heard(n));
            taps += tooFew;
        }

        return tooFew > Enough ? double.PositiveInfinity : taps;
    }

    /// <summary>Hours until 95 % of the doors know; infinite when nobody carries.</summary>
    public double HoursToMost() => Wanted <= 0 ? 0 : Enumerable.Range(0, Wanted).Sum(i => 1 / (Rate * (Offline - i)));

    /// <summary>Openings by one key that was taken back, until so many hours after it.</summary>
    /// <param name="isCarried">False: no phone brings anything.</param>
    public double Openings(double hours, bool isCarried)
    {
        double exposed = isCarried && Rate > 0 ? (1 - Math.Exp(-Rate * hours)) / Rate : hours;
        double wifi = Math.Min(hours, FleetHouse.SyncS / 2.0 / 3600);
        return plan.TriesAnHour * ((Offline * exposed) + (plan.WifiDoors * wifi)) / plan.Doors;
    }

    /// <summary>Times an hour that somebody with the news comes to a door.</summary>
    private double Rate => plan.TapsAnHour * _share;

    private double Heard(int taps) => 1 - Math.Pow(1 - _share, taps);

    /// <summary>Probability that fewer than so many of a number succeed.</summary>
    private static double FewerThan(int wanted, int of, double each)
    {
        if (each is <= 0 or >= 1)
        {
            return each <= 0 ? 1 : 0;
        }

        double sum = 0;
        double log = of * Math.Log(1 - each);
        for (int i = 0; i < wanted; i++)
        {
            sum += Math.Exp(log);
            log += Math.Log((of - i) / (i + 1.0) * each / (1 - each));
        }

        return Math.Min(1, sum);
    }
}
