using System;
using System.Collections.Generic;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Tests.Support;

namespace DoorController.Tests.Sync
{
    /// <summary>A key server at the far end of the virtual network, made of the issuer's codecs. It says what a test tells it to say.</summary>
    internal sealed class FakeKeyServer
    {
        private readonly VirtualClock _clock;

        public FakeKeyServer(VirtualClock clock)
        {
            _clock = clock;
        }

        /// <summary>What it has for a door that asks; nothing by default.</summary>
        public Func<SyncRequest, IEnumerable<byte[]>> News { get; set; } = _ => [];

        /// <summary>Whether it says that there is more.</summary>
        public bool SaysMore { get; set; }

        /// <summary>What it does to an answer before it leaves.</summary>
        public Func<string, NetworkAnswer, NetworkAnswer> Twist { get; set; } = (_, answer) => answer;

        /// <summary>Each request that it could open.</summary>
        public List<SyncRequest> Requests { get; } = new();

        /// <summary>When a request came in, world ms; those it could not open too.</summary>
        public List<long> Times { get; } = new();

        /// <summary>Audit pages that it could open.</summary>
        public List<AuditUpload> Pages { get; } = new();

        /// <summary>Records kept, each once, by sequence.</summary>
        public SortedDictionary<uint, byte[]> Kept { get; } = new();

        /// <summary>Seconds between its clock and the world's.</summary>
        public long ClockErrorS { get; set; }

        /// <summary>Unix time of its clock.</summary>
        public uint Now => (uint)(Site.Start + (_clock.WorldMs / 1000) + ClockErrorS);

        /// <summary>The last answer that it sealed for a sync.</summary>
        public byte[] LastReply { get; private set; } = [];

        public NetworkAnswer Serve(string path, byte[] body) =>
            Twist(path, path == "/door/sync" ? ServeSync(body) : path == "/door/audit" ? ServeAudit(body) : new NetworkAnswer(404, []));

        private NetworkAnswer ServeSync(byte[] body)
        {
            Times.Add(_clock.WorldMs);
            SyncRequest? request = SyncRequest.Open(Site.Root, body);
            if (request == null)
            {
                return new NetworkAnswer(401, []);
            }

            Requests.Add(request);
            SyncReply reply = new(request, Now) { HasMore = SaysMore };
            foreach (byte[] blob in News(request))
            {
                reply.TryAdd(blob);
            }

            LastReply = reply.Seal(Site.Root, request.DoorId, request.DoorGeneration);
            return NetworkAnswer.Ok(LastReply);
        }

        private NetworkAnswer ServeAudit(byte[] body)
        {
            AuditUpload? page = AuditUpload.Open(Site.Root, body);
            if (page == null)
            {
                return new NetworkAnswer(401, []);
            }

            Pages.Add(page);
            foreach (byte[] record in page.Records)
            {
                Kept[AuditUpload.SequenceOf(record)] = record;
            }

            return NetworkAnswer.Ok(page.Acknowledge(Site.Root));
        }
    }

    /// <summary>A door of tests with a network and a key server behind it.</summary>
    internal sealed class SyncRig : IDisposable
    {
        public SyncRig(Bundle? bundle = null, int seed = 1)
        {
            Settings = new Settings();
            Files = new MemoryFiles();
            Rig = new DoorRig(bundle, Settings, flash: Files, seed: seed);
            Server = new FakeKeyServer(Rig.Host.Clock);
            Rig.Host.Network.Server = Server.Serve;
            Settings.HasServer = true;
        }

        public Settings Settings { get; }

        public MemoryFiles Files { get; }

        public DoorRig Rig { get; }

        public FakeKeyServer Server { get; }

        public VirtualNetwork Network => Rig.Host.Network;

        public DoorMemory Memory => Rig.Door.Memory;

        /// <summary>The line of the technician's console.</summary>
        public string Line => Rig.Door.Sync.Describe(Rig.Host.Clock.NowMs);

        public void Run(long milliseconds) => Rig.Run(milliseconds);

        /// <summary>Runs in steps of 100 ms: for hours of simulated time.</summary>
        public void RunLong(long milliseconds) => Rig.Host.Run(Rig.Poll, milliseconds, 100);

        /// <summary>Runs until the next sync is over.</summary>
        public void RunPastNextSync() => Run(Limits.SyncPollMs + 1000);

        /// <summary>A list of the scope for door 1, full form.</summary>
        /// <param name="revoked">Key numbers of this window whose bit is set.</param>
        public static byte[] List(uint version, params uint[] revoked) =>
            ListBlob.ForDoor(Site.Root, 1, 1, ListBlob.Full(Header(version), Bitmap(revoked)));

        /// <summary>A list of the scope for door 1 that says what changed after a version.</summary>
        public static byte[] Delta(uint baseVersion, uint version, params uint[] revoked)
        {
            byte[] bitmap = Bitmap(revoked);
            bool[] changed = new bool[bitmap.Length];
            foreach (uint number in revoked)
            {
                changed[number / 8] = true;
            }

            return ListBlob.ForDoor(Site.Root, 1, 1, ListBlob.Delta(Header(version), baseVersion, bitmap, changed)!);
        }

        public static ListHeader Header(uint version) => new(Site.Scope, version, Site.Generation, 0, 0);

        /// <summary>Asserts that the door opens for the key of the site.</summary>
        public int TapVerdict(uint keyNumber = 5) => Rig.Tap(Site.Key(Site.Record(keyNumber), 1))[0];

        public void Dispose() => Rig.Dispose();

        private static byte[] Bitmap(uint[] revoked)
        {
            byte[] bitmap = new byte[Limits.WindowBytes];
            foreach (uint number in revoked)
            {
                bitmap[number / 8] |= (byte)(1 << (int)(number % 8));
            }

            return bitmap;
        }
    }
}
