using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Access;
using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Tests.Support
{
    /// <summary>A site of tests: one root, one scope, doors with the indexes 0, 1, …, and whatever keys a test wants.</summary>
    internal static class Site
    {
        /// <summary>The scope that all doors of tests belong to.</summary>
        public const int Scope = 0x00A1B2;

        /// <summary>The present generation of the scope.</summary>
        public const int Generation = 1;

        /// <summary>2025-06-14 16:54:17 UTC: when the example's instant key was created.</summary>
        public const uint Start = 1749920057;

        /// <summary>The root of the vectors: published, so worthless.</summary>
        public static SiteRoot Root { get; } = new(Enumerable.Range(0, SiteRoot.Length).Select(i => (byte)i).ToArray());

        /// <summary>The bundle of a door that belongs to the one scope, with an index.</summary>
        public static Bundle Bundle(uint doorId, int index = 0, int scopes = 1, uint version = 1) =>
            new(version, doorId, 1, "DOOR " + doorId, Enumerable.Range(0, scopes)
                .Select(slot => new BundleScope(Scope + slot, index, Generation)).ToArray());

        /// <summary>A record that is good for two days from <see cref="Start"/> at the door with index 0.</summary>
        public static CredentialRecord Record(uint keyNumber = 5) =>
            new(Scope, Generation, keyNumber, Start, Start, Start + 172800, 1, false, 0);

        /// <summary>The phone's half of a record for one door.</summary>
        public static PhoneKey Key(CredentialRecord record, uint doorId)
        {
            byte[] credential = record.Seal(Root);
            return new PhoneKey(doorId, credential, Root.CredentialKey(credential, record.ScopeId, record.Generation, doorId));
        }
    }

    /// <summary>A door of tests on a virtual board, and the phone in front of it.</summary>
    internal sealed class DoorRig : IDisposable
    {
        private readonly Settings _settings;
        private TechnicianConsole _console;

        public DoorRig(Bundle? bundle = null, Settings? settings = null, int floors = 0, IFiles? flash = null, int seed = 1, SiteRoot? root = null)
        {
            Bundle = bundle ?? Site.Bundle(1);
            _settings = settings ?? new Settings();
            Host = new HostBoard(flash, seed);
            Host.Floors.Count = floors;
            if (Host.Flash.Length("provision") < 0)
            {
                byte[] bytes = Bundle.Encode(root ?? Site.Root);
                new SlotFile(Host.Flash, Host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bytes, 0, bytes.Length);
            }

            Door = new Door(Host.Board, _settings);
            _console = new TechnicianConsole(Door, Host.Board);
            Phone = new VirtualPhone(Host.Radio) { Interval = () => Run(VirtualPhone.IntervalMs) };
            Run(100);
        }

        public Bundle Bundle { get; }

        public HostBoard Host { get; }

        public Door Door { get; private set; }

        public VirtualPhone Phone { get; }

        /// <summary>The Hello of the last attempt.</summary>
        public byte[] LastHello { get; private set; } = [];

        /// <summary>The Unlock frame of the last attempt.</summary>
        public byte[] LastUnlock { get; private set; } = [];

        /// <summary>Lets the door live for a while.</summary>
        public void Run(long milliseconds) => Host.Run(Poll, milliseconds);

        /// <summary>One pass of the main loop.</summary>
        public void Poll()
        {
            Door.Poll();
            _console.Poll(Host.Clock.NowMs);
        }

        /// <summary>The server proves the time, at once.</summary>
        public void ProveTime(uint time)
        {
            Door.Memory.Time.Poll(Host.Clock.NowMs);
            Door.Memory.Time.Prove(time, Host.Clock.NowMs);
        }

        /// <summary>Puts a list in force, as an authenticated one would.</summary>
        public void Apply(byte[] body)
        {
            int outcome = Door.Memory.KeyStore.BeginList(0, body, body.Length);
            if (outcome != ListOutcome.Accepted)
            {
                throw new InvalidOperationException("list outcome " + outcome);
            }

            Run(500);
        }

        /// <summary>Power goes and comes back, and the door boots.</summary>
        public void Reboot(long offMs = 1000)
        {
            Host.PowerCut(offMs);
            Door = new Door(Host.Board, _settings);
            _console = new TechnicianConsole(Door, Host.Board);
            Run(100);
        }

        /// <summary>The processor restarts because the firmware ordered it, and the door boots.</summary>
        public void FollowReboot()
        {
            Host.Reboot();
            Door = new Door(Host.Board, _settings);
            _console = new TechnicianConsole(Door, Host.Board);
            Run(100);
        }

        /// <summary>Connects, presents a key and reads the result.</summary>
        public byte[] Tap(PhoneKey key, byte[]? attemptId = null, ulong? floors = null, int mtu = 247)
        {
            Connect(mtu);
            byte[] result = Present(key, attemptId ?? PhoneKey.NewAttemptId(), floors);
            Phone.Disconnect();
            Run(50);
            return result;
        }

        public void Connect(int mtu = 247)
        {
            for (int i = 0; i < 100 && !Phone.Connect(mtu); i++)
            {
                Run(100);
            }

            Run(20);
        }

        public byte[] Present(PhoneKey key, byte[] attemptId, ulong? floors = null)
        {
            LastHello = Read(BleCharacteristic.Hello);
            LastUnlock = key.MakeUnlock(LastHello, attemptId, floors);
            return Send(LastUnlock);
        }

        public byte[] Send(byte[] frame)
        {
            IReadOnlyList<byte[]> parts = Phone.Mtu >= Unlock.MaxLength + 3 ? [frame] : PhoneKey.Fragment(frame);
            foreach (byte[] part in parts)
            {
                Phone.TryWrite(BleCharacteristic.Unlock, part);
                Run(20);
            }

            return ReadResult();
        }

        public byte[] ReadResult()
        {
            byte[] result = [];
            for (int i = 0; i < 50; i++)
            {
                result = Read(BleCharacteristic.Result);
                if (result.Length != 1)
                {
                    return result;
                }

                Run(20);
            }

            return result;
        }

        public byte[] Read(int characteristic)
        {
            int error = Phone.TryRead(characteristic, out byte[] value);
            return error == 0 ? value : [];
        }

        public void Dispose() => Host.Dispose();
    }
}
