using System.Collections.Concurrent;
using DoorController.Hal.Host;
using DoorController.Issuer;
using Spectre.Console;

namespace DoorController.Sim;

/// <summary>Ties what is simulated to real time and to the keyboard, on one thread.</summary>
internal static class PromptLoop
{
    private const int StepMs = 10;
    private const int LeastRoom = 20;

    /// <summary>Reads lines until it is over, the input ends, or somebody stops the program.</summary>
    public static void Run(IPrompted prompted, IAnsiConsole console)
    {
        // The key server of a site takes these signals for its own; here they end the program, and what it made is cleaned up.
        using StopSignal stop = new();
        prompted.Greet();
        if (Console.IsInputRedirected)
        {
            RunLines(prompted, console, Console.In, stop.Token);
        }
        else
        {
            RunKeys(prompted, stop.Token);
        }
    }

    /// <summary>Reads on a thread of its own, which nothing waits for: a read cannot be broken off.</summary>
    private static void RunLines(IPrompted prompted, IAnsiConsole console, TextReader input, CancellationToken stop)
    {
        using BlockingCollection<string> lines = new(1);
        Thread reader = new(() =>
        {
            while (!stop.IsCancellationRequested && input.ReadLine() is string line)
            {
                lines.Add(line, CancellationToken.None);
            }

            lines.CompleteAdding();
        })
        { IsBackground = true };
        reader.Start();
        try
        {
            foreach (string line in lines.GetConsumingEnumerable(stop))
            {
                console.WriteLine(prompted.Prompt + line);
                prompted.Do(line.Trim());
                if (prompted.IsOver)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            prompted.End();
        }
    }

    private static void RunKeys(IPrompted prompted, CancellationToken stop)
    {
        DeskClock clock = new(new VirtualClock(), TimeProvider.System);
        KeyLine line = new();
        Console.TreatControlCAsInput = true;
        Show(prompted, line);
        while (!prompted.IsOver && !stop.IsCancellationRequested)
        {
            long before = clock.Clock.WorldMs;
            clock.CatchUp();
            prompted.Live(clock.Clock.WorldMs - before);
            if (Console.KeyAvailable)
            {
                Take(prompted, line, Console.ReadKey(true));
                continue;
            }

            if (prompted.Report(Clear))
            {
                Show(prompted, line);
            }

            stop.WaitHandle.WaitOne(StepMs);
        }

        Console.WriteLine();
    }

    private static void Take(IPrompted prompted, KeyLine line, ConsoleKeyInfo key)
    {
        if (line.Ends(key))
        {
            prompted.End();
            return;
        }

        string? whole = line.Add(key);
        if (whole != null)
        {
            Console.WriteLine();
            prompted.Do(whole);
        }

        if (!prompted.IsOver)
        {
            Show(prompted, line);
        }
    }

    private static void Show(IPrompted prompted, KeyLine line)
    {
        // A line that wraps could not be cleared: of one that is longer than the terminal the end is shown.
        int room = Math.Max(LeastRoom, Console.WindowWidth - prompted.Prompt.Length - 1);
        Clear();
        Console.Write(prompted.Prompt + (line.Text.Length <= room ? line.Text : "…" + line.Text[^(room - 1)..]));
    }

    private static void Clear() => Console.Write("\r\u001b[K");
}
