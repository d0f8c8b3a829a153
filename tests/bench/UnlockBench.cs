using System.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Radio;
using DoorController.Tests;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Bench;

/// <summary>What one unlock costs: bytes on the air, operations, cryptography, memory, and time over the bare cryptography.</summary>
internal static class UnlockBench
{
    private const int Rounds = 4000;
    private const int Repeats = 7;

    /// <summary>The attempt memory holds 16 of the last 30 s; a longer gap than 1.5 s between two polls would restart the radio.</summary>
    private const int SecondsBetween = 3;

    public static void Run()
    {
        PrintExchange();
        PrintHmacs();
        PrintMemoryAndRatio();
    }

    private static void PrintExchange()
    {
        using var rig = new DoorRig(Site.Bundle(1, scopes: Limits.Scopes));
        rig.Connect();
        int before = rig.Phone.Requests;
        PhoneKey key = Site.Key(Site.Record(), 1);
        byte[] hello = rig.Read(BleCharacteristic.Hello);
        byte[] unlock = key.MakeUnlock(hello, PhoneKey.NewAttemptId());
        rig.Phone.TryWrite(BleCharacteristic.Unlock, unlock);
        rig.Run(20);
        byte[] result = rig.Read(BleCharacteristic.Result);
        Require(key.IsFromTheDoor(hello, unlock, result) && result[0] == Verdict.Granted, "the tap opened the door");
        Line.Print("exchange_bytes", hello.Length + unlock.Length + result.Length, "bytes");
        Line.Print("gatt_operations", rig.Phone.Requests - before, "operations");
    }

    private static void PrintHmacs()
    {
        using var rig = new DoorRig();
        int atStrike = -1;
        PhoneKey key = Site.Key(Site.Record(), 1);
        rig.Connect();
        byte[] frame = key.MakeUnlock(rig.Read(BleCharacteristic.Hello), PhoneKey.NewAttemptId());
        rig.Host.Strike.Energised += (_, _) => atStrike = rig.Host.Crypto.HmacCount;
        int before = rig.Host.Crypto.HmacCount;
        byte[] result = rig.Send(frame);
        Require(result[0] == Verdict.Granted && atStrike >= 0, "the strike was energised");
        Line.Print("hmacs_before_strike", atStrike - before, "calls");
        Line.Print("hmacs_per_unlock", rig.Host.Crypto.HmacCount - before, "calls");
    }

    private static void PrintMemoryAndRatio()
    {
        long bestUnlock = long.MaxValue;
        long bestCrypto = long.MaxValue;
        long allocated = 0;
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            (long unlockTicks, long cryptoTicks, long bytes) = Measure();
            bestUnlock = Math.Min(bestUnlock, unlockTicks);
            bestCrypto = Math.Min(bestCrypto, cryptoTicks);
            allocated = bytes;
        }

        Line.Print("allocated_bytes_per_unlock", allocated, "bytes");
        Line.Print("unlock_over_hmac_ratio", (double)bestUnlock / bestCrypto, "ratio");
    }

    private static (long Unlock, long Crypto, long Bytes) Measure()
    {
        var files = new NoFiles(new MemoryFiles());
        using var rig = new DoorRig(flash: files);
        files.IsFree = true;
        PhoneKey key = Site.Key(Site.Record(), 1);
        RadioLink link = rig.Door.Link;
        byte[] id = PhoneKey.NewAttemptId();
        long unlock = 0;
        long bytes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            if (round % 4 == 0)
            {
                link.OnSession(true);
            }

            for (int second = 0; second < SecondsBetween; second++)
            {
                rig.Host.Clock.Advance(1000);
                rig.Door.Poll();
            }

            rig.Door.Poll();
            BitConverter.TryWriteBytes(id, (long)round);
            Require(link.OnRead(BleCharacteristic.Hello, out byte[]? hello) == BleAnswer.Ok, "a Hello stands");
            link.OnWrite(BleCharacteristic.Unlock, key.MakeUnlock(hello!, id));
            long memory = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            rig.Door.Poll();
            unlock += Stopwatch.GetTimestamp() - start;
            bytes = GC.GetAllocatedBytesForCurrentThread() - memory;
            link.OnRead(BleCharacteristic.Result, out byte[]? result);
            Require(result![0] == Verdict.Granted, "each tap opened the door");
        }

        return (unlock, BareCryptography(rig, key), bytes);
    }

    /// <summary>The same HMACs and the same decryption, on inputs of the same lengths, with nothing around them.</summary>
    private static long BareCryptography(DoorRig rig, PhoneKey key)
    {
        HostCrypto crypto = rig.Host.Crypto;
        int hello = Hello.LengthWith(1);
        byte[] sealKey = new byte[Keys.AesLength];
        byte[] record = new byte[Credential.RecordLength];
        byte[][] inputs =
        [
            new byte[Bytes.Label + Credential.Length],
            new byte[Bytes.Label + 2 + hello + Unlock.MaxLength - Unlock.FloorsLength - Bytes.Tag],
            new byte[Bytes.Label + 2 + hello + Unlock.MaxLength - Unlock.FloorsLength + Result.TagOffset],
            new byte[Bytes.Label + AuditRecord.ChainBytes + AuditRecord.ChainOffset],
        ];
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < Rounds; round++)
        {
            foreach (byte[] input in inputs)
            {
                crypto.Hmac(key.CredentialKey, input);
            }

            crypto.Decrypt(sealKey, sealKey, record);
        }

        return Stopwatch.GetTimestamp() - start;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException("not so: " + what);
        }
    }
}
