using ScottPlot;
using ScottPlot.MultiplotLayouts;
using SkiaSharp;

namespace DoorController.Sim.Fleet;

/// <summary>Three plots beside each other in one SVG: who knows after so many taps, after so many hours, and how often the key opened meanwhile.</summary>
internal static class FleetPlot
{
    private const int Width = 1500;
    private const int Height = 420;
    private const int Points = 120;

    /// <summary>Draws what was played and what was to be expected.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string file, FleetPlan plan, FleetRun carried, FleetRun alone, FleetExpectation expected)
    {
        Multiplot plots = new();
        plots.AddPlots(3);
        plots.Layout = new Columns();
        AddTaps(plots.GetPlot(0), plan, carried, expected);
        AddHours(plots.GetPlot(1), plan, carried, expected);
        AddOpenings(plots.GetPlot(2), plan, carried, alone, expected);
        using FileStream stream = File.Create(file);
        using SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream);
        plots.Render(canvas, new PixelRect(0, Width, Height, 0));
    }

    private static void AddTaps(Plot plot, FleetPlan plan, FleetRun carried, FleetExpectation expected)
    {
        int most = Math.Max(1, carried.Taps.DefaultIfEmpty(1).Max());
        double[] taps = [.. Enumerable.Range(0, most + 1).Select(n => (double)n)];
        int doors = plan.Doors * plan.Rounds;
        int wifi = plan.WifiDoors * plan.Rounds;
        Line(plot, "played", taps, n => (wifi + carried.Taps.Count(t => t <= n)) / (double)doors, isExpected: false);
        Line(plot, "expected", taps, n => expected.KnowAfterTaps((int)n), isExpected: true);
        Finish(plot, "Doors that refuse the key", "taps at each door", "share of the doors", Alignment.LowerRight);
    }

    private static void AddHours(Plot plot, FleetPlan plan, FleetRun carried, FleetExpectation expected)
    {
        double[] hours = Even(Math.Max(0.1, carried.Hours.DefaultIfEmpty(1).Max()));
        Line(plot, "played", hours, h => carried.Hours.Count(k => k <= h) / (double)(plan.Doors * plan.Rounds), isExpected: false);
        Line(plot, "expected", hours, expected.KnowAfter, isExpected: true);
        Finish(plot, "Doors that refuse the key", "hours", "share of the doors", Alignment.LowerRight);
    }

    private static void AddOpenings(Plot plot, FleetPlan plan, FleetRun carried, FleetRun alone, FleetExpectation expected)
    {
        double[] hours = Even(plan.Hours);
        foreach ((FleetRun run, bool isCarried, string name) in new[] { (carried, true, "phones carry"), (alone, false, "no phone carries") })
        {
            Line(plot, name, hours, h => run.OpeningHours.Count(o => o <= h) / (double)plan.Rounds, isExpected: false);
            Line(plot, name + ", expected", hours, h => expected.Openings(h, isCarried), isExpected: true);
        }

        Finish(plot, "Openings by one key that was taken back", "hours", "openings", Alignment.UpperLeft);
    }

    private static double[] Even(double most) => [.. Enumerable.Range(0, Points + 1).Select(i => most * i / Points)];

    private static void Line(Plot plot, string name, double[] xs, Func<double, double> y, bool isExpected)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(xs, [.. xs.Select(y)]);
        line.LegendText = name;
        line.MarkerSize = 0;
        line.LineWidth = 2;
        line.LinePattern = isExpected ? LinePattern.Dashed : LinePattern.Solid;
    }

    private static void Finish(Plot plot, string title, string x, string y, Alignment legend)
    {
        plot.Title(title);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        plot.ShowLegend(legend);
    }
}
