using DoorController.Hal.Host;
using Spectre.Console;

namespace DoorController.Sim;

/// <summary>Ties the desk to real time and to the keyboard, on one thread.</summary>
internal static class DeskLoop
{
    private const string Prompt = "desk> ";
    private const int StepMs = 10;

    /// <summary>Reads lines until "quit" or the end of input.</summary>
    public static void Run(Desk desk, IAnsiConsole console)
    {
        desk.Greet();
        if (Console.IsInputRedirected)
        {
            RunLines(desk, console);
        }
        else
        {
            RunKeys(desk);
        }
    }

    private static void RunLines(Desk desk, IAnsiConsole console)
    {
        while (!desk.IsOver && Console.In.ReadLine() is string line)
        {
            console.WriteLine(Prompt + line);
            desk.Do(line.Trim());
        }
    }

    private static void RunKeys(Desk desk)
    {
        DeskClock clock = new(desk.Door.Host.Clock, TimeProvider.System);
        KeyLine line = new();
        Show(line);
        while (!desk.IsOver)
        {
            clock.CatchUp();
            desk.Door.Door.Poll();
            desk.Door.FollowReboot();
            if (Console.KeyAvailable)
            {
                Take(desk, line, Console.ReadKey(true));
                continue;
            }

            if (desk.Report(Clear))
            {
                Show(line);
            }

            Thread.Sleep(StepMs);
        }
    }

    private static void Take(Desk desk, KeyLine line, ConsoleKeyInfo key)
    {
        string? whole = line.Add(key);
        if (whole != null)
        {
            Console.WriteLine();
            desk.Do(whole);
        }

        if (!desk.IsOver)
        {
            Show(line);
        }
    }

    private static void Show(KeyLine line)
    {
        Clear();
        Console.Write(Prompt + line.Text);
    }

    private static void Clear() => Console.Write("\r\u001b[K");
}
