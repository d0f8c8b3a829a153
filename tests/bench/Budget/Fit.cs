using System.Globalization;
using System.Text;

namespace DoorController.Bench.Budget;

/// <summary>
/// What the whole heap of a board holds: this application by <see cref="NanoHeap"/>, and beside it what the runtime and the libraries of nanoFramework
/// make. That part is from a run of the application on the nanoFramework interpreter in November 2026, built for a 32-bit PC like the official
/// images, with the debugger that they carry; the sums of that run stand beside the model's, so that everybody sees how far it can be trusted.
/// </summary>
internal static class Fit
{
    /// <summary>Tables of the runtime for the 20 library assemblies, in bytes; measured.</summary>
    private const int LibraryTables = 25_280;

    /// <summary>What static constructors make before Main, with the runtime's own threads, in bytes; measured.</summary>
    private const int BeforeMain = 16_060;

    /// <summary>The debugger of the official images, in bytes; measured.</summary>
    private const int Debugger = 4_896;

    /// <summary>Objects of System.Net and System.Net.Http in an exchange, in bytes; set so that a sync agrees with the interpreter.</summary>
    private const int ExchangeObjects = 14_400;

    /// <summary>Tables for this application that the run had, where <see cref="DeviceCode"/> counted <see cref="TablesCounted"/>, in bytes.</summary>
    private const int TablesMeasured = 4_864;

    private const int TablesCounted = 5_916;

    private static readonly (string While, int Measured)[] Interpreter = [("at rest, every store full", 83_000), ("in an unlock", 89_000), ("in a sync", 116_000)];

    /// <summary>Appends the table.</summary>
    /// <param name="text">Gets it.</param>
    /// <param name="tables">Tables of the runtime for this application as <see cref="DeviceCode"/> counts them, in bytes.</param>
    /// <param name="longLived">Long-lived bytes of the application, adapters included.</param>
    /// <param name="adapters">Those of the adapters.</param>
    /// <param name="peakBy">Most alive and allocated by what is under way, portable part.</param>
    /// <param name="exchange">The network's buffer, in bytes.</param>
    public static void Append(StringBuilder text, int tables, int longLived, int adapters, IReadOnlyDictionary<string, int> peakBy, int exchange)
    {
        int rest = LibraryTables + BeforeMain + Debugger + (tables * TablesMeasured / TablesCounted) + DeviceAdapters.ThreadsBytes + longLived
            + DeviceAdapters.LibraryObjectBytes;
        int portable = longLived - adapters;
        int[] model = [rest, rest + peakBy["unlock"] - portable, rest + peakBy["sync"] - portable + exchange + ExchangeObjects];
        text.AppendLine("### Does it fit?").AppendLine();
        text.AppendLine("| whole heap | model, bytes | interpreter, once, November 2026 | apart |").AppendLine("|---|---:|---:|---:|");
        for (int i = 0; i < model.Length; i++)
        {
            double apart = 100.0 * Math.Abs(model[i] - Interpreter[i].Measured) / Interpreter[i].Measured;
            text.AppendLine(CultureInfo.InvariantCulture, $"| {Interpreter[i].While} | {model[i]:#,0} | {Interpreter[i].Measured:#,0} | {apart:0.0}% |");
        }

        text.AppendLine();
    }
}
