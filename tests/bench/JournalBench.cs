using DoorController.Hal.Host;
using DoorController.Wire;

namespace DoorController.Bench;

/// <summary>
/// The other way that STORAGE.md weighs: deltas appended to a journal beside the window, which is written anew when the journal is full.
/// Counts only what it writes of one scope; a lookup would have to scan the journal as well.
/// </summary>
internal static class JournalBench
{
    private const int Changes = 1000;
    private const int JournalMax = 4096;
    private const int Header = 12;

    public static void Run()
    {
        Print("1", ListBody.Data + ListBody.RunHeader + 1);
        Print("100", ListBody.Data + (100 * (ListBody.RunHeader + 1)));
    }

    private static void Print(string keys, int bytes)
    {
        var slots = new VirtualFlash();
        var journal = new VirtualFlash();
        long slotErases = slots.Blocks.Erased;
        long journalErases = journal.Blocks.Erased;
        byte[] window = new byte[Limits.WindowBytes];
        byte[] entry = new byte[Header + bytes];
        for (int i = 0; i < Changes; i++)
        {
            slots.Replace(i % 2 == 0 ? "win.a" : "win.b", window, 0, window.Length);
            Append(journal, window, entry);
        }

        Line.Print("slots_delta" + keys + "_erases", (slots.Blocks.Erased - slotErases) / (double)Changes, "erases");
        Line.Print("journal_delta" + keys + "_erases", (journal.Blocks.Erased - journalErases) / (double)Changes, "erases");
        Line.Print("slots_delta" + keys + "_bytes", slots.Blocks.ProgrammedBytes / Changes, "bytes");
        Line.Print("journal_delta" + keys + "_bytes", journal.Blocks.ProgrammedBytes / Changes, "bytes");
    }

    private static void Append(VirtualFlash flash, byte[] window, byte[] entry)
    {
        int end = Math.Max(0, flash.Length("journal"));
        if (end + entry.Length > JournalMax)
        {
            flash.Replace(flash.Length("win.a") > 0 ? "win.b" : "win.a", window, 0, window.Length);
            flash.Delete("journal");
            end = 0;
        }

        StoreRig.Require(flash.Write("journal", end, entry, 0, entry.Length), "the journal takes an entry");
    }
}
