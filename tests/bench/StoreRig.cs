using DoorController.Access;
using DoorController.Audit;
using DoorController.Diagnostics;
using DoorController.Hal.Host;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Tests;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Bench;

/// <summary>A door's memory on a virtual flash, with every window full, and the days it lives through.</summary>
internal sealed class StoreRig : IDisposable
{
    private const int MsPerDay = 24 * 60 * 60 * 1000;
    private const int KeysPerDelta = 1;

    private readonly Random _random = new(4);
    private readonly uint[] _versions = new uint[Limits.Scopes];
    private long _nowMs;

    /// <summary>Fills every slot of every file: two full forms and a delta for each scope, two bundles, a wrapped trail.</summary>
    public StoreRig()
    {
        Host = new HostBoard(Flash);
        SlotFile bundle = new(Flash, Host.Crypto, "bundle", new byte[Limits.ScratchBytes]);
        for (uint version = 1; version <= 2; version++)
        {
            byte[] bytes = Site.Bundle(1, scopes: Limits.Scopes, version: version).Encode(Site.Root);
            Require(bundle.Save(bytes, 0, bytes.Length), "the bundle is stored");
        }

        Memory = new DoorMemory(Host.Board);
        var technician = new TechnicianProof(Host.Board, Memory.Keyring);
        technician.Challenge(TechnicianCommand.Strike, 0);
        technician.Judge(TechnicianCommand.Strike, "0000000000", 0);
        FillLists();
        FillTrail();
    }

    public VirtualFlash Flash { get; } = new();

    public HostBoard Host { get; }

    public DoorMemory Memory { get; }

    /// <summary>A list change of one scope, with all that becomes durable of it.</summary>
    public void Revoke(int keys)
    {
        int slot = _random.Next(Limits.Scopes);
        byte[] body = Delta(slot, keys);
        Take(slot, body);
    }

    /// <summary>An unlock: its record, durable before the answer, and what the door does then.</summary>
    public void RecordUnlock(uint keyNumber)
    {
        Require(Memory.Audit.Append(AuditEvent.Credential, Verdict.Granted, 1, Site.Scope, 1, keyNumber, 0), "the unlock is recorded");
        Memory.Audit.Queue(AuditEvent.DoorOpened, 0, 0, 0);
        Memory.Audit.Queue(AuditEvent.DoorClosed, 0, 0, 0);
    }

    /// <summary>Lets time pass; what is due is written.</summary>
    public void Pass(long milliseconds)
    {
        _nowMs += milliseconds;
        Memory.Poll(_nowMs);
        Settle();
    }

    /// <summary>A day of list changes and unlocks in turn, evenly spread; the server hears of it every now and then.</summary>
    public void LiveADay(int listChanges, int unlocks)
    {
        int events = listChanges + unlocks;
        for (int i = 0; i < events; i++)
        {
            Pass(MsPerDay / events);
            if (i % (events / listChanges) == 0)
            {
                Revoke(KeysPerDelta);
            }
            else
            {
                RecordUnlock((uint)i);
            }
        }
    }

    public void Dispose() => Host.Dispose();

    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException("not so: " + what);
        }
    }

    private void FillLists()
    {
        byte[] bitmap = new byte[Limits.WindowBytes];
        for (int slot = 0; slot < Limits.Scopes; slot++)
        {
            for (int round = 0; round < 2; round++)
            {
                _random.NextBytes(bitmap);
                Take(slot, ListBodies.ForScope(Site.Scope + slot, ListBodies.Full(++_versions[slot], 0, bitmap)));
            }
        }

        Pass(Limits.TimeSaveS * 1000L);
        Pass(Limits.TimeSaveS * 1000L);
    }

    private void FillTrail()
    {
        for (uint i = 0; i < 2 * AuditTrail.Capacity; i++)
        {
            RecordUnlock(i);
            Settle();
        }
    }

    public static bool IsOfTheTrail(string name) => name.StartsWith("au", StringComparison.Ordinal);

    private byte[] Delta(int slot, int keys)
    {
        byte[] run = new byte[keys * (ListBody.RunHeader + 1)];
        for (int i = 0; i < keys; i++)
        {
            int at = i * (ListBody.RunHeader + 1);
            Bytes.Put16(run, at, (i * (Limits.WindowBytes / keys)) + _random.Next(Limits.WindowBytes / keys));
            run[at + 2] = 1;
            run[at + 3] = (byte)(1 << _random.Next(8));
        }

        byte[] body = ListBodies.ForScope(Site.Scope + slot, ListBodies.Full(_versions[slot] + 1, 0, run));
        Bytes.Put32(body, ListBody.Base, _versions[slot]++);
        body[ListBody.Form] = 1;
        return body;
    }

    private void Take(int slot, byte[] body)
    {
        int outcome = Memory.KeyStore.BeginList(slot, body, body.Length);
        Require(outcome == ListOutcome.Accepted, "the list is accepted, not " + outcome);
        Settle();
        Require(Memory.IsListDurable(slot), "the list is durable");
    }

    private void Settle()
    {
        for (int step = 0; step < 12; step++)
        {
            Memory.FlashStep(_nowMs);
        }
    }
}
