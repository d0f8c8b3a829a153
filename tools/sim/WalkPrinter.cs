using Spectre.Console;

namespace DoorController.Sim;

/// <summary>Shows walks in colour; plain where there is no terminal.</summary>
internal static class WalkPrinter
{
    /// <summary>Prints each line of a walk and the sum of its bytes.</summary>
    public static void Print(IAnsiConsole console, Walk walk)
    {
        foreach (WalkLine line in walk.Lines)
        {
            string bytes = line.ByteCount > 0 ? $"{line.ByteCount} bytes" : string.Empty;
            console.MarkupLineInterpolated($"  [{Colour(line.Who)}]{line.Who,-6}[/] {line.What,-14} {bytes,9}  [grey]{line.Detail}[/]");
        }

        console.MarkupLineInterpolated($"  [grey]{walk.Lines.Sum(l => l.ByteCount)} bytes in {walk.Operations} reads and writes[/]");
    }

    private static string Colour(string who) => who switch
    {
        "phone" => "deepskyblue1",
        "strike" => "green",
        _ => "yellow",
    };
}
