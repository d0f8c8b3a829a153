using System.Globalization;
using System.Text;
using DoorController.Wire;

namespace DoorController.Bench.Budget;

/// <summary>Prints what the application takes on a board, as lines for .ci/limits or as the table of firmware/BUILD.md.</summary>
internal static class BudgetBench
{
    public static void Run()
    {
        Figures figures = Measure();
        Line.Print("managed_bytes_long_lived", figures.LongLived, "bytes");
        Line.Print("managed_bytes_runtime", figures.Runtime, "bytes, estimate");
        Line.Print("managed_bytes_libraries", DeviceAdapters.LibraryBytes, "bytes, estimate");
        Line.Print("managed_bytes_peak", figures.Peak, "bytes");
        Line.Print("flash_step_programmed_bytes", figures.Run.WorstProgrammed, "bytes");
        Line.Print("flash_step_erased_blocks", figures.Run.WorstErased, "blocks");
        Line.Print("il_bytes_portable", figures.Code.IlPortable, "bytes");
        Line.Print("il_bytes_adapters", figures.Code.IlAdapters, figures.Code.IsExact ? "bytes" : "bytes, estimate");
        Line.Print("il_bytes", figures.Code.IlPortable + figures.Code.IlAdapters, "bytes");
        figures.Run.Dispose();
    }

    /// <summary>The tables, in Markdown.</summary>
    public static void PrintTables()
    {
        Figures figures = Measure();
        var text = new StringBuilder();
        Table(text, "Long-lived managed bytes, every store full", "part", [
            .. figures.Run.Parts,
            ("adapters", DeviceAdapters.OwnBytes(figures.Sources)),
        ]);
        Table(text, "Most alive and allocated in one pass, portable part", "while", [.. figures.Run.PeakBy.Select(pair => (pair.Key, pair.Value))], false);
        Table(text, "IL", "part", [.. Il(figures)]);
        Table(text, "Flash", "file", [.. figures.Run.Files]);
        text.AppendLine(CultureInfo.InvariantCulture, $"- {figures.Run.FlashBlocksUsed} blocks of 4,096 bytes with the metadata of littlefs, of 64 on a 4 MB board.");
        text.AppendLine(CultureInfo.InvariantCulture, $"- Worst flash step in one Poll: {figures.Run.WorstProgrammed:#,0} bytes programmed, {figures.Run.WorstErased} blocks erased ({figures.Run.WorstFlashDoing}).");
        text.AppendLine(CultureInfo.InvariantCulture, $"- The application at its most, adapters included: {figures.Peak:#,0} bytes ({figures.Run.PeakDoing}).");
        text.AppendLine(CultureInfo.InvariantCulture, $"- Beside it, estimated: {figures.Code.TableBytes:#,0} bytes of tables that the runtime makes for this assembly, {DeviceAdapters.ThreadsBytes:#,0} for its threads at rest, {DeviceAdapters.LibraryBytes:#,0} for objects of the nanoFramework libraries.");
        text.AppendLine();
        Fit.Append(
            text, figures.Code.TableBytes, figures.LongLived, DeviceAdapters.OwnBytes(figures.Sources), figures.Run.PeakBy,
            DeviceAdapters.ExchangeBytes(figures.Sources));
        Console.Write(text);
        figures.Run.Dispose();
    }

    /// <summary>
    /// While an exchange is under way its buffer lives beside whatever the loop does; the pass that takes the answer lets go of it first.
    /// </summary>
    private static Figures Measure()
    {
        var sources = new Sources();
        DeviceCode code = DeviceCode.Read(sources);
        var run = new BudgetRun();
        run.Run();
        int outside = DeviceAdapters.OwnBytes(sources);
        int statics = run.Parts[^1].Bytes;
        int exchange = run.PeakBy.Where(pair => pair.Key != "sync").Max(pair => pair.Value) + DeviceAdapters.ExchangeBytes(sources);
        int peak = Math.Max(run.Peak, exchange) + statics + outside;
        return new Figures(
            sources, code, run, run.Parts.Sum(part => part.Bytes) + outside, peak, code.TableBytes + DeviceAdapters.ThreadsBytes);
    }

    private static IEnumerable<(string Part, int Bytes)> Il(Figures figures)
    {
        foreach (var part in figures.Code.Types.GroupBy(type => figures.Sources.PartOf(type.Name)).OrderBy(part => part.Key, StringComparer.Ordinal))
        {
            yield return (part.Key, part.Sum(type => type.IlBytes));
        }

        if (!figures.Code.IsExact)
        {
            yield return (Sources.Adapters + " (estimate)", figures.Code.IlAdapters);
        }
    }

    private static void Table(StringBuilder text, string title, string first, (string Name, int Bytes)[] rows, bool hasSum = true)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"### {title}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| {first} | bytes |").AppendLine("|---|---:|");
        foreach ((string name, int bytes) in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {bytes:#,0} |");
        }

        if (hasSum)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| **together** | **{rows.Sum(row => row.Bytes):#,0}** |");
        }

        text.AppendLine();
    }

    private sealed record Figures(Sources Sources, DeviceCode Code, BudgetRun Run, int LongLived, int Peak, int Runtime);
}
