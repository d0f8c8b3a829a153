using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Support;

namespace DoorController.Tests.Scenes
{
    /// <summary>The key server of a scene: lists, bundles, times and the records that it keeps. Its clock may lie.</summary>
    internal sealed class SceneServer(bool isSecondAllowed)
    {
        private readonly Dictionary<uint, ServedDoor> _doors = new();
        private readonly SceneScope[] _scopes = [new SceneScope(Site.Scope, false), new SceneScope(Site.Scope + 1, isSecondAllowed)];

        /// <summary>Seconds between its clock and the world's.</summary>
        public long ClockErrorS { get; set; }

        /// <summary>True: it says times, and no time that can be trusted.</summary>
        public bool SaysNoTime { get; set; }

        /// <summary>True: its lists come in form 2 where they can.</summary>
        public bool IsScattered { get; set; }

        public IReadOnlyList<SceneScope> Scopes => _scopes;

        public static uint TrueTime(long worldMs) => (uint)(Site.Start + (worldMs / 1000));

        public uint Now(long worldMs) => (uint)Math.Clamp(TrueTime(worldMs) + ClockErrorS, 1, uint.MaxValue);

        public SceneScope Scope(int id) => _scopes.First(s => s.Id == id);

        /// <summary>What it holds of a door, from its registration on.</summary>
        public ServedDoor Register(uint doorId, int index)
        {
            ServedDoor door = new(doorId, index);
            door.Renew(_scopes);
            _doors[doorId] = door;
            return door;
        }

        public ServedDoor Door(uint id) => _doors[id];

        /// <summary>New keys for a scope, and bundles for all its doors.</summary>
        public void Rekey(SceneScope scope, bool isTheft, uint now)
        {
            scope.PreviousGeneration = isTheft ? 0 : scope.Generation;
            scope.PreviousUntil = isTheft ? 0 : now + 7200;
            scope.Generation++;
            if (isTheft)
            {
                scope.Retire(scope.Generation, now);
            }

            RenewAll();
        }

        public void RenewAll()
        {
            foreach (ServedDoor door in _doors.Values)
            {
                door.Renew(_scopes);
            }
        }

        public NetworkAnswer Serve(SceneDoor door, string path, byte[] body) =>
            path == "/door/sync" ? Sync(door, body) : path == "/door/audit" ? Audit(door, body) : new NetworkAnswer(404, []);

        /// <summary>Keeps a page, whoever brought it.</summary>
        /// <returns>Its acknowledgement; null when it is none, or a gap is before it.</returns>
        public byte[]? Keep(SceneDoor door, byte[] body)
        {
            AuditUpload? page = AuditUpload.Open(Site.Root, body);
            return page != null && Door(page.DoorId).Keep(page, door) ? page.Acknowledge(Site.Root) : null;
        }

        private NetworkAnswer Audit(SceneDoor door, byte[] body) => Keep(door, body) is byte[] answer ? NetworkAnswer.Ok(answer) : new NetworkAnswer(401, []);

        private NetworkAnswer Sync(SceneDoor door, byte[] body)
        {
            SyncRequest? request = SyncRequest.Open(Site.Root, body);
            if (request == null)
            {
                return new NetworkAnswer(401, []);
            }

            ServedDoor served = Door(request.DoorId);
            door.Watch.Said(request);
            uint now = Now(door.Host.Clock.WorldMs);
            SyncReply reply = new(request, SaysNoTime ? 0 : now);
            if (served.IsResetOrdered)
            {
                served.IsResetOrdered = false;
                door.Watch.MayReset();
                reply.TryAdd(ServerBlobs.FloorReset(Site.Root, request.DoorId, request.DoorGeneration, request.TimeChallenge, now));
            }

            for (int slot = 0; slot < request.Lists.Count; slot++)
            {
                SceneScope scope = Scope(request.Lists[slot].ScopeId);
                bool isLost = (request.ListLostBits & (1 << slot)) != 0;
                if (scope.Version > request.Lists[slot].Version || (isLost && scope.Version > 0))
                {
                    byte[] list = scope.Body(isLost ? 0 : request.Lists[slot].Version, IsScattered);
                    reply.TryAdd(ListBlob.ForDoor(Site.Root, request.DoorId, request.DoorGeneration, list));
                }
            }

            if (served.Bundle.Version > request.BundleVersion)
            {
                reply.TryAdd(served.Bundle.Seal(Site.Root, request.DoorGeneration));
            }

            return NetworkAnswer.Ok(reply.Seal(Site.Root, request.DoorId, request.DoorGeneration));
        }
    }

    /// <summary>A door as its key server knows it.</summary>
    internal sealed class ServedDoor(uint id, int index)
    {
        private readonly SortedDictionary<(uint Epoch, uint Sequence), byte[]> _kept = new();
        private readonly List<Bundle> _bundles = new();
        private readonly Dictionary<uint, uint> _keptUpTo = new();
        private readonly Dictionary<int, uint> _minimum = new();

        public int Index => index;

        /// <summary>The newest keys.</summary>
        public Bundle Bundle => _bundles[^1];

        public int DoorGeneration { get; set; } = 1;

        /// <summary>The next sync brings a floor reset.</summary>
        public bool IsResetOrdered { get; set; }

        public Bundle BundleOf(uint version) => _bundles.First(b => b.Version == version);

        public void Renew(IReadOnlyList<SceneScope> scopes) => _bundles.Add(new Bundle(
            (uint)_bundles.Count + 1, id, DoorGeneration, "DOOR " + id, [.. scopes.Select(s => new BundleScope(
                s.Id, index, s.Generation, _minimum.GetValueOrDefault(s.Id), s.IsAllowedMode, s.PreviousGeneration, s.PreviousUntil))]));

        /// <summary>Keys for a board that has lost all: an older list than the newest does not do.</summary>
        public byte[] Provision(IReadOnlyList<SceneScope> scopes)
        {
            foreach (SceneScope scope in scopes)
            {
                _minimum[scope.Id] = scope.Version;
            }

            Renew(scopes);
            return Bundle.EncodeProvisioning(Site.Root);
        }

        /// <summary>Takes a page in; a number that is used twice, or a record that continues nothing, breaks a promise.</summary>
        /// <returns>True when all that is before it is kept too, or gone for good.</returns>
        public bool Keep(AuditUpload page, SceneDoor door)
        {
            foreach (byte[] record in page.Records)
            {
                (uint, uint) number = (page.Epoch, AuditUpload.SequenceOf(record));
                if (!door.Watch.IsTrailRotten && _kept.TryGetValue(number, out byte[]? known) && !known.AsSpan().SequenceEqual(record))
                {
                    door.Watch.Broken("a record's number is used once", $"epoch {page.Epoch:x}, number {AuditUpload.SequenceOf(record)}");
                }

                _kept[number] = record;
            }

            IReadOnlyList<uint> breaks = page.FindBreaks(Site.Root, [.. Enumerable.Range(0, 4).Select(i => page.DoorGeneration - i).Where(g => g > 0)]);
            if (breaks.Count > 0 && !door.Watch.IsTrailRotten)
            {
                door.Watch.Broken("the trail's chain holds", $"numbers {string.Join(", ", breaks)}");
            }

            uint last = _keptUpTo.GetValueOrDefault(page.Epoch);
            bool isNext = page.IsFromOldest || AuditUpload.SequenceOf(page.Records[0]) <= last + 1;
            _keptUpTo[page.Epoch] = isNext ? Math.Max(last, page.LastSequence) : last;
            return isNext;
        }
    }
}
