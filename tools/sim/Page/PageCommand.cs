using System.CommandLine;
using System.Globalization;
using DoorController.Sim.Site;
using Spectre.Console;

namespace DoorController.Sim.Page;

/// <summary>The command that shows the desk in a browser.</summary>
internal static class PageCommand
{
    private const int UsualPort = 8090;
    private const int CarFloors = 8;

    private static readonly Option<string> Port = new("--port")
    {
        Description = "Port on this machine; 0 for any",
        HelpName = "PORT",
        DefaultValueFactory = _ => UsualPort.ToString(CultureInfo.InvariantCulture),
    };

    private static readonly Option<bool> Car = new("--car") { Description = "An elevator car with 8 floors instead of a door" };

    /// <summary>The command.</summary>
    public static Command Make(IAnsiConsole console)
    {
        Command page = new("page", "The door to look at in a browser: the guest's page beside it, every frame and the strike, live") { Port, Car };
        page.SetAction((parsed, cancel) => RunAsync(console, ReadPort(parsed.GetRequiredValue(Port)), parsed.GetValue(Car) ? CarFloors : 0, cancel));
        return page;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, int port, int floors, CancellationToken cancel)
    {
        using PageDesk desk = new(floors);
        PageHost host;
        try
        {
            host = await PageHost.StartAsync(desk, port);
        }
        catch (IOException e) when (PageHost.IsTaken(e))
        {
            throw new SiteException($"--port {port} is in use by another program: stop that, or give another one; 0 takes any");
        }

        await using (host)
        {
            console.MarkupLineInterpolated($"[bold]The door on your desk[/]: open {host.Address} in a browser. Ctrl-C ends it.");
            await PageHost.WaitAsync(cancel);
        }

        return 0;
    }

    private static int ReadPort(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
        ? port
        : throw new SiteException("--port is no port: give 0 to 65535");
}
