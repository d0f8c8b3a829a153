using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DoorController.Issuer;
using Spectre.Console;

namespace DoorController.Sim.Month;

/// <summary>The command line of the month.</summary>
internal static class MonthCommand
{
    private static readonly MonthPlan[] Plans = [MonthPlan.Bank, MonthPlan.Hotel];

    private const int MaxDays = 60;
    private const int MaxHours = 168;

    /// <summary>Makes the command "month".</summary>
    public static Command Make(IAnsiConsole console)
    {
        Option<int> seed = new("--seed") { Description = "Decides all that happens: the same seed gives the same figures", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<int> days = new("--days") { Description = $"How many days, 1 to {MaxDays}", HelpName = "N", DefaultValueFactory = _ => 30 };
        days.Validators.Add(result => Check(result, MaxDays));
        Option<int?> hours = new("--offline-hours") { Description = $"offline_hours of every guest's scope, 1 to {MaxHours}; without it the default", HelpName = "N" };
        hours.Validators.Add(result => Check(result, MaxHours));
        Option<string> site = new("--site") { Description = "bank (six cars), hotel (200 doors), or both", HelpName = "SITE", DefaultValueFactory = _ => "both" };
        site.AcceptOnlyFromAmong("bank", "hotel", "both");
        Command month = new("month", "Play a month of a bank of cars without a network, and of a hotel: with phones that carry all, and with phones that carry lists alone")
        {
            seed, days, hours, site,
        };
        month.SetAction(parsed =>
        {
            string name = parsed.GetValue(site)!;
            using StopSignal stop = new();
            try
            {
                MonthPlan[] plans = [.. Plans.Where(p => name == "both" || name == p.Name)];
                Play(console, plans, parsed.GetValue(days), parsed.GetValue(seed), parsed.GetValue(hours), stop.Token);
                return 0;
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("stopped: no figures");
                return stop.ExitCode;
            }
        });
        return month;
    }

    /// <summary>Each site with both ways of carrying, all beside each other, each with its own key server.</summary>
    private static void Play(IAnsiConsole console, MonthPlan[] plans, int days, int seed, int? offlineHours, CancellationToken cancel)
    {
        string[][] lines = new string[plans.Length * 2][];
        Parallel.For(0, lines.Length, new ParallelOptions { MaxDegreeOfParallelism = lines.Length, CancellationToken = cancel }, i =>
        {
            (MonthPlan plan, bool hasLoop) = (plans[i / 2], i % 2 == 0);
            string name = $"{plan.Name}_{(hasLoop ? "loop" : "lists_alone")}";
            using MonthWorld world = new(plan, days, seed, hasLoop, offlineHours);
            world.Play(day => Console.Error.WriteLine($"{name}: day {day} of {days}"), cancel);
            lines[i] = [.. world.Figures.Lines("month_" + name)];
        });
        foreach (string line in lines.SelectMany(l => l))
        {
            console.WriteLine(line);
        }
    }

    private static void Check(OptionResult result, int most)
    {
        if (result.Tokens.Count > 0 && !(int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= most))
        {
            result.AddError($"{result.Option.Name}: wanted 1 to {most}");
        }
    }
}
