using DoorController.Hal.Host;
using Spectre.Console;

namespace DoorController.Sim;

/// <summary>Ties what is simulated to real time and to the keyboard, on one thread.</summary>
internal static class PromptLoop
{
    private const int StepMs = 10;

    /// <summary>Reads lines until it is over or the input ends.</summary>
    public static void Run(IPrompted prompted, IAnsiConsole console)
    {
        prompted.Greet();
        if (Console.IsInputRedirected)
        {
            RunLines(prompted, console);
        }
        else
        {
            RunKeys(prompted);
        }
    }

    private static void RunLines(IPrompted prompted, IAnsiConsole console)
    {
        while (!prompted.IsOver && Console.In.ReadLine() is string line)
        {
            console.WriteLine(prompted.Prompt + line);
            prompted.Do(line.Trim());
        }
    }

    private static void RunKeys(IPrompted prompted)
    {
        DeskClock clock = new(new VirtualClock(), TimeProvider.System);
        KeyLine line = new();
        Show(prompted, line);
        while (!prompted.IsOver)
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

            Thread.Sleep(StepMs);
        }
    }

    private static void Take(IPrompted prompted, KeyLine line, ConsoleKeyInfo key)
    {
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
        Clear();
        Console.Write(prompted.Prompt + line.Text);
    }

    private static void Clear() => Console.Write("\r\u001b[K");
}
