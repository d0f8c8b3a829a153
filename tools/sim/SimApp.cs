using System.CommandLine;
using DoorController.Issuer;
using DoorController.Sim.Fleet;
using DoorController.Sim.Month;
using DoorController.Sim.Page;
using DoorController.Sim.Site;
using Spectre.Console;

namespace DoorController.Sim;

/// <summary>The command line of the door on your desk.</summary>
internal static class SimApp
{
    private const int BadInput = 2;

    /// <summary>Characters of a line where there is no terminal to ask: a walk's line never wraps.</summary>
    private const int PlainWidth = 200;

    private static readonly Option<string?> KeyFile = new("--key")
    {
        Description = "File with an instant key object; without it, Seam's example",
        HelpName = "FILE",
        Recursive = true,
    };

    private static readonly Option<int> Wrong = new("--wrong")
    {
        Description = "Number of a step that is to want a wrong verdict, to see that the scene then fails",
        HelpName = "STEP",
    };

    /// <summary>Runs one command.</summary>
    /// <returns>0; 1 when the demo did not go as wanted; 2 for bad input, with one line that names the field.</returns>
    public static int Run(string[] args, IAnsiConsole console, TextWriter error)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = PlainWidth;
        }

        ParseResult parsed = Build(console).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine($"error: {parsed.Errors[0].Message.TrimEnd('.')}: --help shows the options");
            return BadInput;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Error = error });
        }
        catch (Exception e) when (e is InstantKeyException or SiteException)
        {
            error.WriteLine("error: " + e.Message);
            return BadInput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine("error: --key: " + e.Message);
            return BadInput;
        }
    }

    private static RootCommand Build(IAnsiConsole console)
    {
        Command demo = new("demo", "Play a fixed scene without a terminal; exits with 0 only if each verdict was as wanted") { Wrong };
        demo.SetAction(parsed =>
        {
            using Demo scene = new(console, Load(parsed.GetValue(KeyFile)), parsed.GetValue(Wrong));
            return scene.Run();
        });
        Command site = new("site", "A key server and three doors in this process: issue, revoke, cut the network, watch");
        site.SetAction(_ =>
        {
            using SiteWorld world = new();
            using SiteScreen screen = new(world, console);
            PromptLoop.Run(console.Profile.Out.IsTerminal ? screen : new SiteDesk(world, console), console);
            return 0;
        });
        RootCommand root = new("A door on your desk: the firmware of the board on virtual hardware") { KeyFile, demo, site, PageCommand.Make(console), MonthCommand.Make(console), FleetCommand.Make(console) };
        root.SetAction(parsed =>
        {
            using Desk desk = new(console, Load(parsed.GetValue(KeyFile)));
            PromptLoop.Run(desk, console);
            return 0;
        });
        return root;
    }

    private static InstantKey Load(string? path)
    {
        using Stream stream = path == null
            ? typeof(SimApp).Assembly.GetManifestResourceStream("instant-key.example.json")!
            : File.OpenRead(path);
        byte[] bytes = new byte[InstantKey.MaxBytes + 1];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return InstantKey.Parse(bytes.AsMemory(0, count));
    }
}
