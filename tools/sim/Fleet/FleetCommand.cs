using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DoorController.Issuer;
using Spectre.Console;

namespace DoorController.Sim.Fleet;

/// <summary>The command line of the fleet.</summary>
internal static class FleetCommand
{
    private static readonly Option<int?> Cars = Number("--cars", "Elevator cars of a bank, 1 to 1000; without it and --doors 6", 1, FleetPlan.MaxDoors);
    private static readonly Option<int?> Doors = Number("--doors", "Doors of a hotel or an office instead of cars, 1 to 1000", 1, FleetPlan.MaxDoors);
    private static readonly Option<int?> Guests = Number("--guests", "Guests with phones, 1 to 10000; without it 200", 1, 10_000);
    private static readonly Option<int?> Hours = Number("--hours", "How long each revocation is followed, 1 to 168; without it 24", 1, 168);
    private static readonly Option<int?> Seed = Number("--seed", "Decides all that happens: the same seed gives the same output", 0, int.MaxValue);
    private static readonly Option<double?> Taps = Number<double>("--taps", "Taps at one door in an hour, 0.01 to 100; without it 10", 0.01, 100);
    private static readonly Option<double?> Tries = Number<double>("--tries", "How often in an hour who was revoked tries a door, 0.01 to 100; without it 4", 0.01, 100);
    private static readonly Option<double?> Online = Number<double>("--online", "Share of the phones that had a network since the key was taken back, 0 to 1; without it 0.3", 0, 1);
    private static readonly Option<double?> Wifi = Number<double>("--wifi", "Share of the doors that have Wi-Fi, 0 to 1; without it 0.3", 0, 1);
    private static readonly Option<bool> Offline = new("--offline") { Description = "No door has Wi-Fi" };
    private static readonly Option<string?> Svg = new("--svg") { Description = "Plots of it, as SVG", HelpName = "FILE" };

    /// <summary>Makes the command "fleet".</summary>
    public static Command Make(IAnsiConsole console)
    {
        Command fleet = new("fleet", "A key is taken back: how soon the doors of a bank, a hotel or an office refuse it, played by the real firmware and beside it what is to be expected")
        {
            Cars, Doors, Guests, Taps, Online, Wifi, Offline, Tries, Hours, Seed, Svg,
        };
        fleet.Validators.Add(result =>
        {
            Refuse(result, result.GetResult(Cars) != null && result.GetResult(Doors) != null, "--cars and --doors: one of them");
            Refuse(result, result.GetResult(Wifi) != null && result.GetResult(Offline) != null, "--wifi and --offline: one of them");
        });
        fleet.SetAction(parsed => Run(console, parsed));
        return fleet;
    }

    private static int Run(IAnsiConsole console, ParseResult parsed)
    {
        FleetPlan plan = Read(parsed);
        int seed = parsed.GetValue(Seed) ?? 1;
        FleetRun carried = new(plan, seed, isCarried: true);
        FleetRun alone = new(plan, seed, isCarried: false);
        using StopSignal stop = new();
        try
        {
            Play(console, plan, [carried, alone], stop.Token);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped: no figures");
            return stop.ExitCode;
        }

        FleetExpectation expected = new(plan);
        console.Write(Show(plan, carried, alone, expected));
        if (parsed.GetValue(Svg) is string file)
        {
            FleetPlot.Save(file, plan, carried, alone, expected);
            console.WriteLine($"plots: {file}");
        }

        return carried.Broken + alone.Broken == 0 ? 0 : 1;
    }

    private static FleetPlan Read(ParseResult parsed)
    {
        FleetPlan plan = parsed.GetValue(Doors) is int doors ? new(doors, AreCars: false) : new(parsed.GetValue(Cars) ?? 6, AreCars: true);
        return plan with
        {
            Guests = parsed.GetValue(Guests) ?? plan.Guests,
            Hours = parsed.GetValue(Hours) ?? plan.Hours,
            TapsAnHour = parsed.GetValue(Taps) ?? plan.TapsAnHour,
            TriesAnHour = parsed.GetValue(Tries) ?? plan.TriesAnHour,
            OnlineShare = parsed.GetValue(Online) ?? plan.OnlineShare,
            WifiShare = parsed.GetValue(Offline) ? 0 : parsed.GetValue(Wifi) ?? plan.WifiShare,
        };
    }

    /// <summary>Both ways beside each other, on two cores.</summary>
    private static void Play(IAnsiConsole console, FleetPlan plan, FleetRun[] runs, CancellationToken cancel)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            Parallel.ForEach(runs, run => run.Play(() => { }, cancel));
            return;
        }

        console.Progress().Start(context =>
        {
            ProgressTask task = context.AddTask($"{plan.Doors} doors, {plan.Rounds} revocations", maxValue: runs.Length * plan.Rounds);
            Parallel.ForEach(runs, run => run.Play(() => task.Increment(1), cancel));
        });
    }

    private static Table Show(FleetPlan plan, FleetRun carried, FleetRun alone, FleetExpectation expected)
    {
        string kind = plan.AreCars ? "cars" : "doors";
        Table table = new Table().AddColumns("figure", "played", "to be expected");
        table.AddRow(kind, $"{plan.Doors}", string.Empty);
        table.AddRow($"{kind} with Wi-Fi", $"{plan.WifiDoors}", string.Empty);
        table.AddRow("phones, with the news", $"{plan.Guests}, {plan.Carriers}", string.Empty);
        table.AddRow("keys taken back", $"{plan.Rounds}", string.Empty);
        table.AddRow($"taps at each until {plan.Most} of {plan.Doors} {kind} refuse it", Mean(carried.TapsToMost, plan), Text(expected.TapsToMost()));
        table.AddRow($"hours until {plan.Most} of {plan.Doors} {kind} refuse it", Mean(carried.HoursToMost, plan), Text(expected.HoursToMost()));
        table.AddRow($"openings by the key in {plan.Hours} h, phones carry", Mean([.. carried.Openings.Select(o => (double)o)], plan), Text(expected.Openings(plan.Hours, true)));
        table.AddRow($"openings by the key in {plan.Hours} h, no phone carries", Mean([.. alone.Openings.Select(o => (double)o)], plan), Text(expected.Openings(plan.Hours, false)));
        table.AddRow("openings by it where the door knew", $"{carried.Broken + alone.Broken}", "0");
        table.AddRow("taps played", $"{carried.Played + alone.Played}", string.Empty);
        return table;
    }

    /// <summary>Mean of the revocations in which it came so far, and its standard error.</summary>
    private static string Mean(IReadOnlyList<double> values, FleetPlan plan)
    {
        if (values.Count == 0)
        {
            return "never";
        }

        double mean = values.Average();
        double error = values.Count < 2 ? double.NaN : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1) / values.Count);
        string text = Text(mean) + (double.IsNaN(error) ? string.Empty : " ± " + Text(error));
        return values.Count < plan.Rounds ? $"{text} ({values.Count} of {plan.Rounds} times)" : text;
    }

    private static string Text(double value) => double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : "never";

    private static void Refuse(CommandResult result, bool isBad, string what)
    {
        if (isBad)
        {
            result.AddError(what);
        }
    }

    private static Option<T?> Number<T>(string name, string description, T least, T most)
        where T : struct, IParsable<T>, IComparable<T>
    {
        Option<T?> option = new(name) { Description = description, HelpName = "N", CustomParser = result => Parse(result, name, least, most) };
        return option;
    }

    private static T? Parse<T>(ArgumentResult result, string name, T least, T most)
        where T : struct, IParsable<T>, IComparable<T>
    {
        if (T.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out T value) && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0)
        {
            return value;
        }

        result.AddError(FormattableString.Invariant($"{name}: wanted {least} to {most}"));
        return null;
    }
}
