using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Tests.Scenes
{
    /// <summary>The doors, keys and the server of one scene.</summary>
    internal sealed class SceneWorld : IDisposable
    {
        private const uint Hour = 3600;
        private static readonly Lazy<VirtualFlash> LongTrail = new(MakeLongTrail);
        private readonly List<SceneDoor> _doors = new();
        private readonly List<(CredentialRecord Record, byte[] Credential)> _keys = new();

        public SceneWorld(int seed, SceneCounts counts, Action<string>? tell)
        {
            Counts = counts;
            Tell = tell ?? (_ => { });
            Random = new Random(seed);
            Server = new SceneServer(Random.Next(3) == 0);
            Server.IsScattered = Random.Next(2) == 0;
            int count = Random.Next(2, 4);
            for (int i = 0; i < count; i++)
            {
                _doors.Add(MakeDoor(i, seed));
            }

            for (int i = 0; i < 6; i++)
            {
                Issue(Random);
            }
        }

        public SceneCounts Counts { get; }

        /// <summary>Is told what happens.</summary>
        public Action<string> Tell { get; }

        /// <summary>Of the step that is under way.</summary>
        public Random Random { get; set; }

        public SceneServer Server { get; }

        public IReadOnlyList<SceneDoor> Doors => _doors;

        public uint Now => SceneServer.TrueTime(_doors.Max(d => d.WorldMs));

        public SceneDoor AnyDoor() => _doors[Random.Next(_doors.Count)];

        /// <summary>A person is given a key for every door of a scope.</summary>
        public (CredentialRecord Record, byte[] Credential) Issue(Random random, int notBefore = 0, int life = 0, ulong mask = ulong.MaxValue, bool? isForFloors = null)
        {
            SceneScope scope = Server.Scopes[random.Next(Server.Scopes.Count)];
            uint issued = Server.Now(_doors.Max(d => d.WorldMs));
            life = life != 0 ? life : (int)Hour * random.Next(1, 72);
            CredentialRecord record = new(
                scope.Id, scope.Generation, scope.Number(issued), issued, issued + (uint)notBefore, issued + (uint)(notBefore + life), mask, isForFloors ?? random.Next(3) == 0, scope.Version);
            byte[] iv = new byte[Keys.AesLength];
            random.NextBytes(iv);
            _keys.Add((record, record.Seal(Site.Root, iv)));
            return _keys[^1];
        }

        /// <summary>A key that somebody has, whatever it is worth.</summary>
        public SceneKey AnyKey(SceneDoor door)
        {
            bool isCar = door.Floors > 0;
            (CredentialRecord, byte[])[] fitting = [.. _keys.Where(k => k.Record.IsForFloors == isCar)];
            return At(door, fitting.Length > 0 && Random.Next(8) != 0 ? fitting[Random.Next(fitting.Length)] : _keys[Random.Next(_keys.Count)]);
        }

        /// <summary>The newest key that should open here.</summary>
        public SceneKey GoodKey(SceneDoor door) => At(door, Issue(Random, life: (int)Hour * 48, isForFloors: door.Floors > 0));

        public SceneKey At(SceneDoor door, (CredentialRecord Record, byte[] Credential) key) => new(key.Record, new PhoneKey(
            door.Id, key.Credential, Site.Root.CredentialKey(key.Credential, key.Record.ScopeId, key.Record.Generation, door.Id)));

        /// <summary>Brings every door to the time of the one that is furthest.</summary>
        public void LiveOn()
        {
            long now = _doors.Max(d => d.WorldMs);
            foreach (SceneDoor door in _doors.Where(d => d.WorldMs < now))
            {
                if (now - door.WorldMs > 5000)
                {
                    door.RunLong(now - door.WorldMs);
                }
                else
                {
                    door.Run(now - door.WorldMs, 50);
                }
            }
        }

        public void Dispose()
        {
            foreach (SceneDoor door in _doors)
            {
                door.Dispose();
            }
        }

        private SceneDoor MakeDoor(int index, int seed)
        {
            int floors = Random.Next(3) == 0 ? 8 : 0;
            Settings settings = new()
            {
                HoldMs = Random.Next(500, 6000),
                HasRex = Random.Next(2) == 0,
                HasContact = Random.Next(2) == 0,
                HasServer = Random.Next(3) != 0,
                Floors = floors,
                HeldOpenS = 10,
            };
            VirtualFlash flash = index == 0 && Random.Next(8) == 0 ? LongTrail.Value.Copy() : new VirtualFlash();
            if (flash.List().Length > 0)
            {
                Counts.Reached(SceneFault.TrailAboutToWrap);
            }

            return new SceneDoor(this, index, Random.Next(40) == 0 ? Settings.Safe("scene") : settings, floors, flash, (seed * 7) + index);
        }

        /// <summary>Flash of a door whose ring of records is as good as full.</summary>
        private static VirtualFlash MakeLongTrail()
        {
            VirtualFlash flash = new();
            using HostBoard host = new(flash, 3);
            byte[] bundle = Site.Bundle(1, scopes: 2, version: 1).Encode(Site.Root);
            new SlotFile(flash, host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length);
            DoorMemory memory = new(host.Board);
            memory.Poll(0);
            for (uint i = 0; i < 2170; i++)
            {
                memory.Audit.Append(AuditEvent.Credential, Verdict.Granted, 1, Site.Scope, 1, 1000 + i, 0);
            }

            for (int step = 0; step < 24; step++)
            {
                memory.FlashStep(0);
            }

            return flash;
        }
    }
}
