using System.Diagnostics;
using System.Reflection;
using DoorController.Access;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Radio;
using DoorController.Tests;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Bench.Count;

/// <summary>
/// What an unlock and an idle pass of the loop execute and make on any machine: exact counts, the same in each run. The firmware cannot
/// count itself, so a copy of this program with a rewritten assembly does (<see cref="Instrument"/>).
/// </summary>
internal static class CountBench
{
    /// <summary>The argument that makes a copy count.</summary>
    public const string Counted = "counted";

    private static readonly string Firmware = typeof(Door).Assembly.GetName().Name + ".dll";

    /// <summary>Makes the copy, runs it, and passes its lines on.</summary>
    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("door-count").FullName;
        try
        {
            foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            Instrument.Rewrite(Path.Combine(folder, Firmware));
            using Process copy = Process.Start(Command(folder))!;
            copy.WaitForExit();
            if (copy.ExitCode != 0)
            {
                throw new InvalidOperationException($"the counting copy ended with {copy.ExitCode}");
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>The copy as this program was started: by its own name, or by "dotnet".</summary>
    private static ProcessStartInfo Command(string folder)
    {
        string here = Environment.ProcessPath!;
        bool isOwn = Path.GetDirectoryName(here) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return isOwn
            ? new ProcessStartInfo(Path.Combine(folder, Path.GetFileName(here)), [Counted])
            : new ProcessStartInfo(here, [Path.Combine(folder, typeof(CountBench).Assembly.GetName().Name + ".dll"), Counted]);
    }

    /// <summary>What the copy does.</summary>
    public static void RunCounted()
    {
        NoFiles files = new(new MemoryFiles());
        using DoorRig rig = new(flash: files);
        files.IsFree = true;
        for (int i = 0; i < 3; i++)
        {
            (long instructions, long objects) = Unlock(rig);
            if (i == 2)
            {
                Line.Print("unlock_il_instructions", instructions, "instructions");
                Line.Print("unlock_objects", objects, "objects");
            }
        }

        rig.Run(5000);
        (long idleInstructions, long idleObjects) = Measure(rig.Door.Poll);
        Line.Print("idle_pass_il_instructions", idleInstructions, "instructions");
        Line.Print("idle_pass_objects", idleObjects, "objects");
        Line.Print("list_turn_il_instructions", WorstList(rig), "instructions");
    }

    /// <summary>The turn that takes in the longest list of form 2: 1,024 keys, and codes that fill the window. No turn is longer but for flash.</summary>
    private static long WorstList(DoorRig rig)
    {
        byte[] body = ListBlob.Scattered(
            new ListHeader(Site.Scope, 10, 1, 0, 0), 0, [.. Enumerable.Range(0, Limits.ScatteredKeys).Select(i => 15 + (16 * i))])!;
        KeyStore store = rig.Door.Memory.KeyStore;
        long most = Measure(() => store.BeginList(0, body, body.Length)).Instructions;
        while (store.IsPending)
        {
            most = Math.Max(most, Measure(store.Step).Instructions);
        }

        return most;
    }

    /// <summary>From the reading of Hello to the reading of Result, in a session that stands.</summary>
    private static (long Instructions, long Objects) Unlock(DoorRig rig)
    {
        RadioLink link = rig.Door.Link;
        link.OnSession(true);
        rig.Run(3000);
        PhoneKey key = Site.Key(Site.Record(), 1);
        byte[]? result = null;
        byte[]? hello = null;
        (long first, long made) = Measure(() => link.OnRead(BleCharacteristic.Hello, out hello));
        byte[] frame = key.MakeUnlock(hello!, PhoneKey.NewAttemptId());
        (long then, long madeThen) = Measure(() =>
        {
            link.OnWrite(BleCharacteristic.Unlock, frame);
            rig.Door.Poll();
            link.OnRead(BleCharacteristic.Result, out result);
        });
        return result![0] == Verdict.Granted
            ? (first + then, made + madeThen)
            : throw new InvalidOperationException("the tap did not open the door");
    }

    private static (long Instructions, long Objects) Measure(Action action)
    {
        (long instructions, long objects) = (Read(Instrument.Instructions), Read(Instrument.Objects));
        action();
        return (Read(Instrument.Instructions) - instructions, Read(Instrument.Objects) - objects);
    }

    private static long Read(string field) => (long)typeof(Door).Assembly.GetType(Instrument.CounterType, true)!
        .GetField(field, BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
}
