using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Bench;

/// <summary>What the door's memory costs on flash and in RAM, with every window full; the naive way beside it.</summary>
internal static class StoreBench
{
    private const int Deltas = 200;
    private const int Keys = 100;
    private const int Unlocks = 4000;
    private const int Days = 180;
    private const int ListChangesPerDay = 100;
    private const int UnlocksPerDay = 500;
    private const double ErasesOfABlock = 100_000;

    public static void Run()
    {
        using var rig = new StoreRig();
        PrintFlash(rig);
        PrintRam(rig);
        PrintLookup(rig);
        PrintBoot(rig);
        PrintWrites(rig);
        PrintLife(rig);
        JournalBench.Run();
        NaiveBench.Run(Days, ListChangesPerDay, UnlocksPerDay);
    }

    /// <summary>Years until the block that is erased most has been erased 100,000 times.</summary>
    public static double Years(VirtualFlash flash, int[] before, int days)
    {
        int most = Enumerable.Range(0, flash.Blocks.Count).Max(block => flash.Blocks.Erases(block) - before[block]);
        return ErasesOfABlock / most * days / 365;
    }

    public static int[] Erases(VirtualFlash flash) => Enumerable.Range(0, flash.Blocks.Count).Select(flash.Blocks.Erases).ToArray();

    /// <summary>
    /// The most blocks that were allocated at the end of any day. The metadata has a pair for the superblock and one for the files, which
    /// are the store's; a further one would be there because of the trail, and is counted with it.
    /// </summary>
    private static void PrintFlash(StoreRig rig)
    {
        const int StorePairs = 2;
        int store = 0;
        int trail = 0;
        for (int day = 0; day < 30; day++)
        {
            rig.LiveADay(ListChangesPerDay, UnlocksPerDay);
            store = Math.Max(store, rig.Flash.BlocksOf(name => !StoreRig.IsOfTheTrail(name)) + Math.Min(rig.Flash.MetadataBlocks, StorePairs * 2));
            trail = Math.Max(trail, rig.Flash.BlocksOf(StoreRig.IsOfTheTrail) + Math.Max(0, rig.Flash.MetadataBlocks - StorePairs * 2));
        }

        Line.Print("store_flash_bytes", store * FlashBlocks.BlockBytes, "bytes");
        Line.Print("audit_flash_bytes", trail * FlashBlocks.BlockBytes, "bytes");
    }

    /// <summary>What stays in memory, on a 64-bit runtime, where headers and references are larger than on the device.</summary>
    private static void PrintRam(StoreRig rig)
    {
        const int Copies = 200;
        byte[] scratch = new byte[Limits.ScratchBytes];
        object[] kept = new object[Copies * 4];
        long before = GC.GetTotalMemory(true);
        for (int i = 0; i < kept.Length; i += 4)
        {
            kept[i] = new KeyStore(rig.Flash, rig.Host.Crypto, scratch);
            kept[i + 1] = new Keyring(rig.Host.Crypto, new SlotFile(rig.Flash, rig.Host.Crypto, "bundle", scratch));
            kept[i + 2] = new DoorTime(rig.Flash, rig.Host.Crypto, scratch);
            kept[i + 3] = new TimeChallenge(rig.Host.Random);
        }

        double bytes = (double)(GC.GetTotalMemory(true) - before) / Copies;
        GC.KeepAlive(kept);
        Line.Print("store_ram_bytes", Math.Ceiling(bytes), "bytes");
    }

    private static void PrintLookup(StoreRig rig)
    {
        long most = 0;
        for (int slot = 0; slot < Limits.Scopes; slot++)
        {
            for (uint key = 0; key < Limits.WindowKeys + 8; key++)
            {
                long before = rig.Flash.ReadBytes;
                rig.Memory.KeyStore.Judge(slot, key);
                most = Math.Max(most, rig.Flash.ReadBytes - before);
            }
        }

        Line.Print("store_lookup_blocks", Math.Ceiling((double)most / KeyWindow.BlockBytes), "blocks");
    }

    /// <summary>From power to the first verdict on a proven credential, the whole door included.</summary>
    private static void PrintBoot(StoreRig rig)
    {
        VirtualFlash flash = rig.Flash.Copy();
        using var host = new HostBoard(flash);
        var door = new Door(host.Board, new Settings());
        int verdict = door.Memory.KeyStore.Judge(0, 7);
        StoreRig.Require(verdict is Verdict.Granted or Verdict.Revoked, "the first key is judged, not " + verdict);
        Line.Print("boot_read_bytes", flash.ReadBytes, "bytes");
        Line.Print("boot_file_reads", flash.Reads, "reads");
    }

    private static void PrintWrites(StoreRig rig)
    {
        long before = rig.Flash.Blocks.ProgrammedBytes;
        for (int i = 0; i < Deltas; i++)
        {
            rig.Revoke(Keys);
        }

        Line.Print("delta100_written_bytes", (rig.Flash.Blocks.ProgrammedBytes - before) / Deltas, "bytes");
        before = rig.Flash.Blocks.ProgrammedBytes;
        for (uint i = 0; i < Unlocks; i++)
        {
            rig.RecordUnlock(i);
            rig.Pass(Limits.AuditQueueMs + 1);
        }

        Line.Print("audit_append_bytes", (rig.Flash.Blocks.ProgrammedBytes - before) / Unlocks, "bytes");
    }

    private static void PrintLife(StoreRig rig)
    {
        int[] before = Erases(rig.Flash);
        for (int day = 0; day < Days; day++)
        {
            rig.LiveADay(ListChangesPerDay, UnlocksPerDay);
        }

        Line.Print("flash_life_years", Years(rig.Flash, before, Days), "years");
    }
}
