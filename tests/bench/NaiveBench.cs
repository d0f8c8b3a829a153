using System.Globalization;
using System.Text;
using System.Text.Json;
using DoorController.Hal.Host;
using DoorController.Wire;

namespace DoorController.Bench;

/// <summary>
/// The same work as a newcomer would write it: the dead keys are a JSON list in one file that is written anew with each change, and the
/// log is text that grows at its end. On the same virtual flash.
/// </summary>
internal static class NaiveBench
{
    /// <summary>Dead keys in the file. All that the windows of a door can hold would be five times the partition.</summary>
    private const int Keys = 5_000;
    private const int WindowsFull = Limits.Scopes * Limits.WindowKeys;
    private const string ListFile = "keys.json";
    private const string LogFile = "log.txt";
    private const int LogMax = 65_536;
    private const int LookupBlock = 512;

    public static void Run(int days, int listChangesPerDay, int unlocksPerDay)
    {
        var flash = new VirtualFlash();
        var keys = new List<string>();
        for (int i = 0; i < Keys; i++)
        {
            keys.Add(Key(i));
        }

        Save(flash, keys);
        Line.Print("naive_keys", Keys, "keys");
        Line.Print("naive_full_list_bytes", Encode(Enumerable.Range(0, WindowsFull).Select(Key).ToList()).Length, "bytes");
        Line.Print("naive_store_flash_bytes", (flash.BlocksOf(_ => true) + flash.MetadataBlocks) * FlashBlocks.BlockBytes, "bytes");
        Line.Print("naive_store_ram_bytes", Encode(keys).Length, "bytes");
        PrintLookup(flash);
        PrintDelta(flash, keys);
        PrintAppend(flash);
        PrintLife(flash, keys, days, listChangesPerDay, unlocksPerDay);
    }

    /// <summary>Reads and parses the whole list to find one key; that is also what it has to read at boot.</summary>
    private static void PrintLookup(VirtualFlash flash)
    {
        long before = flash.ReadBytes;
        byte[] text = new byte[flash.Length(ListFile)];
        flash.Read(ListFile, 0, text, 0, text.Length);
        StoreRig.Require(JsonSerializer.Deserialize<List<string>>(text)!.Contains(Key(77)), "the naive list has its key");
        long read = flash.ReadBytes - before;
        Line.Print("naive_store_lookup_blocks", Math.Ceiling((double)read / LookupBlock), "blocks");
        Line.Print("naive_boot_read_bytes", read, "bytes");
    }

    private static void PrintDelta(VirtualFlash flash, List<string> keys)
    {
        long before = flash.Blocks.ProgrammedBytes;
        for (int i = 0; i < 100; i++)
        {
            keys.Add(Key(Keys + i));
        }

        Save(flash, keys);
        Line.Print("naive_delta100_written_bytes", flash.Blocks.ProgrammedBytes - before, "bytes");
    }

    private static void PrintAppend(VirtualFlash flash)
    {
        const int Unlocks = 1000;
        long before = flash.Blocks.ProgrammedBytes;
        for (int i = 0; i < Unlocks; i++)
        {
            Log(flash, i);
        }

        Line.Print("naive_audit_append_bytes", (flash.Blocks.ProgrammedBytes - before) / Unlocks, "bytes");
    }

    private static void PrintLife(VirtualFlash flash, List<string> keys, int days, int listChangesPerDay, int unlocksPerDay)
    {
        int[] before = StoreBench.Erases(flash);
        for (int day = 0; day < days; day++)
        {
            for (int i = 0; i < listChangesPerDay; i++)
            {
                keys[((day * listChangesPerDay) + i) % keys.Count] = Key(i);
                Save(flash, keys);
            }

            for (int i = 0; i < unlocksPerDay; i++)
            {
                Log(flash, i);
            }
        }

        Line.Print("naive_flash_life_years", StoreBench.Years(flash, before, days), "years");
    }

    private static void Log(VirtualFlash flash, int i)
    {
        foreach (string what in new[] { "credential granted key " + Key(i), "door opened", "door closed" })
        {
            byte[] line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"2026-08-02T10:{i % 60:00}:00Z {what}\n"));
            int end = Math.Max(0, flash.Length(LogFile));
            if (end > LogMax)
            {
                flash.Delete(LogFile);
                end = 0;
            }

            StoreRig.Require(flash.Write(LogFile, end, line, 0, line.Length), "the naive log takes a line");
        }
    }

    private static void Save(VirtualFlash flash, List<string> keys)
    {
        byte[] text = Encode(keys);
        StoreRig.Require(flash.Replace(ListFile, text, 0, text.Length), "the naive list is written");
    }

    private static byte[] Encode(List<string> keys) => JsonSerializer.SerializeToUtf8Bytes(keys);

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"a1b2:{number % WindowsFull}");
}
