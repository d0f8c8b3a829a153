using System.Text.RegularExpressions;

namespace DoorController.Bench.Budget;

/// <summary>
/// What the adapters of the board keep on the managed heap, which no run on this PC can show. Their own objects are counted from their
/// source: one object a class, and its fields. The objects of the nanoFramework libraries behind them are counted from the
/// libraries' source of July 2026, by hand: fields, lists (an ArrayList of 3 fields with room for 4), buffers. An estimate, to be
/// replaced by a measurement on a board (console command heap).
/// </summary>
internal static partial class DeviceAdapters
{
    private const int ArrayList = (4 * NanoHeap.BlockBytes) + 72;
    private const int Handler = 36;

    /// <summary>What libraries keep for us: name, how many, fields of each, further bytes of each.</summary>
    private static readonly (string Name, int Count, int Fields, int Further)[] Libraries =
    [
        ("GattLocalCharacteristic", 6, 16, (4 * ArrayList) + 36 + (2 * Handler)),
        ("GattServiceProvider and its service", 2, 3 + 2, NanoHeap.BlockBytes + ArrayList + 36),
        ("advertisement and its publisher", 1, 11 + 7, NanoHeap.BlockBytes + (3 * ArrayList) + (3 * 132) + Handler),
        ("BluetoothLEServer, session, pairing, event listener", 1, 3 + 4 + 10 + 6, (2 * ArrayList) + (4 * Handler) + 500),
        ("GpioController and its pins", 15, 8, 36),
        ("SerialPort", 1, 25, 100),
        ("RMT channel and its settings", 1, 4 + 14, NanoHeap.BlockBytes + ArrayList),
        ("Random, AutoResetEvent, exceptions kept by the runtime", 1, 8, 200),
    ];

    /// <summary>Each thread at rest: CLR_RT_Thread with six nested exceptions, a sub-thread, three frames of 140 bytes.</summary>
    private const int ThreadBytes = 420 + 60 + (3 * 140);

    /// <summary>Main loop, watchdog, network and Wi-Fi are ours; the event dispatcher and the Bluetooth watcher are the libraries'.</summary>
    private const int OwnThreads = 4;
    private const int LibraryThreads = 2;

    /// <summary>Objects of hal/esp32 and Program, in bytes.</summary>
    public static int OwnBytes(Sources sources) => sources.AdapterFiles.Sum(OfFile);

    /// <summary>The network's buffer while an exchange is under way, in bytes.</summary>
    public static int ExchangeBytes(Sources sources) => NanoHeap.OfArray(
        sources.AdapterFiles.Where(text => text.Contains("class HttpPost", StringComparison.Ordinal)).Sum(text => Constant(text, "MaxBytes")), 1);

    /// <summary>Our threads at rest, in bytes.</summary>
    public static int ThreadsBytes => OwnThreads * ThreadBytes;

    /// <summary>Objects of the libraries, in bytes.</summary>
    public static int LibraryBytes => (LibraryThreads * ThreadBytes) + LibraryObjectBytes;

    /// <summary>The same without the libraries' threads, in bytes.</summary>
    public static int LibraryObjectBytes => Libraries.Sum(library => library.Count * (NanoHeap.OfObject(library.Fields) + library.Further));

    private static int OfFile(string text)
    {
        int classes = ClassOf().Count(text);
        int fields = FieldOf().Count(text) + PropertyOf().Count(text);
        return NanoHeap.BlockBytes * (classes + fields);
    }

    private static int Constant(string text, string name)
    {
        Match match = Regex.Match(text, @"const int " + name + @" = (\d+);");
        return match.Success
            ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("no constant " + name + " for a buffer of hal/esp32");
    }

    [GeneratedRegex(@"^    public sealed class ", RegexOptions.Multiline)]
    private static partial Regex ClassOf();

    [GeneratedRegex(@"^        private (?!const)[\w.?\[\] ]+ _\w+( =[^>].*)?;", RegexOptions.Multiline)]
    private static partial Regex FieldOf();

    [GeneratedRegex(@"^        public [\w.?\[\]]+ \w+ \{ get;", RegexOptions.Multiline)]
    private static partial Regex PropertyOf();
}
