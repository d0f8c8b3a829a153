using DoorController.Hal.Host;
using Spectre.Console;

namespace DoorController.Sim;

/// <summary>Tells of each edge of the strike once.</summary>
internal sealed class StrikeReport(IAnsiConsole console, VirtualStrike strike)
{
    private int _told;

    /// <summary>True when there is an edge that was not told yet.</summary>
    public bool HasNews => _told != strike.Edges.Count;

    /// <summary>Prints what was not told yet.</summary>
    /// <param name="isWalkShown">True when a walk has told of the pulse.</param>
    public void Print(bool isWalkShown)
    {
        IReadOnlyList<StrikeEdge> edges = strike.Edges;
        for (; _told < edges.Count; _told++)
        {
            StrikeEdge edge = edges[_told];
            if (!edge.IsOn || !isWalkShown)
            {
                console.MarkupLineInterpolated($"  [green]strike[/] {(edge.IsOn ? "energised" : "released")} [grey]at {edge.AtMs} ms, {Cause(edge.Cause)}[/]");
            }
        }
    }

    private static string Cause(StrikeCause cause) => cause switch
    {
        StrikeCause.Pulse => "a pulse begins",
        StrikeCause.End => "at the end of its time",
        StrikeCause.Release => "by the firmware",
        _ => "by the loss of power",
    };
}
